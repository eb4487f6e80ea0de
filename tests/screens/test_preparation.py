"""The preparation screen: pick lists, and verifying by scan."""

from pathlib import Path

import pytest
from msgspec import structs

from orderterm.rules.drafts import ProductDraft
from orderterm.terms import Stage
from orderterm.workflow import registers
from tests.contract.company import Company
from tests.screens.seat import Seat, seated

SHELVES = {"CUP-9": "A10", "BRUSH": "A2", "FLASK": "B1"}


@pytest.fixture
def shelves(company: Company) -> Company:
    """The company, with three products in their places."""
    products = [
        ProductDraft(sku, f"Product {sku}", location=place) for sku, place in SHELVES.items()
    ]
    registers.keep_products(company.workplace, "admin", products)
    company.stock(**dict.fromkeys(SHELVES, 1000))
    return company


def to_prepare(company: Company, **pieces: int) -> str:
    """An order of these pieces, at preparation."""
    return company.ordered(Stage.PREPARATION, lines=tuple(pieces.items()))


def counts(seat: Seat) -> dict[str, int]:
    """What is counted of the order in hand."""
    verification = seat.desk.verification  # type: ignore[attr-defined]
    return dict(verification.counted) if verification else {}


async def test_pieces_are_shown_in_shelf_order(shelves: Company) -> None:
    to_prepare(shelves, **{"CUP-9": 1, "FLASK": 2, "BRUSH": 3})
    async with seated(shelves, "prep") as seat:
        await seat.shows("FLASK")
        assert seat.text.rindex("BRUSH") < seat.text.rindex("CUP-9") < seat.text.rindex("FLASK")


async def test_done_goes_on_to_the_next(shelves: Company) -> None:
    first, second = to_prepare(shelves, FLASK=1), to_prepare(shelves, FLASK=1)
    async with seated(shelves, "prep") as seat:
        await seat.press("c")
        assert shelves.stages(first) == [Stage.SHIPPING]
        assert seat.here == second


async def test_scans_verify_and_the_number_finishes(shelves: Company) -> None:
    first = to_prepare(shelves, FLASK=2, BRUSH=1)
    second = to_prepare(shelves, FLASK=1)
    async with seated(shelves, "prep") as seat:
        await seat.scan("FLASK")
        assert seat.answer == "FLASK checked 1/2"
        await seat.shows("checked 1 of 3")
        await seat.scan("FLASK", "brush")
        assert seat.answer == "all 3 pieces are checked; c or the order's number finishes it"
        assert shelves.stages(first) == [Stage.PREPARATION]
        await seat.scan(first)
        assert shelves.stages(first) == [Stage.SHIPPING]
        assert seat.here == second
        assert not counts(seat)


async def test_a_piece_is_counted_without_asking_the_database(shelves: Company) -> None:
    to_prepare(shelves, FLASK=2)
    async with seated(shelves, "prep") as seat:
        await seat.until(lambda: seat.desk.order is not None)
        assert seat.desk.scan_first("FLASK")
        assert not seat.desk.scan_first("CUP-9")
        assert counts(seat) == {"FLASK": 1}


async def test_what_is_not_at_preparation_is_on_no_list(shelves: Company) -> None:
    to_prepare(shelves, FLASK=2)
    early = shelves.ordered(Stage.ALLOCATION, lines=(("FLASK", 1),))
    async with seated(shelves, "prep") as seat:
        await seat.scan(early)
        await seat.press("p")
        assert "is not at preparation" in seat.answer


async def test_a_burst_after_an_order_is_counted_whole(shelves: Company) -> None:
    to_prepare(shelves, BRUSH=1)
    number = to_prepare(shelves, FLASK=60, BRUSH=40)
    async with seated(shelves, "prep") as seat:
        await seat.scan(number, *["FLASK", "BRUSH"] * 40, *["FLASK"] * 20)
        assert counts(seat) == {"BRUSH": 40, "FLASK": 60}
        assert seat.answer.startswith("all 100 pieces are checked")
        await seat.scan("FLASK", number)
        assert shelves.stages(number) == [Stage.SHIPPING]


async def test_wrong_and_surplus_pieces_are_refused_on_the_spot(shelves: Company) -> None:
    number = to_prepare(shelves, FLASK=1, BRUSH=1)
    async with seated(shelves, "prep") as seat:
        await seat.scan("CUP-9")
        assert seat.answer == "CUP-9 is not in this order: BRUSH is next"
        await seat.scan("BRUSH", "BRUSH")
        assert "too many, put back" in seat.answer
        await seat.scan("NOSUCH")
        assert seat.answer == "NOSUCH is not in this order: FLASK is next"
        assert counts(seat) == {"BRUSH": 1, "FLASK": 0}
        await seat.scan(number)
        assert seat.answer == f"{number}: 1 of 2 checked, FLASK is next"
        assert shelves.stages(number) == [Stage.PREPARATION]


async def test_an_unknown_code_begins_nothing(shelves: Company) -> None:
    to_prepare(shelves, FLASK=1)
    async with seated(shelves, "prep") as seat:
        await seat.scan("NOSUCH")
        assert "NOSUCH is no order" in seat.answer
        assert not counts(seat)


async def test_a_typed_count_counts_so_many(shelves: Company) -> None:
    to_prepare(shelves, FLASK=30)
    async with seated(shelves, "prep") as seat:
        await seat.press("s")
        assert seat.answer == "scan FLASK next"
        await seat.press("1", "2")
        assert "12 times" in seat.answer
        await seat.scan("FLASK")
        assert counts(seat) == {"FLASK": 12}
        await seat.press("3", "*")
        await seat.scan("FLASK")
        assert counts(seat) == {"FLASK": 15}
        await seat.press("*")
        await seat.type("5")
        await seat.scan("FLASK")
        assert counts(seat) == {"FLASK": 20}
        await seat.press("*")
        await seat.type("many")
        assert "no number of pieces" in seat.answer


