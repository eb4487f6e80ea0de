"""Orders come in: numbered, known again, and never silently overwritten."""

from datetime import UTC, datetime, timedelta

import pytest

from orderterm.errors import Refusal
from orderterm.rules.drafts import CustomerDraft, LineDraft
from orderterm.store.connection import transaction
from orderterm.store.tables import Event, Order, OrderLine, OrderSerial
from orderterm.terms import (
    ChannelStatus,
    Condition,
    ExceptionKind,
    ExceptionPath,
    Nature,
    Priority,
    Stage,
    Tag,
)
from orderterm.workflow import known, orders, receiving, registers, serials
from orderterm.workflow.arrivals import Source
from tests.contract.company import MONDAY, Company

ELSEWHERE = "上海市浦东新区世纪大道1号"


def test_a_new_order_waits_for_review(company: Company) -> None:
    promise = MONDAY + timedelta(days=1)
    result = company.receive(
        company.draft(shop="旗舰店", ship_by=promise, note="轻放", lines=[("A", 2), ("B", 1)])
    )
    assert result.new == ["20261123-EC-001"]
    order = company.row("20261123-EC-001")
    assert (order.channel, order.channel_kind, order.shop) == ("EC", "ecommerce", "旗舰店")
    assert (order.nature, order.condition) == (Nature.STANDARD, Condition.PENDING_REVIEW)
    assert (order.received_at, order.ship_by) == (MONDAY, promise)
    assert company.lines("20261123-EC-001") == [("A", 2), ("B", 1)]
    assert company.task("20261123-EC-001", Stage.REVIEW).due_at == MONDAY + timedelta(hours=1)


def test_an_unknown_channel_and_a_person_who_may_not(company: Company) -> None:
    with pytest.raises(Refusal, match=r"no channel XX: add \[channels.XX\]"):
        company.receive(company.draft(), channel="XX")
    source = Source("EC")
    with pytest.raises(Refusal, match="may not do this"):
        receiving.receive(company.workplace, "ship", source, [company.draft()])


# -- numbers --------------------------------------------------------------------------------------


def test_each_channel_counts_for_itself(company: Company) -> None:
    company.receive(company.draft(), company.draft())
    company.receive(company.draft(), channel="ST")
    company.receive(company.draft())
    assert company.numbers() == [
        "20261123-EC-001",
        "20261123-EC-002",
        "20261123-ST-001",
        "20261123-EC-003",
    ]


def test_the_serial_grows_past_three_digits(company: Company) -> None:
    company.order()
    with transaction():
        OrderSerial.update(last=998).execute()
    result = company.receive(*(company.draft() for _ in range(3)))
    assert [number[-5:] for number in result.new] == ["C-999", "-1000", "-1001"]


@pytest.mark.parametrize(
    ("moment", "day"),
    [("2026-11-23T15:59:59", "20261123"), ("2026-11-23T16:00:00", "20261124")],
)
def test_the_day_is_the_sites(company: Company, moment: str, day: str) -> None:
    company.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert company.order() == f"{day}-EC-001"


# -- known again ----------------------------------------------------------------------------------


def test_the_same_order_is_known_however_often_it_comes(company: Company) -> None:
    draft = company.draft()
    first = company.receive(draft, draft)
    assert (len(first.new), first.known) == (1, 1)
    again = company.receive(draft)
    assert (again.new, again.known, again.changed) == ([], 1, [])
    assert Order.select().count() == 1
    assert Event.select().where(Event.order_number.is_null(False)).count() == 1


def test_shops_and_channels_have_numbers_of_their_own(company: Company) -> None:
    draft = company.draft(shop="one")
    company.receive(draft)
    draft.shop = "two"
    assert len(company.receive(draft).new) == 1
    assert len(company.receive(draft, channel="ST").new) == 1


def test_an_order_without_a_number_is_known_by_its_content(company: Company) -> None:
    draft = company.draft(channel_order_number="")
    assert len(company.receive(draft).new) == 1
    assert company.receive(draft).known == 1
    draft.lines[0].quantity = 7
    assert len(company.receive(draft).new) == 1


def test_spelling_is_no_change(company: Company) -> None:
    draft = company.draft()
    company.receive(draft)
    draft.address = "杭州市 西湖区 文三路 478号"
    assert company.receive(draft).known == 1


