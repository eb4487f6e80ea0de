"""A country's public holidays and the working days that make up for them, year by year.

The library that knows them is large: loading it costs a terminal a fifth of its memory and of the
time until its first screen. So a year is asked for once, and kept in the user's cache folder until
the library itself is another one.
"""

import glob
import json
import os
from contextlib import suppress
from datetime import MAXYEAR, MINYEAR, date
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple


class PublicDays(NamedTuple):
    """Of one year: the days on which nobody works, and the weekend's days on which people do."""

    holidays: frozenset[date]
    made_up: frozenset[date]


@cache
def public_days(country: str, subdivision: str, year: int) -> PublicDays:
    """The public days of ``year``.

    Args:
        country: its ISO 3166 code, known to the library.
        subdivision: a part of the country; blank for the whole.
        year: four digits.
    """
    file = _file(country, subdivision, year)
    if file is None:
        return _asked(country, subdivision, year)
    with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        return _read(file)
    days = _asked(country, subdivision, year)
    with suppress(OSError):
        _write(file, days)
    return days


def is_kept(country: str, subdivision: str) -> bool:
    """Whether some year of the country is kept, which the library must have known."""
    name = glob.escape(f"{country}-{subdivision}-")
    return any(_folder().glob(f"{name}*.json"))


def _asked(country: str, subdivision: str, year: int) -> PublicDays:
    import holidays

    # A day may be made up for in the year before or after, and is known with its holiday only.
    years = [one for one in (year - 1, year, year + 1) if MINYEAR <= one <= MAXYEAR]
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    return PublicDays(
        frozenset(day for day in found if day.year == year),
        frozenset(day for day in found.weekend_workdays if day.year == year),
    )


def _file(country: str, subdivision: str, year: int) -> Path | None:
    """Where the year is kept; None where the library's state can't be told."""
    library = find_spec("holidays")
    if library is None or library.origin is None:
        return None
    stamp = int(os.stat(library.origin).st_mtime)
    return _folder() / f"{country}-{subdivision}-{year}-{stamp}.json"


def _folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("orderterm") / "public-days"


def _read(file: Path) -> PublicDays:
    kept = json.loads(file.read_text(encoding="ascii"))
    return PublicDays(
        frozenset(date.fromisoformat(day) for day in kept["holidays"]),
        frozenset(date.fromisoformat(day) for day in kept["made_up"]),
    )


def _write(file: Path, days: PublicDays) -> None:
    """Put the whole year there at once: others may read at any moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = {name: sorted(map(str, days._asdict()[name])) for name in days._fields}
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_text(json.dumps(kept), encoding="ascii")
    os.replace(part, file)
