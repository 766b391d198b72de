"""The latest results of something slow, within one process."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

Result = tuple[bytes, ...]


class Cache:
    """Keeps the `most` latest results; who asks for one that is being made waits for it.

    A page asks for ten pictures of one document at once: it is drawn once.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[str, Result] = OrderedDict()
        self._making: dict[str, Lock] = {}
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], Result]) -> Result:
        """The result kept under `key`, else what `make` gives; an error of `make` keeps nothing."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            turn = self._making.setdefault(key, Lock())
        with turn:
            with self._lock:
                if key in self._kept:
                    return self._kept[key]
            try:
                result = make()
            finally:
                with self._lock:
                    self._making.pop(key, None)
            with self._lock:
                self._kept[key] = result
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            return result