def test_what_is_unpaid_closed_or_gone_is_skipped_and_counted(company: Company) -> None:
    statuses = (ChannelStatus.UNPAID, ChannelStatus.CANCELLED, ChannelStatus.SHIPPED)
    result = company.receive(*(company.draft(status=status) for status in statuses))
    assert result.new == []
    assert result.skipped == dict.fromkeys(statuses, 1)
    paid = company.draft(status=ChannelStatus.UNPAID)
    company.receive(paid)
    paid.status = ChannelStatus.OPEN
    assert len(company.receive(paid).new) == 1


def test_a_later_row_of_the_same_batch_is_not_lost(company: Company) -> None:
    draft = company.draft()
    cancelled = company.draft(
        channel_order_number=draft.channel_order_number, status=ChannelStatus.CANCELLED
    )
    result = company.receive(draft, cancelled)
    assert result.new == result.changed
    assert company.exceptions(result.new[0]) == [ExceptionKind.CHANGE_REQUEST]


def test_a_change_told_twice_in_a_batch_is_one_change(company: Company) -> None:
    draft = company.draft()
    (number,) = company.receive(draft).new
    draft.address = ELSEWHERE
    result = company.receive(draft, draft)
    assert (result.changed, result.known) == ([number], 1)
    assert [kind for _, kind in company.events(number)] == ["received", "exception_raised"]


def test_an_older_status_overwrites_nothing(company: Company) -> None:
    company.stock(A=1)
    draft = company.draft()
    (number,) = company.receive(draft).new
    company.bring(number, Stage.TRACKING)
    draft.status = ChannelStatus.SHIPPED
    assert company.receive(draft, draft).known == 2
    assert company.row(number).channel_status is ChannelStatus.SHIPPED
    assert company.events(number).count(("admin", "channel_status")) == 1
    draft.status, draft.address = ChannelStatus.OPEN, ELSEWHERE
    result = company.receive(draft)
    assert (result.known, result.not_overwritten) == (1, 1)
    assert company.row(number).channel_status is ChannelStatus.SHIPPED


def test_an_export_that_says_it_is_older_overwrites_nothing(company: Company) -> None:
    draft = company.draft()
    (number,) = company.receive(draft, exported_at=MONDAY).new
    draft.address = ELSEWHERE
    for source in ({"exported_at": MONDAY - timedelta(hours=1)}, {"older": True}):
        assert company.receive(draft, **source).not_overwritten == 1
    assert company.exceptions(number) == []
    assert company.receive(draft, exported_at=MONDAY + timedelta(hours=1)).changed == [number]


def test_back_and_forth_without_times_is_taken_for_older(company: Company) -> None:
    draft = company.draft()
    (number,) = company.receive(draft).new
    here, draft.address = draft.address, ELSEWHERE
    assert company.receive(draft).changed == [number]
    draft.address = here
    assert company.receive(draft).not_overwritten == 1
    assert company.exceptions(number) == [ExceptionKind.CHANGE_REQUEST]


def test_back_and_forth_with_times_takes_the_request_back(company: Company) -> None:
    draft = company.draft(updated_at=MONDAY)
    (number,) = company.receive(draft).new
    here, draft.address = draft.address, ELSEWHERE
    draft.updated_at = MONDAY + timedelta(minutes=1)
    company.receive(draft)
    draft.address, draft.updated_at = here, MONDAY + timedelta(minutes=2)
    assert company.receive(draft).known == 1
    assert company.exceptions(number) == []
    assert company.condition(number) is Condition.PENDING_REVIEW
    draft.address, draft.updated_at = ELSEWHERE, MONDAY + timedelta(minutes=3)
    assert company.receive(draft).changed == [number]


def test_a_request_made_by_hand_is_not_taken_back_by_the_channel(company: Company) -> None:
    draft = company.draft(updated_at=MONDAY)
    (number,) = company.receive(draft).new
    company.trouble("sales", number, ExceptionKind.CHANGE_REQUEST, fields={"note": "x"})
    draft.address = "杭州市 西湖区 文三路 478号"
    draft.updated_at = MONDAY + timedelta(minutes=2)
    company.receive(draft)
    assert company.exceptions(number) == [ExceptionKind.CHANGE_REQUEST]


