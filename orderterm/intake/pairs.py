"""Files that come in pairs: finding the other half, by what it holds and by the time in its name."""

import re
from collections.abc import Callable, Iterable
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
    halves = [
        other
        for other in others.values()
        if (found := identify(other)) is not None and found.name == profile.partner
    ]
    same_time = [other for other in halves if _digits(other) == _digits(path) != ""]
    if same_time:
        return same_time[0]
    return halves[0] if len(halves) == 1 else None


def _digits(path: Path) -> str:
    return "".join(re.findall(r"\d+", path.stem))
