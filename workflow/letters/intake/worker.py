"""The child's side: limits and bytes come in on standard input, an answer goes out as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from workflow.errors import InputRefused
from workflow.letters.intake.report import Limits


def serve(work: Callable[[bytes, Limits], dict[str, Any]]) -> None:
    """Read limits (one line of JSON) and data, and print the answer or the refusal."""
    settings, _, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        answer = work(data, Limits(**json.loads(settings)))
    except InputRefused as refusal:
        answer = {"refused": {"code": refusal.code, "message": refusal.message, "values": refusal.values}}
    sys.stdout.write(json.dumps(answer))
