"""The files of a pack of evidence beside documents and sent messages: what came back, and what was handed in.

They are as they came, but for one thing: a report or an answer may quote the personal link of our message,
and a pack must not hand that out.  Its secret is covered (`workflow.proof.covering`), in the note's own
links also where they were replaced since, in those of any other note where they are in force.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from workflow.models import Delivery
from workflow.operations.context import Work
from workflow.operations.dispatch import link_digest, link_token
from workflow.operations.pack_rows import ending_of
from workflow.proof.check import pieces
from workflow.proof.covering import InUse, covered
from workflow.store import sha256

# So many digests are asked about in one statement.
MOST = 500


def kept(work: Work, record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files beside the documents: raw messages, and what was handed in as evidence, each once.

    `sha256` is of the file as it came, by which evidence and register name it.  Where it quotes a personal
    link the pack has it with the link covered, and `sha256_covered` is of that.
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
    in_use = _in_use(work, record)
    return [
        {**one, "sha256": digest, **_described(work, digest, in_use)} for digest, one in sorted(found.items())
    ]


def kept_files(work: Work, record: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """The kept files of a record by their names, personal links in them covered."""
    in_use = _in_use(work, record)
    for one in record["files"]:
        if one["kept"]:
            yield one["file"], covered(work.store.get(one["sha256"]), in_use)


def _described(work: Work, digest: str, in_use: InUse) -> dict[str, Any]:
    if not work.store.has(digest):
        return {"kept": False, "sha256_covered": None}
    hidden = sha256(covered(work.store.get(digest), in_use))
    return {"kept": True, "sha256_covered": hidden if hidden != digest else None}


def _in_use(work: Work, record: Mapping[str, Any]) -> InUse:
    """Which of the secrets that a file might hold are those of personal links."""
    ids = {delivery["id"] for member in record["members"] for delivery in member["deliveries"]}
    renewed = work.session.scalars(select(Delivery).where(Delivery.id.in_(ids), Delivery.link_serial > 0))
    replaced = {
        link_token(work, one.message_id, serial) for one in renewed for serial in range(one.link_serial + 1)
    }

    def asked(found: Collection[str]) -> set[str]:
        digests = {link_digest(one): one for one in found}
        known = replaced & set(found)
        asking = sorted(digests)
        for first in range(0, len(asking), MOST):
            some = asking[first : first + MOST]
            rows = work.session.scalars(select(Delivery.link_digest).where(Delivery.link_digest.in_(some)))
            known |= {digests[row] for row in rows if row is not None}
        return known

    return asked
