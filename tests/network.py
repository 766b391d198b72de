"""A mail network around an installation: hosts that fare as in life, workers that are killed, a person, a forger.

Our Postfix hands on to a ministry's Postfix with delivery reports, to one without, and to a host that does
whatever mail hosts do (`tests/strange.py`).  `Network` knows what is true of each address, `Installation` what
is believed of it; `compare` and `check` hold the one against the other.
"""

from __future__ import annotations

import os
import random
import re
import signal
import smtplib
import threading
import time
from contextlib import ExitStack, suppress
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from sqlalchemy import func, select

import tests.postfix as post
from tasks.mailbox import drain
from tests.conftest import make_settings
from tests.imap import ImapServer
from tests.living import BEGIN, FileClock
from tests.postfix import Postfix
from tests.prepared import Prepared
from tests.strange import WAYS, BadLine, Letter, Strange, fields
from workflow import audit
from workflow.errors import Refusal
from workflow.means import Means
from workflow.models import Attempt, Delivery, Event, Note, ReturnedMessage
from workflow.operations import claims, deliveries, documents, evidence, returned_mail, sending, trouble
from workflow.post.lmtp import Door, Handler
from workflow.post.mailbox import open_mailbox
from workflow.post.smtp import Relay
from workflow.states import DeliveryQueue, Hold, Human, Transport

OURS = "bounces@secretariat.example"
# Beside the ways of the strange host.
PLACES = (
    "our own box",  # Delivered by our relay itself.
    "ministry",  # A Postfix with reports: delivered.
    "ministry, unknown later",  # It takes the message and bounces afterwards.
    "ministry, forwards to nobody",
    "ministry, keeps and forwards to nobody",
    "ministry, discards",
    "ministry, nobody answers behind",
    "without reports",  # A Postfix that offers no DSN.
    "nobody answers",  # Our own relay gives up after a while.
    "relay refuses",
    "relay says later",
)
# Where the world may say that it has the message although nobody ever gets it, and nothing proves it.
LOST = {"loses", "ministry, discards", "list that bounces", "gives up in prose", "bounces to the author"}
# Where a failure is reported although a copy arrived: delivered first and returned later.
BOTH = {
    "bounces after delivery", "copy that bounces", "ministry, keeps and forwards to nobody",
    "closes at the dot", "closes at the dot twice",
}  # fmt: skip
GOOD = {Transport.DELIVERED, Transport.RELAYED}
BAD = {Transport.FAILED, Transport.REFUSED_PERM}


