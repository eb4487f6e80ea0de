"""The weekly review: every total is what plain SQL counts, and empty weeks are told as such."""

import statistics
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from orderterm.rules.weeks import week_of
from orderterm.settings import Settings, parse
from orderterm.store.connection import reading, transaction
from orderterm.store.tables import Escalation, Measure, Message, Order, Shipment, SurveyReply, Task
from orderterm.store.tables import database as the_database
from orderterm.terms import (
    EscalationCause,
    ExceptionKind,
    ExceptionPath,
    MeasureOutcome,
    MessageKind,
    Stage,
)
from orderterm.views.weekly.carriers import CarrierRow
from orderterm.views.weekly.followed import Verdict
from orderterm.views.weekly.review import WeeklyReview, weekly
from orderterm.views.weekly.troubles import Cause
from orderterm.views.weekly.volumes import together
from orderterm.workflow import escalations, measures, parcels
from tests.contract.backends import sqlite
from tests.contract.company import MONDAY, Company
from tests.views.busy import CARRIERS, busy, counted
from tests.views.plans import asked, read_whole, scans

FIRST, SECOND = date(2026, 11, 23), date(2026, 11, 30)
RECEIVED = "SELECT count(*) FROM orders WHERE substr(number, 1, 8) BETWEEN :first AND :last"
CANCELLED = "SELECT count(*) FROM orders WHERE cancelled_at >= :start AND cancelled_at < :end"
DONE = (
    "SELECT count(*) FROM task WHERE outcome = 'done' AND done_at >= :start AND done_at < :end "
    "AND stage = :stage"
)
LATE = DONE + " AND done_at > due_at"
OPENED = (
    "SELECT count(*) FROM order_exception JOIN orders o ON o.id = order_id "
    "WHERE opened_at >= :start AND opened_at < :end"
)
SHIPPED = "SELECT count(*) FROM shipment WHERE shipped_at < :end AND carrier = :carrier"
QUEUED = (
    "SELECT count(*) FROM message WHERE queued_at >= :start AND queued_at < :end AND kind = :kind"
)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    file = sqlite(tmp_path_factory.mktemp("busy"))
    with reading():
        company = Company(file)
        busy(company)
        yield company


@pytest.fixture
def review(worked: Company) -> WeeklyReview:
    return weekly(worked.workplace.settings, SECOND, worked.now)


@pytest.fixture
def quiet(tmp_path: Path) -> Iterator[Company]:
    """A company in which nothing has happened yet, after the module's own in the same process."""
    kept = the_database.obj
    file = sqlite(tmp_path)
    with reading():
        yield Company(file)
    the_database.initialize(kept)


def test_orders_are_counted_once(worked: Company, review: WeeklyReview) -> None:
    flow = together(review.volumes)
    assert flow.received == counted(worked, RECEIVED, SECOND)
    assert together(review.volumes_before).received == counted(worked, RECEIVED, FIRST)
    assert flow.completed == counted(worked, DONE, SECOND, stage="confirmation")
    assert flow.cancelled == counted(worked, CANCELLED, SECOND)
    assert min(flow.received, flow.completed, flow.cancelled) > 0


def test_each_day_channel_and_priority_is_what_sql_counts(
    worked: Company, review: WeeklyReview
) -> None:
    query = (
        "SELECT count(*) FROM orders WHERE number LIKE :day AND channel = :channel "
        "AND priority = :rank"
    )
    for row in review.volumes:
        own = {"day": f"{row.day:%Y%m%d}-%", "channel": row.channel, "rank": row.priority.rank}
        assert row.received == counted(worked, query, SECOND, **own)


def test_stages_and_reasons_are_what_sql_counts(worked: Company, review: WeeklyReview) -> None:
    for row in review.stages:
        stage = row.stage.value
        assert row.this.took.count == counted(worked, DONE, SECOND, stage=stage)
        assert row.this.overdue == counted(worked, LATE, SECOND, stage=stage)
        assert row.before.took.count == counted(worked, DONE, FIRST, stage=stage)
        assert row.before.overdue == counted(worked, LATE, FIRST, stage=stage)
    assert sum(row.share or 0 for row in review.stages) == pytest.approx(1)
    late = (
        "SELECT count(*) FROM task WHERE outcome = 'done' AND done_at > due_at "
        "AND done_at >= :start AND done_at < :end "
        "AND substr(overdue_reason, 1, instr(overdue_reason || ':', ':') - 1) = :code"
    )
    for why in review.reasons:
        assert why.count == counted(worked, late, SECOND, code=why.code)
    assert {why.code for why in review.reasons} == {"peak_volume", "short_staffed", "other"}


