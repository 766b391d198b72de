"""Merkle proofs, and packs that say whether they are whole, whatever was done to them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.errors import Invalid
from workflow.proof import check, pack
from workflow.proof.merkle import merkle_root, proofs, proves

LEAVES = st.lists(st.binary(max_size=8), min_size=1, max_size=40)
NOON = datetime(2026, 5, 12, 12, tzinfo=UTC)


def test_the_empty_and_the_single_tree_are_those_of_the_standard() -> None:
    assert merkle_root([]) == hashlib.sha256(b"").hexdigest()
    assert merkle_root([b"one"]) == hashlib.sha256(b"\x00one").hexdigest()
    assert proofs([]) == [] and proofs([b"one"]) == [[]]


@given(LEAVES)
def test_every_leaf_is_proved_at_its_own_place_and_at_no_other(leaves: list[bytes]) -> None:
    root = merkle_root(leaves)
    for position, path in enumerate(proofs(leaves)):
        assert proves(leaves[position], position, len(leaves), path, root)
        assert not proves(leaves[position] + b"!", position, len(leaves), path, root)
        assert not proves(leaves[position], len(leaves), len(leaves), path, root)
        if path:
            assert not proves(leaves[position], position, len(leaves), path[:-1], root)
            assert not proves(leaves[position], position, len(leaves), [*path, path[0]], root)


@given(st.lists(st.text(max_size=70), max_size=12), st.integers(-5, 50), st.integers(-5, 2**70))
def test_a_proof_of_any_shape_proves_nothing_and_costs_nothing(path: list[str], at: int, count: int) -> None:
    assert not proves(b"leaf", at, count, path, "0" * 64)


def test_a_pack_is_the_same_bytes_for_the_same_files() -> None:
    files = {"b.txt": b"two", "a.txt": b"one"}
    made = pack.write(files, NOON, note="TTF/1")
    assert made == pack.write(dict(sorted(files.items())), NOON, note="TTF/1")
    assert set(pack.read(made)) == {"a.txt", "b.txt", "manifest.json"}


def test_what_is_no_pack_is_said_to_be_none() -> None:
    for data in (b"", b"PK\x03\x04 and no more", b"%PDF-1.7", pack.write({}, NOON)[:-10]):
        with pytest.raises(Invalid):
            pack.read(data)
        assert not check.check(data).good
    assert check.check(pack.write({"x": b""}, NOON)).faults == ["The pack holds no evidence.json."]


def test_two_files_of_one_name_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("manifest.json", "{}")
        archive.writestr("manifest.json", "{}")
    with pytest.raises(Invalid, match="twice"):
        pack.read(packed.getvalue())


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from(["format", "members", "log", "entries", "documents", "files"]), x, max_size=4), max_leaves=8))  # fmt: skip
def test_a_record_of_any_shape_is_a_fault_and_never_an_error(value: object) -> None:
    record = {"format": check.FORMAT, **value} if isinstance(value, dict) else value
    assert not check.check(pack.write({check.RECORD: pack.as_json(record)}, NOON)).good
