"""One message by itself, a reminder above all: held, let go on, tried again, called off; its line among the trouble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from tests.integration.api import Api
from tests.integration.browser import Browser, plain
from tests.prepared import Prepared, prepare
from tests.prepared import dispatched as dispatched
from tests.relay import ACCEPT, LATER, NEVER, ScriptedRelay, World
from web.cli import main
from web.commands import posting
from workflow.errors import Conflict, Invalid, NotAllowed, NotFound
from workflow.models import Delivery, Note, Outgoing, Reminder
from workflow.operations import deliveries, dispatch, ladder, reminding, sending, silent, trouble
from workflow.states import DeliveryQueue, Hold, NoteState, Transport

STEPS = [{"to": ["to"], "after": 1, "times": 2}]
KZ, CN = "notes@mfa.kz.example", "notes@mfa.cn.example"
REASON = "The embassy asked for it."


class Post:
    """An installation whose note is sent, and whose states are reminded once, all messages still waiting."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared, self.means, self.clock, self.office = (
            prepared,
            prepared.means,
            prepared.clock,
            prepared.office,
        )
        self.world = World()
        self.office.do("registry", ladder.set_reminders, prepared.note_id, STEPS)
        self.send()
        self.remind()

    def send(self) -> sending.Sent:
        return sending.send_note(self.means, self.prepared.note_id, ScriptedRelay(self.world), "worker")

    def remind(self) -> None:
        self.clock.pass_(days=1)
        with self.means.work() as work:
            reminding.sweep(work)

    def reminder(self, address: str = KZ) -> Reminder:
        with self.means.look() as work:
            found = select(Reminder).where(Reminder.address == address).order_by(Reminder.id.desc())
            return work.session.scalars(found).first()  # type: ignore[return-value]

    def act(self, verb: Any, person: str = "registry", reason: str = REASON, address: str = KZ) -> None:
        with self.means.work(self.office.actor(person)) as work:
            note = work.session.get_one(Note, self.prepared.note_id)
            verb(work, note, deliveries.find_message(work, note, self.reminder(address).id), reason)

    def troubles(self) -> list[tuple[str, str, bool]]:
        with self.means.look() as work:
            return [(one.kind, one.member, one.reminder) for one in trouble.of(work)]

    @property
    def name(self) -> str:
        with self.means.look() as work:
            return work.session.get_one(Note, self.prepared.note_id).reference


@pytest.fixture
def post(dispatched: Prepared) -> Post:
    return Post(dispatched)


@pytest.fixture
def one_database(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Post]:
    """What a page says and what a command prints is the same from each database."""
    for prepared in prepare(request, "sqlite", tmp_path, NoteState.DISPATCHED):
        yield Post(prepared)


def test_a_reminder_is_held_and_goes_on_by_itself(post: Post) -> None:
    post.act(deliveries.hold)
    row = post.reminder()
    assert (row.queue, row.held_as, row.held_reason) == (DeliveryQueue.HELD, Hold.PERSON, REASON)
    assert post.send().accepted == 3
    assert ("held", "KZ", True) in post.troubles()
    post.act(deliveries.resume)
    assert post.send().accepted == 1
    assert post.reminder().transport is Transport.ACCEPTED
    with pytest.raises(Conflict):
        post.act(deliveries.hold)


def test_one_that_is_called_off_is_not_sent_and_the_next_step_reminds_all_the_same(post: Post) -> None:
    with pytest.raises(Conflict):
        post.act(deliveries.cancel)  # It has to be held first, as a delivery has.
    post.act(deliveries.hold)
    post.act(deliveries.cancel)
    assert post.send().accepted == 3
    first = post.reminder()
    assert first.cancelled_at is not None
    with pytest.raises(Conflict, match="cancelled"):
        post.act(deliveries.resume)
    post.remind()
    assert post.reminder().id != first.id and post.send().accepted == 4


def test_one_that_the_relay_put_off_is_tried_at_once(post: Post) -> None:
    post.world.script[KZ] = [ACCEPT, LATER, ACCEPT]
    post.send()
    assert post.reminder().due_at > post.clock()
    post.act(deliveries.retry)
    assert post.send().accepted == 1
    with pytest.raises(Conflict, match="was not put off"):
        post.act(deliveries.retry)


def test_one_that_was_refused_is_in_trouble_until_it_or_a_later_one_gets_through(post: Post) -> None:
    post.world.script[KZ] = [ACCEPT, NEVER, ACCEPT]
    post.send()
    assert post.reminder().transport is Transport.REFUSED_PERM
    assert ("reminder_failed", "KZ", True) in post.troubles()
    message_id = post.reminder().message_id
    post.act(deliveries.retry)
    assert post.send().accepted == 1
    assert post.reminder().transport is Transport.ACCEPTED
    assert "reminder_failed" not in {kind for kind, _, _ in post.troubles()}
    (first, second) = post.world.to(KZ)
    assert second.mail["Message-ID"] == message_id != first.mail["Message-ID"]
    with post.means.look() as work:
        numbers = [one.number for one in work.session.get_one(Outgoing, post.reminder().id).attempts]
    assert numbers == [1, 2]


