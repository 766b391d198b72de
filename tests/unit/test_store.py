"""The store: a file is there whole under its digest, or not at all."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Barrier, Thread

import pytest

from workflow.errors import Conflict, NotFound, Unavailable
from workflow.store import Store, sha256


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty store."""
    return Store(tmp_path / "store")


def files(store: Store) -> list[str]:
    """All files of the folder, drafts among them."""
    return sorted(path.name for path in store.folder.rglob("*") if path.is_file())


def test_what_went_in_comes_out(store: Store) -> None:
    digest = store.put(b"a note")
    assert digest == sha256(b"a note") and store.has(digest)
    assert store.get(digest) == b"a note"
    assert store.put(b"a note") == digest and files(store) == [digest]


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, step, full)
        with pytest.raises(Unavailable, match="The disk is full, so the file was not kept"):
            store.put(b"a note")
    assert files(store) == []
    assert store.get(store.put(b"a note")) == b"a note"


def test_a_disk_that_fills_while_writing_leaves_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fdopen

    class Filling:
        def __init__(self, stream: object) -> None:
            self.stream = stream

        def __enter__(self) -> Filling:
            return self

        def __exit__(self, *_: object) -> None:
            self.stream.close()  # type: ignore[attr-defined]

        def write(self, data: bytes) -> None:
            self.stream.write(data[: len(data) // 2])  # type: ignore[attr-defined]
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdopen", lambda handle, mode: Filling(real(handle, mode)))
    with pytest.raises(Unavailable) as refused:
        store.put(b"a note" * 1000)
    assert refused.value.code == "disk-full"
    assert files(store) == []


def test_a_folder_that_cannot_be_written_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="Check CHANCERY_DATA_DIR") as refused:
        Store(tmp_path / "store").put(b"a note")
    assert refused.value.code == "store-away"


def test_a_crash_before_the_rename_leaves_no_file_under_the_digest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", die)
        with pytest.raises(Killed):
            store.put(b"a note")
    assert not store.has(sha256(b"a note"))


@pytest.mark.parametrize("change", [b"", b"b note", b"a note and more"])
def test_a_changed_file_is_found(store: Store, change: bytes) -> None:
    digest = store.put(b"a note")
    store.path(digest).write_bytes(change)
    with pytest.raises(Conflict, match="was changed on disk"):
        store.get(digest)


def test_what_is_not_there_and_what_is_no_digest(store: Store) -> None:
    with pytest.raises(NotFound):
        store.get("0" * 64)
    for name in ("../../etc/passwd", "", "0" * 63, "A" * 64, "0" * 63 + "/"):
        with pytest.raises(NotFound):
            store.path(name)


def test_many_writers_of_one_file(store: Store) -> None:
    barrier, digests = Barrier(8), []

    def write() -> None:
        barrier.wait()
        digests.append(store.put(b"one file" * 10_000))

    threads = [Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(digests) == 8 and files(store) == [digests[0]]


def test_the_size_of_a_file_is_known_without_reading_it_and_a_missing_one_is_said(store: Store) -> None:
    digest = store.put(b"a note")
    assert store.size(digest) == 6
    store.let_go(digest)
    store.let_go(digest)  # Twice is harmless.
    with pytest.raises(NotFound, match="is not in the store"):
        store.size(digest)
