"""Files that come in pairs: the other half is found by what it holds and the time in its name."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from orderterm.intake.profiles import Profile


def beside(path: Path) -> list[Path]:
    """The other files in the folder of ``path``."""
    return [other for other in sorted(path.absolute().parent.iterdir()) if other.is_file()]


def choose(
    path: Path,
    profile: Profile,
    candidates: Iterable[Path],
    identify: Callable[[Path], Profile | None],
) -> Path | None:
    """The other half of ``path`` among ``candidates``; None where it is not there.

    Platforms put the time of export into both names; where names were changed, a single file of
    the partner's profile is the other half.

    Args:
        path: one half.
        profile: the profile of ``path``, which names its partner's.
        candidates: files that may be the other half; ``path`` itself is passed over.
        identify: tells the profile of a file.
    """
    others = {other.absolute(): other for other in candidates}
    others.pop(path.absolute(), None)
    time = _digits(path)
    # Each look into a file costs; most names tell which one it must be.
    same_time = [other for other in others.values() if time and _digits(other) == time]
    if found := _halves(same_time, profile, identify):
        return found[0]
    # Names that both tell a time, and not the same hour or so, are halves of two exports.
    near = [other for other in others.values() if not _apart(path, other)]
    halves = _halves(near, profile, identify)
    return halves[0] if len(halves) == 1 else None


def _halves(
    candidates: Iterable[Path], profile: Profile, identify: Callable[[Path], Profile | None]
) -> list[Path]:
    found = ((other, identify(other)) for other in candidates)
    return [other for other, one in found if one is not None and one.name == profile.partner]


def _apart(path: Path, other: Path) -> bool:
    times = [re.search(r"20\d{10}", one.stem) for one in (path, other)]
    try:
        one, two = (datetime.strptime(t[0], "%Y%m%d%H%M") for t in times if t)  # noqa: DTZ007
    except ValueError:
        return False
    return abs(one - two) > timedelta(minutes=15)


def _digits(path: Path) -> str:
    return "".join(re.findall(r"\d+", path.stem))
