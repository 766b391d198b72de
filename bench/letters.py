"""How much the letters cost over the bare libraries, in one run on one machine.

A note in three languages, as PDF and as DOCX, warm: from the letter model to
the bytes, against a bare Typst file and bare python-docx with the same texts.
Run: python bench/letters.py [rounds]
"""

from __future__ import annotations

import io
import json
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import docx
import typst
from docx.shared import Mm, Pt

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from workflow.letters import data_example, data_file, note_docx, note_pdf, plain, profile
from workflow.letters.docx_base import base
from workflow.letters.letter import Letter

AIM = 1.3
ROUNDS = 40
WARMING = 2
MOMENT = datetime(2024, 5, 16, tzinfo=UTC)
# The same text on the same page, with none of the letter's parts.
BARE = """
#let parts = json(bytes(sys.inputs.parts))
#set document(title: parts.first())
#set page(width: 210mm, height: 297mm, margin: (left: 50mm, rest: 20mm))
#set text(font: "Libertinus Serif", size: 13pt, lang: sys.inputs.lang, hyphenate: false)
#set par(justify: true)
#for part in parts [#part.split("\\n").join(linebreak()) #parbreak()]
"""


def bare_docx(letter: Letter) -> bytes:
    """The letter's texts through python-docx's own calls, on the same slim base."""
    document = docx.Document(io.BytesIO(base(letter)))
    section = document.sections[0]
    section.page_width, section.page_height = Mm(letter.layout.width), Mm(letter.layout.height)
    section.left_margin, section.right_margin = Mm(letter.layout.start), Mm(letter.layout.end)
    document.core_properties.title = letter.title
    for block in letter.blocks:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(letter.layout.style(block.role).after)
        run = paragraph.add_run(plain.block_text(block))
        run.bold = letter.layout.style(block.role).bold
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    organisation = profile.load(profile.names()[0])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "note.toml"
        file.write_text(data_example.example(organisation), encoding="utf-8")
        letters = list(data_file.letters(organisation, data_file.load(file)).values())
        template = Path(folder) / "bare.typ"
        template.write_text(BARE, encoding="utf-8")
        compiler = typst.Compiler(input=str(template), root=folder, ignore_system_fonts=True)
        stamp = [0]

        def bare_pdf(letter: Letter) -> bytes | list[bytes] | None:
            parts = [plain.block_text(block) for block in letter.blocks] + [str(stamp[0])]
            return compiler.compile(
                format="pdf",
                sys_inputs={"parts": json.dumps(parts), "lang": letter.language},
                pdf_standards=["a-2a", "ua-1"],
                timestamp=MOMENT,
            )

        def fresh(letter: Letter) -> Letter:
            # Typst keeps what it has laid out: each round draws a text that it has not seen.
            data = letter.to_json()
            data["blocks"] = [{**block, "text": f"{block['text']} {stamp[0]}"} for block in data["blocks"]]
            return Letter.from_json(data)

        ways = {
            "PDF, ours": note_pdf.render,
            "PDF, bare Typst": bare_pdf,
            "DOCX, ours": note_docx.render,
            "DOCX, bare python-docx": bare_docx,
        }
        taken: dict[str, list[float]] = {name: [] for name in ways}
        # The ways take turns, so that whatever else the machine does falls on all of them alike.
        for turn in range(rounds + WARMING):
            stamp[0] = turn
            current = [fresh(letter) for letter in letters]
            for name, draw in ways.items():
                begun = time.perf_counter()
                for letter in current:
                    draw(letter)
                taken[name].append((time.perf_counter() - begun) * 1000)
    results = {name: statistics.median(times[WARMING:]) for name, times in taken.items()}
    ours = results["PDF, ours"] + results["DOCX, ours"]
    bare = results["PDF, bare Typst"] + results["DOCX, bare python-docx"]
    for name, taken_ms in results.items():
        print(f"{name:26} {taken_ms:7.2f} ms for {len(letters)} languages")
    ratio = ours / bare
    print(f"both formats, ours / bare  {ratio:7.2f}   (aim: at most {AIM})")
    return 0 if ratio <= AIM else 1


if __name__ == "__main__":
    raise SystemExit(main())
