"""A child process that may fail in any way without harm.

Whatever reads an upload (LibreOffice, the PDF library, a picture decoder) runs
in a child with limits of memory, processor time and output, in a session of its
own that is killed whole, with an empty environment, in a private folder, and,
where the machine allows it, without network and under a user without rights.
"""

from __future__ import annotations

import functools
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534
# How the folder of one child is named.
PRIVATE = "chancery-intake-"
PATH = "/usr/local/bin:/usr/bin:/bin"
PROCESSES = 256
SECONDS_TO_DIE = 10.0
ROOT = Path(__file__).resolve().parents[3]
LIBRARIES = "workflow.letters.intake.worker, pikepdf, pypdfium2, PIL.Image"
# Of the namespaces, `net` takes the network away and `pid` makes the end of the first child the end of all.
# A worker that is killed takes its child along, which would otherwise go on by itself, with somebody's document.
TOGETHER = ("setpriv", "--pdeathsig=KILL")
NAMESPACE = ("unshare", "--net", "--pid", "--ipc", "--fork", "--kill-child")


class TookTooLong(Exception):
    """The child was killed at its limit of wall time."""


@dataclass(frozen=True)
class Outcome:
    """How a child ended: exit status (negative for a signal) and what it printed."""

    code: int
    output: bytes
    errors: bytes


@dataclass(frozen=True)
class Shelter:
    """What this machine offers: the words before a command, and the user it runs as."""

    prefix: tuple[str, ...]
    no_network: bool
    user: int | None


