"""The keys that act: one table, which the list of keys shows and the script follows.

Alt and a letter, by the key's place and not by what the layout writes there, so that a Russian or a
Kazakh keyboard serves as well.  Left out are the letters with which a browser opens a menu or its
address line (B, D, E, F, H, S, T, V), and the digits, with which browsers change tabs; screen
readers take Insert, Caps Lock or Ctrl with Alt.  A single sign (`?`) acts only outside of fields.
"""

from __future__ import annotations

from dataclasses import dataclass

from web.views.words import N_

# Where a key acts.
EVERYWHERE, TRANSLATION, REVIEW, APPROVAL = "everywhere", "translation", "review", "approval"
WHERE = {
    EVERYWHERE: N_("everywhere"),
    TRANSLATION: N_("translation desk"),
    REVIEW: N_("review"),
    APPROVAL: N_("approval, in the row of pages"),
}
TAKEN_BY_BROWSERS = frozenset("BDEFHSTV")


@dataclass(frozen=True)
class Key:
    """`act` names it for the script; `keys` are pressed together; `words` are a catalogue key."""

    act: str
    keys: tuple[str, ...]
    words: str
    where: tuple[str, ...]

    @property
    def code(self) -> str:
        """What the browser calls the last key, where it is a letter (`KeyN`)."""
        return f"Key{self.keys[-1]}" if len(self.keys[-1]) == 1 and self.keys[-1].isalpha() else ""


BOTH = (TRANSLATION, REVIEW)
KEYS = (
    Key("list", ("?",), N_("This list, outside of fields"), (EVERYWHERE,)),
    Key("list", ("Alt", "L"), N_("This list"), (EVERYWHERE,)),
    Key("desk", ("Alt", "O"), N_("Go to the desk"), (EVERYWHERE,)),
    Key("search", ("Alt", "Q"), N_("Search"), (EVERYWHERE,)),
    Key("main", ("Alt", "M"), N_("Go to the page’s main text"), (EVERYWHERE,)),
    Key("next", ("Alt", "N"), N_("Next open paragraph"), BOTH),
    Key("previous", ("Alt", "P"), N_("Previous open paragraph"), BOTH),
    Key("finding", ("Alt", "J"), N_("Next finding: where it is in the text"), BOTH),
    Key("history", ("Alt", "Y"), N_("History of the paragraph"), BOTH),
    Key("remark", ("Alt", "R"), N_("Remark on the paragraph"), BOTH),
    Key("copy", ("Alt", "C"), N_("Copy the source"), (TRANSLATION,)),
    Key("slot", ("Alt", "I"), N_("Insert a slot: arrows choose, Enter inserts"), (TRANSLATION,)),
    Key("term", ("Alt", "G"), N_("Insert the first term that is not used"), (TRANSLATION,)),
    Key("memory", ("Alt", "X"), N_("Use the best match of the memory"), (TRANSLATION,)),
    Key("save", ("Alt", "K"), N_("Save now"), (TRANSLATION,)),
    Key("done", ("Ctrl", "Enter"), N_("Done, next"), (TRANSLATION,)),
    Key("submit", ("Alt", "U"), N_("Go to “Submit for review”"), (TRANSLATION,)),
    Key("accept", ("Alt", "A"), N_("Go to “Accept the version”"), (REVIEW,)),
    Key("return", ("Alt", "Z"), N_("Return with remarks"), (REVIEW,)),
    Key("pages", ("←", "→"), N_("Previous and next page"), (APPROVAL,)),
)


def of(place: str) -> tuple[Key, ...]:
    """The keys that act on a page."""
    return tuple(key for key in KEYS if place in key.where or EVERYWHERE in key.where)
