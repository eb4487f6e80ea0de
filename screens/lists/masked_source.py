"""Rows from any source, with the customers in them masked."""

from collections.abc import Sequence
from typing import Any

from orderterm.views.masked import masked_work
from orderterm.views.queue import Work
from screens.lists.sources import Source


class MaskedSource:
    """What ``source`` gives, masked."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def first(self) -> tuple[Sequence[Any], bool]:
        return self._masked_part(self._source.first())

    def last(self) -> Sequence[Any]:
        return _masked(self._source.last())

    def after(self, rows: Sequence[Any]) -> tuple[Sequence[Any], bool]:
        return self._masked_part(self._source.after(rows))

    def before(self, rows: Sequence[Any]) -> tuple[Sequence[Any], bool]:
        return self._masked_part(self._source.before(rows))

    def again(
        self, rows: Sequence[Any], *, at_start: bool, at_end: bool
    ) -> tuple[Sequence[Any], bool]:
        return self._masked_part(self._source.again(rows, at_start=at_start, at_end=at_end))

    @staticmethod
    def _masked_part(part: tuple[Sequence[Any], bool]) -> tuple[Sequence[Any], bool]:
        rows, is_whole = part
        return _masked(rows), is_whole


def _masked(rows: Sequence[Any]) -> list[Any]:
    return [masked_work(row) if isinstance(row, Work) else row for row in rows]
