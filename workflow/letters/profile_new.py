"""A new letter profile: a commented skeleton to fill in, sound from the first moment."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from workflow.errors import Invalid
from workflow.letters.profile import ROOT

SKELETON = ROOT / "skeleton" / "profile"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,31}")
# Folders beside the profiles that are none.
RESERVED = ("languages", "skeleton")


def create(name: str, root: Path = ROOT) -> Path:
    """Make the folder of the profile `name` under `root`, with files that `profile.check` accepts.

    Returns the folder.  Raises Invalid where the name is none for a profile, or is taken; nothing that
    is there is ever written over.
    """
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise Invalid(
            "profile-name",
            "“%(name)s” is no name for a letter profile; use 2 to 32 small Latin letters, digits and "
            "underscores, beginning with a letter (%(reserved)s are taken).",
            name=name,
            reserved=" and ".join(RESERVED),
        )
    folder = root / name
    try:
        shutil.copytree(SKELETON, folder)
    except FileExistsError:
        raise Invalid(
            "profile-exists",
            "There is a letter profile “%(name)s” already; choose another name, or edit the files in its folder.",
            name=name,
        ) from None
    return folder
