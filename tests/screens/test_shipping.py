"""The shipping screen: waybills by scan, carriers, ETA, packing slips."""

from datetime import timedelta
from pathlib import Path

import pytest
from peewee import OperationalError

from orderterm.errors import Refusal
from orderterm.terms import ExceptionKind, Stage
from orderterm.workflow import stages
from orderterm.workflow.parcels import add_parcel
from tests.contract.company import Company
from tests.screens.seat import seated


@pytest.fixture
def stocked(company: Company) -> Company:
    """The company, with something on its shelf."""
    company.stock(A=100)
    return company


def to_ship(company: Company, **draft: object) -> str:
    """An order at shipping."""
    return company.ordered(Stage.SHIPPING, **draft)


def parcels(company: Company, number: str) -> list[tuple[str, str]]:
    """Carrier and waybill of each parcel."""
    return [(one.carrier, one.waybill) for one in company.parcels(number)]


async def test_waybills_ship_one_order_after_the_other(stocked: Company) -> None:
    first, second, third = (to_ship(stocked) for _ in range(3))
    async with seated(stocked, "ship") as seat:
        await seat.scan("SF1001")
        assert seat.screen.is_asking  # for the carrier, once
        await seat.press("1")
        assert parcels(stocked, first) == [("顺丰", "SF1001")]
        assert seat.answer == f"{first} left with 顺丰 SF1001"
        await seat.scan("SF1002", "SF1003")
        assert parcels(stocked, second) == [("顺丰", "SF1002")]
        assert parcels(stocked, third) == [("顺丰", "SF1003")]


async def test_a_burst_of_orders_and_waybills(stocked: Company) -> None:
    numbers = [to_ship(stocked) for _ in range(20)]
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "2")
        codes = [code for n in reversed(numbers) for code in (n, f"W{n[-3:]}X")]
        await seat.scan(*codes)
    assert {n: parcels(stocked, n) for n in numbers} == {
        n: [("京东快递", f"W{n[-3:]}X")] for n in numbers
    }


async def test_the_carrier_that_was_asked_for_goes_first(stocked: Company) -> None:
    wished = to_ship(stocked, special_request="发德邦")
    other = to_ship(stocked)
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1")
        assert "parcels go with 顺丰" in seat.answer
        await seat.scan(wished, "WB-1", "WB-2")
    assert parcels(stocked, wished) == [("德邦", "WB-1")]
    assert parcels(stocked, other) == [("顺丰", "WB-2")]


async def test_the_eta_is_told_with_each_parcel(stocked: Company) -> None:
    number, later = to_ship(stocked), to_ship(stocked)
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1", "d")
        await seat.type("3")
        assert "expected in 3 days, 11-26" in seat.answer
        await seat.scan("WB-1")
        await seat.press("d", "backspace")
        await seat.type("")
        assert seat.answer == "parcels leave without an ETA"
        await seat.scan("WB-2")
        for wrong in ("soon", "0001000", "366"):
            await seat.press("d")
            await seat.type(wrong)
            assert f"{wrong} is no number of days" in seat.answer
    (parcel,) = stocked.parcels(number)
    assert (parcel.eta.date() - stocked.now.date()) == timedelta(days=3)
    assert [one.eta for one in stocked.parcels(later)] == [None]


async def test_the_address_is_seen_beside_what_was_asked_for(stocked: Company) -> None:
    to_ship(stocked, special_request="发德邦", note="请放门卫")
    async with seated(stocked, "ship", language="zh") as seat:
        await seat.shows("→ 德邦")
        await seat.shows("杭州市西湖区文三路478号")
        await seat.shows("A × 1")


async def test_done_asks_for_the_waybill(stocked: Company) -> None:
    first, second = to_ship(stocked), to_ship(stocked)
    async with seated(stocked, "ship") as seat:
        await seat.press("c", "1")
        await seat.type("typed-1")
        assert parcels(stocked, first) == [("顺丰", "typed-1")]
        await seat.press("c", "up", "3")
        await seat.scan("SF-2")
        assert parcels(stocked, second) == [("德邦", "SF-2")]


async def test_a_label_read_twice_ships_nothing_more(stocked: Company) -> None:
    first, second = to_ship(stocked), to_ship(stocked)
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1")
        await seat.scan("SF1001", "SF1001")
        assert seat.answer == f"SF1001 is on the parcel of {first} already; nothing was shipped"
        assert seat.here == second
        assert not parcels(stocked, second)


async def test_a_waybill_of_another_customer_is_refused(stocked: Company) -> None:
    first, second = to_ship(stocked), to_ship(stocked, address="上海市徐汇区漕溪路1号")
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1")
        await seat.scan("SF1001")
        await seat.press("c")
        await seat.scan("SF1001")
        assert f"is on the parcel of {first}" in seat.answer
        assert not parcels(stocked, second)


async def test_no_order_number_is_taken_for_a_waybill(stocked: Company) -> None:
    number = to_ship(stocked)
    async with seated(stocked, "ship") as seat:
        await seat.scan(f"{number[:-3]}999")
        assert "is no order" in seat.answer
        await seat.scan("https://x.example/1")
        assert "is no order" in seat.answer
    assert not parcels(stocked, number)


