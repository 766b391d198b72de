"""What is believed of each contact is true, whatever the mail network and chance do to a dispatch.

Two workers are killed at random moments, the line to the relay breaks, Postfix is stopped or killed and
started again, the clock jumps, a person acts, and somebody sends forged and repeated reports.  More seeds than
the one of every day: `CHANCERY_NETWORK_SEEDS='[1, 2, 3]'`, with `CHANCERY_NETWORK_FAULTS`, `…_CONTACTS` of each
member, `…_DATABASE` (sqlite or postgresql), and `…_OUT`, a file for a line of figures of each run.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import REPOSITORY
from tests.living import nursery
from tests.network import Forger, Installation, Network, chance, check, compare
from tests.prepared import Prepared, prepare
from tests.strange import BadLine
from web.service import environment
from workflow.models import Delivery
from workflow.states import NoteState

pytestmark = [pytest.mark.postfix, pytest.mark.timeout(400)]

SEEDS = json.loads(os.environ.get("CHANCERY_NETWORK_SEEDS", "[1]"))
CONTACTS = int(os.environ.get("CHANCERY_NETWORK_CONTACTS", "15"))
FAULTS = int(os.environ.get("CHANCERY_NETWORK_FAULTS", "20"))
KIND = os.environ.get("CHANCERY_NETWORK_DATABASE", "sqlite")
OUT = os.environ.get("CHANCERY_NETWORK_OUT", "")


@pytest.fixture(params=SEEDS)
def prepared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Prepared]:
    """A note that was dispatched to four members with many contacts; nothing is sent yet."""
    yield from prepare(request, KIND, tmp_path, NoteState.DISPATCHED, CONTACTS)


def test_what_is_believed_is_true(prepared: Prepared, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    seed = request.node.callspec.params["prepared"]
    dice = random.Random(seed)
    with prepared.means.look() as work:
        addresses = list(work.session.scalars(select(Delivery.address).order_by(Delivery.id)))
    with ExitStack() as stack:
        # Postfix gives up its privileges, and must still find its way in.
        folder = Path(tempfile.mkdtemp(prefix="chy-net-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        way = dice.choice(["maildir", "lmtp", "imap"])
        network = Network(stack, dice, addresses, way, folder)
        line = stack.enter_context(BadLine(lambda: network.relay.port, random.Random(seed)))
        house = Installation(prepared, network, line, tmp_path, stack.enter_context(nursery()))
        stack.callback(house.close)
        forger = Forger(house, dice)
        house.live(0)
        house.live(1)
        faults = Counter(chance(dice, house, network, forger) for _ in range(FAULTS))
        house.close()
        house.settle()
        said = house.log.read_text()
        assert "Traceback" not in said, said[-4000:]
        wrong = compare(house, network)
        check(house)
        if OUT:
            figures = {"seed": seed, "way": way, "faults": faults, "forged": forger.count, "cuts": line.cuts}
            tell(house, network, wrong, figures)
        assert not wrong, wrong


def tell(house: Installation, network: Network, wrong: list[str], figures: dict[str, object]) -> None:
    """A line of figures, and what the command line says in the end."""
    rows = house.rows()
    for command in (["audit", "verify"], ["receipts", "rebuild"], ["verify", house.symbol], ["doctor"]):
        done = subprocess.run(
            [sys.executable, "-m", "web.cli", *command],
            cwd=REPOSITORY,
            env={**os.environ, **environment(house.means.settings)},
            capture_output=True,
            text=True,
            check=False,
        )
        figures[command[0]] = done.returncode
        if command[0] == "doctor":
            # It finds fault with what the tests leave out: no task of the timer ever ran here, for one.
            figures["faults found"] = [one for one in done.stdout.splitlines() if one.startswith("FAULT")]
        elif done.returncode:
            wrong.append(f"{command}: {done.stdout}{done.stderr}")
    figures |= {
        "contacts": len(rows),
        "attempts": sum(len(row.attempts) for row in rows),
        "wrong": wrong,
        "states": Counter(str(row.transport) for row in rows),
        "kinds": sorted(f"{network.kinds[row.address]}: {row.transport}" for row in rows),
    }
    with Path(OUT).open("a") as out:
        out.write(json.dumps(figures) + "\n")
