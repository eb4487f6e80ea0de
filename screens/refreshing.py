"""Looking again at what is shown, no more than once at a time however often one is asked to."""

from collections.abc import Awaitable, Callable


class Refresher:
    """Calls ``look`` once for any number of wishes that come while it looks.

    Args:
        look: looks again; it must not raise.
        start: lets what it is given run beside everything else.
    """

    def __init__(
        self,
        look: Callable[[], Awaitable[None]],
        start: Callable[[Awaitable[None]], object],
    ) -> None:
        self._look = look
        self._start = start
        self._looking = False
        self._again = False

    def soon(self) -> None:
        """Look again, or once more after the look that is under way."""
        if self._looking:
            self._again = True
        else:
            self._looking = True
            self._start(self._run())

    async def _run(self) -> None:
        try:
            while True:
                self._again = False
                await self._look()
                if not self._again:
                    return
        finally:
            self._looking = False
