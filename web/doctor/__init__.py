"""The doctor: looks at every part that Chancery needs, and says what to do.

`ground`  profile, folders, database, broker
`mail`    the relay, S/MIME, returned mail, mails to people of the house
`paper`   fonts, standards, the seal, uploads
`words`   the translation engine
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from web.doctor import ground, mail, paper, words
from web.doctor.found import Found
from workflow import config
from workflow.config import Settings
from workflow.errors import Refusal


def examine() -> list[Found]:
    """Looks at everything; a part that is away never keeps the doctor from the next one."""
    try:
        settings = config.load()
    except Refusal as refusal:
        return [Found("settings", "fault", refusal.sentence)]
    found = [Found("settings", "good", f"mode {settings.mode}, profile {settings.profile}")]
    looks: tuple[tuple[str, Callable[[Settings], Iterator[Found]]], ...] = (
        ("profile", ground.profile),
        ("folders", ground.folders),
        ("database", ground.database),
        ("broker", ground.broker),
        ("timer", ground.timer),
        ("mail relay", mail.relay),
        ("S/MIME", mail.smime),
        ("certificates of contacts", mail.contact_certificates),
        ("mailbox of returned mail", mail.mailbox),
        ("notices", mail.notices),
        ("fonts", paper.fonts),
        ("documents", paper.standards),
        ("seal", paper.seal),
        ("uploads", paper.uploads),
        ("translation engine", words.engine),
    )
    for what, look in looks:
        try:
            found.extend(look(settings))
        except Refusal as refusal:
            found.append(Found(what, "fault", refusal.sentence))
        except Exception as error:  # The doctor reports whatever it meets.
            found.append(Found(what, "fault", f"{type(error).__name__}: {error}"))
    return found


__all__ = ["Found", "examine"]
