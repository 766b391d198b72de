"""Forms on a page, as a browser without JavaScript sees them: where they go, and what they send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    """`action` is where it is posted; `fields` are its inputs with the values they have."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self._open: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        elif tag in ("input", "textarea") and self._open is not None and given.get("name"):
            chosen = given.get("type") not in ("radio", "checkbox") or "checked" in given
            if chosen:
                self._open.fields[given["name"]] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None


def forms(page: str) -> list[Form]:
    """The forms of an HTML page, in order."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.forms
