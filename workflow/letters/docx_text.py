"""Text of a DOCX: runs with their language and direction."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from workflow.letters.blocks import Block, Letter

# Words in Latin letters inside right-to-left text stand in runs of their own.
_LATIN = re.compile(r"([A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9@./:_’'\-]*(?: +[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ0-9@./:_’'\-]*)*)")
# Characters that XML cannot hold; a letter has no use for them.
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_EAST_ASIAN = ("zh", "ja", "ko")


def runs(letter: Letter, block: Block, text: str) -> str:
    """The text of a block as runs; Latin words inside right-to-left text stand in their own."""
    if block.direction != "rtl":
        return run(letter, block, text)
    pieces = _LATIN.split(text)
    return "".join(run(letter, block, piece, latin=at % 2 == 1) for at, piece in enumerate(pieces) if piece)


def run(letter: Letter, block: Block, text: str, latin: bool = False) -> str:
    """One run in the block's language; line breaks stay line breaks."""
    tag = quoteattr(letter.tags.get(block.language, block.language))
    properties = ""
    if block.direction == "rtl" and not latin:
        properties = f"<w:rtl/><w:lang w:bidi={tag}/>"
    elif latin:
        properties = '<w:lang w:val="en-GB"/>'
    elif block.language in _EAST_ASIAN:
        properties = f'<w:rFonts w:hint="eastAsia"/><w:lang w:val={tag} w:eastAsia={tag}/>'
    else:
        properties = f"<w:lang w:val={tag}/>"
    lines = CONTROLS.sub("", text).replace("\r", "").split("\n")
    said = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in lines)
    return f"<w:r><w:rPr>{properties}</w:rPr>{said}</w:r>"
