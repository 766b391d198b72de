"""How long the concordance takes for a note in three languages, warm.

    python bench/concordance.py [ROUNDS]

Prints the median and the slowest of ten parts in milliseconds for each correct
note of `tests/concordance`, and for the slowest note over all.
"""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.concordance.corpus import Note, notes
from workflow.concordance import compare

LIMIT_MS = 50.0


def timed(note: Note, rounds: int) -> list[float]:
    """The milliseconds of each comparison of a note, after one that is not counted."""
    compare(note.profile, note.texts)
    found = []
    for _ in range(rounds):
        start = time.perf_counter()
        compare(note.profile, note.texts)
        found.append((time.perf_counter() - start) * 1000)
    return sorted(found)


def main(rounds: int) -> int:
    """Prints the table; 1 where the median of a note is beyond LIMIT_MS."""
    worst = 0.0
    print(f"{'note':<26}{'characters':>11}{'median ms':>11}{'p90 ms':>9}")
    for note in notes():
        times = timed(note, rounds)
        median, late = statistics.median(times), times[int(len(times) * 0.9)]
        worst = max(worst, median)
        print(f"{note.name:<26}{sum(map(len, note.texts.values())):>11}{median:>11.1f}{late:>9.1f}")
    print(f"slowest median {worst:.1f} ms, wanted {LIMIT_MS:.0f} ms")
    return int(worst > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 30))
