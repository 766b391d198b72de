"""The embedded post office as a process: reports, mailboxes, weather, restarts."""

import email
import json
import os
import re
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from workflow.errors import Invalid, NotFound
from workflow.post.envelope import Envelope
from workflow.post.office import mailboxes, messages, raw
from workflow.post.office.mailboxes import mailbox_path
from workflow.post.office.weather import Rule, Weather, load
from workflow.post.pipeline import Job, send
from workflow.post.smtp import Relay
from workflow.states import Transport

ROOT = Path(__file__).resolve().parent.parent.parent
RETURNED = "bounces@secretariat.example"
WEATHER = """
[[rule]]
match = "gone@*"
refuse = "550 5.1.1 No such mailbox"
[[rule]]
match = "grey@*"
greylist = 1
[[rule]]
match = "full@*"
bounce = "5.2.2"
[[rule]]
match = "late@*"
delay = 0.2
[[rule]]
match = "down@*"
down = 1
report = "relayed"
[[rule]]
match = "mute@*"
report = "none"
[[rule]]
match = "lost@*"
drop = "lost"
[[rule]]
match = "cut@*"
drop = "delivered"
[[rule]]
match = "away@*"
reply = "vacation"
[[rule]]
match = "person@*"
reply = "human"
text = "Received, with thanks."
"""


