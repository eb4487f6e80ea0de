"""One walk for several orders, and what goes into a parcel."""

import pytest

from orderterm.errors import Refusal
from orderterm.rules.drafts import ProductDraft
from orderterm.rules.picking import Verification
from orderterm.terms import ExceptionKind, ExceptionPath, Stage
from orderterm.views.picking import PickList, packing_slip, pick_list
from orderterm.workflow import orders as steps
from orderterm.workflow import registers
from tests.contract.company import Company
from tests.views.plans import asked, scans
from tests.views.plans import steps as plans


@pytest.fixture(autouse=True)
def shelves(company: Company) -> None:
    """C lies at A2, B at A10, A nowhere; there is enough of each."""
    products = [
        ProductDraft("A", "Product A"),
        ProductDraft("B", "Product B", "500 ml", location="A10"),
        ProductDraft("C", "Product C", location="A2"),
    ]
    registers.keep_products(company.workplace, "admin", products)
    company.stock(A=20, B=20, C=20)


def listed(company: Company, *numbers: str) -> PickList:
    return pick_list(numbers, company.workplace.settings, company.now)


def test_one_walk_in_shelf_order(company: Company) -> None:
    first = company.ordered(Stage.PREPARATION, lines=[("A", 1), ("B", 2)])
    second = company.ordered(Stage.PREPARATION, lines=[("B", 3), ("C", 4), ("B", 1)])
    walk = listed(company, second, first, second)
    assert [(line.location, line.sku, line.pieces) for line in walk.lines] == [
        ("A2", "C", 4),
        ("A10", "B", 6),
        ("", "A", 1),
    ]
    assert [(one.number, one.pieces) for one in walk.lines[1].orders] == [(second, 4), (first, 2)]
    assert [(one.number, one.pieces) for one in walk.orders] == [(second, 8), (first, 3)]
    assert (walk.pieces, walk.left_out) == (11, ())
    assert (walk.lines[1].name, walk.lines[1].specification) == ("Product B", "500 ml")
    assert walk.at.hour == 10


def test_an_order_is_checked_against_its_own_lines(company: Company) -> None:
    first = company.ordered(Stage.PREPARATION, lines=[("A", 1), ("B", 2)])
    second = company.ordered(Stage.PREPARATION, lines=[("B", 3)])
    own = listed(company, first, second).to_pick(first)
    assert [(line.sku, line.pieces) for line in own] == [("B", 2), ("A", 1)]
    assert Verification((line.sku, line.pieces) for line in own).next == "B"


def test_what_cannot_be_picked_is_left_out_with_why(company: Company) -> None:
    ready = company.ordered(Stage.PREPARATION)
    early = company.ordered(Stage.ALLOCATION)
    on_hold = company.ordered(Stage.PREPARATION)
    steps.hold(company.workplace, "boss", on_hold, reason="x")
    wrong = company.ordered(Stage.PREPARATION)
    company.trouble("exc", wrong, ExceptionKind.OTHER)
    gone = company.ordered(Stage.PREPARATION)
    steps.cancel(company.workplace, "boss", gone, reason="x")
    walk = listed(company, early, on_hold, ready, wrong, gone, "20260101-EC-001")
    assert [order.number for order in walk.orders] == [ready]
    assert walk.pieces == 1
    assert {number: str(why).split(": ")[0] for number, why in walk.left_out} == {
        early: f"{early} is not at preparation",
        on_hold: f"{on_hold} is on hold",
        wrong: f"{wrong} has an open exception (other)",
        gone: f"{gone} is cancelled",
        "20260101-EC-001": "there is no order 20260101-EC-001; "
        "`orderterm orders` lists those there are",
    }


def test_only_the_part_that_is_at_preparation_is_picked(company: Company) -> None:
    """A back order fetches its rest, not what has left with the first parcel."""
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 3)])
    company.finish(number, Stage.ALLOCATION, partial=True)
    assert listed(company, number).pieces == 1
    company.finish(number, Stage.PREPARATION)
    company.finish(number, Stage.SHIPPING)
    company.arrive(A=5)
    assert company.stages(number) == [Stage.TRACKING, Stage.PREPARATION]
    assert listed(company, number).pieces == 2


def test_what_is_packed_already_is_not_picked_again(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 3)])
    company.finish(number, Stage.ALLOCATION, partial=True)
    company.finish(number, Stage.PREPARATION)
    company.arrive(A=5)
    assert company.stages(number) == [Stage.SHIPPING, Stage.PREPARATION]
    assert company.held(number) == {"A": 3}
    assert listed(company, number).pieces == 2
    assert packing_slip(number, company.workplace.settings, company.now).pieces == 1


def test_nothing_asked_for_is_an_empty_walk(company: Company) -> None:
    walk = listed(company)
    assert (walk.orders, walk.lines, walk.left_out) == ((), (), ())


def test_a_slip_tells_what_is_in_the_parcel(company: Company) -> None:
    number = company.ordered(
        Stage.SHIPPING,
        lines=[("B", 2), ("C", 1)],
        note="two cards",
        special_request="指定顺丰",
    )
    slip = packing_slip(number, company.workplace.settings, company.now)
    assert [(line.sku, line.pieces) for line in slip.lines] == [("C", 1), ("B", 2)]
    assert slip.channel == "商城"
    assert slip.customer.contact == "13800138000"
    assert (slip.note, slip.special_request, slip.pieces) == ("two cards", "指定顺丰", 3)
    assert (slip.carrier, slip.waybill) == (company.row(number).preferred_carrier, "")


def test_a_slip_of_what_has_left_names_the_last_parcel(company: Company) -> None:
    number = company.ordered(Stage.SHIPPING, lines=[("B", 2)])
    company.finish(number, Stage.SHIPPING, carrier="SF", waybill="SF1")
    company.later(hours=50)
    company.trouble("track", number, ExceptionKind.CARRIER_DELAY)
    company.resolve(
        "exc",
        number,
        ExceptionPath.RECARRY,
        carrier="YTO",
        waybill="YT2",
        eta=company.now,
        told="phone",
    )
    slip = packing_slip(number, company.workplace.settings, company.now)
    assert (slip.carrier, slip.waybill, slip.pieces) == ("YTO", "YT2", 2)


def test_the_parcel_in_hand_goes_before_the_one_that_left(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 3)])
    company.finish(number, Stage.ALLOCATION, partial=True)
    company.finish(number, Stage.PREPARATION)
    company.finish(number, Stage.SHIPPING)
    company.arrive(A=5)
    slip = packing_slip(number, company.workplace.settings, company.now)
    assert (slip.waybill, slip.pieces) == ("", 2)


def test_there_is_no_slip_of_nothing(company: Company) -> None:
    number = company.ordered(Stage.REVIEW)
    with pytest.raises(Refusal, match=r"nothing is allocated for .* to pack: allocate it first"):
        packing_slip(number, company.workplace.settings, company.now)
    with pytest.raises(Refusal, match="there is no order X"):
        packing_slip("X", company.workplace.settings, company.now)


def test_an_order_s_pieces_are_found_through_its_lines(company: Company) -> None:
    """And not among all that was ever held and released."""
    number = company.ordered(Stage.PREPARATION, lines=[("A", 1), ("B", 2)])
    with asked() as selects:
        listed(company, number)
        packing_slip(number, company.workplace.settings, company.now)
    assert scans(selects) == set()
    ways = {step.split("(")[1] for step in plans(selects) if step.startswith("SEARCH allocation")}
    assert ways == {"line_id=?)"}
