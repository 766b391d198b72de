"""The files of a pack of evidence beside documents and sent messages: what came back, and what was handed in.

They are as they came, but for one thing: a report or an answer may quote the personal link of our message,
and a pack must not hand that out.  Its secret is covered (`workflow.proof.covering`).  The evidence of what
came by mail names the digest of the covered file, too, and seals it, so that the file is proved without us.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from workflow.operations.context import Work
from workflow.operations.links import in_use
from workflow.operations.pack_rows import ending_of
from workflow.proof.check import covered_by_evidence, pieces
from workflow.proof.covering import InUse, covered
from workflow.store import sha256


def kept(work: Work, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files beside the documents: raw messages, and what was handed in as evidence, each once.

    `sha256` is of the file as it came, by which evidence and register name it.  Where it quotes a personal
    link the pack has it with the link covered, and `sha256_covered` is of that.  `covered_anew` says that it
    is not covered as when it came: by another version of the program.
    """
    found: dict[str, dict[str, Any]] = {}
    for one in record["messages"]:
        found[one["sha256"]] = {
            "kind": "returned_message",
            "id": one["id"],
            "file": f"messages/{one['sha256'][:16]}.eml",
        }
    for event in pieces(record):
        leaf = event["sealed"]
        digest = leaf["data"].get("file")
        if digest:
            name = str(((event["personal"] or {}).get("data") or {}).get("filename") or "")
            found[digest] = {
                "kind": "evidence",
                "id": leaf["id"],
                "file": f"files/{digest[:16]}.{ending_of(name)}",
            }
    for paper in record["incoming"]:
        for one in paper["files"]:
            found.setdefault(
                one["sha256"],
                {
                    "what": f"incoming paper {paper['number']}",
                    "file": f"incoming/{one['sha256'][:16]}.{one['ending']}",
                },
            )
    known, sealed = in_use(work, _ids(record)), covered_by_evidence(record)
    return [
        {**one, "sha256": digest, **_described(work, digest, known, sealed.get(digest))}
        for digest, one in sorted(found.items())
    ]


def kept_files(work: Work, record: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The kept files of a record by their names, personal links in them covered."""
    known = in_use(work, _ids(record))
    for one in record["files"]:
        if one["kept"]:
            yield one["file"], covered(work.store.get(one["sha256"]), known)


def _ids(record: Mapping[str, Any]) -> set[int]:
    return {delivery["id"] for member in record["members"] for delivery in member["deliveries"]}


def _described(work: Work, digest: str, known: InUse, sealed: str | None) -> dict[str, Any]:
    if not work.store.has(digest):
        return {"kept": False, "sha256_covered": None, "covered_anew": False}
    hidden = sha256(covered(work.store.get(digest), known))
    return {
        "kept": True,
        "sha256_covered": hidden if hidden != digest else None,
        "covered_anew": sealed is not None and hidden != sealed,
    }
