"""Being small: thirty terminals may run on one old machine.

The C library keeps a heap for each thread, and what loading the program left over. Where it is
glibc it can be told to keep one heap, and to give back what is not used; elsewhere nothing is done.
"""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8


def keep_one_heap() -> None:
    """Let threads share a heap; to be called before there are any."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def give_back() -> None:
    """Give back to the machine what loading left over."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
