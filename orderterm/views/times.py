"""Times as the site's clocks show them."""

from datetime import datetime
from typing import overload
from zoneinfo import ZoneInfo


@overload
def local(moment: datetime, zone: ZoneInfo) -> datetime: ...
@overload
def local(moment: datetime | None, zone: ZoneInfo) -> datetime | None: ...
def local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """``moment`` in the site's zone; None stays None."""
    return None if moment is None else moment.astimezone(zone)
