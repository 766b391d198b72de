"""Profiles broken in every key: each gets a sentence that names file and key, and none an exception.

The keys are not listed here: they are those that the reading of a profile asks for, recorded while a
sound one is read, so that a new key is tried from its first day.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from workflow.letters import data_example, data_file, note_docx, note_pdf, profile
from workflow.letters.schema import Section

# What may stand where something else is meant.
WRONG: tuple[Any, ...] = (
    -7.5,
    "‮ \x07 {nothing} {",
    ["a", 1, {"b": 2}],
    {"nobody": {"asks": "for this"}},
    True,
    date(2026, 3, 2),
    time(12, 0),
    "",
    "x" * 5_000,
    [],
)
FILES = ("profile.toml", "terms.toml", "glossary.toml", "languages/en.toml")


def toml(value: Any) -> str:
    """A value as TOML writes it in line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\u{ord(s):04X}" if s < " " or s in '"\\\x7f' else s for s in value) + '"'
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(toml(one) for one in value) + "]"
    return str(value)


def written(values: dict[str, Any]) -> str:
    return "\n".join(f"{toml(key)} = {toml(value)}" for key, value in values.items()) + "\n"


def paths(values: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value, tables and lists of tables too."""
    if at:
        yield at
    if isinstance(values, dict):
        for key, value in values.items():
            yield from paths(value, (*at, key))
    elif isinstance(values, list) and values and isinstance(values[0], dict):
        for index, value in enumerate(values):
            yield from paths(value, (*at, index))


def changed(values: Any, at: tuple[Any, ...], new: Any, drop: bool = False) -> Any:
    """A copy with another value at a path, or without it."""
    head, *rest = at
    copy = dict(values) if isinstance(values, dict) else list(values)
    if rest:
        copy[head] = changed(copy[head], tuple(rest), new, drop)
    elif drop:
        del copy[head]
    else:
        copy[head] = new
    return copy


def asked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> set[tuple[str, str]]:
    """Every (place, key) that reading a profile asks for."""
    found: set[tuple[str, str]] = set()
    take = Section._take

    def recording(self: Section, key: str, *args: Any) -> Any:
        found.add((self.place, key))
        return take(self, key, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Section, "_take", recording)
        assert profile.check(folder) == []
    return found


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of the skeleton, or of the profile that a test names."""
    made = tmp_path / "broken"
    shutil.copytree(profile.ROOT / getattr(request, "param", "skeleton/profile"), made)
    return made


def sound(faults: list[str], where: str) -> None:
    for fault in faults:
        assert isinstance(fault, str) and fault.endswith((".", "?")) and ": " in fault, f"{where}: {fault}"
        assert not any(sign < " " for sign in fault), f"{where}: {fault!r}"


def _taken(file: Path, folder: Path, values: dict[str, Any]) -> bool:
    file.write_text(written(values), encoding="utf-8")
    faults = profile.check(folder)
    sound(faults, file.name)
    return not faults


@pytest.mark.parametrize("name", FILES)
def test_each_key_with_something_else_in_it_gets_a_sentence_or_is_taken(folder: Path, name: str) -> None:
    file = folder / name
    if not file.exists():
        return
    source = file.read_text(encoding="utf-8")
    values = tomllib.loads(source)
    for at in paths(values):
        where = f"{name} {'.'.join(map(str, at))}"
        for wrong in WRONG:
            file.write_text(written(changed(values, at, wrong)), encoding="utf-8")
            faults = profile.check(folder)
            sound(faults, f"{where} = {str(wrong)[:40]!r}")
            if isinstance(wrong, float | time) or (isinstance(wrong, str) and "\x07" in wrong):
                assert faults, f"{where} takes {wrong!r}"
        file.write_text(written(changed(values, at, None, drop=True)), encoding="utf-8")
        sound(profile.check(folder), f"{where} left out")
        if isinstance(at[-1], str):
            current: Any = values
            for key in at:
                current = current[key]
            if not _taken(file, folder, changed(values, (*at[:-1], "anyname"), current)):
                # Where not every name is free, a misspelt one is found.
                assert not _taken(file, folder, changed(values, (*at[:-1], at[-1] + "_"), current)), where
    file.write_text(source, encoding="utf-8")
    assert profile.check(folder) == []


@pytest.mark.parametrize("folder", ["skeleton/profile", "veldana"], indirect=True)
def test_every_key_that_is_asked_for_is_checked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables: dict[str, Path] = {name: folder / name for name in FILES if (folder / name).exists()}
    originals = {name: file.read_text(encoding="utf-8") for name, file in tables.items()}
    tried = 0
    for place, key in sorted(asked(folder, monkeypatch)):
        name, *inner = place.split(" [")
        if name not in tables or any("[" in part or not part.endswith("]") for part in inner):
            continue
        values = tomllib.loads(originals[name])
        table: Any = values
        for part in inner:
            table = table.setdefault(part.removesuffix("]"), {})
        if not isinstance(table, dict):
            continue
        table[key] = -7.5
        tables[name].write_text(written(values), encoding="utf-8")
        faults = profile.check(folder)
        sound(faults, f"{place} {key}")
        assert any(name in fault and key in fault for fault in faults), f"{place} {key}: {faults}"
        tables[name].write_text(originals[name], encoding="utf-8")
        tried += 1
    assert tried > 60


@pytest.mark.parametrize("wrong", ["{nothing}", "x" * 3_000, "«»"])
def test_a_text_that_passes_the_check_can_be_drawn(folder: Path, wrong: str, tmp_path: Path) -> None:
    file = folder / "languages" / "en.toml"
    source = file.read_text(encoding="utf-8")
    values = tomllib.loads(source)
    for at in paths(values):
        current: Any = values
        for key in at:
            current = current[key]
        if not isinstance(current, str):
            continue
        file.write_text(written(changed(values, at, wrong)), encoding="utf-8")
        if profile.check(folder):
            continue
        profile.load.cache_clear()
        organisation = profile.load(str(folder))
        (tmp_path / "note.toml").write_text(data_example.example(organisation), encoding="utf-8")
        letter = data_file.letters(organisation, data_file.load(tmp_path / "note.toml"))["en"]
        assert note_docx.render(letter)
        assert note_pdf.page_count(note_pdf.render(letter)) >= 1, at
