"""What comes later: parcels' journeys, returns, answers, erasure, and the registers."""

from datetime import timedelta

import pytest

from orderterm.errors import Refusal
from orderterm.rules.drafts import CustomerDraft, ProductDraft, SurveyDraft, TrackingDraft
from orderterm.store.tables import (
    Customer,
    Event,
    OrderLine,
    Product,
    Refund,
    Staff,
    SurveyReply,
    Task,
    TrackingUpdate,
)
from orderterm.store.tables import database as the_database
from orderterm.terms import (
    Condition,
    ExceptionKind,
    ExceptionPath,
    Priority,
    Role,
    Stage,
    TrackingState,
)
from orderterm.workflow import escalations, hearing, orders, registers, sending, undo
from orderterm.workflow.parcels import add_parcel
from tests.contract.company import Company


def step(
    company: Company, waybill: str, state: TrackingState = TrackingState.SIGNED, carrier: str = "SF"
) -> TrackingDraft:
    return TrackingDraft(carrier, waybill, state, company.now, "signed by 王小明", row=2)


def shipped(company: Company, waybill: str = "W1", **draft: object) -> str:
    number = company.ordered(Stage.SHIPPING, **draft)
    company.finish(number, Stage.SHIPPING, waybill=waybill)
    return number


# -- tracking -------------------------------------------------------------------------------------


def test_a_signature_finishes_the_tracking(company: Company) -> None:
    company.stock(A=1)
    number = shipped(company)
    company.later(hours=5)
    transit = step(company, "W1", TrackingState.IN_TRANSIT)
    assert hearing.note_tracking(company.workplace, "track", [transit]) == {}
    assert company.stages(number) == [Stage.TRACKING]
    signed = step(company, "W1")
    hearing.note_tracking(company.workplace, "track", [signed])
    assert company.stages(number) == [Stage.CONFIRMATION]
    assert company.parcels(number)[0].signed_at == company.now
    events = company.events(number)
    hearing.note_tracking(company.workplace, "track", [signed, transit])
    assert company.events(number) == events
    assert TrackingUpdate.select().count() == 2
    assert [kind for _, kind in events[-3:]] == ["tracked", "tracked", "stage_done"]


def test_a_late_signature_has_its_reason(company: Company) -> None:
    company.stock(A=1)
    shipped(company)
    company.later(hours=49)
    hearing.note_tracking(company.workplace, "track", [step(company, "W1")])
    assert Task.get(Task.stage == Stage.TRACKING).overdue_reason == "carrier_late"


def test_a_carrier_is_not_blamed_for_the_late_word_of_a_signature(company: Company) -> None:
    company.stock(A=1)
    shipped(company)
    company.later(hours=30)
    signed = step(company, "W1")
    company.later(hours=30)
    hearing.note_tracking(company.workplace, "track", [signed])
    assert Task.get(Task.stage == Stage.TRACKING).overdue_reason == "other"


def test_the_last_of_two_signatures_tells_whether_the_carrier_was_late(company: Company) -> None:
    company.stock(A=1)
    number = shipped(company)
    add_parcel(company.workplace, "ship", number, "W2")
    company.later(hours=1)
    first = step(company, "W1")
    company.later(hours=50)
    hearing.note_tracking(company.workplace, "track", [step(company, "W2")])
    hearing.note_tracking(company.workplace, "track", [first])
    assert Task.get(Task.stage == Stage.TRACKING).overdue_reason == "carrier_late"


def test_a_waybill_nobody_has_shipped_is_said(company: Company) -> None:
    company.stock(A=1)
    shipped(company)
    steps = [step(company, "W9"), step(company, "W1", carrier="YTO")]
    refused = hearing.note_tracking(company.workplace, "track", steps[:1])
    assert str(refused[2]) == "row 2: no parcel has the waybill W9 of SF"
    assert len(hearing.note_tracking(company.workplace, "track", steps[1:])) == 1
    assert (
        hearing.note_tracking(company.workplace, "track", [step(company, "W1", carrier="")]) == {}
    )
    with pytest.raises(Refusal, match="may not do this"):
        hearing.note_tracking(company.workplace, "ship", steps)


