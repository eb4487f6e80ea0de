"""A country's public holidays and the working days that make up for them, year by year.

The library that knows them is large: loading it costs a terminal a fifth of its memory and of the
time until its first screen. So a year is asked for once, and kept in the user's cache folder until
the library or this program is another one.
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
from msgspec import Struct

_HOLIDAYS_WITH_WEEKENDS = frozenset({"CN"})
"""Where the state's notice closes the weekend that touches a holiday too ("放假调休，共 7 天");
the library names only the days that would be worked otherwise."""

_DAY = timedelta(days=1)
_WEEKEND = (5, 6)


class PublicDays(Struct, frozen=True):
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
    with suppress(OSError, ValueError, RecursionError, msgspec.MsgspecError):
        return _read(file)
    days = _asked(country, subdivision, year)
    with suppress(OSError):
        _write(file, days)
    return days


def source() -> str:
    """The library that tells the days, with its version: another one may tell others."""
    library = find_spec("holidays")
    if library is None or library.origin is None:
        return ""
    # As installers write it beside the library; to ask for it costs more than all the rest.
    known = Path(library.origin).parents[1].glob("holidays-*.dist-info")
    return max((folder.stem for folder in known), default="")


def is_kept(country: str, subdivision: str) -> bool:
    """Whether some year of the country is kept, which the library must have known."""
    beginning = f"{country}-{subdivision}-"
    return any(file.name.startswith(beginning) for file in _folder().glob("*.json"))


def _asked(country: str, subdivision: str, year: int) -> PublicDays:
    import holidays

    # A day may be made up for in the year before or after, and is known with its holiday only.
    years = [one for one in (year - 1, year, year + 1) if MINYEAR <= one <= MAXYEAR]
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    off, made_up = frozenset(found), frozenset(found.weekend_workdays)
    if country in _HOLIDAYS_WITH_WEEKENDS:
        off |= frozenset(_weekends_beside(off, made_up))
    return PublicDays(
        frozenset(day for day in off if day.year == year),
        frozenset(day for day in made_up if day.year == year),
    )


def _weekends_beside(off: frozenset[date], made_up: frozenset[date]) -> Iterator[date]:
    """The days of weekends that a holiday goes on over: it ends with the first day of work."""
    for holiday in off:
        for step in (-_DAY, _DAY):
            day = holiday + step
            while day.weekday() in _WEEKEND and day not in made_up and day not in off:
                yield day
                day += step


def _file(country: str, subdivision: str, year: int) -> Path | None:
    """Where the year is kept; None where the library's state can't be told."""
    library = find_spec("holidays")
    if library is None or library.origin is None:
        return None
    # A newer orderterm may make something else of what the library knows.
    stamp = int(max(os.stat(file).st_mtime for file in (library.origin, __file__)))
    return _folder() / f"{country}-{subdivision}-{year}-{stamp}.json"


def _folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("orderterm") / "public-days"


def _read(file: Path) -> PublicDays:
    return msgspec.json.decode(file.read_bytes(), type=PublicDays)


def _write(file: Path, days: PublicDays) -> None:
    """Put the whole year there at once: others may read at any moment."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}")
    part.write_bytes(msgspec.json.encode(days, order="deterministic"))
    os.replace(part, file)
