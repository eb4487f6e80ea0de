"""Rows that are no data: blank ones, headers given again, footers; and rows that can't be used."""

import re

from msgspec import Struct

from orderterm.intake.plans import Cells, Plan
from orderterm.intake.profiles import Join, Profile
from orderterm.intake.texts import clean
from orderterm.sentences import Sentence

_MOST_FOOTER_CELLS = 3


class RejectedRow(Struct):
    """A row that could not become a draft; ``row`` is 1-based, as a spreadsheet shows it."""

    row: int
    reason: Sentence
    cells: list[str]


class Sieve:
    """Tells the rows of a file that bear no data."""

    def __init__(self, plan: Plan) -> None:
        self.names = _column_names(plan.profile) | set(plan.header) - {""}
        self._footers = _any_of(plan.profile.footers)
        self._width = plan.width
        self.footers = self._footers.match if self._footers is not None else None

    def is_junk(self, cells: Cells) -> bool:
        """Whether the row is blank, a header given again, or a footer."""
        filled = [cell for cell in cells[: self._width] if cell]
        if not filled:
            return True
        if len(filled) > 1 and self.names.issuperset(filled):
            return True
        return (
            len(filled) <= _MOST_FOOTER_CELLS
            and self._footers is not None
            and self._footers.match(filled[0]) is not None
        )


def _any_of(patterns: list[str]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE) if patterns else None


def _column_names(profile: Profile) -> set[str]:
    """Every column name that the profile knows."""
    names: set[str] = set()
    for choices in profile.columns.values():
        for choice in choices:
            names.update(choice.join if isinstance(choice, Join) else [choice])
    return names


def surplus(plan: Plan, raw: Cells) -> int:
    """How many filled cells a row has past the header's last column."""
    return sum(1 for cell in raw[plan.width :] if clean(cell))