async def test_a_late_order_keeps_its_waybill_in_hand(stocked: Company) -> None:
    number = to_ship(stocked)
    stocked.later(days=1)
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1")
        await seat.scan("SF1001")
        assert seat.screen.is_asking  # why it is late
        await seat.press("escape")
        assert "SF1001 stays in hand" in seat.answer
        await seat.shows("waybill in hand: SF1001")
        await seat.scan("SF1002")
        assert seat.answer.startswith("SF1002 was not used")
        await seat.press("c", "1", "enter", "enter")
        assert parcels(stocked, number) == [("顺丰", "SF1001")]


async def test_no_waybill_is_lost_while_it_is_asked_why_an_order_is_late(
    stocked: Company,
) -> None:
    first, second = to_ship(stocked), to_ship(stocked)
    stocked.later(days=1)
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1")
        await seat.scan("SF1001", "SF1002")
        assert seat.answer.startswith("SF1002 was scanned, but something else is asked")
        await seat.press("1", "enter")
        await seat.scan("SF1002")
        await seat.press("1", "enter")
    assert parcels(stocked, first) == [("顺丰", "SF1001")]
    assert parcels(stocked, second) == [("顺丰", "SF1002")]


async def test_an_order_that_is_done_takes_no_waybill(stocked: Company) -> None:
    number = to_ship(stocked)
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1")
        await seat.scan("SF1001", "SF1002")
        assert "done here" in seat.answer
    assert parcels(stocked, number) == [("顺丰", "SF1001")]


async def test_an_order_that_a_colleague_shipped_takes_no_waybill(stocked: Company) -> None:
    number = to_ship(stocked)
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1")
        stocked.finish(number, Stage.SHIPPING, waybill="THEIRS")
        await seat.scan("SF1001")
        assert "SF1001 was not used" in seat.answer or "done here" in seat.answer
    assert parcels(stocked, number) == [("SF", "THEIRS")]


async def test_an_order_with_a_change_request_is_not_shipped(stocked: Company) -> None:
    number = to_ship(stocked)
    stocked.trouble("sales", number, ExceptionKind.CHANGE_REQUEST)
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1")
        await seat.scan("SF1001")
        assert "has an open exception" in seat.answer
        await seat.scan("SF1002")
        assert "has an open exception" in seat.answer
    assert not parcels(stocked, number)


async def test_packing_slips_of_marked_orders_are_saved(stocked: Company) -> None:
    numbers = [to_ship(stocked), to_ship(stocked)]
    async with seated(stocked, "ship") as seat:
        await seat.press("p")
        assert (
            seat.answer
            == f"packing slip of {numbers[0]} saved as printed/packing-slip-{numbers[0]}.txt"
        )
        await seat.press("space", "space", "p")
        assert seat.answer == "2 packing slips saved as printed"
    names = {path.name for path in Path(stocked.file.parent, "printed").iterdir()}
    assert {f"packing-slip-{number}.txt" for number in numbers} <= names


async def test_one_more_parcel_of_the_order_that_left(stocked: Company) -> None:
    number = to_ship(stocked)
    async with seated(stocked, "ship") as seat:
        await seat.press("+")
        assert "nothing has left" in seat.answer
        await seat.press("w", "1")
        await seat.scan("SF1001")
        await seat.press("+")
        await seat.scan("SF1002")
        assert seat.answer == f"{number}: one more parcel, SF1002"
        assert parcels(stocked, number) == [("顺丰", "SF1001"), ("顺丰", "SF1002")]
        await seat.press("u", "1")
        assert stocked.stages(number) == [Stage.SHIPPING]
    assert not parcels(stocked, number)
    assert stocked.held(number) == {"A": 1}
    assert not stocked.flaws()


def test_a_parcel_is_added_once_and_only_by_who_ships(stocked: Company) -> None:
    number, other = to_ship(stocked), to_ship(stocked)
    with pytest.raises(Refusal, match="no parcel on its way"):
        add_parcel(stocked.workplace, "ship", number, "W-2")
    stocked.finish(number, Stage.SHIPPING, waybill="W-1")
    with pytest.raises(Refusal, match="may not do this"):
        add_parcel(stocked.workplace, "prep", number, "W-2")
    with pytest.raises(Refusal, match="needs its waybill"):
        add_parcel(stocked.workplace, "ship", number, " ")
    assert add_parcel(stocked.workplace, "ship", number, "W-2").changed
    assert not add_parcel(stocked.workplace, "ship", number, "W-2").changed
    stocked.finish(other, Stage.SHIPPING, waybill="W-3")
    with pytest.raises(Refusal, match=f"is on a parcel of {number}"):
        add_parcel(stocked.workplace, "ship", other, "W-2")
    stocked.finish(number, Stage.TRACKING)
    assert all(one.signed_at for one in stocked.parcels(number))


async def test_a_waybill_stays_in_hand_while_the_database_is_away(
    stocked: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = to_ship(stocked)
    async with seated(stocked, "ship") as seat:
        await seat.press("w", "1")
        with monkeypatch.context() as broken:
            broken.setattr(stages, "confirm", _away)
            await seat.scan("SF1001")
        assert not parcels(stocked, number)
        await seat.press("c", "enter")
    assert parcels(stocked, number) == [("顺丰", "SF1001")]


def _away(*_: object, **__: object) -> None:
    raise OperationalError("database is locked")