def test_orders_in_one_parcel_are_signed_together(company: Company) -> None:
    company.stock(A=2)
    numbers = [shipped(company), shipped(company)]
    hearing.note_tracking(company.workplace, "track", [step(company, "W1")])
    assert [company.stages(number) for number in numbers] == [[Stage.CONFIRMATION]] * 2


def test_a_round_is_signed_with_its_last_parcel(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 2)])
    company.confirm("inv", number, partial=True)
    company.finish(number, Stage.PREPARATION)
    company.finish(number, Stage.SHIPPING, waybill="W1")
    company.stock(A=1)
    company.finish(number, Stage.PREPARATION)
    company.finish(number, Stage.SHIPPING, waybill="W2")
    assert company.stages(number) == [Stage.TRACKING]
    hearing.note_tracking(company.workplace, "track", [step(company, "W1")])
    assert company.stages(number) == [Stage.TRACKING]
    first = company.now
    company.later(hours=1)
    hearing.note_tracking(company.workplace, "track", [step(company, "W2")])
    assert company.stages(number) == [Stage.CONFIRMATION]
    assert [parcel.signed_at for parcel in company.parcels(number)] == [first, company.now]


def test_a_signature_during_a_hold_is_kept_for_later(company: Company) -> None:
    company.stock(A=1)
    number = shipped(company)
    orders.hold(company.workplace, "boss", number, reason="so")
    hearing.note_tracking(company.workplace, "track", [step(company, "W1")])
    signed = company.now
    assert company.stages(number) == [Stage.TRACKING]
    company.later(hours=1)
    orders.release(company.workplace, "boss", number)
    company.confirm("track", number)
    assert company.parcels(number)[0].signed_at == signed


def test_the_label_that_was_replaced_tells_nothing_more(company: Company) -> None:
    company.stock(A=1)
    number = shipped(company)
    company.trouble("track", number, ExceptionKind.CARRIER_DELAY)
    company.resolve(
        "exc",
        number,
        ExceptionPath.RECARRY,
        carrier="YTO",
        waybill="Y1",
        eta=company.now,
        told="by phone",
    )
    assert len(hearing.note_tracking(company.workplace, "track", [step(company, "W1")])) == 1
    hearing.note_tracking(company.workplace, "track", [step(company, "Y1", carrier="YTO")])
    assert company.stages(number) == [Stage.CONFIRMATION]


# -- returns --------------------------------------------------------------------------------------


def test_what_comes_back_is_put_on_the_shelf_or_scrapped(company: Company) -> None:
    number = company.ordered(Stage.RECEIVING, nature="退货", lines=[("A", 3), ("A", 1), ("B", 1)])
    company.confirm("inv", number, restock={"A": 2}, scrap={"A": 1, "B": 1})
    assert company.level("A") == (2, 0)
    assert company.level("B") == (0, 0)
    company.confirm("fin", number, reference="R1")
    refund = Refund.get()
    assert (refund.amount, refund.currency, refund.reference) == (400, "CNY", "R1")
    company.bring(number, None)


@pytest.mark.parametrize(
    "given", [{"restock": {"A": 3}}, {"restock": {"A": 2}, "scrap": {"A": 1}}, {"scrap": {"B": 1}}]
)
def test_no_more_comes_back_than_was_announced(company: Company, given: dict[str, object]) -> None:
    number = company.ordered(Stage.RECEIVING, nature="退货", lines=[("A", 2)])
    with pytest.raises(Refusal, match="correct the figures"):
        company.confirm("inv", number, **given)
    with pytest.raises(Refusal, match="correct the figures"):
        company.confirm("inv", number, restock={"A": -1})
    assert company.level("A") == (0, 0)


def test_a_refund_without_prices_needs_an_amount(company: Company) -> None:
    number = company.ordered(Stage.REFUND, nature="退货")
    OrderLine.update(unit_price=None).execute()
    with pytest.raises(Refusal, match="how much was refunded"):
        company.confirm("fin", number)
    with pytest.raises(Refusal, match="how much was refunded"):
        company.confirm("fin", number, amount=-1)
    company.confirm("fin", number, amount=99)
    assert Refund.get().amount == 99


