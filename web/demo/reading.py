"""The report of a run, read back from the API: nothing in it is what the driver believes."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from workflow.letters import profile as profiles

if TYPE_CHECKING:
    from web.demo.circulation import Run
    from web.demo.client import Client


def read(run: Run, reference: str) -> dict[str, Any]:
    """Everything that the API says of the note, and the documents in a folder beside the mailboxes."""
    path = f"/notes/{reference}"
    registry, auditor = run.as_("records"), run.as_("audits")
    note = registry.get(path)
    folder = run.folder.parent / "demonstration" / str(note["symbol"]).replace("/", "-")
    folder.mkdir(parents=True, exist_ok=True)
    documents = registry.get(f"{path}/documents")["items"]
    files = {}
    for one in documents:
        name = f"note.{one['language']}.{one['format']}"
        files[one["id"]] = (folder / name, registry.download(f"{path}/documents/{one['id']}"))
    for enclosure in note["enclosures"]:
        for version in enclosure["versions"]:
            name = f"enclosure-{enclosure['ordinal']}.{version['language']}.pdf"
            content = registry.download(f"{path}/enclosures/{enclosure['ordinal']}/{version['language']}")
            files[name] = (folder / name, content)
    for place, content in files.values():
        place.write_bytes(content)
    receipts = registry.get(f"{path}/receipts")
    deliveries = list(registry.items(f"{path}/deliveries", limit=200))
    ours = {one["id"] for one in deliveries}
    return {
        "base_url": run.base_url,
        "folder": folder,
        "note": note,
        "text": registry.get(f"{path}/versions/{note['source_language']}")["text"],
        "profile": registry.get("/profile"),
        "documents": documents,
        "files": files,
        "deliveries": deliveries,
        "events": {
            one["id"]: list(registry.items(f"{path}/deliveries/{one['id']}/events", limit=200))
            for one in deliveries
        },
        "receipts": receipts["items"],
        "counts": receipts["counts"],
        "register": next(iter(registry.items("/register", number=note["symbol"]))),
        "returned": [one for one in registry.items("/returned", limit=200) if one["delivery"] in ours],
        "verification": registry.get(f"{path}/verification"),
        "asked": _asked(registry, documents, files),
        "audit": auditor.get("/audit/verification"),
    }


def _asked(registry: Client, documents: list[dict[str, Any]], files: dict[Any, Any]) -> dict[str, Any] | None:
    """What the installation answers to whoever received the first sealed document; None when there is none."""
    sealed = next((one for one in documents if one["sealed_sha256"]), None)
    if sealed is None:
        return None
    place, content = files[sealed["id"]]
    answer: dict[str, Any] = registry.upload("/verification", place.name, content, "application/pdf")
    return answer


def faults(found: dict[str, Any]) -> list[str]:
    """What does not hold of the note's files and of the log: sentences."""
    wrong = [one["sentence"] for one in found["verification"]["items"] if not one["good"]]
    wrong += found["audit"]["faults"]
    for one in found["documents"]:
        place, content = found["files"][one["id"]]
        if hashlib.sha256(content).hexdigest() != (one["sealed_sha256"] or one["sha256"]):
            wrong.append(f"{place.name}: the downloaded file is not the recorded one.")
    if found["asked"] and not (found["asked"]["good"] and found["asked"]["seal"]["state"] == "intact"):
        wrong.append(f"A sealed document that was received: {found['asked']['sentence']}")
    if found["note"]["state"] != "dispatched":
        wrong.append(f"The note is {found['note']['state']}, not dispatched.")
    return wrong


