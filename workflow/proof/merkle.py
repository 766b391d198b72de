"""Merkle trees of RFC 6962, section 2.1: one root for many leaves, and a short proof for each of them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of one leaf; its prefix keeps a leaf from ever passing for a node."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(count: int) -> int:
    """The largest power of two below `count`, which is above one."""
    return 1 << (count - 1).bit_length() - 1


def _tree(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = _split(len(hashes))
    return _node(_tree(hashes[:split]), _tree(hashes[split:]))


def merkle_root(leaves: Sequence[bytes]) -> str:
    """The Merkle tree hash of the leaves, in hexadecimal."""
    return _tree([leaf_hash(leaf) for leaf in leaves]).hex()


def proofs(leaves: Sequence[bytes]) -> list[list[str]]:
    """The audit path (section 2.1.1) of each leaf in turn: hashes in hexadecimal, from the leaf upwards."""
    paths: list[list[str]] = [[] for _ in leaves]

    def walk(hashes: Sequence[bytes], first: int) -> bytes:
        if len(hashes) == 1:
            return hashes[0]
        split = _split(len(hashes))
        left, right = walk(hashes[:split], first), walk(hashes[split:], first + split)
        for at in range(len(hashes)):
            paths[first + at].append((right if at < split else left).hex())
        return _node(left, right)

    if leaves:
        walk([leaf_hash(leaf) for leaf in leaves], 0)
    return paths


def proves(leaf: bytes, position: int, count: int, path: Sequence[str], root: str) -> bool:
    """Whether `path` leads from the leaf at `position` of `count` to `root`; never raises for a faulty proof."""
    try:
        hashes = [bytes.fromhex(step) for step in path]
    except (TypeError, ValueError):
        return False
    if not 0 <= position < count:
        return False

    def walk(at: int, size: int, rest: list[bytes]) -> bytes | None:
        if size == 1:
            return leaf_hash(leaf) if not rest else None
        if not rest:
            return None
        split = _split(size)
        if at < split:
            below = walk(at, split, rest[:-1])
            return _node(below, rest[-1]) if below else None
        below = walk(at - split, size - split, rest[:-1])
        return _node(rest[-1], below) if below else None

    # No tree is deeper than its count is long in bits, so that a hostile proof costs nothing.
    if len(hashes) > count.bit_length():
        return False
    found = walk(position, count, hashes)
    return found is not None and found.hex() == root