def test_a_later_reminder_that_gets_through_ends_the_trouble(post: Post) -> None:
    post.world.script[KZ] = [ACCEPT, NEVER, ACCEPT]
    post.send()
    assert ("reminder_failed", "KZ", True) in post.troubles()
    post.remind()
    post.send()
    assert "reminder_failed" not in {kind for kind, _, _ in post.troubles()}


def test_a_refused_reminder_follows_the_note_to_its_new_address(post: Post) -> None:
    post.world.script[KZ] = [ACCEPT, NEVER]
    post.send()
    with post.means.work() as work:
        original = work.session.get_one(Delivery, post.reminder().reminds_id)
        original.address = "legal@mfa.kz.example"
    post.act(deliveries.retry)
    assert post.send().accepted == 1
    (taken,) = post.world.to("legal@mfa.kz.example")
    assert taken.mail["To"] == "legal@mfa.kz.example"


def test_nobody_is_tried_again_who_has_answered_or_whose_reminders_stand_still(post: Post) -> None:
    post.world.script[KZ] = [ACCEPT, NEVER]
    post.send()
    post.office.do("registry", ladder.pause, post.prepared.note_id, "The ministers meet.")
    with pytest.raises(Conflict, match="Let them go on first"):
        post.act(deliveries.retry)
    post.office.do("registry", ladder.resume, post.prepared.note_id)
    with post.means.work() as work:
        work.session.get_one(Delivery, post.reminder().reminds_id).human = "acknowledged"  # type: ignore[assignment]
    with pytest.raises(Conflict, match="has acknowledged"):
        post.act(deliveries.retry)
    assert "reminder_failed" not in {kind for kind, _, _ in post.troubles()}


def test_paused_reminders_are_no_trouble(post: Post) -> None:
    post.office.do("registry", ladder.pause, post.prepared.note_id, "The ministers meet.")
    assert post.reminder().held_reason == silent.PAUSED
    assert post.troubles() == []


@pytest.mark.parametrize("verb", [deliveries.hold, deliveries.resume, deliveries.retry, deliveries.cancel])
def test_only_the_registry_and_with_a_reason(post: Post, verb: Any) -> None:
    before = post.office.counts()
    with pytest.raises(NotAllowed):
        post.act(verb, "director")
    with pytest.raises(Invalid, match="reason"):
        post.act(verb, reason=" ")
    assert post.office.counts() == before


def test_a_message_of_another_note_is_none_of_this(post: Post) -> None:
    with post.means.work() as work:
        note = work.session.get_one(Note, post.prepared.note_id)
        for find in (deliveries.find_message, deliveries.find_reminder):
            with pytest.raises(NotFound):
                find(work, note, 999)
        with pytest.raises(NotFound):
            deliveries.find_reminder(work, note, post.reminder().reminds_id or 0)


def test_by_page(one_database: Post) -> None:
    post = one_database
    pages, here = Browser(post.office), f"/notes/{post.name}/reminders"
    one = f"/reminders/{post.reminder().id}"
    assert f'action="{one}/hold"' in pages.get("registry", here).text
    assert f'action="{one}/hold"' not in pages.get("director", here).text
    told = pages.told("registry", pages.post("registry", f"{one}/hold", here, reason=REASON))
    assert "The reminder is held." in told and REASON in told
    trouble_page = pages.get("registry", "/trouble")
    assert f'action="{one}/resume"' in trouble_page.text and REASON in plain(trouble_page)
    assert f'action="{one}/resume"' not in pages.get("director", "/trouble").text
    pages.post("registry", f"{one}/resume", here, 422, reason=" ")
    told = pages.told("registry", pages.post("registry", f"{one}/resume", "/trouble", reason=REASON))
    assert "The reminder goes on." in told
    pages.post("registry", f"{one}/cancel", here, 409, reason=REASON)
    pages.post("registry", "/reminders/999/hold", here, 404, reason=REASON)
    pages.post("registry", f"{one}/hold", here, reason=REASON)
    told = pages.told("registry", pages.post("registry", f"{one}/cancel", here, reason=REASON))
    assert "The reminder is called off." in told and "Called off" in told
    log = plain(pages.get("registry", f"/notes/{post.name}/log"))
    for words in ("A reminder was held", "A reminder goes on", "A reminder was called off"):
        assert words in log


