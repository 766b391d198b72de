"""A letter as plain text, in the order in which it is read."""

from __future__ import annotations

from workflow.letters.blocks import Block, Letter


def text(letter: Letter) -> str:
    """The letter's blocks in reading order, an empty line between two; a draft begins with its mark."""
    parts = [letter.draft_mark] if letter.draft_mark else []
    parts += [block_text(block) for block in letter.blocks]
    return "\n\n".join(part for part in parts if part) + "\n"


def block_text(block: Block) -> str:
    """One block as it is read: its label, its text, its smaller print."""
    indent = "    " * block.level
    labelled = f"{block.label} {block.text}" if block.label else block.text
    return indent + "\n".join(part for part in (labelled, block.detail) if part)