class Network:
    """The hosts, and what is true of each address."""

    def __init__(
        self, stack: ExitStack, dice: random.Random, addresses: list[str], way: str, folder: Path
    ) -> None:
        names = [*PLACES, *WAYS]
        kinds = [*names, *dice.choices(names, k=max(0, len(addresses) - len(names)))]
        dice.shuffle(kinds)
        self.kinds = dict(zip(addresses, kinds, strict=False))
        self.strange = Strange(
            {one: kind for one, kind in self.kinds.items() if kind in WAYS}, lambda: self.relay.port
        )
        here = {kind: [one for one, each in self.kinds.items() if each == kind] for kind in names}
        ministry = [*here["ministry"], *here["ministry, keeps and forwards to nobody"], "other@desk.example"]
        gone = "rcpt-gone@elsewhere.example"
        alias = dict.fromkeys(here["ministry, forwards to nobody"], gone)
        alias |= {one: f"{one}, {gone}" for one in here["ministry, keeps and forwards to nobody"]}
        quick = {"delay_warning_time": "2s", "maximal_queue_lifetime": "7s", "bounce_queue_lifetime": "300s"}
        nobody = f"smtp:[127.0.0.1]:{post.free_port()}"
        refused = " ".join(f"{{ {one} = 550 5.7.1 not there }}" for one in here["relay refuses"])
        later = " ".join(f"{{ {one} = 450 4.7.1 not now }}" for one in here["relay says later"])
        self.relay = Postfix(
            _made(folder / "relay"),
            {},
            [*addresses, OURS],
            smtpd_recipient_restrictions=f"check_recipient_access inline:{{ {refused} {later} {{ x = DUNNO }} }}, permit",
            smtp_connection_cache_on_demand=dice.choice(["yes", "no"]),
            **quick,
        )
        home = f"smtp:[127.0.0.1]:{self.relay.port}"
        strange = f"smtp:[127.0.0.1]:{self.strange.port}"
        self.ministry = Postfix(
            _made(folder / "ministry"),
            {
                "secretariat.example": home, "elsewhere.example": strange,
                **dict.fromkeys(here["ministry, discards"], "discard:"),
                **dict.fromkeys(here["ministry, nobody answers behind"], nobody),
            },
            ministry,
            virtual_mailbox_domains="mfa.cn.example mfa.kz.example mfa.mn.example mfa.tj.example desk.example",
            virtual_alias_maps="inline:{ " + " ".join(f"{{ {one} = {to} }}" for one, to in alias.items()) + " {x = x} }",
            smtpd_reject_unlisted_recipient="no",
            myhostname="mx.ministry.example",
            **quick,
        )  # fmt: skip
        self.plain = Postfix(
            _made(folder / "plain"),
            {"secretariat.example": home},
            here["without reports"] or ["x@desk.example"],
            smtpd_discard_ehlo_keywords="dsn",
            myhostname="mx.plain.example",
        )
        self.folder = folder
        routes = {"elsewhere.example": strange}
        for address, kind in self.kinds.items():
            if kind in WAYS:
                routes[address] = strange
            elif kind.startswith("ministry"):
                routes[address] = f"smtp:[127.0.0.1]:{self.ministry.port}"
            elif kind == "without reports":
                routes[address] = f"smtp:[127.0.0.1]:{self.plain.port}"
            elif kind == "nobody answers":
                routes[address] = nobody
        self.returned = self.relay.box(OURS)
        if way == "lmtp":
            self.returned = folder / "returned"
            self.door = Door(
                Handler(self.returned, "bounces+{token}@secretariat.example", OURS),
                "127.0.0.1",
                post.free_port(),
            )
            stack.enter_context(self.door)
            routes["secretariat.example"] = f"lmtp:inet:127.0.0.1:{self.door.port}"
        self.relay.route(**routes)
        self.mailbox = f"maildir://{self.returned}"
        self.imap = stack.enter_context(ImapServer(folder, idle=False)) if way == "imap" else None
        if self.imap:
            self.mailbox = self.imap.url()
            over = threading.Event()
            carrier = threading.Thread(target=self._carry, args=(over,), daemon=True)
            carrier.start()
            stack.callback(carrier.join, 10)
            stack.callback(over.set)
        stack.enter_context(self.strange)
        for one in self.hosts:
            one.start()
            stack.callback(_ended, one)

    @property
    def hosts(self) -> tuple[Postfix, ...]:
        """The Postfixes."""
        return self.relay, self.ministry, self.plain

    def copies(self, address: str) -> list[Message]:
        """What the contact truly has."""
        found = [message_from_bytes(one.data) for one in self.strange.to(address)]
        for copy, letter in zip(found, self.strange.to(address), strict=True):
            del copy["Return-Path"]
            copy["Return-Path"] = f"<{letter.sender}>"
        for host in self.hosts:
            found += host.mails(address)
        return found

    def _carry(self, over: threading.Event) -> None:
        """Brings what Postfix delivers to where IMAP serves it."""
        assert self.imap is not None
        while not over.wait(0.05):
            for file in sorted((self.returned / "new").glob("*")):
                self.imap.bring(file.read_bytes())
                file.unlink()

    @property
    def unread(self) -> bool:
        """Whether returned mail waits to be taken in."""
        return bool(list((self.returned / "new").glob("*")) or (self.imap and self.imap.messages))

    @property
    def seen(self) -> list[bytes]:
        """The returned mail that was taken in."""
        if self.imap:
            return list(self.imap.moved.values())
        return [one.read_bytes() for one in sorted((self.returned / "cur").glob("*"))]

    @property
    def quiet(self) -> bool:
        """Whether no message is under way anywhere."""
        return self.strange.idle and not any(one.queued() for one in self.hosts)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _ended(one: Postfix) -> None:
    if post.listens(one.port):
        one.kill()


def token(mail: Message) -> str:
    """The attempt's token in the return path of a copy."""
    return re.sub(r".*\+(\w+)@.*", r"\1", str(mail["Return-Path"]), flags=re.S).lower()


def moment(dice: random.Random, longest: float) -> None:
    """Lets the others go on to wherever they come in a time that the dice say."""
    threading.Event().wait(dice.uniform(0.02, longest))