def report(found: dict[str, Any], timings: dict[str, float]) -> dict[str, Any]:
    """The report as data: plain values that can be written as JSON."""
    note = found["note"]
    names = {one["member"]: one["name"] for one in found["receipts"]}
    return {
        "note": {
            "symbol": note["symbol"],
            "reference": note["reference"],
            "state": note["state"],
            "dated": note["approval"]["dated"],
            "place": _place(found),
            "titles": note["titles"],
            "digest": note["approval"]["digest"],
        },
        "languages": [
            {name: one[name] for name in ("language", "standing", "required", "is_source", "state")}
            for one in note["versions"]
        ],
        "documents": [_document(one, found["files"][one["id"]][0]) for one in found["documents"]],
        "enclosures": [
            {
                "name": version["name"],
                "language": version["language"],
                "pages": version["pages"],
                "sha256": version["sha256"],
                "path": str(found["files"][f"enclosure-{one['ordinal']}.{version['language']}.pdf"][0]),
            }
            for one in note["enclosures"]
            for version in one["versions"]
        ],
        "deliveries": [
            {
                "state": one["member"],
                "name": names[one["member"]],
                "contact": one["address"],
                "role": one["role"],
                "language": one["language"],
                "transport": one["transport"],
                "human": one["human"],
                "on_behalf": one["on_behalf"],
                "attempts": len(one["attempts"]),
                "answers": [each["answer"] for each in one["attempts"]],
                "passed": _kinds(found["events"][one["id"]], "transport"),
                "beside": _kinds(found["events"][one["id"]], "side"),
            }
            for one in found["deliveries"]
        ],
        "states": [_state(one) for one in found["receipts"]],
        "counts": found["counts"],
        "register": found["register"],
        "returned": {
            state: sum(one["state"] == state for one in found["returned"])
            for state in ("moved", "aside", "waiting", "settled")
        },
        "files": {"good": found["verification"]["good"], "checked": len(found["verification"]["items"])},
        "seal": _seal(found),
        "audit": {
            "entries": found["audit"]["entries"],
            "head": found["audit"]["head"],
            "verified": found["audit"]["good"],
            "anchors": found["audit"]["anchors"],
        },
        "timings": timings | _times(found),
        "places": {
            "board": f"{found['base_url']}/notes/{note['reference']}/circulation",
            "mailboxes": f"{found['base_url']}/office",
            "documents": str(found["folder"]),
        },
    }


def _seal(found: dict[str, Any]) -> dict[str, Any]:
    """Whose seal the documents have, how many of them, and what is found when a sealed file is asked about."""
    sealed = [one for one in found["documents"] if one["sealed_sha256"]]
    states = {one["seal"] for one in found["verification"]["items"] if one["seal"]}
    asked = found["asked"]["seal"] if found["asked"] else None
    return {
        "documents": len(sealed),
        "state": states.pop() if len(states) == 1 else ", ".join(sorted(states)),
        "holder": asked["holder"] if asked else "",
        "certificate": asked["certificate"] if asked else "",
        "answer": found["asked"]["result"] if found["asked"] else "",
    }


def _kinds(events: list[dict[str, Any]], axis: str) -> list[str]:
    """What was seen on an axis, each once, in the order in which it became known."""
    return list(dict.fromkeys(one["kind"] for one in events if one["axis"] == axis))


def _document(one: dict[str, Any], place: Any) -> dict[str, Any]:
    return {
        "language": one["language"],
        "kind": one["format"],
        "pages": one["pages"],
        "bytes": one["sealed_size"] or one["size"],
        "unsealed_bytes": one["size"],
        "sha256": one["sha256"],
        "sealed_sha256": one["sealed_sha256"],
        "sealed_at": one["sealed_at"],
        "path": str(place),
    }


def _state(one: dict[str, Any]) -> dict[str, Any]:
    said = [contact["acknowledged"] for contact in one["contacts"] if contact["acknowledged"]]
    flags = ("on_behalf", "delayed", "unknown", "contact_failed", "no_report")
    return {
        "state": one["member"],
        "name": one["name"],
        "status": one["status"],
        "flags": [name for name in flags if one[name]],
        "acknowledged": said[0] if said and one["status"] == "acknowledged" else None,
    }


def _place(found: dict[str, Any]) -> str:
    """The place in the line of place and date, as the note itself prints it."""
    note = found["note"]
    dates = profiles.load(found["profile"]["name"]).languages[note["source_language"]].dates
    written = dates.write(date.fromisoformat(note["approval"]["dated"]))
    lines = [line for line in found["text"].splitlines() if written in line]
    return lines[-1].replace(written, "").strip(" ,") if lines else ""


def _times(found: dict[str, Any]) -> dict[str, float]:
    """How long the relay's side took: from dispatch to the first answers, and to the last acceptance."""
    begun = datetime.fromisoformat(found["note"]["dispatch"]["at"])
    first = [one["attempts"][0]["answered_at"] for one in found["deliveries"] if one["attempts"]]
    last = [each["answered_at"] for one in found["deliveries"] for each in one["attempts"]]

    def since(moments: list[str | None]) -> float:
        latest = max((datetime.fromisoformat(one) for one in moments if one), default=begun)
        return round((latest - begun).total_seconds(), 3)

    return {"first_attempts": since(first), "last_attempt": since(last)}
