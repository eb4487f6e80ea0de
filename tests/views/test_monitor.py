"""The monitor against the orders themselves, and what it may cost."""

import re
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from orderterm.rules import deadlines
from orderterm.rules.deadlines import Urgency
from orderterm.rules.working_time import WorkingTime
from orderterm.store import connection
from orderterm.terms import Condition, ExceptionKind, Role, Stage
from orderterm.views.monitor import Light, MonitorView, StageLoad, monitor
from orderterm.views.order import OrderView, StageView
from orderterm.workflow import orders as steps
from orderterm.workflow import registers, stages, undo
from tests.contract.company import Company
from tests.views.plans import asked, read_whole, scans
from tests.views.test_orders import SETTINGS, House, full_house

MOMENTS = [timedelta(0), timedelta(hours=2), timedelta(days=1), timedelta(days=6)]


@pytest.fixture(scope="module")
def house() -> House:
    return full_house()


def seen(company: Company, **given: int) -> MonitorView:
    return monitor(company.workplace.settings, company.now, **given)


def at(view: MonitorView, stage: Stage) -> StageLoad:
    (found,) = [one for one in view.stages if one.stage is stage]
    return found


def urgency(view: OrderView, stage: StageView, now: datetime) -> Urgency:
    """How near a stage is to its due time, told from the whole order."""
    if stage.paused:
        return Urgency.ON_TIME
    limit = deadlines.stage_limit(stage.stage, view.priority, view.nature, SETTINGS.limits)
    clocks, share = WorkingTime(SETTINGS), SETTINGS.escalation.due_soon
    return deadlines.urgency(clocks, stage.started_at, stage.due_at, limit, now, share)


@pytest.mark.parametrize("later", MOMENTS)
def test_it_counts_what_the_orders_tell(house: House, later: timedelta) -> None:
    connection.use(house.file)
    now = house.now + later
    views, found = house.views(now), monitor(SETTINGS, now)
    opened = [(view, one) for view in views for one in view.stages]
    troubled = [v for v in views if any(e.resolved_at is None for e in v.exceptions)]
    for stage in Stage:
        here = [(view, one) for view, one in opened if one.stage is stage]
        told = at(found, stage)
        assert told.open == len(here)
        assert told.overdue == sum(one.overdue for _, one in here)
        assert told.due_soon == sum(urgency(*it, now) is Urgency.DUE_SOON for it in here)
        homeless = [v for v in troubled if not v.stages] if stage is Stage.REVIEW else []
        assert told.exceptions == sum(view in troubled for view, _ in here) + len(homeless)
        oldest = min((one.started_at for _, one in here), default=None)
        assert (told.oldest and told.oldest.since) == oldest
        if told.oldest:
            assert told.oldest.number in [v.number for v, one in here if one.started_at == oldest]
    for kind in found.exceptions:
        own = [e for v in views for e in v.exceptions if e.kind is kind.kind and not e.resolved_at]
        assert (kind.open, kind.overdue) == (len(own), sum(e.overdue for e in own))
        assert (kind.oldest and kind.oldest.since) == min((e.opened_at for e in own), default=None)
    for channel in found.channels:
        own_orders = [v for v in views if v.channel == channel.channel]
        assert channel.open == sum(bool(v.stages or v in troubled) for v in own_orders)
    late = [f"{v.number} {one.stage}" for v, one in opened if one.overdue]
    late += [f"{v.number} {e.kind}" for v in views for e in v.exceptions if e.overdue]
    assert sorted(late) == sorted(f"{r.number} {r.stage or r.exception}" for r in found.overdue)
    assert found.totals.overdue == len(late)
    assert found.totals.exceptions == sum(one.open for one in found.exceptions)
    assert found.totals.open == sum(one.open for one in found.channels)
    loads = {one.badge: one for one in found.people}
    hers = [one for _, one in opened if one.assignee == "admin"]
    assert (loads["admin"].open, loads["admin"].overdue) == (
        len(hers),
        sum(one.overdue for one in hers),
    )


def test_the_day_so_far_is_what_the_orders_tell(house: House) -> None:
    connection.use(house.file)
    views, found = house.views(house.now), monitor(SETTINGS, house.now)
    assert found.totals.received_today == len(views) == sum(found.arrivals)
    assert {one.channel: one.received_today for one in found.channels} == {"EC": 45, "TM": 15}
    completed = [view.completed_at for view in views if view.condition is Condition.COMPLETED]
    by_hour = [0] * 24
    for moment in completed:
        assert moment is not None
        by_hour[moment.hour] += 1
    assert found.completions == tuple(by_hour)
    assert sum(by_hour) == found.totals.completed_today > 0
    done = [
        (entry.actor, entry.stage)
        for view in views
        for entry in view.timeline
        if entry.kind == "stage_done"
    ]
    for stage in Stage:
        assert at(found, stage).done_today == sum(one is stage for _, one in done)
    (admin,) = [one for one in found.people if one.badge == "admin"]
    assert admin.done_today == sum(actor == "admin" for actor, _ in done)