class Installation:
    """The installation: its workers, its clock, what a person does in the end."""

    def __init__(
        self, prepared: Prepared, network: Network, line: BadLine, tmp_path: Path, born: object
    ) -> None:
        self.network, self.note_id, self.office = network, prepared.note_id, prepared.office
        (tmp_path / "clock").write_text("0")
        started = time.monotonic()
        self.clock = FileClock(tmp_path / "clock", BEGIN, started)
        old = prepared.means.settings
        given = {
            "database_url": old.database_url,
            "imap_url": network.mailbox,
            "smtp_url": f"smtp://127.0.0.1:{line.port}?starttls=off",
        }
        self.means = Means.of(make_settings(tmp_path, **given), self.clock)
        self.office.means = self.means
        self.log = tmp_path / "workers.log"
        self.log.touch()
        self.born, self.workers = born, [0, 0]
        self.job = {
            "settings": {
                **given, "data_dir": str(old.data_dir), "secret_key": "a secret of the tests",
                "audit_key": "an audit key of the tests", "address_check": "never",
            },
            "clock": str(tmp_path / "clock"), "begin": BEGIN.isoformat(), "started": started, "log": str(self.log),
        }  # fmt: skip

    def live(self, number: int) -> None:
        self.workers[number] = self.born(**self.job)  # type: ignore[operator]

    def kill(self, number: int) -> None:
        if self.workers[number]:
            with suppress(ProcessLookupError):
                os.kill(self.workers[number], signal.SIGKILL)
        self.workers[number] = 0

    def close(self) -> None:
        """Kills the workers, and lets go of the database."""
        for number in (0, 1):
            self.kill(number)
        self.means.database.close()

    @property
    def symbol(self) -> str:
        """The note's number."""
        with self.means.look() as work:
            return str(work.session.get_one(Note, self.note_id).symbol)

    def rows(self) -> list[Delivery]:
        """The deliveries with their attempts."""
        with self.means.look() as work:
            return list(work.session.scalars(select(Delivery).order_by(Delivery.id)))

    def read(self) -> None:
        while self.network.unread:
            with open_mailbox(self.network.mailbox) as box:
                drain(self.means, box)

    def send(self) -> sending.Sent:
        with Relay(self.network.relay.url) as relay:
            return sending.send_note(self.means, self.note_id, relay, "the last worker")

    def act(self, dice: random.Random) -> None:
        """A person of the registry does something with some delivery, if it may be done."""
        row = dice.choice(self.rows())
        verb = dice.choice([deliveries.resend, deliveries.hold, deliveries.resume, deliveries.retry])
        with suppress(Refusal):
            self.office.do(
                "registry",
                lambda work, note, number: verb(
                    work, note, deliveries.find_delivery(work, note, number), "A person decided so."
                ),
                self.note_id,
                row.id,
            )

    def settle(self) -> None:
        """After all crashes: sweeps, returned mail and the decisions of a person, until nothing is due."""
        for _ in range(30):
            self.send()
            post.until(lambda: self.network.quiet, "the mail comes to rest", self.network.relay.log, 120)
            self.read()
            self.clock.pass_(43201)
            with self.means.work() as work:
                claims.release_stale_claims(work)
            for row in self.rows():
                if row.held_as in (Hold.UNKNOWN, Hold.PERSON):
                    self.office.do(
                        "registry",
                        lambda work, note, number: deliveries.resume(
                            work,
                            note,
                            deliveries.find_delivery(work, note, number),
                            "They say it did not come.",
                        ),
                        self.note_id,
                        row.id,
                    )
            waits = [row for row in self.rows() if row.queue in (DeliveryQueue.QUEUED, DeliveryQueue.CLAIMED)]
            if not waits and self.network.quiet and not self.network.unread:
                # Long enough for the desk to ask after what nobody has reported.
                return self.clock.pass_(3 * 24 * 3600)
        raise AssertionError([(row.address, row.queue, row.transport, row.due_at) for row in waits])


class Forger:
    """Somebody who knows how we name our messages, has seen reports, and knows no token of ours."""

    def __init__(self, installation: Installation, dice: random.Random) -> None:
        self.installation, self.dice, self.count = installation, dice, 0

    def send(self) -> None:
        """One forged or repeated message to our return path."""
        dice, rows = self.dice, self.installation.rows()
        row = dice.choice(rows)
        guess = f"bounces+{dice.randbytes(16).hex()}@secretariat.example"
        action = dice.choice(["failed", "delivered", "relayed", "delayed", "expanded"])
        letter = Letter(
            guess, row.address, f"Message-ID: {row.message_id}\r\nSubject: Note\r\n\r\nx\r\n".encode()
        )
        raw, to = fields(letter, action), guess
        which = dice.randrange(6)
        seen = self.installation.network.seen
        if which == 1:
            to = OURS
        if which == 2:
            raw = (
                f"From: {row.address}\r\nTo: {OURS}\r\nSubject: Re: Note\r\nIn-Reply-To: {row.message_id}\r\n\r\n"
                "We acknowledge. Delivered.\r\n"
            ).encode()
            to = OURS
        if which >= 3 and seen:
            # A true report, seen on its way: repeated as it was to a guessed token, or to the mailbox without one;
            # its identifier is cut out, since who saw it could do anything.
            raw = dice.choice(seen)
            raw = re.sub(rb"(?im)^Original-Envelope-Id:.*\n", b"", raw)
            raw = re.sub(rb"(?i)bounces\+[0-9a-z]+@", guess.partition("@")[0].encode() + b"@", raw)
            if which == 4:
                raw = re.sub(rb"(?im)^Action:.*$", f"Action: {action}\r".encode(), raw)
            raw = re.sub(rb"\r?\n", b"\r\n", raw)
        with suppress(OSError, smtplib.SMTPException):
            with smtplib.SMTP("127.0.0.1", self.installation.network.relay.port, timeout=5) as line:
                line.sendmail("", [to], raw, mail_options=["BODY=8BITMIME"])
            self.count += 1


