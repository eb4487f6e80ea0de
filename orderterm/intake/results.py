"""What becomes of a file: the counts a clerk and a script read."""

from msgspec import Struct, field

from orderterm.sentences import Sentence
from orderterm.terms import FileKind, FileStatus


class RowReason(Struct):
    """A row that was not taken, 1-based as a spreadsheet shows it, and why."""

    row: int
    reason: Sentence


class FileResult(Struct):
    """One file: how it was read, what it brought, and how it ended.

    ``skipped`` counts new orders that are not to be worked, by their channel's status;
    ``not_overwritten`` counts known orders of which the file is older than what is kept;
    ``rows_taken`` counts the rows of a file that is not of orders.
    """

    file: str
    kind: FileKind | None = None
    channel: str = ""
    profile: str = ""
    orders_new: int = 0
    orders_known: int = 0
    orders_changed: int = 0
    awaiting_information: int = 0
    rows_rejected: list[RowReason] = field(default_factory=list)
    status: FileStatus = FileStatus.STARTED
    reason: Sentence | None = None
    skipped: dict[str, int] = field(default_factory=dict)
    not_overwritten: int = 0
    rows_taken: int = 0
    header: list[str] = field(default_factory=list)
    cells_rejected: list[list[str]] = field(default_factory=list)