def test_a_new_day_begins_at_the_site_s_midnight(company: Company) -> None:
    company.stock(A=5)
    company.ordered(None)
    assert (seen(company).arrivals[10], seen(company).completions[10]) == (1, 1)
    company.later(hours=13, minutes=59)  # one minute before midnight
    late = company.ordered(Stage.ALLOCATION)
    today = seen(company)
    assert (today.arrivals[23], today.totals.received_today) == (1, 2)
    assert at(today, Stage.REVIEW).done_today == 2
    company.later(minutes=2)
    tomorrow = seen(company)
    assert (sum(tomorrow.arrivals), sum(tomorrow.completions)) == (0, 0)
    assert tomorrow.totals.open == 1
    assert [(one.channel, one.open, one.received_today) for one in tomorrow.channels] == [
        ("EC", 1, 0)
    ]
    company.finish(late, Stage.ALLOCATION)
    done = {one.stage: one.done_today for one in seen(company).stages if one.done_today}
    assert done == {Stage.ALLOCATION: 1}


def test_a_stage_s_light(company: Company) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.REVIEW)
    assert at(seen(company), Stage.REVIEW).light is Light.YELLOW
    assert at(seen(company), Stage.SHIPPING).light is Light.GREEN
    company.later(hours=2)
    assert at(seen(company), Stage.REVIEW).light is Light.RED
    company.finish(number, Stage.REVIEW, reason="other")
    company.trouble("exc", number, ExceptionKind.OTHER)
    assert at(seen(company), Stage.ALLOCATION).light is Light.RED


def test_the_oldest_is_named_with_who_has_it(company: Company) -> None:
    first = company.ordered(Stage.REVIEW)
    company.later(minutes=1)
    company.ordered(Stage.REVIEW)
    stages.claim(company.workplace, "rev", first)
    oldest = at(seen(company), Stage.REVIEW).oldest
    assert oldest is not None
    assert (oldest.number, oldest.who) == (first, "Rev")
    company.trouble("exc", first, ExceptionKind.OTHER)
    (other,) = [one for one in seen(company).exceptions if one.kind is ExceptionKind.OTHER]
    assert other.oldest is not None
    assert (other.oldest.number, other.oldest.who) == (first, "Exc")


def test_a_person_s_load(company: Company) -> None:
    registers.add_staff(company.workplace, "admin", "gone", "Gone", [Role.REVIEWER])
    first, second = company.ordered(Stage.REVIEW), company.ordered(Stage.REVIEW)
    stages.claim(company.workplace, "rev", first)
    company.confirm("gone", second)
    registers.disable_staff(company.workplace, "admin", "gone")
    company.later(hours=2)
    people = {one.badge: one for one in seen(company).people}
    assert next(iter(people)) == "rev"
    assert (people["rev"].open, people["rev"].overdue, people["rev"].done_today) == (1, 1, 0)
    assert people["gone"].done_today == 1
    assert people["prep"].open == 0
    assert not {"wall", "sales", "orderterm"} & people.keys()


def test_what_was_undone_is_not_done(company: Company) -> None:
    number = company.ordered(Stage.REVIEW)
    company.confirm("rev", number)
    assert at(seen(company), Stage.REVIEW).done_today == 1
    undo.undo(company.workplace, "rev", number, reason="x")
    assert at(seen(company), Stage.REVIEW).done_today == 0


def test_customers_are_masked(company: Company) -> None:
    company.order(customer_name="王小明 13911112222", contact="m.wang@example.com")
    company.order()
    company.later(hours=3)
    first, second = seen(company).overdue
    assert first.customer == "王小明 139****2222"
    assert "wang" not in first.contact
    assert second.contact == "138****8000"
    assert second.address == "杭州市西****"
    whole = str(seen(company))
    assert not re.search(r"13800138000|13911112222|文三路", whole)


def test_the_overdue_list_is_the_first_of_the_queue(company: Company) -> None:
    company.order()
    company.later(minutes=5)
    urgent = company.order(special_request="加急")
    held = company.order()
    steps.hold(company.workplace, "boss", held, reason="x")
    lacking = company.order(contact="")
    company.later(hours=3)
    view = seen(company)
    assert view.overdue[0].number == urgent
    assert held not in {row.number for row in view.overdue}
    (row,) = [row for row in view.overdue if row.number == lacking]
    assert (row.stage, row.exception) == (None, ExceptionKind.INFORMATION)
    one = seen(company, overdue_limit=1)
    assert one.overdue == view.overdue[:1]
    assert one.totals.overdue == 3


def test_a_surge_is_flagged(company: Company) -> None:
    for _ in range(8):
        company.order()
        company.later(days=1)
    assert seen(company).surges == []
    for _ in range(5):
        company.order()
    company.receive(company.draft(), channel="TM")
    assert seen(company).surges == ["EC"]
    assert [(one.channel, one.name) for one in seen(company).channels] == [
        ("EC", "商城"),
        ("TM", "天猫"),
    ]


def test_a_channel_that_left_the_settings_is_still_counted(company: Company) -> None:
    company.order()
    without = replace(company.workplace.settings, channels={})
    (found,) = monitor(without, company.now).channels
    assert (found.channel, found.name, found.open, found.received_today) == ("EC", "EC", 1, 1)


def test_an_empty_house_is_all_green(company: Company) -> None:
    view = seen(company)
    assert {one.light for one in view.stages} == {Light.GREEN}
    assert (view.overdue, view.channels, view.totals.open) == ([], [], 0)
    assert (len(view.arrivals), len(view.completions)) == (24, 24)


def test_no_history_is_read_from_end_to_end(company: Company) -> None:
    company.stock(A=5)
    company.ordered(None)
    company.trouble("exc", company.ordered(Stage.REVIEW), ExceptionKind.OTHER)
    company.later(hours=3)
    with asked() as selects:
        seen(company)
    read = scans(selects)
    assert ("staff", "") in read
    assert read_whole(read) == {"staff"}
