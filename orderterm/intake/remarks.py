"""Sentences on what is wrong in a file, with the place where it stands."""

from typing import NoReturn

from orderterm.errors import FileRejected
from orderterm.intake.plans import Plan
from orderterm.sentences import Sentence, say


def placed(file: str, row: int, plan: Plan, field: str, reason: Sentence) -> Sentence:
    """``reason`` with its file, row and column; the row alone where no column tells ``field``."""
    column = plan.labels.get(field)
    if column is None:
        return say("{file}, row {row}: {reason}", file=file, row=row, reason=reason)
    return say(
        "{file}, row {row}, {column}: {reason}", file=file, row=row, column=column, reason=reason
    )


def refuse_rewritten(file: str, row: int, value: str) -> NoReturn:
    """Excel shortens long ids for good and rewrites dates; no row of such a file can be trusted.

    Raises:
        FileRejected: always.
    """
    raise FileRejected(
        "{file} was opened and saved in Excel, which spoilt its ids and dates (row {row}: "
        "{value}); export it again and put it in without opening it",
        file=file,
        row=row,
        value=value,
    )
