"""Measures: agreed on by those who lead, with how often their cause was met; finished once."""

from datetime import date, timedelta

import pytest

from orderterm.errors import Refusal
from orderterm.store.connection import reading
from orderterm.store.tables import Measure
from orderterm.terms import MeasureOutcome, Stage
from orderterm.views.trail import events, step_text
from orderterm.workflow import measures, registers
from tests.contract.company import Company

WEEK, DUE = date(2026, 11, 25), date(2026, 11, 30)


def agree(company: Company, cause: str = "shortage:A", badge: str = "boss") -> int:
    told = measures.agree(company.workplace, badge, WEEK, cause, " do\n it ", "buyer", DUE)
    return int(told.number)


def test_it_keeps_how_often_the_week_met_its_cause(company: Company) -> None:
    for _ in range(2):
        company.finish(company.ordered(Stage.ALLOCATION), Stage.ALLOCATION)
    late = company.order()
    company.later(hours=2)
    company.finish(late, Stage.REVIEW, reason="peak_volume")
    for cause, count in (("shortage:A", 2), ("overdue:review", 1), ("carrier:SF", 0), ("talk", 0)):
        number = agree(company, cause)
        with reading():
            found = Measure.get_by_id(number)
        assert (found.cause, found.baseline, found.text) == (cause, count, "do it")
        assert (found.week, found.due_on) == ("2026-11-23", "2026-11-30")
    assert company.events(None)[-1] == ("boss", "measure_agreed")
    assert not company.flaws()


def test_only_those_who_lead_agree_and_finish(company: Company) -> None:
    with pytest.raises(Refusal, match="for manager, administrator"):
        agree(company, badge="buyer")
    number = agree(company, badge="admin")
    with pytest.raises(Refusal, match="for manager, administrator"):
        measures.finish(company.workplace, "buyer", number, MeasureOutcome.WORKED)


def test_it_is_finished_once_and_failure_is_explained(company: Company) -> None:
    number = agree(company)
    with pytest.raises(Refusal, match="say with --remark why"):
        measures.finish(company.workplace, "boss", number, MeasureOutcome.DROPPED, " ")
    company.later(days=1)
    measures.finish(company.workplace, "boss", number, MeasureOutcome.DID_NOT_WORK, "too late ")
    with reading():
        found = Measure.get_by_id(number)
    assert (found.outcome, found.remark) == (MeasureOutcome.DID_NOT_WORK, "too late")
    assert (found.finished_at, found.finished_by) == (company.now, "boss")
    with pytest.raises(Refusal, match="finished already: did not work"):
        measures.finish(company.workplace, "boss", number, MeasureOutcome.WORKED)
    with pytest.raises(Refusal, match="there is no measure 99"):
        measures.finish(company.workplace, "boss", 99, MeasureOutcome.WORKED)
    assert company.events(None)[-1] == ("boss", "measure_finished")


def test_nothing_is_agreed_that_can_not_be_followed(company: Company) -> None:
    workplace, past = company.workplace, company.now.date() - timedelta(days=1)
    with pytest.raises(Refusal, match="is over"):
        measures.agree(workplace, "boss", WEEK, "other", "x", "buyer", past)
    with pytest.raises(Refusal, match="has not begun"):
        measures.agree(workplace, "boss", WEEK + timedelta(days=7), "other", "x", "buyer", DUE)
    with pytest.raises(Refusal, match="give both"):
        measures.agree(workplace, "boss", WEEK, " ", "x", "buyer", DUE)
    with pytest.raises(Refusal, match="nobody"):
        measures.agree(workplace, "boss", WEEK, "other", "x", "nobody", DUE)
    registers.disable_staff(workplace, "admin", "buyer")
    with pytest.raises(Refusal, match="Buyer"):
        agree(company)


def test_the_trail_tells_which_and_what_came_of_it(company: Company) -> None:
    number = agree(company)
    measures.finish(company.workplace, "boss", number, MeasureOutcome.WORKED)
    agreed, finished = events(company.workplace.settings)[-2:]
    assert step_text(agreed.kind, agreed.facts, "en") == "measure agreed: 1: do it"
    assert step_text(finished.kind, finished.facts, "zh") == "改进措施结案: 1：有效"