def test_exceptions_are_what_sql_counts(worked: Company, review: WeeklyReview) -> None:
    found = review.troubles
    assert found.opened == counted(worked, OPENED, SECOND) > 5
    assert found.before == counted(worked, OPENED, FIRST) > 5
    for row in found.kinds:
        own = OPENED + " AND kind = :kind"
        kind = row.kind.value
        assert row.opened == counted(worked, own, SECOND, kind=kind)
        assert row.before == counted(worked, own, FIRST, kind=kind)
        still = own + " AND resolved_at IS NULL"
        assert row.open == counted(worked, still, SECOND, kind=kind)
        for path, count in row.paths.items():
            ended = own + " AND path = :path"
            assert count == counted(worked, ended, SECOND, kind=kind, path=path.value)


def test_causes_are_what_sql_counts(worked: Company, review: WeeklyReview) -> None:
    found = review.troubles
    short = OPENED + " AND json_extract(detail, '$.short.C') IS NOT NULL"
    assert found.count("shortage:C") == counted(worked, short, SECOND) > 1
    lacking = OPENED + " AND kind = 'information' AND channel = 'EC'"
    assert found.count("field:address@EC") == counted(worked, lacking, SECOND) > 1
    late = OPENED + " AND kind = 'carrier_delay'"
    told = sum(found.counts("carrier").values())
    assert told == counted(worked, late, SECOND) > 1
    overdue = counted(worked, LATE, SECOND, stage="preparation")
    assert found.count("overdue:preparation") == overdue > 1


def test_causes_that_came_back_are_marked() -> None:
    assert Cause("other", 2, 0).repeated
    assert Cause("other", 1, 1).repeated
    assert not Cause("other", 1, 0).repeated
    assert not Cause("other", 0, 3).repeated


def test_carriers_are_what_sql_counts(worked: Company, review: WeeklyReview) -> None:
    names = {"顺丰": ("SF", "顺丰"), CARRIERS[-1]: (CARRIERS[-1],)}
    signed = SHIPPED + " AND signed_at IS NOT NULL"
    assert {row.carrier for row in review.carriers} == set(names)
    for row in review.carriers:
        known = names[row.carrier]
        assert row.parcels == sum(counted(worked, SHIPPED, SECOND, carrier=one) for one in known)
        assert row.signed == sum(counted(worked, signed, SECOND, carrier=one) for one in known)


@pytest.mark.parametrize("monday", [FIRST, SECOND])
def test_the_hours_hold_every_task_of_the_week(worked: Company, monday: date) -> None:
    began = (
        "SELECT count(*) FROM task WHERE started_at >= :start AND started_at < :end "
        "AND outcome IS NOT 'withdrawn' AND stage = :stage"
    )
    found = weekly(worked.workplace.settings, monday, worked.now).staffing
    for stage in {row.stage for row in found.hours}:
        hours = [row for row in found.hours if row.stage is stage]
        done = counted(worked, DONE, monday, stage=stage.value)
        came = counted(worked, began, monday, stage=stage.value)
        assert sum(row.completed for row in hours) == done
        assert sum(row.arrived for row in hours) == came
    assert found.worked_days == (7 if monday == FIRST else 5)


def test_what_comes_at_night_waits_for_the_first_hour_of_the_shift(quiet: Company) -> None:
    for night in (0, 17, 18):  # UTC: 08:00, then 01:00 and 02:00 of the next day at the site
        quiet.now = MONDAY.replace(hour=night)
        quiet.ordered(Stage.REVIEW)
    quiet.later(hours=12)
    (review,) = weekly(quiet.workplace.settings, FIRST, quiet.now).staffing.hours
    assert (review.stage, review.hour, review.arrived) == (Stage.REVIEW, 8, 3)


