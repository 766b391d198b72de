"""Whether a pack of evidence is whole, from the pack alone.

Checked are the manifest against the files, each piece of evidence against the commitment to its
personal data, and the Merkle proof of each into the audit entry that sealed it.  That the entry is
the log's own is what the log has to say, whose key is not in the pack.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflow.canonical import canonical
from workflow.canonical import digest as canonical_digest
from workflow.errors import Invalid, Phrase
from workflow.proof import folds, pack, sent
from workflow.proof.merkle import proves
from workflow.store import sha256

FORMAT = "chancery-evidence/1"
RECORD = "evidence.json"
DRAWN = "evidence.pdf"


@dataclass
class Verdict:
    """What was found: `faults` are sentences, and none means whole; `notes` say what could not be proved."""

    record: dict[str, Any] = field(default_factory=dict)
    files: int = 0
    sealed: int = 0
    unsealed: int = 0
    erased: int = 0
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing was altered."""
        return not self.faults


def check(data: bytes, draw: Callable[[dict[str, Any]], tuple[str, bytes]] | None = None) -> Verdict:
    """Checks a pack.  `draw` makes the PDF of a record and names its renderer; without it the PDF is not drawn again.

    Never raises for what a pack holds, however it was altered.
    """
    verdict = Verdict()
    try:
        files = pack.read(data)
        _check_manifest(files, verdict)
        record = _record(files, verdict)
        if record is not None:
            verdict.record = record
            check_record(record, verdict)
            verdict.faults += folds.faults(record)
            _check_files(record, files, verdict)
            if draw is not None and verdict.good:
                _check_drawing(record, files, draw, verdict)
    except Invalid as refusal:
        verdict.faults.append(refusal.phrase)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as error:
        # A record that was altered may be of any shape; that it cannot be read is the finding.
        verdict.faults.append(
            Phrase(
                "The evidence is not of the form that was written (%(error)s).", error=type(error).__name__
            )
        )
    return verdict


def _check_manifest(files: Mapping[str, bytes], verdict: Verdict) -> None:
    if pack.MANIFEST not in files:
        raise Invalid("pack-manifest", "The pack has no manifest.json, so it is none that was made here.")
    manifest = json.loads(files[pack.MANIFEST])
    listed = {str(one["name"]): one for one in manifest["files"]}
    if len(listed) != len(manifest["files"]):
        verdict.faults.append(Phrase("The manifest names a file twice."))
    for name, one in listed.items():
        if name not in files:
            verdict.faults.append(Phrase("%(file)s is missing.", file=name))
        elif sha256(files[name]) != one["sha256"] or len(files[name]) != one["size"]:
            verdict.faults.append(Phrase("%(file)s was altered.", file=name))
    for name in sorted(set(files) - set(listed) - {pack.MANIFEST}):
        verdict.faults.append(Phrase("%(file)s was added; the manifest does not name it.", file=name))
    verdict.files = len(listed)


def _record(files: Mapping[str, bytes], verdict: Verdict) -> dict[str, Any] | None:
    found = next((files[name] for name in (RECORD, f"evidence/{RECORD}") if name in files), None)
    if found is None:
        verdict.faults.append(Phrase("The pack holds no evidence.json."))
        return None
    record = json.loads(found)
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        verdict.faults.append(Phrase("The evidence is not in a form that this program knows."))
        return None
    return record


