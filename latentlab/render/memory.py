"""How much memory there is and how much is taken, in bytes; 0 where the system does not tell. Imports no torch."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8
"""Options of glibc's mallopt(3)."""
_LARGEST = 1 << 30


def process_memory() -> int:
    """Main memory that this process holds now; on macOS the most it ever held."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    if sys.platform == "win32":
        import ctypes
        from ctypes import wintypes

        class Counters(ctypes.Structure):
            _fields_ = (
                ("cb", wintypes.DWORD),
                ("PageFaultCount", wintypes.DWORD),
                *((f"size{index}", ctypes.c_size_t) for index in range(8)),
            )

        counters = Counters(cb=ctypes.sizeof(Counters))
        get_info = ctypes.windll.psapi.GetProcessMemoryInfo
        get_info.argtypes = (wintypes.HANDLE, ctypes.POINTER(Counters), wintypes.DWORD)
        process = ctypes.windll.kernel32.GetCurrentProcess
        process.restype = wintypes.HANDLE
        known = get_info(process(), ctypes.byref(counters), counters.cb)
        return int(counters.size1) if known else 0  # size0 is the peak, size1 the working set now
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def total_memory() -> int:
    """Main memory of this machine."""
    if sys.platform == "win32":
        import ctypes

        class Status(ctypes.Structure):
            _fields_ = (
                ("dwLength", ctypes.c_ulong),
                ("dwMemoryLoad", ctypes.c_ulong),
                *((f"size{index}", ctypes.c_ulonglong) for index in range(7)),
            )

        status = Status(dwLength=ctypes.sizeof(Status))
        known = ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.size0) if known else 0
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def keep_freed_memory() -> None:
    """Let the C library keep the memory of features that were freed, for the next picture.

    glibc hands every large block back to the system and gets it again, zeroed page by page: a third of the time
    of a picture on a CPU. Call it before threads start, so that they share one store. `return_freed_memory`
    hands back what is kept.
    """
    if sys.platform == "linux":
        import ctypes

        library = ctypes.CDLL(None)
        if hasattr(library, "mallopt"):
            for option, value in ((_ARENA_MAX, 1), (_MMAP_THRESHOLD, _LARGEST), (_TRIM_THRESHOLD, _LARGEST)):
                library.mallopt(option, value)


def return_freed_memory() -> None:
    """Hand memory that was freed back to the system: a model was closed, or memory is short."""
    if sys.platform == "linux":
        import ctypes

        library = ctypes.CDLL(None)
        if hasattr(library, "malloc_trim"):
            library.malloc_trim(0)
