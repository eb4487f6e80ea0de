"""Work off the screen's thread: keys are answered while the database is read or waited for."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Jobs:
    """Two threads: one that reads, and one that makes changes, one after another in their order."""

    def __init__(self) -> None:
        self._reader = ThreadPoolExecutor(1, "orderterm-read")
        self._writer = ThreadPoolExecutor(1, "orderterm-change")
        self.changing = 0
        """Changes that were asked for and are not done yet."""

    async def read(self, work: Callable[[], T]) -> T:
        """What ``work`` returns, done beside the changes."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, work)

    async def change(self, work: Callable[[], T]) -> T:
        """What ``work`` returns, done after every change that was asked for before."""
        self.changing += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._writer, work)
        finally:
            self.changing -= 1

    def close(self) -> None:
        """Let nothing new begin; a change that is being made is finished."""
        self._reader.shutdown(wait=False, cancel_futures=True)
        self._writer.shutdown(wait=False, cancel_futures=True)