def pieces(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every piece of evidence of a record."""
    return [
        event
        for member in record["members"]
        for delivery in member["deliveries"]
        for event in delivery["events"]
    ]


def check_record(record: Mapping[str, Any], verdict: Verdict) -> None:
    """Checks every piece of evidence of a record: its commitment, and its proof into the log's entry."""
    entries = {entry["number"]: entry for entry in record["log"]["entries"]}
    for event in pieces(record):
        leaf, personal = event["sealed"], event.get("personal")
        what = {"id": leaf["id"], "kind": leaf["kind"]}
        promised = leaf.get("personal")
        if personal is not None and promised != canonical_digest(
            {"data": personal["data"], "salt": personal["salt"]}
        ):
            verdict.faults.append(
                Phrase("Piece of evidence %(id)s (%(kind)s): what it says of people was altered.", **what)
            )
        if promised and personal is None:
            verdict.erased += 1
            if not event.get("erased"):
                verdict.faults.append(
                    Phrase(
                        "Piece of evidence %(id)s (%(kind)s): what it says of people was taken out.", **what
                    )
                )
        seal = event.get("seal")
        if seal is None:
            verdict.unsealed += 1
            continue
        entry = entries.get(seal["entry"])
        if entry is None or entry["action"] != "evidence":
            verdict.faults.append(
                Phrase(
                    "Piece of evidence %(id)s (%(kind)s): the entry %(entry)s that sealed it is missing.",
                    **what,
                    entry=seal["entry"],
                )
            )
            continue
        promise = json.loads(entry["data"])
        if not proves(
            canonical(leaf).encode(), seal["position"], promise["count"], seal["proof"], promise["root"]
        ):
            verdict.faults.append(
                Phrase(
                    "Piece of evidence %(id)s (%(kind)s) was altered: entry %(entry)s sealed something else.",
                    **what,
                    entry=seal["entry"],
                )
            )
        verdict.sealed += 1
    if verdict.unsealed:
        verdict.notes.append(
            Phrase(
                "Pieces of evidence so new that no entry of the log sealed them yet: %(count)s.",
                count=verdict.unsealed,
            )
        )
    if verdict.erased:
        verdict.notes.append(
            Phrase(
                "Pieces of evidence whose personal data were erased by decision: %(count)s.",
                count=verdict.erased,
            )
        )


def covered_by_evidence(record: Mapping[str, Any]) -> dict[str, str]:
    """The digests of files with a personal link covered, as evidence names them, by the digests of what came."""
    told = (one["sealed"]["data"] for one in pieces(record))
    return {one["sha256"]: one["sha256_covered"] for one in told if one.get("sha256_covered")}


def _check_files(record: Mapping[str, Any], files: Mapping[str, bytes], verdict: Verdict) -> None:
    known = {sha256(data): data for data in files.values()}
    for document in record["documents"]:
        if document["sha256"] not in known:
            verdict.notes.append(
                Phrase("%(file)s is named by the evidence, but not in the pack.", file=document["file"])
            )
        if document["file"] in files and sha256(files[document["file"]]) != document["sha256"]:
            verdict.faults.append(Phrase("%(file)s is not the file that was sent.", file=document["file"]))
    sealed = covered_by_evidence(record)
    for one in record["files"]:
        # Where a personal link is covered in it the file has another digest than what it was made of.
        if one["kept"] and (one.get("sha256_covered") or one["sha256"]) not in known:
            verdict.faults.append(Phrase("%(file)s is missing or was altered.", file=one["file"]))
        elif one["kept"] and sealed.get(one["sha256"], one.get("sha256_covered")) != one.get(
            "sha256_covered"
        ):
            found = verdict.notes if one.get("covered_anew") else verdict.faults
            found.append(
                Phrase(
                    "%(file)s: the personal link in it is not covered as the evidence says that it was.",
                    file=one["file"],
                )
            )
    verdict.faults += sent.faults(record, known)


def _check_drawing(
    record: dict[str, Any],
    files: Mapping[str, bytes],
    draw: Callable[[dict[str, Any]], tuple[str, bytes]],
    verdict: Verdict,
) -> None:
    stored = next((files[name] for name in (DRAWN, f"evidence/{DRAWN}") if name in files), None)
    if stored is None:
        verdict.notes.append(Phrase("The pack holds no PDF."))
        return
    renderer, drawn = draw(record)
    if renderer != record["renderer"]:
        verdict.notes.append(Phrase("The PDF was made by an earlier renderer, so it was not drawn again."))
    elif drawn != stored:
        verdict.faults.append(
            Phrase("%(drawn)s does not show what %(record)s says.", drawn=DRAWN, record=RECORD)
        )