def test_what_comes_while_the_house_is_closed_is_of_the_week_that_works_it(quiet: Company) -> None:
    days = ["monday", "tuesday", "wednesday", "thursday", "friday"]
    shift = {"name": "day", "start": time(9), "end": time(17), "days": days}
    closed = {"extra_holidays": [SECOND + timedelta(days=n) for n in range(5)]}
    settings = parse({"shifts": [shift], "calendar": closed})
    quiet.now = datetime(2026, 11, 27, 8, tzinfo=UTC)  # Friday, an hour before the shift ends
    for wait in (1, 2, 3, 3):  # then Saturday, a Monday on which nobody works, its Thursday
        number = quiet.order()
        quiet.later(days=wait)
    quiet.finish(quiet.order(), Stage.REVIEW)  # on the Sunday, when somebody comes in for it
    quiet.later(days=2)
    quiet.finish(number, Stage.REVIEW, reason="other")
    weeks = [FIRST, SECOND, date(2026, 12, 7)]
    found = [weekly(settings, monday, quiet.now).staffing.hours for monday in weeks]
    came = [[(row.stage, row.hour, row.arrived) for row in rows if row.arrived] for rows in found]
    review, allocation = Stage.REVIEW, Stage.ALLOCATION
    assert came == [
        [(review, 16, 1)],
        [(review, 9, 1)],
        [(review, 9, 3), (allocation, 9, 1), (allocation, 16, 1)],
    ]


def test_a_split_order_came_in_once_and_lacked_once(quiet: Company) -> None:
    quiet.stock(A=1)
    first = quiet.ordered(Stage.ALLOCATION, lines=[("A", 1), ("C", 5)])
    quiet.finish(first, Stage.ALLOCATION)
    quiet.later(days=2)
    rest = _split(quiet, first)
    quiet.bring(first, None)
    quiet.arrive(C=2)
    quiet.later(days=7)
    last = _split(quiet, rest)
    quiet.bring(rest, None)
    quiet.resolve("boss", last, ExceptionPath.CANCEL, note="no more")
    settings = quiet.workplace.settings
    this, following = (weekly(settings, day, quiet.now) for day in (FIRST, SECOND))
    flows = [together(review.volumes) for review in (this, following)]
    assert [(one.received, one.completed, one.cancelled) for one in flows] == [(1, 1, 0), (0, 0, 0)]
    assert (this.troubles.opened, following.troubles.opened) == (1, 0)
    assert (this.troubles.count("shortage:C"), following.troubles.count("shortage:C")) == (1, 0)


def test_what_a_rest_lacks_later_is_met_anew(quiet: Company) -> None:
    quiet.stock(A=1)
    number = quiet.ordered(Stage.ALLOCATION, lines=[("A", 1), ("C", 1)])
    quiet.finish(number, Stage.ALLOCATION)
    rest = _split(quiet, number)
    quiet.arrive(C=1)
    quiet.stock(C=0)
    assert quiet.exceptions(rest) == [ExceptionKind.SHORTAGE]
    assert weekly(quiet.workplace.settings, FIRST, quiet.now).troubles.opened == 2


def test_what_comes_back_is_an_order_of_its_own(quiet: Company) -> None:
    quiet.stock(A=1)
    number = quiet.ordered(None)
    quiet.trouble("sales", number, ExceptionKind.CHANGE_REQUEST)
    quiet.resolve("sales", number, ExceptionPath.RETURN, note="too many")
    assert together(weekly(quiet.workplace.settings, FIRST, quiet.now).volumes).received == 2


def test_the_rest_of_an_order_was_asked_for_with_the_whole(quiet: Company) -> None:
    quiet.stock(A=1)
    number = quiet.ordered(Stage.ALLOCATION, lines=[("A", 1), ("C", 6)])
    quiet.finish(number, Stage.ALLOCATION)
    quiet.later(days=6)
    quiet.order(lines=[("A", 1)])
    quiet.later(days=6)
    rest = _split(quiet, number)
    quiet.arrive(C=2)
    quiet.later(days=1)
    _split(quiet, rest)
    found = weekly(quiet.workplace.settings, SECOND, quiet.now).reserves
    (row,) = [one for one in found if one.sku == "C"]
    assert row.suggested is not None
    assert (row.demand, row.days) == (6, 14)
    assert row.suggested.sigma == pytest.approx(statistics.stdev([6] + 13 * [0]))


