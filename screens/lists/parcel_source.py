"""Where the rows of the parcels on their way come from, the oldest first."""

from collections.abc import Sequence
from typing import Any

from orderterm.views import parcels
from orderterm.views.parcels import by_age
from orderterm.views.queue import Work
from screens.lists.sources import PART, QueueSource


class ParcelSource(QueueSource):
    """The orders on their way that are wanted, however many there are."""

    def _page(self, **where: Any) -> list[Work]:
        station = self._station
        return [*parcels.parcels(self.wanted, station.settings, station.now(), **where)]

    def _order(self, row: Work) -> Any:
        return by_age(row.place)

    def last(self) -> Sequence[Work]:
        station = self._station
        return parcels.last(self.wanted, station.settings, station.now(), count=PART)
