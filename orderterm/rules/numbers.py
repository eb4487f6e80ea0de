"""Order numbers: ``YYYYMMDD-CC-NNN``."""

import re
from datetime import date

_NUMBER = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})-([A-Z][A-Z0-9]{1,3})-([0-9]{3}|[1-9][0-9]{3,11})"
)


def order_number(day: date, channel: str, serial: int) -> str:
    """The number of the ``serial``-th order (from 1) that ``channel`` brought on ``day``.

    ``day`` is the site's day of receipt. The serial has three digits, and more past 999.
    """
    return f"{day.year:04d}{day.month:02d}{day.day:02d}-{channel}-{serial:03d}"


def parse_number(text: str) -> tuple[date, str, int] | None:
    """Day, channel and serial of an order number, as typed or scanned; None if it is none."""
    found = _NUMBER.fullmatch(text.strip().upper())
    if found is None:
        return None
    year, month, day, channel, serial = found.groups()
    try:
        received = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return (received, channel, int(serial)) if int(serial) else None
