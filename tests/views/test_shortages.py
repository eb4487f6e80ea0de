"""Purchasing's page against what the orders need."""

from datetime import timedelta

import pytest

from orderterm.rules.drafts import ProductDraft
from orderterm.terms import ExceptionKind, ExceptionPath, Stage
from orderterm.views.shortages import Shortages, shortages
from orderterm.workflow import orders as changes
from orderterm.workflow import registers
from tests.contract.company import Company
from tests.views.plans import asked, read_whole, scans, steps


@pytest.fixture(autouse=True)
def catalogue(company: Company) -> None:
    """B should never fall below 3; C takes a week."""
    products = [
        ProductDraft("A", "Product A"),
        ProductDraft("B", "Product B", safety_stock=3),
        ProductDraft("C", "Product C", lead_time_days=7),
    ]
    registers.keep_products(company.workplace, "admin", products)


def page(company: Company) -> Shortages:
    return shortages(company.workplace.settings)


def waiting(company: Company, *lines: tuple[str, int], **draft: object) -> str:
    """An order whose allocation was tried in vain."""
    number = company.ordered(Stage.ALLOCATION, lines=list(lines), **draft)
    company.finish(number, Stage.ALLOCATION)
    assert company.pauses(number)
    return number


def test_a_calm_house_is_short_of_nothing(company: Company) -> None:
    company.stock(B=3)
    company.ordered(Stage.ALLOCATION, lines=[("A", 1)])  # nobody has tried yet
    assert page(company) == Shortages([], {})


def test_what_orders_wait_for_and_how_much_of_it_is_short(company: Company) -> None:
    company.stock(A=4, B=10, C=1)
    held = company.ordered(Stage.PREPARATION, lines=[("C", 1)])
    first = waiting(company, ("A", 2), ("C", 5), ("A", 1))
    company.later(minutes=5)
    second = waiting(company, ("C", 2), ("A", 2))
    found = page(company)
    rows = {row.sku: row for row in found.rows}
    assert list(rows) == ["A", "C"]
    assert (rows["A"].wanted, rows["A"].available, rows["A"].short) == (5, 4, 1)
    c = rows["C"]
    assert (c.on_hand, c.allocated, c.available, c.wanted, c.short) == (1, 1, 0, 7, 7)
    assert (c.lead_time_days, c.waiting, c.expected, c.below_safety) == (7, 2, None, False)
    assert [(one.number, one.pieces) for one in found.waiting_for("A")] == [(first, 3), (second, 2)]
    assert [(one.number, one.pieces) for one in found.waiting_for("C")] == [(first, 5), (second, 2)]
    assert found.waiting_for("B") == []
    assert held not in str(found)


def test_the_first_in_the_queue_comes_first(company: Company) -> None:
    company.stock(B=3)
    waiting(company, ("A", 1))
    company.later(minutes=5)
    urgent = waiting(company, ("C", 1), ("A", 1), special_request="加急")
    found = page(company)
    assert [row.sku for row in found.rows] == ["C", "A"]
    assert found.waiting_for("A")[0].number == urgent


def test_what_is_below_its_safety_stock_comes_last(company: Company) -> None:
    company.stock(B=2)
    waiting(company, ("C", 1))
    rows = page(company).rows
    assert [(row.sku, row.short, row.below_safety) for row in rows] == [
        ("C", 1, False),
        ("B", 0, True),
    ]
    assert (rows[1].safety_stock, rows[1].available, rows[1].waiting) == (3, 2, 0)


def test_the_latest_day_that_was_told_is_expected(company: Company) -> None:
    company.stock(B=3)
    first, second = waiting(company, ("A", 1)), waiting(company, ("A", 1))
    (raised, _) = page(company).waiting_for("A")
    assert raised.expected is None
    assert raised.since == company.now
    soon, later = company.now + timedelta(days=1), company.now + timedelta(days=2)
    company.resolve("buyer", first, ExceptionPath.TRANSFER, until=later)
    company.resolve("buyer", second, ExceptionPath.TRANSFER, until=soon)
    found = page(company)
    assert found.rows[0].expected == later
    assert {one.number: one.expected for one in found.waiting_for("A")} == {
        first: later,
        second: soon,
    }


def test_due_is_purchasing_s_own_time_while_the_exception_is_open(company: Company) -> None:
    company.stock(B=3)
    number = waiting(company, ("A", 1))
    (found,) = page(company).waiting_for("A")
    own = company.workplace.working_time.add(
        company.now, company.workplace.settings.limits.shortage
    )
    assert found.due == own
    assert found.customer == "王小明"
    company.resolve("buyer", number, ExceptionPath.TRANSFER, until=company.now)
    (found,) = page(company).waiting_for("A")
    assert found.due == company.task(number, Stage.ALLOCATION).due_at


def test_what_is_held_already_is_not_wanted_again(company: Company) -> None:
    company.stock(A=2, B=3)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 3)])
    company.finish(number, Stage.ALLOCATION, partial=True)
    (found,) = page(company).waiting_for("A")
    assert (found.number, found.pieces) == (number, 1)


def test_what_is_held_whole_is_not_waited_for(company: Company) -> None:
    company.stock(A=1, B=3)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 1), ("C", 1)])
    company.finish(number, Stage.ALLOCATION, partial=True)
    assert page(company).waiting.keys() == {"C"}


def test_what_was_given_back_is_wanted_again(company: Company) -> None:
    company.stock(A=2, B=3)
    number = company.ordered(Stage.PREPARATION, lines=[("A", 2)])
    company.trouble("sales", number, ExceptionKind.CHANGE_REQUEST)
    company.resolve("sales", number, ExceptionPath.ACCEPT)
    company.stock(A=0)
    company.finish(number, Stage.REVIEW)
    company.finish(number, Stage.ALLOCATION)
    (found,) = page(company).waiting_for("A")
    assert found.pieces == 2


def test_what_has_ended_is_not_waited_for(company: Company) -> None:
    company.stock(B=3)
    gone, served = waiting(company, ("A", 1)), waiting(company, ("C", 1))
    changes.cancel(company.workplace, "boss", gone, reason="x")
    company.arrive(C=1)
    assert company.stages(served) == [Stage.PREPARATION]
    assert page(company) == Shortages([], {})


def test_a_shortage_raised_by_hand_before_allocation(company: Company) -> None:
    company.stock(B=3)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 2)])
    company.trouble("inv", number, ExceptionKind.SHORTAGE)
    assert [row.sku for row in page(company).rows] == ["A"]


def test_no_history_is_read_from_end_to_end(company: Company) -> None:
    company.stock(B=3)
    waiting(company, ("A", 1))
    with asked() as selects:
        page(company)
    assert read_whole(scans(selects)) == {"product"}
    assert not any(
        step.startswith("SEARCH order_line USING INDEX order_line_sku") for step in steps(selects)
    )
