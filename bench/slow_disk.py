"""A disk that takes its time: every sync of a file waits, in whatever program is started on it.

A disk without a cache of its own that lasts needs some eight milliseconds to be sure of what it wrote;
the one of a rented machine often says so at once.  What is put before the C library is compiled here.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

_SOURCE = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static void wait_for_the_disk(void) {
    struct timespec time = {0, MILLISECONDS * 1000000L};
    nanosleep(&time, 0);
}
int fsync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int)) dlsym(RTLD_NEXT, "fsync");
    wait_for_the_disk();
    return real(file);
}
int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = (int (*)(int)) dlsym(RTLD_NEXT, "fdatasync");
    wait_for_the_disk();
    return real(file);
}
"""


def slow_disk(folder: Path, milliseconds: int) -> Mapping[str, str] | None:
    """The environment of programs whose files are on such a disk; None where no C compiler is at hand.

    `folder` has to last as long as the programs, and every user of them must be able to read it.
    """
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    source, made = folder / "slow_disk.c", folder / "slow_disk.so"
    source.write_text(_SOURCE)
    words = [compiler, "-shared", "-fPIC", f"-DMILLISECONDS={milliseconds}", "-o", str(made), str(source)]
    subprocess.run([*words, "-ldl"], check=True)
    folder.chmod(0o755)
    return {**os.environ, "LD_PRELOAD": str(made)}
