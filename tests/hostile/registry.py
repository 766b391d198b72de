"""The list of hostile files, filled by a decorator on each maker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Maker = Callable[[], bytes]


@dataclass(frozen=True)
class Hostile:
    """A hostile file: its maker, the name it is submitted under, and how it must be refused."""

    make: Maker
    filename: str
    code: str
    place: str

    @property
    def name(self) -> str:
        return self.make.__name__


CASES: list[Hostile] = []


def hostile(code: str, place: str, filename: str = "summary.docx") -> Callable[[Maker], Maker]:
    """Enter a maker: the refusal's code, a piece of the place in its sentence, the file's name."""

    def enter(make: Maker) -> Maker:
        CASES.append(Hostile(make, filename, code, place))
        return make

    return enter
