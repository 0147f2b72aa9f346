"""Newest wins: the place where requests wait for the render thread. Imports neither torch nor Qt."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Inbox(Generic[T]):
    """Holds at most one waiting request; a newer one replaces it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._waiting: T | None = None
        self._closed = False

    def submit(self, request: T) -> None:
        """Put `request` in place of whatever waits. Ignored after `close`."""
        with self._changed:
            if not self._closed:
                self._waiting = request
                self._changed.notify()

    def take_newest(self) -> T | None:
        """Wait for a request and take it; None once the inbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting is not None or self._closed)
            request, self._waiting = self._waiting, None
            return request

    def has_newer(self) -> bool:
        """Whether the work in hand should stop: a newer request waits, or the inbox is closed."""
        return self._waiting is not None or self._closed

    def is_closed(self) -> bool:
        """Whether `close` was called: even a picture that is nearly done is no longer wanted."""
        return self._closed

    def close(self) -> None:
        """Drop what waits and let `take_newest` return None from now on."""
        with self._changed:
            self._closed = True
            self._waiting = None
            self._changed.notify_all()
