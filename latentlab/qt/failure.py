"""A failure as the window shows it: what happened, what to do, and the trace for those who want it."""

from __future__ import annotations

import errno
import traceback
from dataclasses import dataclass

from latentlab.errors import LatentLabError

_LONGEST_REMEDY = 240


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure, as plain text: exceptions keep frames and tensors alive and do not cross threads."""

    text: str
    """Cause and remedy, one or two sentences."""
    details: str
    """The trace."""

    def cause_and_remedy(self) -> tuple[str, str]:
        """The text in two parts; the remedy is empty where the text has only one."""
        cause, colon, remedy = self.text.rpartition(": ")
        if not colon or not cause or len(remedy) > _LONGEST_REMEDY:
            return self.text, ""
        return f"{cause}.", remedy[:1].upper() + remedy[1:]


def explain(error: BaseException) -> Failure:
    """Put an exception into words: our own errors already are, others are named with what they said."""
    details = "".join(traceback.format_exception(error))
    if isinstance(error, LatentLabError):
        return Failure(str(error), details)
    if isinstance(error, FileNotFoundError):
        return Failure(f"The file is not there any more: {error.filename}.", details)
    if isinstance(error, PermissionError):
        return Failure(f"This file may not be read or written: {error.filename}.", details)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure("There is not enough room on the disk: free some and try again.", details)
    if isinstance(error, OSError):
        return Failure(
            f"The disk refused: {error.strerror or error} ({error.filename or 'no file'}).", details
        )
    if isinstance(error, MemoryError):
        return Failure("There is not enough memory: close other programs, or open a smaller model.", details)
    said = str(error).strip().splitlines()
    return Failure(f"{type(error).__name__}: {said[0] if said else 'no message'}", details)
