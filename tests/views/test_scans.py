"""What a scanned code is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from orderterm.rules.drafts import ProductDraft
from orderterm.store.queries import MOST_VALUES
from orderterm.store.tables import database as the_database
from orderterm.terms import ExceptionKind, ExceptionPath, Stage
from orderterm.views.scans import MOST_OTHERS, Meaning, meaning
from orderterm.workflow import registers
from tests.contract.company import Company

KINDS = 6


def add_products(company: Company, *skus: str) -> None:
    registers.keep_products(company.workplace, "admin", [ProductDraft(sku, sku) for sku in skus])


def test_each_kind_of_code_is_known(company: Company) -> None:
    number = company.order(channel_order_number="TB-1")
    assert meaning("prep") == Meaning("badge", "prep")
    assert meaning(number) == Meaning("order", number, number)
    assert meaning("A") == Meaning("sku", "A")
    assert meaning("TB-1") == Meaning("channel_number", "TB-1", number)
    assert meaning("nobody knows") == Meaning("unknown", "nobody knows")


def test_blanks_around_a_code_are_no_part_of_it(company: Company) -> None:
    number = company.order(channel_order_number="")
    assert meaning(f" {number.lower()}\t") == Meaning("order", number, number)
    assert meaning(" \n") == Meaning("unknown", "")


def test_a_badge_that_was_disabled_is_none(company: Company) -> None:
    registers.disable_staff(company.workplace, "admin", "prep")
    assert meaning("prep") == Meaning("unknown", "prep")


def test_an_order_number_that_was_never_given_is_unknown(company: Company) -> None:
    number = company.order()
    assert meaning(number[:-3] + "999").kind == "unknown"
    assert meaning(number[:-3] + "000").kind == "unknown"


@pytest.mark.parametrize("code", ["BW-500", "bw-500", "bW-500", "Bw-500"])
def test_a_sku_is_found_in_any_letters(company: Company, code: str) -> None:
    add_products(company, "Bw-500", "unusually-Long-sku")
    assert meaning(code) == Meaning("sku", "Bw-500")
    assert meaning("UNUSUALLY-lONG-SKU") == Meaning("sku", "unusually-Long-sku")


def test_an_exact_code_goes_before_a_sku_in_other_letters(company: Company) -> None:
    add_products(company, "tb-1", "Tb-2", "TB-2", "tB-2")
    number = company.order(channel_order_number="TB-1")
    assert meaning("TB-1") == Meaning("channel_number", "TB-1", number)
    assert meaning("tb-1") == Meaning("sku", "tb-1")
    assert meaning("TB-2") == Meaning("sku", "TB-2")
    assert meaning("tb-2") == Meaning("sku", "TB-2", others=("Tb-2", "tB-2"))


def test_a_channels_number_leads_to_the_newest_of_its_orders(company: Company) -> None:
    drafts = [company.draft(channel_order_number="1001", shop=f"s{i}") for i in range(23)]
    numbers = company.receive(*drafts).new
    found = meaning("1001")
    assert found.number == numbers[-1]
    assert found.others == tuple(numbers[-2 : -2 - MOST_OTHERS : -1])


def test_a_waybill_leads_to_the_orders_in_the_parcel(company: Company) -> None:
    company.stock(A=5)
    older, newer = (company.ordered(Stage.SHIPPING) for _ in range(2))
    assert meaning("W1").kind == "unknown"
    for number in (older, newer):
        company.finish(number, Stage.SHIPPING, waybill="W1")
    assert meaning("W1") == Meaning("waybill", "W1", newer, (older,))


def test_a_waybill_that_was_replaced_leads_nowhere(company: Company) -> None:
    company.stock(A=5)
    number = company.ordered(Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, waybill="W1")
    company.trouble("track", number, ExceptionKind.CARRIER_DELAY)
    tomorrow = company.now + timedelta(days=1)
    parcel: dict[str, Any] = {"carrier": "YTO", "waybill": "W2", "eta": tomorrow, "told": "phone"}
    company.resolve("boss", number, ExceptionPath.RECARRY, **parcel)
    assert meaning("W1").kind == "unknown"
    assert meaning("W2") == Meaning("waybill", "W2", number)


@pytest.mark.parametrize(
    "code", ["x" * 5000, "\udc80\x1d\x00", "'; --", "20261399-TM-001", "王小明"]
)
def test_any_code_has_an_answer(company: Company, code: str) -> None:
    assert company.order()
    assert meaning(code).kind == "unknown"


@contextmanager
def statements() -> Iterator[list[str]]:
    """The selects that the database is given, with their values in them."""
    seen: list[str] = []
    raw = the_database.connection()
    raw.set_trace_callback(lambda sql: seen.append(sql) if sql.startswith("SELECT") else None)
    yield seen
    raw.set_trace_callback(None)


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize("code", ["20261122-TM-001", "sixteen-letters-xx"])
def test_an_unknown_code_is_looked_up_through_indexes_alone(code: str) -> None:
    with statements() as seen:
        assert meaning(code).kind == "unknown"
    assert KINDS - 1 <= len(seen) <= KINDS
    for sql in seen:
        plan = [row[3] for row in plan_of(sql)]
        assert all(step.startswith("SEARCH") for step in plan if "B-TREE" not in step), plan


def plan_of(sql: str) -> list[tuple[int, int, int, str]]:
    """How the database answers ``sql``."""
    return list(the_database.execute_sql("EXPLAIN QUERY PLAN " + sql))


@pytest.mark.usefixtures("company")
def test_the_spellings_of_a_sku_fit_in_one_query() -> None:
    with statements() as seen:
        meaning("abcdefghijkl")
    assert max(sql.count("'") // 2 for sql in seen) == 2**12 < MOST_VALUES
