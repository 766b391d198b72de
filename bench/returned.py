"""Returned mail: our reader beside flufl.bounce alone, on the same messages, as a ratio.

    python bench/returned.py [FOLDER]

FOLDER holds messages, one a file (the public sets, for instance); without one, and where the sets do
not lie beside the checkout, messages of the tests are read.  Each is read from its bytes to its verdict; flufl.bounce
gets them from the standard library's parser, as its users do.
"""

from __future__ import annotations

import email
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from flufl.bounce import all_failures

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.unit.returned_samples import letter, report, status
from workflow.post.returned import classify, parse

ROUNDS = 5
SETS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "bounces" / "messages"


def samples(folder: Path) -> list[bytes]:
    """The messages in `folder`, or a few of our own."""
    if folder.is_dir():
        return [path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()]
    actions = [("failed", "5.1.1"), ("delayed", "4.4.1"), ("relayed", "2.0.0")]
    own = [report(status(action, code)) for action, code in actions]
    return [
        *own,
        letter("I could not deliver your message.\n\n<registry@mfa.example>:\n550 no mailbox\n"),
    ] * 50


def best(read: Callable[[bytes], object], messages: list[bytes]) -> float:
    """Messages a second in the best of the rounds: what else the machine did counts least there."""
    spent = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for raw in messages:
            read(raw)
        spent.append(time.perf_counter() - start)
    return len(messages) / min(spent)


def main(arguments: list[str]) -> int:
    """Prints the rates, their ratio to flufl.bounce alone, and the classes that were found."""
    messages = samples(Path(arguments[0]) if arguments else SETS)
    alone = best(lambda raw: all_failures(email.message_from_bytes(raw)), messages)
    size = sum(map(len, messages)) / len(messages) / 1024
    print(f"{len(messages)} messages of {size:.1f} KB on average, best of {ROUNDS} rounds")
    print(f"flufl.bounce alone   {alone:8.0f} messages/s   1.00")
    for name, read in (("classify", classify), ("parse", parse)):
        rate = best(read, messages)
        print(f"{name:20} {rate:8.0f} messages/s   {rate / alone:.2f}")
    print("classes:", dict(Counter(classify(raw)[0] for raw in messages).most_common()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