def _split(company: Company, number: str) -> str:
    """Let the order go on without what it lacks; returns the number of the rest."""
    company.resolve("buyer", number, ExceptionPath.SPLIT, agreed="by phone")
    return company.numbers()[-1]


def test_a_demand_that_is_the_same_every_day_needs_no_reserve(quiet: Company) -> None:
    """The house is closed at weekends; its customers are not, nor is a lead time."""
    for day in range(14):
        quiet.now = MONDAY + timedelta(days=day)
        quiet.order(lines=[("A", 3)])
    settings = parse({"calendar": {"extra_holidays": [date(2026, 11, 26)]}})
    assert weekly(settings, SECOND, quiet.now).reserves == []
    quiet.order(lines=[("A", 4)])  # on the last Sunday, which is of the week as well
    (row,) = weekly(settings, SECOND, quiet.now).reserves
    assert row.suggested is not None
    assert (row.demand, row.days) == (46, 14)
    assert row.suggested.sigma == pytest.approx(statistics.stdev(13 * [3] + [7]))


def test_the_reserve_comes_from_what_was_ordered(worked: Company, review: WeeklyReview) -> None:
    ordered = (
        "SELECT sum(quantity) FROM order_line JOIN orders o ON o.id = order_id WHERE sku = :sku "
        "AND removed_at IS NULL AND cancelled_at IS NULL AND nature <> 'return'"
    )
    assert next(row.sku for row in review.reserves) == "C"
    for row in review.reserves:
        assert row.demand == counted(worked, ordered, SECOND, sku=row.sku)
        assert row.days == 12
        assert row.present == 2
    assert review.reserves[0].short == review.troubles.count("shortage:C")


def test_messages_escalations_and_answers_are_what_sql_counts(worked: Company) -> None:
    (order, *_), at = worked.walk(), datetime(2026, 12, 2, tzinfo=UTC)
    with transaction():
        for level, cause in ((1, EscalationCause.OVERDUE), (2, EscalationCause.UNACKNOWLEDGED)):
            Escalation.insert(
                subject=f"task:{level}", level=level, cause=cause, due_at=at, raised_at=at
            ).execute()
        Message.create(
            key="k", kind=MessageKind.SURVEY, order=order.id, facts="{}", queued_at=at,
            due_at=at, next_try_at=None, given_up_at=at,
        )  # fmt: skip
        SurveyReply.insert(
            order=order.id, speed=2, accuracy=5, service=4, comment="", at=at
        ).execute()
    found = weekly(worked.workplace.settings, SECOND, worked.now)
    assert [(row.level, row.count) for row in found.escalations] == [(1, 1), (2, 1)]
    assert found.escalations_before == []
    for row in found.messages:
        assert row.queued == counted(worked, QUEUED, SECOND, kind=row.kind.value)
    assert sum(row.given_up for row in found.messages) == 1
    assert found.scores.replies == 1
    assert (found.scores.speed, found.scores.accuracy, found.scores.service) == (2, 5, 4)


def test_it_reads_no_history(worked: Company) -> None:
    with asked() as selects:
        weekly(worked.workplace.settings, SECOND, worked.now)
    small = {"product", "measure", "staff"}
    assert read_whole(scans(selects)) <= small


def test_an_empty_week_is_told_as_empty(quiet: Company) -> None:
    found = weekly(quiet.workplace.settings, FIRST, quiet.now)
    assert not found.complete
    assert (found.volumes, found.stages, found.reasons, found.carriers) == ([], [], [], [])
    assert (found.troubles.kinds, found.troubles.causes, found.reserves) == ([], [], [])
    assert (found.staffing.hours, found.staffing.worked_days) == ([], 0)
    assert found.scores.replies == 0
    assert weekly(quiet.workplace.settings, FIRST, quiet.now + timedelta(days=7)).complete


