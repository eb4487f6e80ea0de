"""Waiting for another side for so long and no longer, whatever a library thinks of as a timeout."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TimedOut
from typing import TypeVar

Result = TypeVar("Result")


class TakesTooLong(Exception):
    """A call has not come back in time, or an earlier one has not come back at all yet."""


class Patience:
    """Waits for calls to one other side, one at a time.

    A library bounds each single step: a server that says a byte now and then would keep it for
    ever. A call that takes too long goes on by itself, and until it ends no other is made.
    """

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None

    def wait(self, call: Callable[[], Result], seconds: float) -> Result:
        """What ``call`` returns or raises, within ``seconds``.

        Raises:
            TakesTooLong: nobody knows what comes of it.
        """
        if self._thread is not None and self._thread.is_alive():
            raise TakesTooLong
        answer: Future[Result] = Future()
        self._thread = threading.Thread(target=_answer, args=(call, answer), daemon=True)
        self._thread.start()
        try:
            return answer.result(seconds)
        except TimedOut:
            if not answer.done():
                raise TakesTooLong from None
            return answer.result()  # just in time, or the timeout is the call's own


def _answer(call: Callable[[], Result], answer: "Future[Result]") -> None:
    try:
        answer.set_result(call())
    except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
        answer.set_exception(error)