class Office:
    """The office in a process of its own, in `folder`; it can be stopped or killed, and started again."""

    def __init__(self, folder, weather=WEATHER):
        self.folder = folder / "office"
        self.weather = folder / "weather.toml"
        self.weather.write_text(weather)

    def start(self):
        command = [sys.executable, "-W", "error", "-m", "workflow.post.office", "--smtp-port", "0"]
        self.process = subprocess.Popen(
            [*command, "--folder", self.folder, "--weather", self.weather],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        word, port = self.process.stdout.readline().split()
        assert word == "ready"
        self.port = int(port)
        return self

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=20)
        return self.process.returncode, errors

    def send(self, *names, number=0):
        def jobs():
            for at, name in enumerate(names, number):
                sender, token = f"bounces+{name}{at}@secretariat.example", f"{name}{at}"
                yield Job(name, Envelope(sender, f"{name}@mfa.example", token), note(at))

        answers = {}
        with Relay(f"smtp://127.0.0.1:{self.port}?starttls=off") as relay:
            send(relay, jobs(), lambda turn: answers.update(turn.answered) or True)
        return answers

    def wait(self, address, count):
        """The raw messages of a mailbox, once there are `count` of them."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as session:
            deadline = time.monotonic() + 60
            while len(messages(self.folder, address)) < count and time.monotonic() < deadline:
                session.noop()
            # The office does one thing at a time: after one more answer, what it was doing is done.
            session.noop()
        found = messages(self.folder, address)
        assert len(found) == count, [item.key for item in found]
        return [email.message_from_bytes(raw(self.folder, address, item.key)) for item in found]


def note(number):
    return (
        b"From: registry@secretariat.example\r\nReply-To: desk@secretariat.example\r\n"
        b"Message-ID: <note-%d@secretariat.example>\r\nSubject: Note\r\n\r\n.dot\r\nbody\r\n" % number
    )


@pytest.fixture
def office(tmp_path):
    running = Office(tmp_path).start()
    yield running
    if running.process.poll() is None:
        assert running.stop() == (0, "")


def status(message):
    """The per-message and the per-recipient fields of a delivery report."""
    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"
    text, delivery, original = message.get_payload()
    assert (text.get_content_type(), original.get_content_type()) == ("text/plain", "text/rfc822-headers")
    return delivery.get_payload()


def test_it_says_ready_offers_its_extensions_and_stops_on_request(office):
    with smtplib.SMTP("127.0.0.1", office.port) as session:
        session.ehlo()
        offered = set(session.esmtp_features)
    assert {"dsn", "pipelining", "8bitmime", "smtputf8", "size", "enhancedstatuscodes"} <= offered
    with Relay(f"smtp://127.0.0.1:{office.port}?starttls=off") as relay:
        relay.open()
        # A client that rests on an open line does not hold it up.
        assert office.stop() == (0, "")


def test_it_listens_on_loopback_only(office):
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    listening = [line.split()[1] for line in lines if line.split()[3] == "0A"]
    mine = [where for where in listening if int(where.partition(":")[2], 16) == office.port]
    assert mine == [f"0100007F:{office.port:04X}"]


def test_a_taken_message_is_in_its_mailbox_and_reported(office):
    answers = office.send("desk")
    assert answers["desk"].transport is Transport.ACCEPTED
    (delivered,) = office.wait("desk@mfa.example", 1)
    assert (delivered["Return-Path"], delivered["Delivered-To"]) == (
        "<bounces+desk0@secretariat.example>",
        "desk@mfa.example",
    )
    stored = raw(office.folder, "desk@mfa.example", answers["desk"].queue_id)
    assert stored.endswith(note(0))
    (report,) = office.wait(RETURNED, 1)
    assert (report["Return-Path"], report["Delivered-To"]) == ("<>", "bounces+desk0@secretariat.example")
    envelope, recipient = status(report)
    assert envelope["Original-Envelope-Id"] == "desk0"
    assert (recipient["Action"], recipient["Status"]) == ("delivered", "2.0.0")
    assert recipient["Original-Recipient"] == "rfc822; desk@mfa.example"
    assert "Message-ID: <note-0@secretariat.example>" in report.get_payload()[2].get_payload()


def test_the_weather_at_the_door(office):
    answers = office.send("gone", "grey", "desk")
    assert answers["gone"].transport is Transport.REFUSED_PERM
    assert answers["grey"].transport is Transport.REFUSED_TEMP
    assert answers["desk"].transport is Transport.ACCEPTED
    assert office.send("grey", number=9)["grey"].transport is Transport.ACCEPTED
    assert {box.address for box in mailboxes(office.folder)} >= {"desk@mfa.example"}


@pytest.mark.parametrize(
    ("name", "actions"),
    [
        ("full", ["failed"]),
        ("late", ["delayed", "delivered"]),
        ("down", ["delayed", "relayed"]),
        ("mute", []),
    ],
)
def test_the_weather_behind_the_door(office, name, actions):
    assert office.send(name)[name].transport is Transport.ACCEPTED
    delivered = 0 if name == "full" else 1
    office.wait(f"{name}@mfa.example", delivered)
    reports = [status(message) for message in office.wait(RETURNED, len(actions))]
    assert sorted(fields[1]["Action"] for fields in reports) == sorted(actions)
    assert {fields[0]["Original-Envelope-Id"] for fields in reports} <= {f"{name}0"}
    if name == "full":
        assert reports[0][1]["Status"] == "5.2.2"


@pytest.mark.parametrize(("name", "arrives"), [("lost", 0), ("cut", 1)])
def test_the_line_is_dropped_once_after_the_dot(office, name, arrives):
    assert office.send(name)[name].transport is Transport.UNKNOWN
    office.wait(f"{name}@mfa.example", arrives)
    # The report tells the two cases apart; a second copy is then taken as usual.
    assert len(office.wait(RETURNED, arrives)) == arrives
    assert office.send(name)[name].transport is Transport.ACCEPTED
    office.wait(f"{name}@mfa.example", arrives + 1)


def test_replies_come_back(office):
    office.send("away", "person")
    answers = {message.get_content_type(): message for message in office.wait(RETURNED, 3)}
    vacation = answers["text/plain"]
    assert vacation["Delivered-To"] == "bounces+away0@secretariat.example"
    assert (vacation["Auto-Submitted"], vacation["Return-Path"]) == ("auto-replied", "<>")
    assert vacation["In-Reply-To"] == "<note-0@secretariat.example>"
    (reply,) = office.wait("desk@secretariat.example", 1)
    assert (reply["From"], reply["References"]) == ("person@mfa.example", "<note-1@secretariat.example>")
    assert reply["Auto-Submitted"] is None
    assert reply.get_payload(decode=True) == b"Received, with thanks.\r\n"


def test_reports_are_made_as_the_sender_asked(office):
    with smtplib.SMTP("127.0.0.1", office.port) as session:
        session.ehlo()
        for token, returned, notify in [
            ("a", "FULL", "SUCCESS"),
            ("b", "HDRS", "NEVER"),
            ("c", "HDRS", "FAILURE"),
        ]:
            session.mail(f"bounces+{token}@secretariat.example", [f"RET={returned}", f"ENVID={token}+2Bx"])
            assert session.rcpt("desk@mfa.example", [f"NOTIFY={notify}"])[0] == 250
            assert session.data(note(1))[0] == 250
        session.mail("")
        assert session.rcpt("desk@mfa.example", ["NOTIFY=SUCCESS"])[0] == 250
        assert session.data(note(1))[0] == 250
        assert session.docmd("MAIL", "FROM:<a@b.example> RET=SOME")[0] == 501
        session.mail("a@b.example")
        assert session.docmd("RCPT", "TO:<desk@mfa.example> NOTIFY=NEVER,SUCCESS")[0] == 501
        assert session.docmd("RCPT", "TO:<desk@mfa.example> FANCY=yes")[0] == 555
        assert session.docmd("DATA")[0] == 503
    office.wait("desk@mfa.example", 4)
    (report,) = office.wait(RETURNED, 1)
    assert report.get_payload()[1].get_payload()[0]["Original-Envelope-Id"] == "a+x"
    assert report.get_payload()[2].get_content_type() == "message/rfc822"
    assert report.get_payload()[2].get_payload()[0]["Subject"] == "Note"


def test_international_addresses_get_international_reports(office):
    envelope = Envelope("bounces+w@secretariat.example", "данияр@mfa.example", "w")
    with Relay(f"smtp://127.0.0.1:{office.port}?starttls=off") as relay:
        assert relay.transmit(relay.offer(envelope, note(1))).transport is Transport.ACCEPTED
    office.wait("данияр@mfa.example", 1)
    (report,) = office.wait(RETURNED, 1)
    assert report.get_payload()[1].get_content_type() == "message/global-delivery-status"
    assert (
        "Final-Recipient: utf-8; данияр@mfa.example"
        in raw(office.folder, RETURNED, messages(office.folder, RETURNED)[0].key).decode()
    )


def test_large_and_dotted_contents_arrive_byte_for_byte(office):
    with smtplib.SMTP("127.0.0.1", office.port) as session:
        session.ehlo()
        contents = [b"\r\n.\r\n..\r\nends.\r\n" * 40_000, b".\r\n", b"x" * 60_000 + b"\r\n", b"\r\n"]
        for count, content in enumerate(contents, 1):
            session.mail("a@b.example")
            session.rcpt("desk@mfa.example")
            assert session.data(content)[0] == 250
            office.wait("desk@mfa.example", count)
            newest = max(item.key for item in messages(office.folder, "desk@mfa.example"))
            assert raw(office.folder, "desk@mfa.example", newest).partition(b"+0000\r\n")[2] == content


def test_after_kill_minus_nine_what_was_taken_is_finished(tmp_path):
    office = Office(
        tmp_path, '[[rule]]\nmatch = "late@*"\ndelay = 3600\n[[rule]]\nmatch = "grey@*"\ngreylist = 1\n'
    )
    office.start()
    assert office.send("late", "grey")["late"].transport is Transport.ACCEPTED
    (delayed,) = office.wait(RETURNED, 1)
    assert status(delayed)[1]["Action"] == "delayed"
    assert office.stop(signal.SIGKILL)[0] == -signal.SIGKILL
    # The hour is over: the file beside the entry says when it is due.
    (later,) = (office.folder / ".spool").glob("*.later")
    later.write_text(json.dumps({**json.loads(later.read_text()), "due": 0.0}))
    office.weather.write_text('[[rule]]\nmatch = "grey@*"\ngreylist = 1\n')
    office.start()
    office.wait("late@mfa.example", 1)
    actions = {status(message)[1]["Action"] for message in office.wait(RETURNED, 2)}
    assert actions == {"delayed", "delivered"}
    # The counter of the greylist outlived the crash too.
    assert office.send("grey", number=5)["grey"].transport is Transport.ACCEPTED
    assert office.stop() == (0, "")
    assert not list((office.folder / ".spool").iterdir())


def test_a_fault_of_its_own_refuses_nothing_for_good(office):
    spool = office.folder / ".spool"
    spool.rename(office.folder / ".elsewhere")
    answer = office.send("desk")["desk"]
    assert (answer.code, answer.status, answer.transport) == (452, "4.3.1", Transport.REFUSED_TEMP)
    (office.folder / ".elsewhere").rename(spool)
    # The mailbox cannot be made: the message waits in the spool until it can.
    (office.folder / "mfa.example").write_text("in the way")
    assert office.send("desk")["desk"].transport is Transport.ACCEPTED
    office.wait("desk@mfa.example", 0)
    (office.folder / "mfa.example").unlink()
    office.wait("desk@mfa.example", 1)
    assert office.stop()[0] == 0


def start_and_fail(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "workflow.post.office", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_what_keeps_it_from_starting_is_said_in_a_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = start_and_fail("--smtp-port", port, "--folder", tmp_path / "a")
    assert (code, said) == (
        1,
        f"Port {port} is taken or not a port; stop what uses it, or choose one by --smtp-port.\n",
    )
    (tmp_path / "bad.toml").write_text('[[rule]]\nmatch = "*"\nbounce = "later"\n')
    code, said = start_and_fail("--folder", tmp_path / "b", "--weather", tmp_path / "bad.toml")
    assert (code, said) == (
        1,
        "The weather file bad.toml is not usable: rule 1: bounce is a status such as 5.1.1.\n",
    )


def test_one_folder_has_one_office(office):
    code, said = start_and_fail("--smtp-port", 0, "--folder", office.folder)
    assert code == 1
    assert said.startswith("Another post office works in")


@pytest.mark.parametrize(
    "text",
    [
        "rule = 1",
        "[rule]\nmatch = '*'",
        "[[rule]]\nrefuse = '550 no'",
        "[[rule]]\nmatch = ' '",
        "[[rule]]\nmatch = '*'\nrefuse = 'no'",
        "[[rule]]\nmatch = '*'\nrefuse = \"550 no\\r\\n250 yes\"",
        "[[rule]]\nmatch = '*'\nslow = -1",
        "[[rule]]\nmatch = '*'\ngreylist = true",
        "[[rule]]\nmatch = '*'\nreport = 'maybe'",
        "[[rule]]\nmatch = '*'\nrain = 1",
        "[[rule]\n",
        "[other]\nx = 1",
    ],
)
def test_faulty_weather_is_refused(tmp_path, text):
    path = tmp_path / "weather.toml"
    path.write_text(text)
    with pytest.raises(Invalid, match=r"weather\.toml is not usable"):
        load(path)


def test_weather_is_read_and_the_first_rule_holds(tmp_path):
    path = tmp_path / "weather.toml"
    path.write_text(
        '[[rule]]\nmatch = "A@b.example"\nslow = 1\n[[rule]]\nmatch = "*@b.example"\nreport = "none"\n'
    )
    weather = load(path)
    assert weather.rule("a@B.example") == Rule(match="A@b.example", slow=1.0)
    assert weather.rule("c@b.example").report == "none"
    assert weather.rule("c@d.example") == Rule()
    assert load(None) == Weather()
    with pytest.raises(Invalid, match="cannot be read"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize(
    "address", ["../../x@y", "a@..", ".hidden@y.example", "a/b@c.example", "/@/", "..@.."]
)
def test_no_address_leaves_the_folder(tmp_path, address):
    path = mailbox_path(tmp_path, address)
    relative = Path(os.path.normpath(path)).relative_to(tmp_path)
    assert len(relative.parts) == 2
    assert not any(part.startswith(".") for part in relative.parts)


@pytest.mark.parametrize("key", ["", "..", "../x", ".lock", "a/b", "x" * 300, "none"])
def test_only_a_message_can_be_read(tmp_path, key):
    with pytest.raises(NotFound, match="no such message"):
        raw(tmp_path, "a@b.example", key)


def test_lists_show_mailboxes_and_decoded_headers(tmp_path):
    for part, name, subject in [
        ("new", "1-1", "=?utf-8?b?0L3QvtGC0LA=?="),
        ("cur", "1-2:2,S", "плохой заголовок"),
    ]:
        folder = mailbox_path(tmp_path, "desk+x@mfa.example") / part
        (folder.parent / "new").mkdir(parents=True, exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(f"Subject: {subject}\r\nFrom: a@b\x1b\r\n\r\n".encode())
    (box,) = mailboxes(tmp_path)
    assert (box.address, box.count) == ("desk@mfa.example", 2)
    assert {item.key: item.subject for item in messages(tmp_path, box.address)} == {
        "1-1": "нота",
        "1-2": "плохой заголовок",
    }
    assert not any(re.search(r"[\x00-\x1f]", item.sender) for item in messages(tmp_path, box.address))
    assert messages(tmp_path, "nobody@mfa.example") == []
