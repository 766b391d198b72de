"""A real Postfix as the relay: a note to many contacts, its reports, and Postfix stopped in the middle.

Each test has an instance of its own on loopback, see `tests/postfix.py`.  What Postfix returns
comes by each of the ways that an installation may choose: its own Maildir, a pipe, LMTP.
"""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from sqlalchemy import select

import tests.postfix as post
from tests.known import known_by
from tests.office import MEMBERS
from tests.post import post_office
from tests.postfix import Postfix
from tests.prepared import DATABASES, Prepared, prepare
from workflow import audit
from workflow.models import Attempt, Delivery
from workflow.operations import deliveries, evidence, returned_mail, sending
from workflow.post.lmtp import Door, Handler
from workflow.post.mailbox import MaildirBox
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue, Hold, NoteState, Transport

pytestmark = [pytest.mark.postfix]

CONTACTS = 6  # Of each member: more than the worker claims at once.
OURS = "bounces@secretariat.example"
CN, KZ, MN, TJ = (f"mfa.{code.lower()}.example" for code in MEMBERS)


@pytest.fixture(params=DATABASES)
def prepared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note that was dispatched to four members with six contacts each; nothing is sent yet."""
    yield from prepare(request, request.param, tmp_path, NoteState.DISPATCHED, CONTACTS)


def addresses(domain: str) -> list[str]:
    """The contacts of a member."""
    return [f"notes@{domain}", *(f"office{number}@{domain}" for number in range(2, CONTACTS + 1))]


class Room:
    """The installation beside its relay."""

    def __init__(self, prepared: Prepared, relay: Postfix, returned: Path) -> None:
        self.prepared = prepared
        self.means, self.clock, self.note_id = prepared.means, prepared.clock, prepared.note_id
        self.postfix, self.returned = relay, returned

    def send(self) -> sending.Sent:
        """One task of a worker."""
        with Relay(self.postfix.url) as relay:
            return sending.send_note(self.means, self.note_id, relay, "worker")

    def read(self) -> int:
        """What the mailbox task does."""
        count = 0
        with MaildirBox(self.returned) as box:
            for key, raw in box.messages():
                with self.means.work() as work:
                    returned_mail.process(work, raw)
                box.done(key)
                count += 1
        return count

    def rows(self, domain: str = "") -> list[Delivery]:
        """The deliveries, of one member or of all."""
        with self.means.look() as work:
            found = work.session.scalars(select(Delivery).order_by(Delivery.id))
            return [row for row in found if row.address.endswith(domain)]

    def until(self, condition: Callable[[], bool], what: str) -> None:
        """Reads the returned mail until a condition holds."""

        def now() -> bool:
            self.read()
            return condition()

        post.until(now, what, self.postfix.log)

    def decide(self) -> None:
        """A person lets go on whatever is of unknown outcome a second time."""
        for row in self.rows():
            if row.held_as is Hold.UNKNOWN:
                self.prepared.office.do(
                    "registry",
                    lambda work, note, number: deliveries.resume(
                        work, note, deliveries.find_delivery(work, note, number), "They say it did not come."
                    ),
                    self.note_id,
                    row.id,
                )

    def stands(self, domain: str, transport: Transport) -> bool:
        """Whether all contacts of a member are there."""
        return {row.transport for row in self.rows(domain)} == {transport}

    def check(self) -> None:
        """What has to hold in the end, whatever happened on the way."""
        with self.means.work() as work:
            audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
            assert evidence.rebuild(work)[1] == 0
            found = audit.verify(work.session, work.settings.keys.audit)
            assert found.good, found.faults
            assert found.unsealed == 0


@pytest.fixture(params=["maildir", "pipe", "lmtp"])
def way(request: pytest.FixtureRequest) -> str:
    """How returned mail comes to us."""
    return str(request.param)


def test_a_note_goes_out_by_postfix_and_all_its_reports_come_back(
    prepared: Prepared, way: str, tmp_path: Path
) -> None:
    with ExitStack() as stack:
        sink = stack.enter_context(post.sink("-N"))  # A host without delivery reports of its own.
        weather = f'[[rule]]\nmatch = "*@{MN}"\nrefuse = "550 5.1.1 No such mailbox"\n'
        hosts = stack.enter_context(post_office(tmp_path / "office", weather))
        nobody = post.free_port()
        routes = {
            CN: "virtual:",
            KZ: f"smtp:[127.0.0.1]:{sink}",
            MN: f"smtp:[127.0.0.1]:{hosts}",
            TJ: f"smtp:[127.0.0.1]:{nobody}",
        }
        boxes = [*addresses(CN), *([OURS] if way == "maildir" else [])]
        relay = stack.enter_context(
            post.postfix(
                routes, boxes, delay_warning_time="1s", smtp_connection_cache_on_demand="no"
            )
        )  # fmt: skip
        returned = relay.box(OURS)
        if way == "pipe":
            relay.route(**{"secretariat.example": f"pipe:{relay.mail}/returned"})
            returned = relay.mail / "returned"
        if way == "lmtp":
            returned = tmp_path / "returned"
            port, settings = post.free_port(), prepared.means.settings
            handler = Handler(returned, settings.return_path, settings.reply_address)
            stack.enter_context(Door(handler, "127.0.0.1", port))
            relay.route(**{"secretariat.example": f"lmtp:inet:127.0.0.1:{port}"})
        room = Room(prepared, relay, returned)

        sent = room.send()
        assert (sent.accepted, sent.refused, sent.unknown, sent.trouble) == (4 * CONTACTS, 0, 0, "")
        for row in room.rows():
            (attempt,) = row.attempts
            assert attempt.queue_id and relay.knows(attempt.queue_id), attempt.answer

        room.until(lambda: room.stands(CN, Transport.DELIVERED), "Postfix says what it delivered itself")
        room.until(lambda: room.stands(KZ, Transport.RELAYED), "Postfix says what it handed on")
        room.until(lambda: room.stands(MN, Transport.FAILED), "the unknown users come back")
        room.until(lambda: room.stands(TJ, Transport.DELAYED), "Postfix says what it cannot hand on yet")
        for address in addresses(CN):
            (mail,) = relay.mails(address)
            (row,) = [one for one in room.rows(CN) if one.address == address]
            assert mail["Message-ID"] == row.message_id and mail["X-Chancery-Attempt"] is None
            assert mail["Return-Path"] == f"<bounces+{row.attempts[0].token}@secretariat.example>"
            names = [part.get_filename() for part in mail.walk() if part.get_filename()]
            assert names == [item["name"] for item in row.documents]
            # What a server that we did not write put into the mailbox is what was recorded before it left.
            (raw,), message = relay.raws(address), row.attempts[0].message
            assert message and known_by(raw) == (message["size"], message["head"], message["tail"])

        # The host that was away is there again: what waited in Postfix's queue arrives.
        relay.route(**{TJ: f"smtp:[127.0.0.1]:{sink}"})
        relay.reload()

        def handed_on() -> bool:
            # The look at its queue that comes with a reload passes over what is just being put off.
            relay.flush()
            return room.stands(TJ, Transport.RELAYED)

        room.until(handed_on, "what was delayed is handed on")
        assert room.send() == sending.Sent()  # Nothing is due: what failed waits for a person.
        room.check()


def test_postfix_refuses_an_unknown_domain_at_once_and_the_others_go(
    prepared: Prepared, tmp_path: Path
) -> None:
    boxes = [one for domain in (CN, KZ, MN) for one in addresses(domain)]
    access = f"check_recipient_access inline:{{ {{ {TJ} = 550 5.7.1 We do not send there }} }}, permit"
    with post.postfix(
        {"secretariat.example": "virtual:"}, [*boxes, OURS], smtpd_recipient_restrictions=access
    ) as relay:
        room = Room(prepared, relay, relay.box(OURS))
        sent = room.send()
        assert (sent.accepted, sent.refused, sent.unknown) == (3 * CONTACTS, CONTACTS, 0)
        assert room.stands(TJ, Transport.REFUSED_PERM)
        assert all("5.7.1" in (row.attempts[0].answer or "") for row in room.rows(TJ))
        room.until(lambda: all(room.stands(one, Transport.DELIVERED) for one in (CN, KZ, MN)), "delivered")
        room.check()


def token(mail: Message) -> str:
    """The attempt's token in the return path of a copy."""
    return re.sub(r".*\+(\w+)@.*", r"\1", str(mail["Return-Path"]))


