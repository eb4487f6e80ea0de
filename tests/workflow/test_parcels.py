"""One more parcel of what has left."""

from multiprocessing import get_context
from pathlib import Path

import pytest

from orderterm.errors import Refusal
from orderterm.settings import parse
from orderterm.store import connection
from orderterm.terms import Role, Stage
from orderterm.workflow import orders, registers
from orderterm.workflow.parcels import add_parcel
from orderterm.workflow.workplace import Workplace
from tests.contract.company import MONDAY, PEOPLE, Company


@pytest.fixture
def number(company: Company) -> str:
    """An order of which a parcel is on its way."""
    company.stock(A=9)
    return company.ordered(Stage.TRACKING, lines=[("A", 2)])


def waybills(company: Company, number: str) -> list[str]:
    return [parcel.waybill for parcel in company.parcels(number)]


def test_it_is_for_shipping_and_for_chiefs(company: Company, number: str) -> None:
    registers.add_staff(company.workplace, "admin", "gone", "Gone", [Role.SHIPPING])
    registers.disable_staff(company.workplace, "admin", "gone")
    before = company.events(number)
    for badge in ({*PEOPLE} - {"ship", "boss"}) | {"gone", "nobody"}:
        with pytest.raises(Refusal):
            add_parcel(company.workplace, badge, number, "W-2")
    assert company.events(number) == before
    for badge in ("ship", "boss", "admin"):
        assert add_parcel(company.workplace, badge, number, f"W-{badge}").changed
        assert company.events(number)[-1] == (badge, "tracked")


def test_a_waybill_that_orders_share_is_there_already(company: Company, number: str) -> None:
    (waybill,) = waybills(company, number)
    other = company.ordered(Stage.SHIPPING)
    company.finish(other, Stage.SHIPPING, waybill=waybill)
    for one in (number, other):
        assert not add_parcel(company.workplace, "ship", one, waybill).changed
        assert waybills(company, one) == [waybill]


def test_only_what_is_on_its_way_gets_one(company: Company, number: str) -> None:
    company.bring(number, None)
    waiting = company.ordered(Stage.SHIPPING)
    for one in (number, waiting):
        with pytest.raises(Refusal, match="no parcel on its way"):
            add_parcel(company.workplace, "ship", one, "W-2")


def test_the_order_is_erased_with_it(company: Company, number: str) -> None:
    add_parcel(company.workplace, "ship", number, "W-2")
    company.bring(number, None)
    orders.erase(company.workplace, "admin", number, reason="asked")
    assert not company.flaws()


def _add(file: Path, number: str) -> bool:
    connection.use(file)
    work = Workplace(parse({}), lambda: MONDAY, "t2")
    try:
        return add_parcel(work, "ship", number, "W-2").changed
    except Refusal:
        return False


def test_two_stations_scan_one_label(company: Company, number: str) -> None:
    other = company.ordered(Stage.TRACKING)
    wanted = [(company.file, one) for one in (number, other) * 4]
    with get_context("spawn").Pool(3) as stations:
        done = stations.starmap(_add, wanted)
    assert sum(done) == 1
    assert sorted(waybills(company, number) + waybills(company, other)).count("W-2") == 1
