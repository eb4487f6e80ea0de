"""A queue whose rows also tell whether all that the order needs is on the shelf now."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from orderterm.sentences import say
from orderterm.views.fitting import shortfalls
from orderterm.views.queue import Work
from screens.lists.sources import QueueSource
from screens.station import Station
from screens.widgets.work_list import Column


class Fitting(Work, frozen=True):
    """A row with the pieces of each SKU that are not there for it.

    ``missing`` is None where nothing is to be allocated.
    """

    missing: dict[str, int] | None = None


class FittingSource(QueueSource):
    """The open work that is wanted, compared with the shelf as it is read."""

    def _page(self, **where: Any) -> list[Work]:
        return _compared(super()._page(**where))

    def last(self) -> Sequence[Work]:
        return _compared(super().last())


def _compared(works: Sequence[Work]) -> list[Work]:
    missing = shortfalls(works)
    return [Fitting(**structs.asdict(work), missing=missing.get(work.place[2])) for work in works]


def _text(work: Work, station: Station) -> str:
    missing = work.missing if isinstance(work, Fitting) else None
    if missing is None:
        return ""
    if not missing:
        return station.text(say("all there"))
    short = ", ".join(f"{sku} {pieces}" for sku, pieces in missing.items())
    return station.text(say("short {pieces}", pieces=short))


def _look(work: Work, _: Station) -> str:
    return "exception" if isinstance(work, Fitting) and work.missing else "done"


FIT = Column(say("stock"), 15, _text, look=_look, keep=8, grow=True)
"""Whether all of it is there now."""
