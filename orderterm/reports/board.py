"""The board as plain text, readable at 80 columns."""

from collections.abc import Sequence

from orderterm.reports.tables import printable, table
from orderterm.sentences import Sentence, say
from orderterm.terms import Language
from orderterm.views.board import Board


def lines(board: Board, language: Language, width: int = 80) -> list[str]:
    """The board in ``language``; a line at most ``width`` cells wide."""
    text = _Text(language, width)
    text.say(
        say(
            "board {site} {at} · {orders} orders · {overdue} overdue",
            site=board.site,
            at=f"{board.at:%Y-%m-%d %H:%M}",
            orders=board.orders,
            overdue=board.overdue_tasks + board.overdue_exceptions,
        )
    )
    _stages(text, board)
    _exceptions(text, board)
    _escalations(text, board)
    _conditions(text, board)
    _channels(text, board)
    return text.lines


class _Text:
    """The lines so far, and the language they are in."""

    def __init__(self, language: Language, width: int) -> None:
        self.language = language
        self.width = width
        self.lines: list[str] = []

    def say(self, sentence: Sentence) -> None:
        """A line of its own; spaces that an empty value left are taken out."""
        self.lines.append(" ".join(printable(sentence.text(self.language)).split()))

    def table(self, headings: Sequence[Sentence], rows: Sequence[Sequence[str | int]]) -> None:
        """A table after an empty line: the first column is a name, all others are numbers."""
        self.lines.append("")
        self.lines += table(
            [heading.text(self.language) for heading in headings],
            [[str(cell) for cell in row] for row in rows],
            right=range(1, len(headings)),
            width=self.width,
        )


def _stages(text: _Text, board: Board) -> None:
    text.table(
        (
            say("stage"),
            say("done today"),
            say("done"),
            say("in progress"),
            say("exception"),
            say("overdue"),
        ),
        [
            (
                count.stage.label(text.language),
                count.done_today,
                count.done,
                count.in_progress,
                count.exception,
                count.overdue,
            )
            for count in board.stages
        ],
    )


def _exceptions(text: _Text, board: Board) -> None:
    text.table(
        (say("exceptions"), say("open"), say("resolved")),
        [(one.kind.label(text.language), one.open, one.resolved) for one in board.exceptions],
    )


def _escalations(text: _Text, board: Board) -> None:
    if not board.escalations:
        text.lines.append("")
        text.say(say("no escalation is due"))
        return
    text.table(
        (say("escalations due to"), say("level"), say("overdue")),
        [(", ".join(one.to) or "-", one.level, one.items) for one in board.escalations],
    )


def _conditions(text: _Text, board: Board) -> None:
    rows = [(one.condition.label(text.language), one.orders) for one in board.conditions]
    text.table((say("condition"), say("orders")), rows)


def _channels(text: _Text, board: Board) -> None:
    if board.channels:
        text.table(
            (say("channel"), say("orders"), say("completed"), say("cancelled")),
            [
                (f"{one.channel} {one.name}", one.orders, one.completed, one.cancelled)
                for one in board.channels
            ],
        )
