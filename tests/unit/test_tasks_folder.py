"""The embedded broker in a folder: a message is whole when it can be taken, or not there yet."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from kombu import Connection, Exchange, Queue
from kombu.exceptions import ChannelError

from tasks import folder
from tasks.app import app  # noqa: F401 - importing it makes filesystem:// mean our transport


@pytest.fixture
def line(tmp_path: Path):
    for part in ("messages", "control"):
        (tmp_path / part).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "messages"),
        "data_folder_out": str(tmp_path / "messages"),
        "control_folder": str(tmp_path / "control"),
    }
    with Connection("filesystem://localhost", transport_options=options) as connection:
        yield connection


def test_the_application_uses_this_transport(line):
    assert isinstance(line.default_channel, folder.Channel)


def test_many_writers_and_a_reader_never_meet_half_a_file(line, tmp_path):
    exchange = Exchange("work", "direct")
    queue = Queue("work", exchange, routing_key="work")
    taken: list[int] = []
    writers = 3
    each = 60

    def write(first: int) -> None:
        with line.clone() as own:
            producer = own.Producer()
            for number in range(first, first + each):
                producer.publish({"number": number}, exchange=exchange, routing_key="work", declare=[queue])

    queue(line.default_channel).declare()
    threads = [threading.Thread(target=write, args=(1000 * one,)) for one in range(writers)]
    for thread in threads:
        thread.start()
    reader = queue(line.default_channel)
    while any(thread.is_alive() for thread in threads) or line.default_channel._size("work"):
        message = reader.get(no_ack=True)
        if message is not None:
            taken.append(message.payload["number"])
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(1000 * one + number for one in range(writers) for number in range(each))
    assert list((tmp_path / "messages").iterdir()) == []


def test_a_draft_is_nobody_s_message(line, tmp_path):
    queue = Queue("work", Exchange("work", "direct"), routing_key="work")(line.default_channel)
    queue.declare()
    (tmp_path / "messages" / "1_draft.work.msg.draft").write_bytes(b"")
    assert queue.get(no_ack=True) is None


def test_a_folder_that_is_gone_is_the_broker_s_error(line, tmp_path):
    channel = line.default_channel
    (tmp_path / "messages").rmdir()
    with pytest.raises(ChannelError):
        channel._put("work", {"body": "x"})
