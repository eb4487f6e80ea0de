"""The board as text."""

from datetime import UTC, datetime

import pytest
from rich.cells import cell_len

from orderterm.reports.board import lines
from orderterm.terms import Condition, ExceptionKind, Language, Stage
from orderterm.views.board import (
    Board,
    ChannelCount,
    ConditionCount,
    EscalationCount,
    ExceptionCount,
    StageCount,
)


def board() -> Board:
    """A board with a little of everything."""
    return Board(
        at=datetime(2026, 11, 22, 10, 42, tzinfo=UTC),
        site="一号仓",
        orders=9,
        stages=[StageCount(stage, 1, 2, 3, 4, 5) for stage in Stage],
        exceptions=[ExceptionCount(kind, 1, 2) for kind in ExceptionKind],
        conditions=[ConditionCount(one, 7) for one in Condition],
        channels=[ChannelCount("TM", "天猫" * 40, 9, 1, 1)],
        overdue_tasks=2,
        overdue_exceptions=1,
        escalations=[EscalationCount(("王经理 (m)",), 2, 3), EscalationCount((), 1, 1)],
    )


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_is_readable_at_80_columns(language: Language) -> None:
    text = lines(board(), language)
    assert all(cell_len(line) <= 80 for line in text)
    whole = "\n".join(text)
    for word in [*Stage, *ExceptionKind, *Condition]:
        assert word.label(language) in whole
    assert "2026-11-22 10:42" in text[0]
    assert "一号仓" in text[0]
    assert "3" in text[0]
    assert "王经理 (m)" in whole


def test_no_escalation_is_said_so() -> None:
    calm = board()
    calm.escalations, calm.channels = [], []
    assert "no escalation is due" in lines(calm, "en")