def test_a_stage_takes_what_its_clock_counts_without_its_pauses(quiet: Company) -> None:
    took = []
    for minutes in (10, 20, 45):
        number = quiet.order()
        quiet.later(minutes=minutes)
        quiet.finish(number, Stage.REVIEW)
        took.append(minutes)
    paused = quiet.order()
    quiet.later(minutes=5)
    quiet.trouble("rev", paused, ExceptionKind.CHANGE_REQUEST)
    quiet.later(minutes=30)
    quiet.resolve("sales", paused, ExceptionPath.REFUSE, note="no")
    quiet.later(minutes=7)
    quiet.finish(paused, Stage.REVIEW)
    (row, *_) = weekly(quiet.workplace.settings, FIRST, quiet.now).stages
    took.append(12)
    assert row.this.took.count == 4
    assert row.this.took.median == timedelta(minutes=statistics.median(took))
    ninth = statistics.quantiles(took, n=10, method="inclusive")[8]
    assert row.this.took.p90 == timedelta(minutes=ninth)


def test_a_night_is_no_working_time(quiet: Company) -> None:
    number = quiet.order()
    quiet.later(days=1)
    quiet.finish(number, Stage.REVIEW, reason="peak_volume")
    (row, *_) = weekly(quiet.workplace.settings, FIRST, quiet.now).stages
    day = quiet.workplace.working_time.between(MONDAY, quiet.now, "working")
    assert row.this.took.median == day < timedelta(days=1)
    assert row.this.rate == 1


def test_what_is_open_and_late_is_told_beside_what_is_done(quiet: Company) -> None:
    quiet.ordered(Stage.REVIEW)
    quiet.later(hours=2)
    (row,) = weekly(quiet.workplace.settings, FIRST, quiet.now).stages
    assert (row.this.took.count, row.this.rate, row.still_late) == (0, None, 1)


def test_a_week_in_which_the_clocks_change_loses_no_hour(quiet: Company) -> None:
    settings = quiet.workplace.settings
    berlin = type(settings)(
        **{name: getattr(settings, name) for name in settings.__struct_fields__}
        | {"site": type(settings.site)("", "Europe/Berlin", "EUR")}
    )
    assert isinstance(berlin, Settings)
    week = week_of(date(2026, 10, 19), berlin.site.zone)
    moments = [week.start, week.end - timedelta(milliseconds=1), week.end]
    for serial, at in enumerate(moments):
        quiet.order()
        with transaction():
            Task.update(started_at=at, done_at=at, done_by="rev", outcome="done").where(
                Task.id == serial + 1
            ).execute()
    found = weekly(berlin, date(2026, 10, 25), quiet.now)
    (review,) = found.stages
    assert review.this.took.count == 2
    hours = [(row.hour, row.arrived, row.completed) for row in found.staffing.hours]
    assert hours == [(0, 0, 1), (8, 2, 0), (23, 0, 1)]
    (after,) = weekly(berlin, date(2026, 10, 26), quiet.now).stages
    assert (after.this.took.count, after.before.took.count) == (1, 2)


def on_its_way(company: Company, carrier: str = "顺丰", hours: float = 24) -> str:
    """An order whose only parcel is promised for so many hours from now."""
    company.stock(A=9)
    number = company.ordered(Stage.SHIPPING)
    eta = company.now + timedelta(hours=hours)
    company.finish(number, Stage.SHIPPING, carrier=carrier, waybill=f"W{number}", eta=eta)
    return number


def goes_on(company: Company, number: str) -> None:
    """A late parcel goes on with another carrier."""
    eta = company.now + timedelta(days=1)
    told: Any = {"carrier": "德邦", "waybill": "D1", "eta": eta, "told": "by phone"}
    company.resolve("exc", number, ExceptionPath.RECARRY, **told)


def carrier_rows(company: Company) -> dict[str, CarrierRow]:
    found = weekly(company.workplace.settings, FIRST, company.now).carriers
    return {row.carrier: row for row in found}


