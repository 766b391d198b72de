"""The relay session against a server that follows a script: every step refused, broken or held up."""

import socket
from collections import Counter

import pytest

from tests.scripted import CLOSE, HANG, LONG, ScriptedServer, job, numbers, patience, run
from workflow.errors import Refusal
from workflow.post.answers import RelayDown, Step
from workflow.post.pipeline import send
from workflow.post.smtp import Relay
from workflow.post.wire import LINE_BYTES, REPLY_LINES, Line, LineBroken
from workflow.states import Transport


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("depth", [1, 2, 4])
@pytest.mark.parametrize("count", [0, 1, 4, 9])
def test_all_are_taken_in_order_over_one_connection(pipelining, depth, count):
    with ScriptedServer(pipelining=pipelining) as server, Relay(server.url, timeouts=LONG) as relay:
        answers, left, trouble = run(relay, map(job, range(count)), depth)
    assert [answers[key].transport for key in range(count)] == [Transport.ACCEPTED] * count
    assert numbers(server) == list(range(count))
    assert (left, trouble, server.connections) == ((), None, 1 if count else 0)
    assert all(b"\r\n..a line with a dot\r\n" in content for content in server.taken)


STEPS = [
    ("MAIL", b"451 4.3.0 later\r\n", Transport.REFUSED_TEMP, Step.MAIL),
    ("MAIL", b"552 5.3.4 too big\r\n", Transport.REFUSED_PERM, Step.MAIL),
    ("RCPT", b"450 4.7.1 greylisted\r\n", Transport.REFUSED_TEMP, Step.RCPT),
    ("RCPT", b"550-5.1.1 no\r\n550 5.1.1 such user\r\n", Transport.REFUSED_PERM, Step.RCPT),
    ("RCPT", b"354 out of turn\r\n", Transport.REFUSED_TEMP, Step.RCPT),
    ("DATA", b"451 4.3.0 no room\r\n", Transport.REFUSED_TEMP, Step.DATA),
    ("DATA", b"554 5.5.1 no\r\n", Transport.REFUSED_PERM, Step.DATA),
    ("DATA", b"250 2.0.0 out of turn\r\n", Transport.REFUSED_TEMP, Step.DATA),
    ("DOT", b"452 4.3.1 disk full\r\n", Transport.REFUSED_TEMP, Step.DOT),
    ("DOT", b"550 5.7.1 content\r\n", Transport.REFUSED_PERM, Step.DOT),
]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(("where", "said", "outcome", "step"), STEPS)
def test_a_refusal_concerns_its_own_message_only(where, said, outcome, step, pipelining):
    with (
        ScriptedServer({where: [None, said]}, pipelining=pipelining) as server,
        Relay(server.url, timeouts=LONG) as relay,
    ):
        answers, left, trouble = run(relay, map(job, range(5)))
    assert (answers[1].transport, answers[1].step) == (outcome, step)
    assert [answers[key].transport for key in (0, 2, 3, 4)] == [Transport.ACCEPTED] * 4
    assert (left, trouble, server.connections) == ((), None, 1)


def test_a_server_that_waits_for_content_without_a_recipient_gets_none():
    with ScriptedServer({"RCPT": [b"550 5.1.1 no\r\n"]}) as server, Relay(server.url, timeouts=LONG) as relay:
        # The script says 354 to DATA all the same, as RFC 2920 allows.
        answers, _, _ = run(relay, [job(0), job(1)], 2)
    assert (answers[0].transport, answers[1].transport) == (Transport.REFUSED_PERM, Transport.ACCEPTED)
    assert numbers(server) == [1]


