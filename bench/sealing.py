"""What the seal costs beside the render, and over the signing library alone; and what it costs to judge one.

One letter in one language, warm, ECDSA P-256 with the key in a file, no time stamp.  The library alone
adds a field and signs it: no tags, no certification, nothing checked afterwards.
Run: python -m bench.sealing [rounds]
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers

from bench.letters import MOMENT, measured
from workflow.letters import conformance, data_example, data_file, note_pdf, profile
from workflow.letters.letter import Letter
from workflow.letters.seal import certificates, keys, opening, sealing, verdict

AIM = 1.5
ROUNDS = 30


def main() -> int:
    """Prints every figure with its ratio to the render; 1 where our sealing costs too much over the library's."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    organisation = profile.load(profile.names()[0])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "note.toml"
        file.write_text(data_example.example(organisation), encoding="utf-8")
        letter = data_file.letters(organisation, data_file.load(file))[organisation.source_language]
        made = certificates.make(folder / "seal", "Bench", MOMENT)
        place = keys.KeyPlace(made.certificate, made.key)
        own = folder / "own.pem"
        own.write_bytes(keys.read_certificates(made.certificate)[0].public_bytes(Encoding.PEM))
        bare = signers.SimpleSigner.load(str(made.key), str(own), ca_chain_files=(str(made.authority),))
        assert bare is not None
        plan = signers.PdfSignatureMetadata(field_name="Bare", md_algorithm="sha256")
        pdf = note_pdf.render(letter)

        def ours(_: Letter) -> bytes:
            with opening.signer(place, MOMENT) as signer:
                return sealing.seal(pdf, signer, MOMENT, words="Bench")

        sealed = ours(letter)
        trust = verdict.trust(made.certificate, None, None, ())
        results = measured(
            {
                "render": note_pdf.render,
                "seal, ours": ours,
                "seal, bare pyHanko": lambda _: signers.sign_pdf(
                    IncrementalPdfFileWriter(io.BytesIO(pdf)), plan, bare
                ),
                "judge a seal": lambda _: verdict.examine(sealed, trust, MOMENT),
                "check PDF/A and PDF/UA": lambda _: conformance.faults(sealed),
            },
            letter,
            rounds,
        )
    for way, taken in results.items():
        print(f"{way:28} {taken:9.2f} ms   {taken / results['render']:7.2f} × the render")
    ratio = results["seal, ours"] / results["seal, bare pyHanko"]
    print(f"seal, ours / bare            {ratio:9.2f}      (aim: at most {AIM})")
    return 0 if ratio <= AIM else 1


if __name__ == "__main__":
    raise SystemExit(main())