def test_a_new_carrier_is_not_late_for_the_old_one(quiet: Company) -> None:
    number = on_its_way(quiet, "顺丰")
    quiet.later(hours=50)
    escalations.pass_clock(quiet.workplace)
    goes_on(quiet, number)
    quiet.later(hours=12)
    quiet.finish(number, Stage.TRACKING, reason="carrier_late")
    found = carrier_rows(quiet)
    assert (found["顺丰"].beyond, found["顺丰"].delays) == (1, 1)
    assert (found["德邦"].beyond, found["德邦"].delays) == (0, 0)
    assert found["德邦"].median_days == 0.5


def test_a_label_that_was_kept_as_shipped_with_the_first_one_is_not_blamed(quiet: Company) -> None:
    number = on_its_way(quiet, "顺丰")
    quiet.later(hours=50)
    escalations.pass_clock(quiet.workplace)
    goes_on(quiet, number)
    with transaction():
        Shipment.update(shipped_at=MONDAY).execute()
    assert {name: row.delays for name, row in carrier_rows(quiet).items()} == {"顺丰": 1, "德邦": 0}


def test_a_parcel_that_was_sped_up_is_late_all_the_same(quiet: Company) -> None:
    late, early = on_its_way(quiet, hours=24), on_its_way(quiet, hours=72)
    parcels.add_parcel(quiet.workplace, "ship", late, "W2")
    quiet.later(hours=50)
    escalations.pass_clock(quiet.workplace)
    for number in (late, early):
        eta = quiet.now + timedelta(days=2)
        quiet.resolve("exc", number, ExceptionPath.EXPEDITE, eta=eta, told="by phone")
    assert carrier_rows(quiet)["顺丰"].beyond == 2
    quiet.later(hours=10)
    for number in (late, early):
        quiet.finish(number, Stage.TRACKING, reason="carrier_late")
    assert carrier_rows(quiet)["顺丰"].beyond == 2


def test_what_was_promised_is_read_by_index(quiet: Company) -> None:
    number = on_its_way(quiet)
    quiet.later(hours=50)
    escalations.pass_clock(quiet.workplace)
    eta = quiet.now + timedelta(days=2)
    quiet.resolve("exc", number, ExceptionPath.EXPEDITE, eta=eta, told="by phone")
    with asked() as selects:
        carrier_rows(quiet)
    (promises,) = [sql for sql in selects if '"event"' in sql]
    assert scans([promises]) == set()


def test_a_carrier_is_one_by_all_its_names(quiet: Company) -> None:
    for name in ("顺丰", "顺丰速运", "SF", "Speedy"):
        on_its_way(quiet, name)
    quiet.later(hours=50)
    escalations.pass_clock(quiet.workplace)
    found = carrier_rows(quiet)
    assert {name: (row.parcels, row.delays) for name, row in found.items()} == {
        "顺丰": (3, 3),
        "Speedy": (1, 1),
    }
    until = date(2026, 11, 27)
    measures.agree(quiet.workplace, "boss", FIRST, "carrier:SF", "call them", "exc", until)
    review = weekly(quiet.workplace.settings, FIRST, quiet.now)
    assert [Measure.get().baseline, *(row.baseline for row in review.agreed)] == [3, 3]
    assert review.troubles.count("carrier:顺丰速运") == 3


def test_few_parcels_have_no_share() -> None:
    assert CarrierRow("SF", 4, 4, 1.0, 2, 0).share is None
    assert CarrierRow("SF", 5, 4, 1.0, 2, 0).share == 0.4