BREAKS = [CLOSE, HANG, b"421 4.3.2 shutting down\r\n", b"what?\r\n", b"250-first\r\n451 other code\r\n"]
BREAKS += [b"2" * (LINE_BYTES + 10), b"250-more\r\n" * (REPLY_LINES + 1), b"\xff\xfe\0\r\n"]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("said", BREAKS, ids=lambda said: said[:12] if isinstance(said, bytes) else None)
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "DOT"])
def test_a_break_at_the_first_message_stops_the_run(step, said, pipelining):
    with (
        ScriptedServer({step: said}, pipelining=pipelining) as server,
        Relay(server.url, timeouts=patience(said)) as relay,
    ):
        answers, left, trouble = run(relay, map(job, range(6)), 2)
        assert server.connections == 1
    told = step == "DOT" and isinstance(said, bytes) and said.startswith(b"421")
    lost = Transport.UNKNOWN if step == "DOT" and not told else Transport.REFUSED_TEMP
    assert answers[0].transport is lost
    assert trouble == answers[0]
    assert {answer.transport for key, answer in answers.items() if key} <= {Transport.REFUSED_TEMP}
    assert sorted([*answers, *left]) == list(range(6))
    assert len(left) >= 4


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize("said", [CLOSE, b"421 4.7.0 enough for one connection\r\n"])
def test_a_server_that_ends_the_connection_after_some_messages_is_called_again(step, said, pipelining):
    with (
        ScriptedServer({step: [None, None, said]}, pipelining=pipelining) as server,
        Relay(server.url, timeouts=LONG) as relay,
    ):
        answers, left, trouble = run(relay, map(job, range(6)), 3)
    assert (left, trouble, server.connections) == ((), None, 2)
    outcomes = [answers[key].transport for key in range(6)]
    if step == "DOT":
        assert outcomes.pop(2) is (Transport.UNKNOWN if said is CLOSE else Transport.REFUSED_TEMP)
    assert set(outcomes) == {Transport.ACCEPTED}
    assert max(Counter(numbers(server)).values()) == 1


def test_a_server_that_breaks_after_every_dot_makes_two_unknown_and_no_more():
    with ScriptedServer({"DOT": [None, *[CLOSE] * 9]}) as server, Relay(server.url, timeouts=LONG) as relay:
        answers, left, trouble = run(relay, map(job, range(10)), 4)
    # One when the line that worked broke, one on the fresh line: then nothing more is risked.
    assert Counter(answer.transport for answer in answers.values())[Transport.UNKNOWN] == 2
    assert trouble.step is Step.DOT
    assert sorted([*answers, *left]) == list(range(10))
    assert len(server.taken) == 3


@pytest.mark.parametrize(
    ("said", "outcome", "code"),
    [
        (b"552 5.3.4 too big\r\n", Transport.REFUSED_PERM, 552),
        (b"451 4.3.0 stop\r\n", Transport.REFUSED_TEMP, 451),
        (CLOSE, Transport.REFUSED_TEMP, None),
        (b"250 2.0.0 taken, it says\r\n", Transport.REFUSED_TEMP, None),
        (HANG, Transport.REFUSED_TEMP, None),
    ],
)
def test_a_break_inside_the_content_is_safe_to_retry(said, outcome, code):
    # More than the network's buffers hold, so that the sending itself meets the closed line.
    large = job(1, b"0123456789\r\n" * 2_000_000)
    with ScriptedServer({"BODY": said}) as server, Relay(server.url, timeouts=patience(said)) as relay:
        answers, _, _ = run(relay, [large])
    assert (answers[1].transport, answers[1].step) == (outcome, Step.BODY)
    # A reset may overtake the server's last words; they are kept when they arrive, and never invented.
    assert answers[1].code in {code, None}
    assert server.taken == []