@pytest.mark.parametrize("end", [Postfix.stop, Postfix.kill], ids=["stopped", "killed"])
def test_postfix_ends_in_the_middle_of_a_dispatch_and_comes_back(
    prepared: Prepared, end: Callable[[Postfix], None]
) -> None:
    """At every fifth message Postfix ends, before it has read the final dot, and is started again later."""
    boxes = [one for domain in (CN, KZ, MN, TJ) for one in addresses(domain)]
    with post.postfix({}, [*boxes, OURS]) as relay:
        room = Room(prepared, relay, relay.box(OURS))
        sent = taken = unknown = 0

        class Ending(Relay):
            def hand_over(self, *given: object) -> object:  # type: ignore[override]
                nonlocal sent
                sent += 1
                if sent % 5 == 0 and sent <= 20:
                    end(relay)
                return super().hand_over(*given)  # type: ignore[arg-type]

        for _ in range(12):
            if not post.listens(relay.port):
                # A worker that comes meanwhile finds nobody, and leaves everything as it is.
                assert room.send().trouble
                room.clock.pass_(seconds=room.means.settings.backoff_seconds[0])
                relay.start()
            with Ending(relay.url) as line:
                did = sending.send_note(room.means, room.note_id, line, "worker")
            taken, unknown = taken + did.accepted, unknown + did.unknown
            room.clock.pass_(seconds=room.means.settings.report_wait_seconds)
            room.read()
            room.decide()
            if all(row.queue is DeliveryQueue.DONE for row in room.rows()):
                break
        rows = room.rows()
        assert {row.queue for row in rows} == {DeliveryQueue.DONE}
        assert sent > 20 and taken >= len(rows) - unknown
        # A Postfix that is killed may lose a report, or deliver once more what it had just delivered.
        good = {Transport.DELIVERED} if end is Postfix.stop else set(evidence.STANDING)
        room.until(lambda: all(row.transport in good for row in room.rows()), "all delivered")
        post.until(lambda: relay.queued() == 0, "the queue is empty", relay.log)
        for row in room.rows():
            copies = relay.mails(row.address)
            assert copies, f"{row.address} has no note"
            assert {one["Message-ID"] for one in copies} == {row.message_id}
            marks = {token(one): one["X-Chancery-Attempt"] for one in copies}
            assert list(marks.values()).count(None) <= 1, f"{row.address} has two copies without a mark"
            assert set(marks) <= {one.token for one in row.attempts}
            # Postfix may deliver once more what it was delivering when it ended; we never sent an attempt twice.
            taken = {
                (token(one), re.sub(r"(?s).* id (\w+).*", r"\1", str(one["Received"]))) for one in copies
            }
            assert len(taken) == len(marks)
        with room.means.look() as work:
            ids = work.session.scalars(select(Attempt.queue_id).where(Attempt.queue_id.is_not(None))).all()
            assert len(set(ids)) == len(ids)
        room.check()


