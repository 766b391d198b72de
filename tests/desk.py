"""What a test of the post does with an installation: runs the worker, reads rows, brings reports."""

from __future__ import annotations

from sqlalchemy import select

from tests.prepared import Prepared
from tests.relay import ScriptedRelay, World
from workflow import audit
from workflow.models import Attempt, Contact, Delivery, Note
from workflow.operations import claims, deliveries, returned_mail, sending
from workflow.post.office import reports


class Desk:
    """What a test does with an installation: runs the worker, reads rows, brings reports."""

    def __init__(self, prepared: Prepared, world: World) -> None:
        self.prepared, self.world = prepared, world
        self.means, self.clock, self.office = prepared.means, prepared.clock, prepared.office
        self.relay = ScriptedRelay(world)

    def run(self, worker: str = "worker") -> sending.Sent:
        """One task: sends what is due."""
        return sending.send_note(self.means, self.prepared.note_id, self.relay, worker)

    def sweep(self) -> int:
        """The part of the sweep that concerns deliveries."""
        with self.means.work() as work:
            freed = claims.release_stale_claims(work)
            audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
            return freed

    def delivery(self, address: str) -> Delivery:
        """The delivery whose first address this was, with its attempts."""
        with self.means.look() as work:
            contact = select(Contact.id).where(Contact.address == address)
            return work.session.scalars(select(Delivery).where(Delivery.contact_id.in_(contact))).one()

    def due_in(self, address: str) -> float:
        """Seconds until the next attempt is due."""
        return (self.delivery(address).due_at - self.clock()).total_seconds()

    def act(self, verb: object, address: str, person: str = "registry") -> None:
        """A person holds, resumes, cancels or resends a delivery."""
        with self.means.work(self.office.actor(person)) as work:
            note = work.session.get_one(Note, self.prepared.note_id)
            row = deliveries.find_delivery(work, note, self.delivery(address).id)
            verb(work, note, row, "A person decided so.")  # type: ignore[operator]

    def report(
        self, attempt: Attempt, action: str, *, recipient: str = "", envid: str = "", sender: str = ""
    ) -> str:
        """Brings a delivery report for an attempt; gives the state in which it was filed."""
        settings = self.means.settings
        origin = reports.Origin(
            identifier=f"{attempt.id}.{action}",
            sender=sender or settings.return_path.replace("{token}", attempt.token),
            recipient=recipient or attempt.address,
            original_recipient="",
            envid=envid or attempt.token,
            full=False,
            arrived=self.clock(),
            content=b"Subject: a note\r\n\r\ntext\r\n",
        )
        status = {"failed": "5.1.1", "delayed": "4.4.1"}.get(action, "2.0.0")
        raw = reports.report(origin, action, status, "250 ok", self.clock())
        return self.receive(raw, origin.sender)

    def receive(self, raw: bytes, to: str) -> str:
        """A message in the return path's mailbox."""
        with self.means.work() as work:
            return returned_mail.process(work, f"Delivered-To: {to}\r\n".encode() + raw).state
