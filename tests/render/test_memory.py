import subprocess
import sys

import pytest

from latentlab.render import memory


def test_figures_are_plausible() -> None:
    assert 10 << 20 < memory.process_memory() < memory.total_memory()


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_freed_memory_is_kept_for_the_next_picture_and_can_be_returned() -> None:
    """In a process of its own, and in a thread of that, as pictures are rendered."""
    program = """
import ctypes, resource, threading
from latentlab.render.memory import keep_freed_memory, process_memory, return_freed_memory

keep_freed_memory()
size = 150 << 20

def features():
    block = ctypes.create_string_buffer(size)
    ctypes.memset(block, 1, size)

def work():
    features()
    held = process_memory()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    features()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 1000, "the pages are there already"
    return_freed_memory()
    assert process_memory() < held - size // 2
    print("kept and returned")

thread = threading.Thread(target=work)
thread.start()
thread.join()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "kept and returned\n"
