"""The acts of the audit log in words: none is shown by its bare name."""

from __future__ import annotations

import ast

from tests.unit.test_codebase import CODE
from web.views.acts import LOGGED
from workflow.permissions import ACTION_WORDS


def test_every_act_that_is_logged_has_words() -> None:
    logged = {
        call.args[0].value
        for path in CODE
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "log"
        and call.args
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }
    assert len(logged) > 60
    assert logged - set(ACTION_WORDS) - set(LOGGED) == set()
    assert not set(LOGGED) & set(ACTION_WORDS)
