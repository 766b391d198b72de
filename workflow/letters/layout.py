"""The geometry and the styles of a letter: one set of figures for both renderers.

Lengths of the page are millimetres, sizes of type and the space around a
paragraph are points.  "Start" and "end" follow the direction of the language,
so a right-to-left letter is the mirror image of a left-to-right one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from workflow.letters.schema import Section

# The parts of a letter.  Each has a style, and each has its place in a kind's order.
ROLES = (
    "marking",  # How the document is to be handled.
    "letterhead",  # The organisation's name and how to reach it, per language.
    "number",  # The label and the number.
    "references",  # File reference and related numbers.
    "place_date",  # Where and when.
    "channel",  # By which channel the letter goes.
    "distribution",  # To whom it is distributed.
    "addressee",  # The block that names the addressee.
    "subject",
    "action",  # By when something is to be done.
    "salutation",
    "body",  # Opening formula, paragraphs and closing formula.
    "complimentary_close",  # "Yours sincerely" of a letter.
    "authentication",  # Initials, seal, or signature with name and title.
    "enclosure",
    "copies",
    "courtesy",  # Says that the version is a courtesy translation.
    "acknowledgement",  # The code by which a reader acknowledges receipt.
)
PARAGRAPH_ROLES = ("opening", "paragraph", "closing")
ALIGNMENTS = ("start", "center", "end", "justify")
PAPERS = {"a4": (210.0, 297.0), "us-letter": (215.9, 279.4)}
PAGE_NUMBERS = ("none", "continuation", "all")


@dataclass(frozen=True)
class Style:
    """How one part is set.

    `size` 0 is the size of the body; `indent` is of the first line (mm); a
    `wide` part begins at the letterhead's margin instead of the body's.
    """

    align: str = "start"
    bold: bool = False
    italic: bool = False
    size: float = 0
    before: float = 0
    after: float = 0
    indent: float = 0
    wide: bool = False


_BODY = Style(align="justify", after=7, indent=10)
DEFAULT_STYLES: Mapping[str, Style] = {
    "marking": Style(align="end", bold=True, after=6),
    "letterhead": Style(align="center", bold=True, size=10.5),
    "number": Style(wide=True, bold=True, before=6, after=12),
    "references": Style(wide=True, after=8),
    "place_date": Style(align="end", before=10, after=4),
    "channel": Style(italic=True, after=4),
    "distribution": Style(before=4, after=4),
    "addressee": Style(wide=True, bold=True, size=11, before=8, after=8),
    "subject": Style(bold=True, before=6, after=8),
    "action": Style(bold=True, after=8),
    "salutation": Style(before=6, after=8),
    "opening": _BODY,
    "paragraph": _BODY,
    "closing": _BODY,
    "complimentary_close": Style(before=8, after=4),
    "authentication": Style(align="end", before=6, after=4),
    "enclosure": Style(italic=True, size=10.5, before=6),
    "copies": Style(size=10.5, before=8),
    "courtesy": Style(italic=True, size=10, before=6, after=6),
    "acknowledgement": Style(align="end", size=9),
}


@dataclass(frozen=True)
class Layout:
    """The page and its type.

    `top`, `bottom`, `start`, `end` are the margins of the body (mm);
    `head_start` is the margin where the letterhead begins, `note_width` the
    width of a note in the start margin; `line` is the pitch of the body's
    lines (points), the same in both renderers so that pages fill alike;
    `bare_top` is room at the top of a letter without letterhead (mm); `foot` is how
    far above the paper's edge the foot zone ends (mm); `rule` draws a line under the letterhead.
    """

    paper: str = "a4"
    top: float = 18
    bottom: float = 24
    start: float = 50
    end: float = 18
    head_start: float = 18
    note_width: float = 28
    foot: float = 12
    bare_top: float = 12
    size: float = 12
    line: float = 16.5
    rule: bool = True
    page_numbers: str = "continuation"
    pdf_fonts: tuple[str, ...] = ("Libertinus Serif",)
    docx_font: str = "Times New Roman"
    styles: Mapping[str, Style] = field(default_factory=lambda: dict(DEFAULT_STYLES))

    def __hash__(self) -> int:
        # Two layouts that differ elsewhere only are rare, and told apart by comparing them.
        return hash((self.paper, self.start, self.size, self.line, tuple(self.styles.items())))

    @property
    def width(self) -> float:
        """The width of the paper in millimetres."""
        return PAPERS[self.paper][0]

    @property
    def height(self) -> float:
        """The height of the paper in millimetres."""
        return PAPERS[self.paper][1]

    def style(self, role: str) -> Style:
        """The style of a part."""
        return self.styles[role]

    def pitch(self, style: Style) -> float:
        """The pitch of a style's lines in points: smaller type has a smaller pitch, in proportion."""
        return self.line * (style.size / self.size if style.size else 1)

    @property
    def most_beside(self) -> float:
        """How high a block at the foot or in the margin of the first page may be (points): a third of the body."""
        return (self.height - self.top - self.bottom) / 3 * 72 / 25.4

    def to_json(self) -> dict[str, Any]:
        """The layout as data that JSON can hold."""
        return {
            **vars(self),
            "pdf_fonts": list(self.pdf_fonts),
            "styles": {role: dict(vars(style)) for role, style in self.styles.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Layout:
        """The layout whose fields are `data`, as `to_json` gives them."""
        values = dict(data)
        values["styles"] = {role: Style(**style) for role, style in data["styles"].items()}
        values["pdf_fonts"] = tuple(data["pdf_fonts"])
        return cls(**values)


def read_layout(section: Section, base: Layout | None = None) -> Layout:
    """The layout of a table [layout], with the values of `base` where a key is left out."""
    plain = base or Layout()
    styles = dict(plain.styles)
    for role, table in section.sections("styles"):
        if role not in styles:
            table.fault(f"“{role}” is not a part of a letter; use one of {', '.join(styles)}.")
            continue
        styles[role] = _style(table, styles[role])
    layout = replace(
        plain,
        paper=section.choice("paper", PAPERS, plain.paper),
        top=section.number("top", plain.top, 5, 80),
        bottom=section.number("bottom", plain.bottom, 15, 80),
        start=section.number("start", plain.start, 10, 80),
        end=section.number("end", plain.end, 10, 80),
        head_start=section.number("head_start", plain.head_start, 10, 80),
        note_width=section.number("note_width", plain.note_width, 15, 60),
        foot=section.number("foot", plain.foot, 5, 40),
        bare_top=section.number("bare_top", plain.bare_top, 0, 80),
        size=section.number("size", plain.size, 8, 16),
        line=section.number("line", plain.line, 9, 40),
        rule=section.flag("rule", plain.rule),
        page_numbers=section.choice("page_numbers", PAGE_NUMBERS, plain.page_numbers),
        pdf_fonts=section.lines("pdf_fonts") or plain.pdf_fonts,
        docx_font=section.text("docx_font", plain.docx_font),
        styles=styles,
    )
    if layout.foot >= layout.bottom:
        section.fault("“foot” has to be smaller than “bottom”: the foot zone lies within the bottom margin.")
    section.finish()
    return layout


def _style(table: Section, plain: Style) -> Style:
    style = Style(
        align=table.choice("align", ALIGNMENTS, plain.align),
        bold=table.flag("bold", plain.bold),
        italic=table.flag("italic", plain.italic),
        size=table.number("size", plain.size, 0, 30),
        before=table.number("before", plain.before, 0, 100),
        after=table.number("after", plain.after, 0, 100),
        indent=table.number("indent", plain.indent, 0, 50),
        wide=table.flag("wide", plain.wide),
    )
    table.finish()
    return style
