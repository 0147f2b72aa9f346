"""Numbers, texts and runs of bytes of a pickle, each length checked before it is believed."""

from __future__ import annotations

import struct
from typing import Any, NoReturn

from latentlab.errors import CheckpointError, UnsafeFileError
from latentlab.formats.pickles.values import Span
from latentlab.formats.source import Source

WINDOW = 8192  # bytes; between weights a pickle has one or two thousand
u32 = struct.Struct("<I").unpack
u64 = struct.Struct("<Q").unpack

_MAX_TEXT = 16 << 20  # characters in all
_SHORT_TEXT = 4096  # longer texts stay in the file
_SHORT_BYTES = 64  # longer ones are weights
_MAX_INTEGER = 64  # bytes


class LiteralReader:
    """Pushes what a pickle spells out onto a stack. Reads through a window, past what stays in the file."""

    def __init__(self, source: Source, start: int, stop: int) -> None:
        """Read from `start`; nothing may reach beyond `stop` (bytes)."""
        self._source = source
        self._stop = stop
        self._data = b""
        self._at = 0  # in the window
        self._base = start  # of the window, in the file
        self._stack: list[Any] = []
        self._text = 0

    @property
    def _position(self) -> int:
        return self._base + self._at

    def _refill(self) -> None:
        """Let the window begin where reading stands."""
        self._base += self._at
        self._at = 0
        self._data = self._source.peek(self._base, min(WINDOW, self._stop - self._base))

    def _read(self, count: int) -> bytes:
        """The next `count` bytes, at most half a window."""
        end = self._at + count
        if end > len(self._data):
            self._refill()
            end = count
            if end > len(self._data):
                raise self._source.truncated()
        data = self._data[self._at : end]
        self._at = end
        return data

    def _damaged(self) -> NoReturn:
        if self._position >= self._source.size:
            raise self._source.truncated()
        raise CheckpointError(
            f"{self._source.name} is damaged: its description of the contents makes no sense at byte "
            f"{self._position:,}. Download or copy it again."
        )

    def _claimed(self, count: int) -> int:
        """A length that the file gives, believed only if that many bytes follow."""
        if count > self._stop - self._position:
            raise self._source.truncated()
        return count

    def _push_bytes(self, count: int) -> None:
        if count <= _SHORT_BYTES:
            self._stack.append(self._read(count))
        else:
            self._push_span(count)

    def _push_span(self, count: int) -> None:
        self._stack.append(Span(self._position, self._claimed(count)))
        self._at += count

    def _push_text(self, count: int) -> None:
        if count <= _SHORT_TEXT:
            self._stack.append(self._decoded(self._read(count)))
        else:
            self._push_span(count)

    def _decoded(self, data: bytes) -> str:
        self._text += len(data)
        if self._text > _MAX_TEXT:
            raise UnsafeFileError(
                f"{self._source.name} holds more text than any model needs: it is damaged or made to exhaust "
                "this machine."
            )
        try:
            return data.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            self._damaged()

    def _line(self) -> str:
        end = self._data.find(b"\n", self._at, self._at + _SHORT_TEXT)
        if end < 0:
            self._refill()
            end = self._data.find(b"\n", 0, _SHORT_TEXT)
        if end < 0:
            self._damaged()
        return self._decoded(self._read(end + 1 - self._at)[:-1])

    def _binbytes(self) -> None:
        self._push_bytes(u32(self._read(4))[0])

    def _short_binbytes(self) -> None:
        self._push_bytes(self._read(1)[0])

    def _binbytes8(self) -> None:
        self._push_bytes(u64(self._read(8))[0])

    def _binunicode(self) -> None:
        self._push_text(u32(self._read(4))[0])

    def _short_binunicode(self) -> None:
        self._push_text(self._read(1)[0])

    def _binunicode8(self) -> None:
        self._push_text(u64(self._read(8))[0])

    def _unicode_line(self) -> None:
        self._stack.append(self._line())

    def _binint(self) -> None:
        self._stack.append(struct.unpack("<i", self._read(4))[0])

    def _binint2(self) -> None:
        self._stack.append(struct.unpack("<H", self._read(2))[0])

    def _long1(self) -> None:
        self._push_integer(self._read(1)[0])

    def _long4(self) -> None:
        self._push_integer(struct.unpack("<i", self._read(4))[0])

    def _push_integer(self, count: int) -> None:
        if not 0 <= count <= _MAX_INTEGER:
            raise UnsafeFileError(
                f"{self._source.name} holds a whole number of {count:,} bytes; no model does. It is damaged "
                "or made to exhaust this machine."
            )
        self._stack.append(int.from_bytes(self._read(count), "little", signed=True))

    def _binfloat(self) -> None:
        self._stack.append(struct.unpack(">d", self._read(8))[0])

    def _int_line(self) -> None:
        line = self._line().removesuffix("L")
        if line in ("00", "01"):
            self._stack.append(line == "01")
            return
        try:
            self._stack.append(int(line[:160]))
        except ValueError:
            self._damaged()

    def _float_line(self) -> None:
        try:
            self._stack.append(float(self._line()))
        except ValueError:
            self._damaged()

    def _none(self) -> None:
        self._stack.append(None)

    def _true(self) -> None:
        self._stack.append(True)