def test_a_measure_is_judged_by_the_next_weeks_figures(quiet: Company) -> None:
    workplace = quiet.workplace
    for _ in range(4):
        quiet.finish(quiet.ordered(Stage.ALLOCATION), Stage.ALLOCATION)
    quiet.later(days=1)
    for cause in ("shortage:A", "carrier:SF", "talk more"):
        measures.agree(workplace, "boss", FIRST, cause, "do it", "buyer", date(2026, 11, 27))
    measures.agree(workplace, "boss", FIRST, "shortage:A", "later", "buyer", date(2026, 12, 30))
    this = weekly(workplace.settings, FIRST, quiet.now)
    assert [row.baseline for row in this.agreed] == [4, 0, 0, 4]
    assert this.followed == []
    quiet.later(days=7)
    for count, verdict in ((0, Verdict.FELL), (1, Verdict.FELL), (3, Verdict.NOT_FALLEN)):
        while count > _shortages(quiet):
            quiet.finish(quiet.ordered(Stage.ALLOCATION), Stage.ALLOCATION)
        found = weekly(workplace.settings, SECOND, quiet.now + timedelta(days=7)).followed
        told = {(row.measure.text, row.measure.cause): row for row in found}
        assert told["do it", "shortage:A"].verdict is verdict
        assert told["do it", "shortage:A"].count == count
        assert told["do it", "talk more"].verdict is Verdict.NOT_COMPARABLE
        assert told["do it", "carrier:SF"].verdict is Verdict.NOT_COMPARABLE
        assert told["do it", "carrier:SF"].measure.overdue
    assert told["later", "shortage:A"].verdict is Verdict.TOO_EARLY
    measures.finish(workplace, "boss", 1, MeasureOutcome.WORKED)
    done = weekly(workplace.settings, SECOND, quiet.now).followed
    assert [row.measure.outcome for row in done if row.measure.id == 1] == ["worked"]


def test_a_measure_agreed_on_early_is_judged_by_all_of_its_week(quiet: Company) -> None:
    """Three were short by Tuesday, when it was agreed on, and one more came on each other day."""
    settings, until = quiet.workplace.settings, date(2026, 11, 27)
    for day in (1, 1, 1, 2, 3, 7, 8):
        quiet.now = MONDAY + timedelta(days=day)
        quiet.finish(quiet.ordered(Stage.ALLOCATION), Stage.ALLOCATION)
        if len(quiet.numbers()) == 3:
            measures.agree(quiet.workplace, "boss", FIRST, "shortage:A", "do", "buyer", until)
    quiet.later(days=7)
    (own,) = weekly(settings, FIRST, quiet.now).agreed
    (told,) = weekly(settings, SECOND, quiet.now).followed
    assert (own.baseline, told.measure.baseline) == (5, 5)
    assert (told.count, told.verdict) == (2, Verdict.FELL)


def test_an_old_measure_stands_in_the_review_of_the_week_that_finished_it(quiet: Company) -> None:
    settings, until = quiet.workplace.settings, date(2027, 2, 26)
    measures.agree(quiet.workplace, "boss", FIRST, "shortage:A", "do", "buyer", until)
    quiet.later(days=7 * 11)
    measures.finish(quiet.workplace, "boss", 1, MeasureOutcome.WORKED)
    week = quiet.now.date()
    days = [week + timedelta(days=7 * n) for n in (-10, -1, 0, 1)]
    found = [len(weekly(settings, day, quiet.later(days=7)).followed) for day in days]
    assert found == [1, 1, 1, 0]


def test_no_measure_has_worked_before_the_week_is_over(quiet: Company) -> None:
    settings = quiet.workplace.settings
    quiet.finish(quiet.ordered(Stage.ALLOCATION), Stage.ALLOCATION)
    until = date(2026, 11, 27)
    measures.agree(quiet.workplace, "boss", FIRST, "shortage:A", "do it", "buyer", until)
    for days, verdict in ((7, Verdict.TOO_EARLY), (14, Verdict.FELL)):
        (told,) = weekly(settings, SECOND, quiet.now + timedelta(days=days)).followed
        assert told.verdict is verdict


def _shortages(company: Company) -> int:
    return int(counted(company, OPENED, SECOND))


def test_hostile_names_are_only_names(quiet: Company) -> None:
    name = "'; DROP TABLE orders; -- \x1b[31m"
    number = quiet.bring(quiet.order(customer_name=name), Stage.ALLOCATION)
    quiet.stock(A=5)
    quiet.bring(number, Stage.SHIPPING)
    quiet.finish(number, Stage.SHIPPING, carrier=name, waybill="1")
    (carrier,) = weekly(quiet.workplace.settings, FIRST, quiet.now).carriers
    assert carrier.carrier == name.strip()
    assert Order.select().count() == 1
