"""The forecast as screens show it: read anew each minute, from rates that are read more rarely."""

from datetime import datetime, timedelta

from orderterm.settings import Settings
from orderterm.views.forecast import ForecastView, Rates, foreseen, rates

ANEW = timedelta(minutes=1)
RATES_ANEW = timedelta(minutes=10)


class Foresight:
    """What was foreseen last, and the rates that it was foreseen from."""

    def __init__(self) -> None:
        self.latest: ForecastView | None = None
        self._rates: Rates = {}
        self._measured: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        """Whether the last one is a minute old, or there is none."""
        return self.latest is None or abs(now - self.latest.at) >= ANEW

    def read(self, settings: Settings, now: datetime) -> ForecastView:
        """The forecast, no older than a minute; reads the database, so not on the screen's thread.

        Args:
            settings: the home's settings.
            now: the moment.
        """
        if self.latest is not None and not self.is_due(now):
            return self.latest
        if self._measured is None or abs(now - self._measured) >= RATES_ANEW:
            self._rates, self._measured = rates(settings, now), now
        self.latest = found = foreseen(settings, now, self._rates)
        return found