def test_what_came_back_goes_to_who_waits_for_it(company: Company) -> None:
    waiting = company.ordered(Stage.ALLOCATION)
    company.confirm("inv", waiting)
    back = company.ordered(Stage.RECEIVING, nature="退货")
    company.finish(back, Stage.RECEIVING)
    assert company.held(waiting) == {"A": 1}
    assert company.stages(waiting) == [Stage.PREPARATION]


def test_what_was_inspected_is_not_expected_again(company: Company) -> None:
    number = company.ordered(Stage.REFUND, nature="退货", lines=[("A", 2)])
    orders.cancel(company.workplace, "boss", number, reason="so")
    undo.undo(company.workplace, "boss", number, reason="so")
    company.bring(number, Stage.REFUND)
    assert company.level("A") == (2, 0)


# -- answers --------------------------------------------------------------------------------------


def answer(number: str, speed: int = 5, comment: str = "") -> SurveyDraft:
    return SurveyDraft(number, speed, 4, 3, comment, row=2)


def test_an_answer_is_kept_and_a_second_one_takes_its_place(company: Company) -> None:
    company.stock(A=1)
    number = shipped(company)
    before = company.events(number)
    for draft in (answer(number), answer(number), answer(number, 3), answer(number, 3, "slow")):
        assert hearing.note_survey(company.workplace, "sales", [draft]) == {}
    reply = SurveyReply.get()
    assert (reply.speed, reply.accuracy, reply.service, reply.comment) == (3, 4, 3, "slow")
    assert company.events(number) == before + [("sales", "surveyed")] * 3


def test_an_answer_to_what_never_left_is_said(company: Company) -> None:
    number = company.order()
    refused = hearing.note_survey(company.workplace, "sales", [answer(number)])
    assert "has not been shipped" in str(refused[2])
    with pytest.raises(Refusal, match=f"^{number} has not been shipped"):
        hearing.note_answer(company.workplace, "sales", answer(number))
    assert company.exceptions(number) == []


def test_an_answer_to_no_order_is_said(company: Company) -> None:
    refused = hearing.note_survey(company.workplace, "sales", [answer("20260101-EC-001")])
    assert str(refused[2]).startswith("row 2: there is no order 20260101-EC-001;")
    with pytest.raises(Refusal, match="may not do this"):
        hearing.note_survey(company.workplace, "ship", [])


# -- erasure --------------------------------------------------------------------------------------


def test_personal_data_is_erased_everywhere_and_the_trail_still_holds(company: Company) -> None:
    company.stock(A=1)
    number = shipped(company, note="call 王小明")
    urgent = "王小明 called from 13800138000"
    orders.set_priority(company.workplace, "boss", number, Priority.URGENT, reason=urgent)
    orders.note(company.workplace, "track", number, urgent, with_customer=True)
    company.later(days=9)
    escalations.pass_clock(company.workplace)
    company.confirm("track", number, reason="13800138000 did not answer")
    undo.undo(company.workplace, "track", number, reason=urgent)
    hearing.note_tracking(company.workplace, "track", [step(company, "W1")])
    company.bring(number, None)
    hearing.note_survey(company.workplace, "sales", [answer(number, comment="王小明 says hi")])
    company.trouble("sales", number, ExceptionKind.CHANGE_REQUEST, note="call 13800138000")
    company.resolve("sales", number, ExceptionPath.REFUSE, note="called 13800138000")
    repeated = "told 王小明 at 13800138000"
    taken = sending.claim(company.workplace, 60)
    assert taken is not None
    sending.sent(company.workplace, taken, "own", repeated)
    with pytest.raises(Refusal, match="say why"):
        orders.erase(company.workplace, "admin", number, reason="")
    orders.erase(company.workplace, "admin", number, reason="asked")
    order = company.row(number)
    assert (order.customer_name, order.contact, order.address, order.note) == ("", "", "", "")
    payloads = [e.payload for e in Event.select().where(Event.order_number == number)]
    assert [payload for payload in payloads if payload is not None] == payloads[-1:]
    assert company.flaws() == []
    rest = "\n".join(the_database.connection().iterdump())
    told = [line for line in rest.splitlines() if "13800138000" in line or "王小明" in line]
    assert told == []


