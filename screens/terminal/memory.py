"""Being small and quick to start: thirty terminals may run on one old machine.

The C library keeps a heap for each thread, and what loading the program left over. Where it is
glibc it can be told to keep one heap, and to give back what is not used; elsewhere nothing is done.
Python looks for garbage again and again in what is being loaded, where there is hardly any: that
is a tenth of the time until the first screen.
"""

import ctypes
import gc
from contextlib import suppress

_M_ARENA_MAX = -8


def begin() -> None:
    """Load without looking for garbage, and let threads share a heap; before there are any."""
    gc.disable()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 1)


def settle() -> None:
    """What was loaded stays, and is not looked through any more; the rest is given back."""
    gc.collect()
    gc.freeze()
    gc.enable()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
