"""Doing something once, a while from now."""

import asyncio
from collections.abc import Callable
from typing import Any

from textual.message_pump import MessagePump


def after(seconds: float, pump: MessagePump, act: Callable[[], Any]) -> asyncio.TimerHandle:
    """Have ``pump`` call ``act`` after so many seconds, unless what is returned is cancelled.

    Textual's own timer never rings where the machine is busy for as long just as it starts.
    """
    return asyncio.get_running_loop().call_later(seconds, pump.call_next, act)