def test_postfix_hands_over_by_lmtp_whatever_it_was_asked_for(tmp_path: Path) -> None:
    """Reports that were asked for, bytes beyond ASCII and addresses beyond it: nothing of it is refused."""
    port, folder = post.free_port(), tmp_path / "returned"
    handler = Handler(folder, "bounces+{token}@secretariat.example", "notes@secretariat.example")
    with (
        Door(handler, "127.0.0.1", port),
        post.postfix({"secretariat.example": f"lmtp:inet:127.0.0.1:{port}"}) as relay,
    ):
        with smtplib.SMTP("127.0.0.1", relay.port) as client:
            client.ehlo()
            # (options of MAIL, sender, options of RCPT)
            asked: list[tuple[list[str], str, list[str]]] = [
                (
                    ["RET=HDRS", "ENVID=abc"],
                    "",
                    ["NOTIFY=SUCCESS,DELAY", "ORCPT=rfc822;notes@secretariat.example"],
                ),
                (["BODY=8BITMIME", "SIZE=2000"], "a@mfa.example", ["NOTIFY=NEVER"]),
                (["BODY=8BITMIME", "SMTPUTF8"], "\u0438\u0432\u0430\u043d@mfa.example", []),
            ]
            for number, (options, sender, more) in enumerate(asked):
                text = f"Subject: {number}\r\n\r\n\u0434\u0430\r\n".encode()
                client.command_encoding = "utf-8"
                assert client.mail(sender, options)[0] == 250
                assert client.rcpt("bounces+abc@secretariat.example", more)[0] == 250
                assert client.data(text)[0] == 250
        post.until(lambda: len(list((folder / "new").glob("*"))) == len(asked), "all are there", relay.log)
    mails = [message_from_bytes(path.read_bytes()) for path in (folder / "new").iterdir()]
    assert {mail["Delivered-To"] for mail in mails} == {"bounces+abc@secretariat.example"}
    assert sorted(mail["Subject"] for mail in mails) == ["0", "1", "2"]
    assert all("\u0434\u0430".encode() in path.read_bytes() for path in (folder / "new").iterdir())
