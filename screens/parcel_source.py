"""Where the rows of the parcels on their way come from, the oldest first."""

from collections.abc import Sequence
from typing import Any

from orderterm.views import parcels
from orderterm.views.openwork import Wanted
from orderterm.views.parcels import Parcel, by_age
from orderterm.views.queue import Work
from screens.sources import FIRST
from screens.station import Station


class ParcelSource:
    """The orders on their way that ``wanted`` asks for, however many there are."""

    def __init__(self, wanted: Wanted, station: Station) -> None:
        self.wanted = wanted
        self._station = station

    def _page(self, **where: Any) -> list[Parcel]:
        return parcels.parcels(self.wanted, self._station.settings, self._station.now(), **where)

    def first(self) -> tuple[Sequence[Parcel], bool]:
        rows = self._page(count=FIRST)
        return rows, len(rows) < FIRST

    def last(self) -> Sequence[Parcel]:
        station = self._station
        return parcels.last(self.wanted, station.settings, station.now(), count=FIRST)

    def after(self, row: Work) -> tuple[Sequence[Parcel], bool]:
        rows = self._page(after=row.place, count=FIRST)
        return rows, len(rows) < FIRST

    def before(self, row: Work) -> tuple[Sequence[Parcel], bool]:
        rows = self._page(before=row.place, count=FIRST)
        return rows, len(rows) < FIRST

    def again(self, rows: Sequence[Work], *, at_start: bool, at_end: bool) -> Sequence[Parcel]:
        if not rows:
            return self.first()[0]
        # The first row itself is asked for by its own key, because "after" leaves it out.
        head = [] if at_start else self._still([rows[0]])
        start = None if at_start else rows[0].place
        found = head + self._page(after=start, count=len(rows) + FIRST)
        if at_end:
            return found
        return [row for row in found if by_age(row.place) <= by_age(rows[-1].place)]

    def _still(self, rows: Sequence[Work]) -> list[Parcel]:
        now = parcels.again([row.key for row in rows], self._station.settings, self._station.now())
        return [*now.values()]