def test_falling_behind_is_seen_over_a_whole_file(company: Company) -> None:
    drafts = [company.draft() for _ in range(3)]
    company.receive(*drafts)
    keyed = [(draft, draft.channel_order_number) for draft in drafts]
    assert not known.falls_behind("EC", keyed)
    drafts[1].status = ChannelStatus.UNPAID
    assert known.falls_behind("EC", keyed)
    assert not known.falls_behind("ST", keyed)


def test_an_accepted_change_is_what_later_exports_are_held_against(company: Company) -> None:
    draft = company.draft()
    (number,) = company.receive(draft).new
    draft.address = ELSEWHERE
    company.receive(draft)
    company.resolve("sales", number, ExceptionPath.ACCEPT)
    draft.address = ELSEWHERE + "2室"
    assert company.receive(draft).changed == [number]


# -- what can't be kept ---------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [None, 0, -3, 10**6 + 1, 10**30])
def test_an_impossible_quantity_is_asked_for(company: Company, pieces: int | None) -> None:
    number = company.order(lines=[("A", pieces)])
    assert company.exceptions(number) == [ExceptionKind.INFORMATION]
    assert OrderLine.get().quantity is None


def test_an_impossible_price_is_not_kept(company: Company) -> None:
    number = company.order()
    draft = company.draft()
    draft.lines = [LineDraft("A", "Product A", "", 1, 10**30)]
    company.receive(draft)
    assert [line.unit_price for line in OrderLine.select().order_by(OrderLine.id)] == [100, None]
    assert company.condition(number) is Condition.PENDING_REVIEW


# -- tags, levels, surge --------------------------------------------------------------------------


def test_tags_and_their_rule_are_kept(company: Company) -> None:
    number = company.order(special_request="加急, 发顺丰")
    order = company.row(number)
    assert order.tags == (Tag.EXPEDITED, Tag.PREFERRED_CARRIER)
    assert (order.preferred_carrier, order.priority_rule) == ("顺丰", "expedited")
    assert company.task(number, Stage.REVIEW).priority is Priority.URGENT


def test_a_customers_level_is_known_by_contact_and_name(company: Company) -> None:
    known_one = CustomerDraft("王小明", "138 0013 8000", "钻石级")
    registers.keep_customers(company.workplace, "sales", [known_one])
    same, other = company.order(), company.order(customer_name="李四")
    assert company.row(same).priority is Priority.HIGH
    assert company.row(same).customer_level == "钻石级"
    assert company.row(other).priority is Priority.NORMAL


def usual_days(orders_a_day: int) -> None:
    """A week on which so many orders came each day."""
    with transaction():
        for days in range(1, 8):
            day = (MONDAY - timedelta(days=days)).date().isoformat()
            OrderSerial.create(channel="EC", day=day, last=orders_a_day)


def test_a_surge_makes_the_day_urgent_what_came_before_as_well(company: Company) -> None:
    usual_days(1)
    company.stock(A=1)
    gone = company.ordered(Stage.TRACKING)
    chosen, early = company.order(), company.order()
    orders.set_priority(company.workplace, "boss", chosen, Priority.LOW, reason="so")
    assert company.row(early).priority is Priority.NORMAL
    turning = company.order()
    for number in (early, turning, company.order()):
        assert company.row(number).priority_rule == "surge_day"
        assert company.task(number, Stage.REVIEW).priority is Priority.URGENT
    assert company.row(chosen).priority is Priority.LOW
    assert company.row(gone).priority is Priority.NORMAL
    assert company.events(early)[-1] == ("admin", "priority_changed")
    assert len(company.events(early)) == 2
    assert company.flaws() == []


def test_a_surge_within_a_batch_takes_all_of_it(company: Company) -> None:
    usual_days(1)
    result = company.receive(*(company.draft() for _ in range(5)))
    assert {company.row(number).priority for number in result.new} == {Priority.URGENT}


def test_other_channels_have_no_surge(company: Company) -> None:
    usual_days(1)
    result = company.receive(*(company.draft() for _ in range(5)), channel="ST")
    assert {company.row(number).priority for number in result.new} == {Priority.NORMAL}
    day = serials.local_day(company.workplace, MONDAY)
    assert serials.usual(company.workplace, "ST", day) is None
    assert serials.usual(company.workplace, "EC", day) == 1.0