def _works(prefix: Sequence[str], command: Sequence[str]) -> bool:
    try:
        ended = subprocess.run(  # noqa: S603  A fixed command of this module, never a word of an upload.
            [*prefix, *command],
            env={"PATH": PATH},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return ended.returncode == 0


@functools.cache
def shelter(*command: str) -> Shelter:
    """The strictest shelter in which `command` (a harmless probe) still runs; found out once.

    Root gives its rights up and becomes a user without any; a user without
    rights takes a namespace of its own.  A program that lies in a folder which
    only root may read runs as root with every capability dropped.
    """
    # `setpriv` itself still reaches files by its old rights; only a second program shows the truth.
    probe = (*(("prlimit", "--core=0", "--") if has_limits() else ()), *(command or ("true",)))
    root = is_root()
    namespaces: list[tuple[str, ...]] = [NAMESPACE] if root else []
    namespaces.append((*NAMESPACE[:1], "--user", "--map-current-user", *NAMESPACE[1:]))
    namespaces.append(())
    # Whoever changes rights has to say once more that the child ends with its parent.
    dropped = (*TOGETHER, "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
    other = (*dropped, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    users: list[tuple[tuple[str, ...], int | None]] = [(other, NOBODY), (dropped, None)] if root else []
    users += [((*TOGETHER, "--no-new-privs"), None), (("setpriv", "--no-new-privs"), None), ((), None)]
    for namespace in namespaces:
        for rights, user in users:
            for together in (TOGETHER, ()):
                prefix = (*(together if namespace else ()), *namespace, *rights)
                if _works(prefix, probe):
                    return Shelter(prefix, bool(namespace), user)
    return Shelter((), False, None)


def is_root() -> bool:
    """Whether this process has the rights of the superuser."""
    return os.geteuid() == 0


@contextmanager
def private_folder(user: int | None) -> Iterator[Path]:
    """A folder that belongs to the child alone, and is gone afterwards with all that is in it."""
    folder = Path(tempfile.mkdtemp(prefix=PRIVATE))
    try:
        if user is not None:
            os.chown(folder, user, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(
    command: Sequence[str],
    sheltered: Shelter,
    *,
    seconds: float,
    memory_bytes: int,
    file_bytes: int,
    folder: Path | None = None,
    given: bytes = b"",
    environment: Mapping[str, str] | None = None,
) -> Outcome:
    """Run a command in its shelter and return how it ended.

    `given` is its standard input.  Input and output lie in anonymous memory, so
    that nothing is written to disk and the limit of file size holds for them.
    Raises TookTooLong at the limit of wall time, when the whole family of the
    child has been killed; OSError when the command cannot be started.
    """
    with _memory(given) as stdin, _memory() as stdout, _memory() as stderr:
        child = subprocess.Popen(  # noqa: S603  The words come from the intake, never from an upload.
            [*sheltered.prefix, *_limits(sheltered, seconds, memory_bytes, file_bytes), *command],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            cwd=folder or "/",
            env={"PATH": PATH, "LANG": "C.UTF-8", **(environment or {})},
            start_new_session=True,
        )
        try:
            code = child.wait(seconds)
        except subprocess.TimeoutExpired as late:
            raise TookTooLong(str(command[0])) from late
        finally:
            _kill_family(child)
        return Outcome(code, _content(stdout), _content(stderr))


def _limits(sheltered: Shelter, seconds: float, memory_bytes: int, file_bytes: int) -> list[str]:
    if not has_limits():
        return []
    limits = [
        "prlimit",
        f"--as={memory_bytes}",
        f"--fsize={file_bytes}",
        f"--cpu={int(seconds) + 2}",
        "--core=0",
    ]
    # The limit counts all processes of a user, so it is set only where the user is the child's own.
    if sheltered.user is not None:
        limits.append(f"--nproc={PROCESSES}")
    return [*limits, "--"]


def has_limits() -> bool:
    """Whether limits of memory, time and files can be set on this machine."""
    return shutil.which("prlimit", path=PATH) is not None


@contextmanager
def _memory(content: bytes = b"") -> Iterator[int]:
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("chancery-intake")
    else:
        descriptor, name = tempfile.mkstemp()
        Path(name).unlink()
    try:
        with os.fdopen(os.dup(descriptor), "wb") as stream:
            stream.write(content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        yield descriptor
    finally:
        os.close(descriptor)


def _content(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as stream:
        return stream.read()


def _kill_family(child: subprocess.Popen[bytes]) -> None:
    """Kill the child, its group, and descendants that left the group; return when all are gone.

    A handle names a process even if its number is given to another one meanwhile.
    """
    with ExitStack() as handles:
        family = []
        for process in _descendants(child.pid):
            with suppress(OSError):
                family.append(os.pidfd_open(process))
                handles.callback(os.close, family[-1])
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        for handle in family:
            with suppress(ProcessLookupError, PermissionError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        child.wait()
        for handle in family:
            # A handle becomes readable when its process has ended.
            ending = select.poll()
            ending.register(handle, select.POLLIN)
            ending.poll(SECONDS_TO_DIE * 1_000)


def _descendants(process: int) -> list[int]:
    found = []
    for listing in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            children = [int(number) for number in listing.read_text().split()]
        except (OSError, ValueError):
            continue
        for one in children:
            found += [one, *_descendants(one)]
    return found


def run_python(
    function: str, given: bytes, *, seconds: float, memory_bytes: int, file_bytes: int = 200_000_000
) -> Outcome:
    """Run `package.module:function` of this code in a child; it reads standard input, writes standard output.

    The child finds the same libraries as this process, and nothing else of its environment.
    Raises TookTooLong and OSError as `run` does; OSError also where the child cannot find its code.
    """
    module, name = function.split(":")
    folders = [str(ROOT), *(folder for folder in sys.path if folder)]
    interpreter = (sys.executable, "-I", "-B", "-c")
    setting = f"import sys; sys.path[:0] = {folders!r}; "
    # The probe imports what children will: a folder that only root may read shows here.
    sheltered = shelter(*interpreter, f"{setting}import {LIBRARIES}")
    ended = run(
        [*interpreter, f"{setting}from {module} import {name}; {name}()"],
        sheltered,
        seconds=seconds,
        memory_bytes=memory_bytes,
        file_bytes=file_bytes,
        given=given,
    )
    if ended.code and b"ModuleNotFoundError" in ended.errors:
        raise OSError(ended.errors.decode("utf-8", "replace").strip().rsplit("\n", 1)[-1])
    return ended