# What may happen, and how often.
CHANCES = {
    "worker killed": 10.0,
    "relay stopped": 1.0,
    "relay killed": 1.0,
    "relay reloaded": 0.5,
    "ministry stopped": 0.5,
    "clock jumps": 2.0,
    "forged": 4.0,
    "person acts": 4.0,
}


def chance(dice: random.Random, house: Installation, network: Network, forger: Forger) -> str:
    """Something happens after a while; gives what."""
    moment(dice, 0.3)
    (what,) = dice.choices(list(CHANCES), list(CHANCES.values()))
    if what == "worker killed":
        number = dice.randrange(2)
        house.kill(number)
        house.live(number)
    elif what == "relay reloaded":
        network.relay.reload()
    elif what == "clock jumps":
        house.clock.pass_(dice.choice([61, 301, 901, 901, 3601]))
    elif what == "forged":
        forger.send()
    elif what == "person acts":
        house.act(dice)
    else:
        host = network.ministry if what.startswith("ministry") else network.relay
        (host.kill if what == "relay killed" else host.stop)()
        moment(dice, 0.5)
        host.start()
    return what


def compare(house: Installation, network: Network) -> list[str]:
    """What is believed against what is true; a sentence for each difference."""
    wrong = []
    with house.means.look() as work:
        desk = {one.delivery for one in trouble.of(work) if one.kind not in ("waiting", "returned")}
        desk |= {one.delivery_id for one in returned_mail.waiting(work)}
    for row in house.rows():
        kind, copies = network.kinds[row.address], network.copies(row.address)
        about = (
            f"{row.address} ({kind}): {row.transport}/{row.queue}/{row.held_as}, {len(copies)} copies, "
            + ", ".join(f"{one.number}:{one.transport}" for one in row.attempts)
        )
        if {one["Message-ID"] for one in copies} - {row.message_id}:
            wrong.append(f"another Message-ID: {about}")
        marks = {token(one): one["X-Chancery-Attempt"] for one in copies}
        if list(marks.values()).count(None) > 1:
            wrong.append(f"two copies without a mark: {about}")
        if not set(marks) <= {one.token.lower() for one in row.attempts}:
            wrong.append(f"a copy of an unknown attempt: {about}")
        if row.human is not Human.NONE:
            wrong.append(f"human: {about}")
        if row.transport in GOOD and not copies and kind not in LOST:
            wrong.append(f"believed there, and it is not: {about}")
        if row.transport in BAD and copies and not (kind in BOTH or row.late_bounce):
            wrong.append(f"believed failed, and it is there: {about}")
        unseen = {"loses", "ministry, discards"}
        if not copies and kind not in unseen and row.id not in desk:
            wrong.append(f"not there, and no person is told: {about}")
        if row.transport not in GOOD | BAD and row.id not in desk:
            # A relay that is killed may lose reports, and a line that breaks leaves doubts; a person sees each.
            wrong.append(f"nothing known, and no person is told: {about}")
    return wrong


def check(house: Installation) -> None:
    """What has to hold in the installation itself."""
    with house.means.work() as work:
        audit.seal_evidence(work.session, work.settings.keys.audit, work.now())
        assert evidence.rebuild(work)[1] == 0
        found = audit.verify(work.session, work.settings.keys.audit)
        assert found.good, found.faults
        assert found.unsealed == 0
        for row in work.session.scalars(select(ReturnedMessage)):
            assert work.store.get(row.sha256)
            if not row.verified:
                assert row.state == "waiting"
        tokens = set(work.session.scalars(select(Attempt.token)))
        assert len(tokens) == work.session.scalar(select(func.count()).select_from(Attempt))
        note = work.session.get_one(Note, house.note_id)
        checked = documents.verify(work, note)
        assert checked and all(one.good for one in checked)
    with house.means.look() as work:
        assert work.session.scalar(select(func.count()).select_from(Event).where(Event.axis == "human")) == 0
