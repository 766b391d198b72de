"""Tests about the code itself: which way the arrows run, and what stands where."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from tests.conftest import REPOSITORY
from workflow import schema
from workflow.states import MemberStatus, NoteState, VersionState

CODE = sorted(path for top in ("workflow", "tasks", "web") for path in (REPOSITORY / top).rglob("*.py"))
# Modules beyond 300 lines, each with the reason why it is not divided.
LONG: dict[str, str] = {
    "workflow/config.py": "one value for each variable, with its check beside it",
    "workflow/migrations/versions/0001.py": "the tables of a release, written by the generator",
    "workflow/migrations/versions/0005.py": "the tables of what follows a dispatch, and the way back",
    "workflow/operations/approval.py": "what the director sees, its digest, and the acts of deciding belong on one page",
    "web/views/endpoints.py": "one table of every address, so that no two can differ",
    "web/pages/circulation.py": "the page is one view with its parts",
}


def name_of(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def imports(path: Path) -> Iterator[str]:
    """The dotted names that a module imports, relative ones made absolute."""
    package = name_of(path).removesuffix(".py").split("/")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def crossings(folder: str, *forbidden: str) -> list[str]:
    """The imports from `folder` into what it may not know."""
    return [
        f"{name_of(path)} imports {name}"
        for path in CODE
        if name_of(path).startswith(folder)
        for name in imports(path)
        if any(name == one or name.startswith(one + ".") for one in forbidden)
    ]


@pytest.mark.parametrize(
    ("folder", "forbidden"),
    [
        ("workflow/", ("flask", "celery", "kombu", "web", "tasks", "apiflask", "tests")),
        ("tasks/", ("flask", "web", "apiflask", "tests")),
        ("web/", ("tests",)),
        ("workflow/letters/", ("workflow.post", "workflow.models", "workflow.operations", "sqlalchemy")),
        ("workflow/post/", ("workflow.letters", "workflow.models", "workflow.operations", "sqlalchemy")),
        ("workflow/models/", ("workflow.operations",)),
        ("workflow/concordance/", ("workflow.models", "workflow.operations", "workflow.post")),
    ],
)
def test_arrows_run_one_way(folder: str, forbidden: tuple[str, ...]) -> None:
    assert any(name_of(path).startswith(folder) for path in CODE)
    assert crossings(folder, *forbidden) == []


def loaded(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports that run when a module is loaded: not those of its functions, nor those for types alone."""
    for one in body:
        if isinstance(one, ast.Import | ast.ImportFrom):
            yield one
        elif isinstance(one, ast.If) and "TYPE_CHECKING" not in ast.dump(one.test):
            yield from loaded([*one.body, *one.orelse])
        elif isinstance(one, ast.Try):
            yield from loaded(one.body)


def test_every_module_can_be_imported_first() -> None:
    """Two modules that need each other while they load can be imported in one order only."""
    modules = {
        name_of(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."): path for path in CODE
    }
    arrows: dict[str, set[str]] = {}
    for module, path in modules.items():
        names: set[str] = set()
        for one in loaded(ast.parse(path.read_text(encoding="utf-8")).body):
            if isinstance(one, ast.Import):
                names |= {alias.name for alias in one.names}
            elif one.module:
                inner = {f"{one.module}.{alias.name}" for alias in one.names}
                names |= inner & set(modules) or {one.module}
        arrows[module] = names & set(modules) - {module}
    while free := {module for module, needs in arrows.items() if not needs}:
        arrows = {module: needs - free for module, needs in arrows.items() if module not in free}
    assert arrows == {}, "these are in a circle, or need one"


def test_there_is_one_migration_head() -> None:
    assert len(ScriptDirectory(str(schema.FOLDER)).get_heads()) == 1


def test_no_module_is_longer_than_it_can_be_read() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in CODE}
    assert {name for name, lines in lengths.items() if lines > 300} <= set(LONG)


def test_only_the_clock_asks_for_the_time() -> None:
    asking = []
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Attribute)
                and node.attr in ("now", "utcnow")
                and isinstance(node.value, ast.Name)
                and node.value.id == "datetime"
            ):
                asking.append(name_of(path))
    assert asking == ["workflow/clock.py"]


def test_no_organisation_is_named_in_code() -> None:
    """Strings that are run, not docstrings: the profile's folder name is the only default."""
    found = []
    for path in CODE:
        if name_of(path).startswith("web/demo"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        said = {
            id(node.body[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
            and node.body
            and isinstance(node.body[0], ast.Expr)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
                words = node.value
                if any(name in words for name in ("CICA", "СВМДА", "Nur-Sultan", "Think Tank", "Veldana")):
                    found.append(f"{name_of(path)}: {words[:60]!r}")
    assert found == []


@pytest.mark.parametrize("states", [NoteState, VersionState, MemberStatus])
def test_every_status_has_a_word_a_tone_and_an_icon(states: type[NoteState]) -> None:
    from web.views.words import STATUSES

    assert [one.value for one in states if one.value not in STATUSES] == []
    for one in states:
        status = STATUSES[one.value]
        assert status.tone and status.icon and status.word[0].isupper()