def test_the_channels_export_brings_erased_data_not_back(company: Company) -> None:
    company.stock(A=1)
    draft = company.draft()
    (number,) = company.receive(draft).new
    company.bring(number, None)
    orders.erase(company.workplace, "admin", number, reason="asked")
    draft.address = "上海市浦东新区世纪大道1号"
    assert company.receive(draft).known == 1
    assert company.condition(number) is Condition.COMPLETED
    assert company.row(number).address == ""


def test_erasure_is_for_the_administrator_and_for_ended_orders(company: Company) -> None:
    number = company.order()
    with pytest.raises(Refusal, match="may not do this"):
        orders.erase(company.workplace, "boss", number, reason="asked")
    with pytest.raises(Refusal, match="has not ended"):
        orders.erase(company.workplace, "admin", number, reason="asked")


# -- registers ------------------------------------------------------------------------------------


def test_the_catalogue_and_the_customers_are_brought_up_to_date(company: Company) -> None:
    change = registers.keep_products
    assert change(company.workplace, "buyer", [ProductDraft("A", "Cup", safety_stock=3)]) == 1
    product = Product.get_by_id("A")
    assert (product.name, product.safety_stock) == ("Cup", 3)
    for level in ("gold", "diamond"):
        customer = CustomerDraft("王小明", "13800138000", level)
        registers.keep_customers(company.workplace, "sales", [customer])
    assert [one.level for one in Customer.select()] == ["diamond"]
    with pytest.raises(Refusal, match="may not do this"):
        change(company.workplace, "ship", [])


@pytest.mark.parametrize(
    ("badge", "name", "roles", "superior", "why"),
    [
        ("", "X", [Role.SALES], None, "no badge code"),
        ("a b", "X", [Role.SALES], None, "no badge code"),
        ("orderterm", "X", [Role.SALES], None, "no badge code"),
        ("x", " ", [Role.SALES], None, "a name and at least one role"),
        ("x", "X", [], None, "a name and at least one role"),
        ("rev", "X", [Role.SALES], None, "badge rev is taken"),
        ("x", "X", [Role.SALES], "nobody", "nobody has the badge"),
    ],
)
def test_a_person_is_put_on_the_staff_properly(
    company: Company, badge: str, name: str, roles: list[Role], superior: str | None, why: str
) -> None:
    with pytest.raises(Refusal, match=why):
        registers.add_staff(company.workplace, "admin", badge, name, roles, superior)
    with pytest.raises(Refusal, match="may not do this"):
        registers.add_staff(company.workplace, "boss", "x", "X", [Role.SALES])


def test_a_person_has_a_superior(company: Company) -> None:
    registers.add_staff(company.workplace, "admin", "x", "X", [Role.SALES, Role.FINANCE], "boss")
    person = Staff.get_by_id("x")
    assert (person.superior.badge, person.roles) == ("boss", (Role.SALES, Role.FINANCE))
    registers.add_first_admin(company.workplace)
    assert Staff.select().where(Staff.badge == "admin").count() == 1


def test_the_last_administrator_stays(company: Company) -> None:
    with pytest.raises(Refusal, match="last administrator"):
        registers.disable_staff(company.workplace, "admin", "admin")
    registers.add_staff(company.workplace, "admin", "x", "X", [Role.ADMIN])
    registers.disable_staff(company.workplace, "x", "admin")
    with pytest.raises(Refusal, match="is disabled"):
        registers.disable_staff(company.workplace, "x", "admin")
    with pytest.raises(Refusal, match="is disabled"):
        company.stock(A=1)
    assert company.later(minutes=1) - timedelta(minutes=1) == Staff.get_by_id("admin").disabled_at