def test_by_the_api(one_database: Post) -> None:
    post = one_database
    api, row = Api(post.office), post.reminder()
    path = f"/notes/{post.name}/reminders/messages/{row.id}"
    assert api.post("director", f"{path}/hold", json={"reason": REASON}).status_code == 403
    held = api.good("registry", "POST", f"{path}/hold", json={"reason": REASON})
    assert (held["queue"], held["member"], held["held_reason"]) == ("held", "KZ", REASON)
    (line,) = api.good("director", "GET", "/post/trouble")["items"]
    assert (line["kind"], line["delivery"], line["reminder"]) == ("held", row.id, True)
    assert api.good("registry", "POST", f"{path}/resume", json={"reason": REASON})["queue"] == "queued"
    api.refused(api.post("registry", f"{path}/retry", json={"reason": REASON}), 409, "nothing-to-retry-here")
    api.refused(api.post("registry", f"{path}/cancel", json={"reason": REASON}), 409, "delivery-state")
    wrong = f"/notes/{post.name}/reminders/messages/{row.reminds_id}/hold"
    api.refused(api.post("registry", wrong, json={"reason": REASON}), 404, "no-such-reminder")
    delivery = f"/notes/{post.name}/deliveries/{row.reminds_id}/retry"
    api.refused(api.post("registry", delivery, json={"reason": REASON}), 409, "nothing-to-retry-here")


def command(post: Post, monkeypatch: pytest.MonkeyPatch, person: str = "registry") -> Any:
    monkeypatch.setattr(posting, "means", lambda: post.means)
    monkeypatch.setattr(posting, "actor", lambda email: post.office.actor(person))

    def run(*words: Any, code: int = 0) -> str:
        done = CliRunner().invoke(main, ["post", *map(str, words)])
        assert done.exit_code == code, done.output
        return done.output

    return run


def test_by_the_command_line(one_database: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post = one_database
    run, number = command(post, monkeypatch), str(post.reminder().id)
    by = ("--message", number, "--as", "x", "--reason", REASON)
    run("hold", post.name, "--as", "x", "--reason", "  ", code=2)
    listed = run("messages", post.name)
    messages = [line for line in listed.splitlines() if "attempt" not in line]
    assert f"{number}  KZ   reminder 1   queued" in listed and len(messages) == 8
    assert run("hold", post.name, *by) == f"Message {number} is held.\n"
    assert f"KZ #{number}: {REASON}" in run("status")
    (line,) = [one for one in json.loads(run("messages", post.name, "--json")) if one["held_reason"]]
    assert (line["message"], line["kind"], line["queue"]) == (int(number), "reminder", "held")
    assert "goes on" in run("resume", post.name, *by)
    assert "not put off" in run("retry", post.name, *by, code=1)
    run("hold", post.name, *by)
    assert "is called off" in run("cancel", post.name, *by)
    run("hold", post.name, "--message", "0", "--as", "x", "--reason", REASON, code=2)
    run("hold", post.name, "--as", "x", code=2)
    assert "no message 999" in run(
        "hold", post.name, "--message", "999", "--as", "x", "--reason", REASON, code=1
    )
    assert "reschedule" in run("--help") and "--message" in run("retry", "--help")


@pytest.fixture
def scheduled(request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[Prepared]:
    """A note that is dispatched for tomorrow."""
    for made in prepare(request, "sqlite", tmp_path, NoteState.APPROVED):
        made.office.do("director", dispatch.dispatch, made.note_id, None, made.clock() + timedelta(days=1))
        yield made


def test_a_release_is_set_anew_by_the_command_line(
    scheduled: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = Post.__new__(Post)
    post.prepared, post.means, post.office = scheduled, scheduled.means, scheduled.office
    run, by = command(post, monkeypatch, "director"), ("--as", "x", "--reason", "The meeting is later.")

    def release() -> Any:
        with scheduled.means.look() as work:
            return work.session.get_one(Note, scheduled.note_id).release_at

    before = release()
    for wrong, code, said in (
        ((), 2, "either --at TIME or --now"),
        (("--at", "2026-05-20T09:00", "--now"), 2, "either --at TIME or --now"),
        (("--at", "tomorrow"), 2, "is not a time"),
        (("--at", "2020-01-01T09:00"), 3, "has passed"),
    ):
        assert said in run("reschedule", post.name, *wrong, *by, code=code)
    assert release() == before
    told = run("reschedule", post.name, "--at", "2026-05-20T09:00", *by)
    assert "4 messages" in told and "2026-05-20 09:00 (Asia/Almaty)" in told
    assert release().isoformat() == "2026-05-20T04:00:00+00:00"
    told = run("reschedule", post.name, "--at", "2026-05-21T09:00:00+03:00", *by)
    assert "2026-05-21 11:00" in told
    assert "4 messages" in run("reschedule", post.name, "--now", *by)
    assert "released already" in run("reschedule", post.name, "--now", *by, code=1)
