"""The contacts' answers: opened, downloaded, acknowledged; and one receipt on behalf of a state."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from web.demo import offices, summary
from web.demo.data import Table
from web.demo.offices import Letter, Office
from workflow.errors import Refusal

if TYPE_CHECKING:
    from web.demo.circulation import Run


class Receipts:
    """What the data's contacts do with a dispatched note."""

    def __init__(self, run: Run, reference: str) -> None:
        self._run = run
        self._path = f"/notes/{reference}"
        self._registry = run.as_("records")
        self._note: dict[str, Any] = self._registry.get(self._path)
        self._dated = date.fromisoformat(self._note["approval"]["dated"])
        self._deliveries = {
            one["address"]: one for one in self._registry.items(f"{self._path}/deliveries", limit=200)
        }
        self._keys = self._document_keys()

    def collect(self) -> None:
        """Lets every contact do what the data says of it, then records the receipt on behalf."""
        done = {"open": 0, "download": 0, "acknowledge": 0}
        for said in self._run.data.receipts["receipt"]:
            delivery = self._deliveries.get(said["address"])
            if delivery is None:
                self._run.faults.append(f"{said['address']} got no message, so it could not answer.")
                continue
            try:
                self._one(said, delivery)
            except Refusal as refusal:
                # What one contact cannot do is told in the end; the others go on.
                self._run.faults.append(refusal.sentence)
            else:
                done[said["does"]] += 1
        self._run.say(
            f"At their personal pages: {done['acknowledge']} contacts acknowledged, {done['download']} only "
            f"downloaded, {done['open']} only opened the link."
        )
        self._on_behalf(self._run.data.receipts["on_behalf"])

    def _one(self, said: Table, delivery: dict[str, Any]) -> None:
        letter = offices.received(self._run.folder, said["address"], delivery["message_id"])
        with Office(letter) as office:
            office.open()
            if said["does"] == "open":
                return
            wanted = [("note", delivery["language"], said["format"])]
            wanted += [one for one in self._keys if one[0] == "enclosure" and said.get("enclosure")]
            for key in wanted:
                content = office.download(self._keys[key])
                self._check_same(letter, key, content)
            if said["does"] == "acknowledge":
                self._acknowledge(office, letter, said, delivery)

    def _acknowledge(self, office: Office, letter: Letter, said: Table, delivery: dict[str, Any]) -> None:
        # A contact by link only got no file with the message, and reads the one that it downloaded.
        attached = letter.attachments.get(f"note.{delivery['language']}.pdf")
        pdf = attached or office.download(self._keys["note", delivery["language"], "pdf"])
        code = offices.printed_code(pdf)
        if "wrong_code" in said and office.acknowledge(said, said["wrong_code"], self._dated):
            self._run.faults.append(f"{said['address']}: a wrong code was taken.")
        if not office.acknowledge(said, code, self._dated):
            self._run.faults.append(f"{said['address']}: the receipt was not taken.")
        wrong = f" (after typing {said['wrong_code']} by mistake)" if "wrong_code" in said else ""
        self._run.say(f"  {delivery['member']}  acknowledged by {said['name']}, {said['office']}{wrong}")

    def _on_behalf(self, said: Table) -> None:
        delivery = self._deliveries[said["address"]]
        place = {"number": self._note["symbol"], "date": self._dated.isoformat()}
        paper = summary.sheet([line.format(**place) for line in said["evidence"]["lines"]])
        fields = {name: said[name] for name in ("name", "office", "reference", "reason")}
        fields["dated"] = (self._dated + timedelta(days=int(said["days"]))).isoformat()
        self._registry.upload(
            f"{self._path}/deliveries/{delivery['id']}/on-behalf",
            said["file"],
            paper,
            "application/pdf",
            **fields,
        )
        self._run.say(
            f"  {delivery['member']}  recorded on behalf by {self._registry.who}: {said['channel']}, "
            f"with {said['file']} as evidence"
        )

    def _document_keys(self) -> dict[tuple[str, str, str], str]:
        """The key that the personal page has for each file: kind, language, format → digest."""
        keys = {
            ("note", one["language"], one["format"]): str(one["sealed_sha256"] or one["sha256"])
            for one in self._registry.get(f"{self._path}/documents")["items"]
        }
        for enclosure in self._note["enclosures"]:
            for version in enclosure["versions"]:
                keys["enclosure", version["language"], str(enclosure["ordinal"])] = version["sha256"]
        return keys

    def _check_same(self, letter: Letter, key: tuple[str, str, str], content: bytes) -> None:
        kind, language, rest = key
        name = f"note.{language}.{rest}" if kind == "note" else f"enclosure-{rest}.{language}.pdf"
        if name in letter.attachments and letter.attachments[name] != content:
            self._run.faults.append(f"{letter.address}: {name} of the page is not that of the message.")