def test_a_server_that_drips_its_answer_is_not_waited_for():
    class Dripping:
        """Each read brings one byte and takes one second of the clock."""

        now = 0.0

        def settimeout(self, seconds):
            assert 0 < seconds <= 30

        def recv(self, _):
            self.now += 1.0
            return b"2"

    drip = Dripping()
    with pytest.raises(LineBroken, match="timed out"):
        Line(drip, lambda: drip.now).reply(30)
    assert drip.now == 30.0


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("side", ["reads", "writes"])
def test_the_line_breaks_at_every_byte_and_nothing_is_lost_or_sent_twice(side, pipelining):
    with ScriptedServer(pipelining=pipelining) as whole, Relay(whole.url, timeouts=LONG) as relay:
        run(relay, map(job, range(3)), 2)
    seen = Counter()
    for bound in range(640):
        with (
            ScriptedServer(pipelining=pipelining, **{side: [bound, bound // 2]}) as server,
            Relay(server.url, timeouts=LONG) as relay,
        ):
            answers, left, trouble = run(relay, map(job, range(3)), 2)
            relay.close()
        taken = numbers(server)
        assert sorted([*answers, *left]) == [0, 1, 2]
        assert len(taken) == len(set(taken))
        for key, answer in answers.items():
            seen[answer.transport] += 1
            if key in taken:
                assert answer.transport in {Transport.ACCEPTED, Transport.UNKNOWN}, (bound, answer)
            else:
                assert answer.transport in {Transport.REFUSED_TEMP, Transport.UNKNOWN}, (bound, answer)
        assert not set(left) & set(taken)
        assert trouble is not None or not left
    # The range of bounds did meet each case; else the loop would prove little.
    assert {Transport.ACCEPTED, Transport.REFUSED_TEMP} <= set(seen)
    if side == "writes":
        assert seen[Transport.UNKNOWN]


def test_a_relay_that_is_away_leaves_everything():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    relay = Relay(f"smtp://127.0.0.1:{port}?starttls=off", timeouts=LONG)
    answers, left, trouble = run(relay, map(job, range(6)))
    assert (answers, left, trouble.step) == ({}, (0, 1, 2, 3, 4, 5), Step.CONNECT)
    with pytest.raises(RelayDown, match="Nothing is lost"):
        relay.offer(job(1).envelope, job(1).message)


@pytest.mark.parametrize("said", [b"554 no service\r\n", b"421 busy\r\n", CLOSE, HANG, b"garbage\r\n"])
@pytest.mark.parametrize("step", ["GREETING", "EHLO"])
def test_a_session_that_does_not_begin_concerns_no_message(step, said):
    with ScriptedServer({step: said}) as server:
        relay = Relay(server.url, timeouts=patience(said))
        answers, left, trouble = run(relay, map(job, range(2)))
    assert (answers, left, trouble.step) == ({}, (0, 1), Step.CONNECT)


def test_the_caller_commits_between_envelope_and_content():
    with ScriptedServer() as server, Relay(server.url, timeouts=LONG) as relay:
        offered = relay.offer(job(7).envelope, job(7).message)
        assert (offered.refusal, server.taken) == (None, [])
        assert not any(command.startswith("DATA") for command in server.commands)
        answer = relay.transmit(offered)
    assert (answer.transport, answer.queue_id, numbers(server)) == (Transport.ACCEPTED, "000001", [7])


@pytest.mark.parametrize("pipelining", [True, False])
def test_nothing_enters_data_before_its_commit_and_the_commit_waits_for_no_answer(pipelining):
    seen = []

    with ScriptedServer(pipelining=pipelining) as server, Relay(server.url, timeouts=LONG) as relay:
        real = relay.landed

        def landed(flight):
            answers = real(flight)
            seen.append("answer")
            return answers

        def commit(turn):
            asked = sum(command.startswith("DATA") for command in server.commands)
            seen.append((turn.entering, tuple(key for key, _ in turn.answered)))
            assert asked <= sum(len(one[0]) for one in seen[:-1] if one != "answer")
            return True

        relay.landed = landed
        send(relay, map(job, range(9)), commit, depth=3)
        assert relay.transmit(relay.offer(job(99).envelope, job(99).message)).transport is Transport.ACCEPTED
    assert seen[:-1] == [
        ((0, 1, 2), ()),
        *["answer"] * 2,
        ((3, 4), (0, 1)),
        *["answer"] * 2,
        ((5, 6), (2, 3)),
        *["answer"] * 2,
        ((7, 8), (4, 5)),
        *["answer"] * 3,
        ((), (6, 7, 8)),
    ]
    assert numbers(server) == [*range(9), 99]


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_caller_that_says_no_hears_what_was_on_the_wire_and_nothing_more_is_sent(pipelining):
    turns = []

    def commit(turn):
        turns.append((turn.entering, tuple(key for key, _ in turn.answered), turn.left))
        return len(turns) < 2

    with ScriptedServer(pipelining=pipelining) as server, Relay(server.url, timeouts=LONG) as relay:
        send(relay, map(job, range(9)), commit, depth=2)
        assert turns[:2] == [((0, 1), (), ()), ((2,), (0,), ())]
        assert turns[2][:2] == ((), (1,)) and turns[2][2][0] == 2
        assert relay.transmit(relay.offer(job(99).envelope, job(99).message)).transport is Transport.ACCEPTED
    assert numbers(server) == [0, 1, 99]


def test_when_the_commit_fails_no_answer_is_left_on_the_line_for_the_next_message():
    def commit(turn):
        if turn.answered:
            raise LookupError("the database is away")
        return True

    script = {"DOT": [None, b"451 4.3.0 an answer to the second\r\n"]}
    with ScriptedServer(script) as server, Relay(server.url, timeouts=LONG) as relay:
        with pytest.raises(LookupError, match="away"):
            send(relay, map(job, range(5)), commit, depth=2)
        assert not relay.is_open
        assert relay.transmit(relay.offer(job(9).envelope, job(9).message)).transport is Transport.ACCEPTED
    assert numbers(server)[0] == 0 and numbers(server)[-1] == 9


def test_a_refused_offer_is_not_transmitted_and_the_next_one_starts_clean():
    with ScriptedServer({"RCPT": [b"550 5.1.1 no\r\n"]}) as server, Relay(server.url, timeouts=LONG) as relay:
        offered = relay.offer(job(1).envelope, job(1).message)
        assert offered.refusal.status == "5.1.1"
        with pytest.raises(ValueError, match="refused"):
            relay.transmit(offered)
        assert relay.transmit(relay.offer(job(2).envelope, job(2).message)).transport is Transport.ACCEPTED
    assert [command.split()[0] for command in server.commands[3:5]] == ["RSET", "MAIL"]


def test_a_connection_that_rested_is_tried_before_it_is_used():
    now = [0.0]
    with (
        ScriptedServer({"RSET": [CLOSE]}) as server,
        Relay(server.url, timeouts=LONG, monotonic=lambda: now[0]) as relay,
    ):
        run(relay, [job(1)])
        now[0] += 60
        answers, _, _ = run(relay, [job(2)])
        assert server.connections == 2
    assert answers[2].transport is Transport.ACCEPTED


def test_an_error_in_the_callers_jobs_comes_after_the_answers():
    def jobs():
        yield job(0)
        raise LookupError("no such document")

    answered = []
    with (
        ScriptedServer() as server,
        Relay(server.url, timeouts=LONG) as relay,
        pytest.raises(LookupError, match="no such document"),
    ):
        send(relay, jobs(), lambda turn: answered.extend(turn.answered) or True)
    assert [(key, answer.transport) for key, answer in answered] == [(0, Transport.ACCEPTED)]


def test_a_password_is_in_no_text_that_leaves_the_session():
    secret = "s3cret-Pass"
    script = {"AUTH": b"535 5.7.8 wrong: " + b"AHVzZXIAczNjcmV0LVBhc3M=" + b"\r\n"}
    with ScriptedServer(script, extensions=("AUTH PLAIN LOGIN",)) as server:
        relay = Relay(server.url.replace("//", f"//user:{secret}@"), timeouts=LONG)
        with pytest.raises(RelayDown) as caught:
            relay.open()
    assert caught.value.answer.code == 535
    assert "AUTH PLAIN" in "".join(server.commands)
    for text in (repr(relay), repr(relay.endpoint), str(caught.value), repr(caught.value.answer)):
        assert secret not in text
        assert "AHVzZXIA" not in text
    with pytest.raises(Refusal) as faulty:
        Relay(f"smtp://user:{secret}@relay.example:99999")
    assert secret not in str(faulty.value)