async def test_a_typed_count_is_dropped_by_other_keys(shelves: Company) -> None:
    to_prepare(shelves, FLASK=30)
    async with seated(shelves, "prep") as seat:
        await seat.scan("FLASK")
        await seat.press("9", "escape")
        await seat.scan("FLASK")
        await seat.press("9", "-")
        assert counts(seat) == {"FLASK": 2}
        await seat.press("9", "space")
        await seat.scan("FLASK")
        assert counts(seat) == {"FLASK": 3}


async def test_one_less_and_leave(shelves: Company) -> None:
    to_prepare(shelves, FLASK=5)
    async with seated(shelves, "prep") as seat:
        await seat.scan("FLASK", "FLASK")
        await seat.press("-")
        assert counts(seat) == {"FLASK": 1}
        assert "taken back" in seat.answer
        await seat.press("q")
        assert not counts(seat)
        assert "no longer verified" in seat.answer
        await seat.press("-")
        assert "does nothing here" in seat.answer


async def test_another_order_is_taken_in_hand_and_the_counts_are_kept(shelves: Company) -> None:
    first, second = to_prepare(shelves, FLASK=2), to_prepare(shelves, FLASK=2)
    async with seated(shelves, "prep") as seat:
        await seat.scan("FLASK", second)
        assert seat.here == second
        assert seat.answer == f"{second}; {first} stays unfinished, 1 of 2 checked"
        await seat.scan(first, "FLASK")
        assert seat.answer.startswith("all 2 pieces are checked")


async def test_done_before_all_is_checked_is_asked_about(shelves: Company) -> None:
    number = to_prepare(shelves, FLASK=2)
    async with seated(shelves, "prep") as seat:
        await seat.scan("FLASK")
        await seat.press("c", "2")
        assert shelves.stages(number) == [Stage.PREPARATION]
        await seat.press("c", "1")
        assert shelves.stages(number) == [Stage.SHIPPING]


async def test_a_late_order_is_not_finished_without_its_reason(shelves: Company) -> None:
    number = to_prepare(shelves, FLASK=1)
    shelves.later(days=1)
    async with seated(shelves, "prep") as seat:
        await seat.scan("FLASK", number)
        assert seat.answer == f"{number} is overdue: c asks why and finishes it"
        await seat.press("c", "1", "enter")
        assert shelves.stages(number) == [Stage.SHIPPING]


async def test_what_changed_since_is_verified_again(shelves: Company) -> None:
    number = to_prepare(shelves, FLASK=1)
    async with seated(shelves, "prep") as seat:
        await seat.scan("FLASK")
        verification = seat.desk.verification  # type: ignore[attr-defined]
        verification.expected["BRUSH"] = verification.counted["BRUSH"] = 1
        await seat.press("c")
        assert "verify it again" in seat.answer
        assert shelves.stages(number) == [Stage.PREPARATION]
        await seat.scan("FLASK", number)
        assert shelves.stages(number) == [Stage.SHIPPING]


async def test_an_order_that_is_not_here_is_not_verified(shelves: Company) -> None:
    to_prepare(shelves, FLASK=1)
    early = shelves.ordered(Stage.ALLOCATION, lines=(("FLASK", 1),))
    async with seated(shelves, "prep") as seat:
        await seat.scan(early, "FLASK")
        assert "is not at preparation" in seat.answer
        await seat.press("s")
        assert "is not at preparation" in seat.answer


async def test_the_pick_list_is_saved_over_marked_orders(shelves: Company) -> None:
    numbers = [to_prepare(shelves, FLASK=2, BRUSH=1), to_prepare(shelves, FLASK=3)]
    async with seated(shelves, "prep") as seat:
        await seat.press("space", "space", "p")
        assert seat.answer.startswith("pick list of 2 orders, 6 pieces, saved as printed/pick-list")
    (paper,) = Path(shelves.file.parent, "printed").iterdir()
    text = paper.read_text("utf-8")
    assert all(number in text for number in numbers)
    assert text.index("BRUSH") < text.index("FLASK")


async def test_the_pick_list_goes_to_the_configured_command(
    shelves: Company, tmp_path: Path
) -> None:
    number = to_prepare(shelves, FLASK=2)
    paper = tmp_path / "paper"
    settings = shelves.workplace.settings
    printing = structs.replace(settings.printing, command=f"tee {paper}")
    shelves.workplace.settings = structs.replace(settings, printing=printing)
    async with seated(shelves, "prep") as seat:
        await seat.press("p")
        assert seat.answer.endswith(f"printed with tee {paper}")
    assert number in paper.read_text("utf-8")


@pytest.mark.parametrize(("size", "language"), [((80, 24), "zh"), ((120, 40), "en")])
async def test_the_next_piece_stays_in_sight(
    shelves: Company, size: tuple[int, int], language: str
) -> None:
    skus = [f"SKU-{place:02}" for place in range(30)]
    products = [ProductDraft(sku, f"Product {sku}") for sku in skus]
    registers.keep_products(shelves.workplace, "admin", products)
    shelves.stock(**dict.fromkeys(skus, 9))
    to_prepare(shelves, **dict.fromkeys(skus, 1))
    async with seated(shelves, "prep", size=size, language=language) as seat:  # type: ignore[arg-type]
        for sku in skus[:-1]:
            await seat.scan(sku)
        assert any(skus[-1] in line and "0/1" in line for line in seat.lines)
