"""The sandbox ends what hangs, bounds what grows, and gives nothing away."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hostile import clean, pdfs
from workflow.errors import InputRefused, Unavailable
from workflow.letters.enclosure import Limits, freeze, layers
from workflow.letters.intake import conversion, pdf, sandbox

QUICK = Limits(conversion_seconds=1.0)
GENEROUS = {"seconds": 30.0, "memory_bytes": 500_000_000, "file_bytes": 1_000_000}


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that a user without rights may read, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="chancery-test-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def program(open_folder: Path) -> Callable[[str], dict[str, str]]:
    """Write a script that stands in for LibreOffice, and the variables that name it."""

    def write(script: str) -> dict[str, str]:
        path = open_folder / "soffice"
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)
        return {"CHANCERY_SOFFICE": str(path), conversion.ALLOW: "1"}

    return write


def processes(mark: str) -> list[str]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if mark in line and "pytest" not in line:
            found.append(line)
    return found


def test_a_hang_is_killed_with_everything_it_started(program: Callable[[str], dict[str, str]]) -> None:
    # Numbers that no other process sleeps for; one child leaves the session.
    mark = f"86{os.getpid()}"
    variables = program(f"sleep {mark}1 & setsid sleep {mark}2 & sleep {mark}3\n")
    with pytest.raises(InputRefused) as caught:
        freeze(clean.word(), "summary.docx", limits=QUICK, environ=variables)
    assert caught.value.code == "conversion_too_slow"
    assert "longer than 1 seconds" in caught.value.sentence
    assert processes(mark) == []


def test_children_of_a_program_that_ends_are_killed_too(program: Callable[[str], dict[str, str]]) -> None:
    mark = f"87{os.getpid()}"
    with pytest.raises(InputRefused, match="No PDF could be made"):
        freeze(clean.word(), "summary.docx", environ=program(f"sleep {mark}1 &\nexit 0\n"))
    assert processes(mark) == []


@pytest.mark.parametrize(
    "script",
    [
        "exit 0",
        "ln -s /etc/passwd enclosure.pdf",
        "mkfifo enclosure.pdf",
        "echo no > enclosure.pdf",
        "mkdir enclosure.pdf",
    ],
)
def test_only_a_pdf_counts_as_output(program: Callable[[str], dict[str, str]], script: str) -> None:
    with pytest.raises(InputRefused) as caught:
        freeze(clean.word(), "summary.docx", environ=program(script + "\n"))
    assert caught.value.code == "conversion_failed"


def test_what_a_converter_makes_is_examined_like_an_upload(
    program: Callable[[str], dict[str, str]], open_folder: Path
) -> None:
    made = open_folder / "made.pdf"
    made.write_bytes(pdfs.script_on_opening())
    made.chmod(0o644)
    with pytest.raises(InputRefused) as caught:
        freeze(clean.word(), "summary.docx", environ=program(f"cp {made} enclosure.pdf\n"))
    assert caught.value.code == "javascript"


def test_the_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANCERY_SECRET_KEY", "not-for-children")
    seen = sandbox.run(["env"], sandbox.shelter(), **GENEROUS)
    assert b"not-for-children" not in seen.output
    assert b"CHANCERY" not in seen.output


def test_memory_is_bounded() -> None:
    ended = sandbox.run([sys.executable, "-c", "x = bytes(700_000_000)"], python_shelter(), **GENEROUS)
    assert ended.code != 0
    assert b"MemoryError" in ended.errors


def test_output_is_bounded() -> None:
    ended = sandbox.run([sys.executable, "-c", "print('x' * 5_000_000)"], python_shelter(), **GENEROUS)
    assert ended.code != 0
    assert len(ended.output) <= 1_000_000


def python_shelter() -> sandbox.Shelter:
    return sandbox.shelter(sys.executable, "-I", "-c", "pass")


def test_the_child_reaches_no_listener() -> None:
    if not sandbox.shelter().no_network:
        pytest.skip("this machine allows no network namespace")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        reach = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"
        ended = sandbox.run([sys.executable, "-c", reach], python_shelter(), **GENEROUS)
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
    assert ended.code != 0


def test_the_private_folder_is_gone_afterwards() -> None:
    with sandbox.private_folder(sandbox.shelter().user) as folder:
        (folder / "trace").write_text("x")
    assert not folder.exists()


def test_no_namespace_and_no_worker_means_no_conversion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "shelter", lambda *command: sandbox.Shelter((), False, None))
    variables = {"CHANCERY_SOFFICE": "/bin/true"}
    with pytest.raises(Unavailable, match="CHANCERY_ALLOW_UNISOLATED_CONVERSION=1") as caught:
        freeze(clean.word(), "summary.docx", environ=variables)
    assert caught.value.code == "conversion_not_isolated"
    assert conversion.isolation(variables) is None
    assert conversion.isolation({conversion.ALLOW: "1"}) == "allowed"
    assert conversion.isolation({conversion.WORKER: "isolated"}) == "worker"
    assert layers(variables)["isolation"] is False
    assert layers(variables)["converts"] == []
    assert layers({**variables, conversion.WORKER: "isolated"})["isolation"] is True


def test_missing_libreoffice_is_said_with_its_package() -> None:
    with pytest.raises(Unavailable) as caught:
        freeze(clean.word(), "summary.docx", environ={"CHANCERY_SOFFICE": "/nonexistent/soffice"})
    assert "libreoffice-writer-nogui" in caught.value.sentence
    assert "Submit a PDF" in caught.value.sentence


def test_a_child_that_takes_too_long_refuses_the_pdf() -> None:
    with pytest.raises(InputRefused) as caught:
        pdf.inspect(clean.pikepdf_pdf(), "plain.pdf", Limits(inspection_seconds=0.001))
    assert caught.value.code == "too_slow"


def test_a_child_without_memory_refuses_the_pdf() -> None:
    with pytest.raises(InputRefused) as caught:
        pdf.inspect(clean.pikepdf_pdf(), "plain.pdf", Limits(memory_bytes=30_000_000))
    assert caught.value.code == "too_slow"


def test_a_worker_that_is_killed_takes_the_conversion_along() -> None:
    """Otherwise it would go on by itself, for minutes, with somebody's document."""
    if not sandbox.shelter().prefix:
        pytest.skip("setpriv is missing")
    mark = f"87{os.getpid()}"
    script = (
        "from workflow.letters.intake import sandbox; "
        f"sandbox.run(['sleep', '{mark}'], sandbox.shelter(), seconds=60, memory_bytes=10**9, file_bytes=10**6)"
    )
    pause = threading.Event()

    def wait(there: bool) -> None:
        for _ in range(3000):
            if any(line.startswith("sleep ") for line in processes(mark)) == there:
                return
            pause.wait(0.01)
        raise AssertionError(processes(mark))

    with subprocess.Popen([sys.executable, "-c", script], cwd=sandbox.ROOT) as worker:
        wait(True)
        worker.kill()
    wait(False)
