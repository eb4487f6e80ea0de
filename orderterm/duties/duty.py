"""What the engine asks of every duty."""

from typing import Protocol


class Duty(Protocol):
    """Something that runs without a key press; each is given a thread of its own.

    ``name`` is kept with its heartbeat; ``interval_seconds`` lie between two steps that found
    nothing to do.
    """

    name: str
    interval_seconds: float

    def step(self) -> bool:
        """Do the next part of what there is to do, short enough to be stopped after it.

        It may be killed at any point and run anywhere, any number of times.

        Returns:
            Whether there is more to do at once.
        """
