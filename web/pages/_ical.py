"""Texts and lines of iCalendar (RFC 5545)."""

from __future__ import annotations

# A line has at most 75 octets; a longer one goes on after a space on the next (section 3.1).
OCTETS = 75


def escaped(text: str) -> str:
    """A text as the value of a property (section 3.3.11)."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r\n", "\\n").replace("\n", "\\n")


def folded(line: str) -> str:
    """The line in pieces of at most 75 octets, never cut inside a letter."""
    pieces, piece, size = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if size + width > OCTETS:
            pieces.append(piece)
            piece, size = " ", 1
        piece += sign
        size += width
    return "\r\n".join([*pieces, piece])
