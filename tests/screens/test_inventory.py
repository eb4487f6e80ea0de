"""Inventory's screen."""

from orderterm.rules.drafts import ProductDraft
from orderterm.terms import Condition, ExceptionKind, Nature, Role, Stage
from orderterm.workflow import orders, registers, stages
from tests.contract.company import Company
from tests.screens.seat import Seat, seated


def waiting(company: Company, *lines: tuple[str, int], **draft: object) -> str:
    """An order at allocation."""
    return company.ordered(Stage.ALLOCATION, lines=lines, **draft)


def sell(company: Company, *skus: str) -> None:
    """More SKUs for the catalogue, long enough for a scanner."""
    products = [ProductDraft(sku, f"Product {sku}") for sku in skus]
    registers.keep_products(company.workplace, "admin", products)


def sku_here(seat: Seat) -> str:
    """The SKU under the cursor; blank where there is none."""
    return str(getattr(seat.desk.window.row, "sku", ""))


def line_of(seat: Seat, words: str) -> str:
    """The line of the screen's list with these words."""
    return next(line for line in seat.lines if words in line)


# -- allocating -----------------------------------------------------------------------------------


async def test_a_row_says_whether_everything_is_there(company: Company) -> None:
    company.stock(A=2)
    there, short = waiting(company, ("A", 2)), waiting(company, ("A", 3), ("B", 4))
    async with seated(company, "inv") as seat:
        assert "all there" in line_of(seat, there)
        assert "short A 1, B 4" in line_of(seat, short)


async def test_what_comes_in_elsewhere_is_told_in_the_row(company: Company) -> None:
    number = waiting(company, ("A", 3))
    async with seated(company, "inv") as seat:
        assert "short A 3" in line_of(seat, number)
        company.stock(A=1)
        await seat.shows("short A 2")
        assert seat.here == number


async def test_a_part_that_is_held_already_is_not_short(company: Company) -> None:
    company.stock(A=1)
    number = waiting(company, ("A", 3))
    company.confirm("inv", number, partial=True)
    async with seated(company, "inv") as seat:
        assert "short A 2" in line_of(seat, number)


async def test_one_key_allocates(company: Company) -> None:
    company.stock(A=5)
    first, second = waiting(company, ("A", 2)), waiting(company, ("A", 2))
    async with seated(company, "inv") as seat:
        await seat.press("c")
        assert company.stages(first) == [Stage.PREPARATION]
        assert company.held(first) == {"A": 2}
        assert "stock allocated" in seat.answer or "allocation of" in seat.answer
        assert seat.here == second


async def test_what_is_short_goes_to_purchasing(company: Company) -> None:
    number = waiting(company, ("A", 2))
    async with seated(company, "inv") as seat:
        await seat.press("c")
        assert "is short of A × 2: purchasing has been told" in seat.answer
        assert company.exceptions(number) == [ExceptionKind.SHORTAGE]
        await seat.shows("paused")


async def test_marked_orders_are_allocated_together(company: Company) -> None:
    company.stock(A=5)
    numbers = [waiting(company, ("A", 1)) for _ in range(3)]
    async with seated(company, "inv") as seat:
        await seat.press("space", "space", "c")
        await seat.shows("finish 2 orders?")
        await seat.press("1")
        assert seat.answer == "all 2 done"
        assert [company.stages(one)[0] for one in numbers] == [
            Stage.PREPARATION,
            Stage.PREPARATION,
            Stage.ALLOCATION,
        ]


async def test_all_that_fit_go_after_a_look_at_how_many(company: Company) -> None:
    company.stock(A=3, B=1)
    wide = waiting(company, ("A", 2), ("B", 1))
    no_b_left = waiting(company, ("A", 1), ("B", 1))
    last_a = waiting(company, ("A", 1))
    async with seated(company, "inv") as seat:
        await seat.press("F")
        await seat.shows("2 orders have everything there: allocate them?")
        assert company.stages(wide) == [Stage.ALLOCATION]
        await seat.press("1")
        assert seat.answer == "all 2 done"
        assert company.held(wide) == {"A": 2, "B": 1}
        assert company.held(last_a) == {"A": 1}
        assert company.stages(no_b_left) == [Stage.ALLOCATION]
        assert not company.exceptions(no_b_left)
        await seat.until(lambda: seat.here == no_b_left)


async def test_all_that_fit_can_be_given_up(company: Company) -> None:
    company.stock(A=3)
    number = waiting(company, ("A", 2))
    async with seated(company, "inv") as seat:
        await seat.press("F", "escape")
        assert seat.answer == "given up; nothing was changed"
        assert company.stages(number) == [Stage.ALLOCATION]


async def test_what_a_colleague_has_or_stands_still_does_not_take_part(company: Company) -> None:
    company.stock(A=9)
    held, theirs = waiting(company, ("A", 1)), waiting(company, ("A", 1))
    own = waiting(company, ("A", 1))
    registers.add_staff(company.workplace, "admin", "inv2", "Second", [Role.INVENTORY])
    stages.claim(company.workplace, "inv2", theirs)
    orders.hold(company.workplace, "rev", held, reason="doubt")
    async with seated(company, "inv") as seat:
        await seat.press("F")
        await seat.shows("1 orders have everything there")
        await seat.press("1")
        assert company.stages(own) == [Stage.PREPARATION]
        assert company.stages(theirs) == company.stages(held) == [Stage.ALLOCATION]


async def test_where_nothing_fits_it_says_so(company: Company) -> None:
    waiting(company, ("A", 2))
    async with seated(company, "inv") as seat:
        await seat.press("F")
        assert "no order of the queue has everything there" in seat.answer


async def test_late_orders_ask_why_once(company: Company) -> None:
    company.stock(A=5)
    numbers = [waiting(company, ("A", 1)) for _ in range(2)]
    company.later(hours=2)
    async with seated(company, "inv") as seat:
        await seat.press("F", "1")
        await seat.shows("why is it late?")
        await seat.press("1", "enter")
        assert seat.answer == "all 2 done"
        assert all(company.stages(one) == [Stage.PREPARATION] for one in numbers)


async def test_a_part_goes_ahead(company: Company) -> None:
    company.stock(A=1)
    number = waiting(company, ("A", 3))
    async with seated(company, "inv") as seat:
        await seat.press("P")
        assert company.held(number) == {"A": 1}
        assert set(company.stages(number)) == {Stage.PREPARATION, Stage.ALLOCATION}
        assert company.exceptions(number) == [ExceptionKind.SHORTAGE]


async def test_parts_of_marked_orders_go_ahead(company: Company) -> None:
    company.stock(A=1, B=1)
    first, second = waiting(company, ("A", 3)), waiting(company, ("B", 3))
    async with seated(company, "inv") as seat:
        await seat.press("A", "P")
        await seat.shows("allocate what is there of 2 orders?")
        await seat.press("1")
        assert company.held(first) == {"A": 1}
        assert company.held(second) == {"B": 1}


# -- what comes back ------------------------------------------------------------------------------


def coming_back(company: Company, *lines: tuple[str, int]) -> str:
    """A return that is at receiving."""
    return company.ordered(Stage.RECEIVING, lines=lines, nature=Nature.RETURN)


async def test_enter_puts_all_that_comes_back_on_the_shelf(company: Company) -> None:
    number = coming_back(company, ("A", 2), ("B", 1))
    async with seated(company, "inv") as seat:
        await seat.press("c")
        await seat.shows("A × 2: back on the shelf")
        await seat.press("enter")
        await seat.shows("B × 1: back on the shelf")
        await seat.press("enter")
        assert company.stages(number) == [Stage.REFUND]
        assert company.level("A").on_hand == 2
        assert company.level("B").on_hand == 1


async def test_what_is_broken_is_scrapped(company: Company) -> None:
    number = coming_back(company, ("A", 3))
    async with seated(company, "inv") as seat:
        await seat.press("c", "backspace")
        await seat.type("1")
        await seat.shows("A: scrapped, of 2 left")
        await seat.press("enter")
        assert company.stages(number) == [Stage.REFUND]
        assert company.level("A").on_hand == 1


async def test_the_question_before_can_be_asked_again(company: Company) -> None:
    number = coming_back(company, ("A", 2), ("B", 2))
    async with seated(company, "inv") as seat:
        await seat.press("c", "backspace")
        await seat.type("1")
        await seat.press("up")
        await seat.shows("A × 2: back on the shelf")
        await seat.press("enter", "up")
        await seat.shows("A × 2: back on the shelf")
        await seat.press("enter", "enter")
        assert company.stages(number) == [Stage.REFUND]
        assert company.level("A").on_hand == company.level("B").on_hand == 2


async def test_what_is_no_number_of_pieces_is_refused(company: Company) -> None:
    number = coming_back(company, ("A", 2))
    async with seated(company, "inv") as seat:
        await seat.press("c")
        await seat.type("x")
        assert seat.answer == "2x is no number of pieces: type it in digits, as 12"
        assert company.stages(number) == [Stage.RECEIVING]


async def test_what_comes_back_is_received_one_by_one(company: Company) -> None:
    numbers = [coming_back(company, ("A", 1)) for _ in range(2)]
    async with seated(company, "inv") as seat:
        await seat.press("A", "c")
        assert "must be finished alone" in seat.answer
        assert all(company.stages(one) == [Stage.RECEIVING] for one in numbers)


# -- the shelf ------------------------------------------------------------------------------------


async def test_a_count_on_the_stock_page_serves_who_waits(company: Company) -> None:
    number = waiting(company, ("A", 2))
    company.confirm("inv", number)
    assert company.condition(number) is Condition.AWAITING_STOCK
    async with seated(company, "inv") as seat:
        await seat.press("tab", "tab")
        assert line_of(seat, "Product A").split() == ["▌", "A", "Product", "A", "0", "0", "0"]
        await seat.press("k")
        await seat.shows("A: pieces on hand (so far 0)")
        await seat.type("5")
        told = f"A: 5 on hand (+5); {number} waited for it and are allocated"
        assert seat.answer == told
        assert company.stages(number) == [Stage.PREPARATION]
        await seat.until(
            lambda: line_of(seat, "Product A").split()[1:] == ["A", "Product", "A", "5", "2", "3"]
        )


async def test_a_count_may_take_stock_from_an_order(company: Company) -> None:
    company.stock(A=2)
    number = waiting(company, ("A", 2))
    company.confirm("inv", number)
    async with seated(company, "inv") as seat:
        await seat.press("tab", "tab", "k")
        await seat.type("1")
        assert seat.answer == f"A: 1 on hand (-1); {number} lost what they held and wait again"
        await seat.press("k")
        await seat.type("1")
        assert seat.answer == "A: 1 on hand, as it was"


async def test_a_count_follows_a_scanned_sku(company: Company) -> None:
    sell(company, "BW-500")
    number = waiting(company, ("BW-500", 2))
    async with seated(company, "inv") as seat:
        await seat.scan("BW-500")
        assert seat.numbers == [number]
        await seat.press("k")
        await seat.type("1")
        assert seat.answer == "BW-500: 1 on hand (+1)"
        assert company.level("BW-500").on_hand == 1


async def test_without_a_scan_the_sku_is_asked_for(company: Company) -> None:
    sell(company, "BW-500")
    async with seated(company, "inv") as seat:
        await seat.press("k")
        await seat.shows("which SKU is counted?")
        await seat.scan("BW-500")
        await seat.shows("BW-500: pieces on hand")
        await seat.type("7")
        assert company.level("BW-500").on_hand == 7


async def test_what_is_not_in_the_catalogue_is_not_counted(company: Company) -> None:
    async with seated(company, "inv") as seat:
        await seat.press("k")
        await seat.type("ZZ")
        assert "ZZ is neither in the catalogue nor in stock" in seat.answer


async def test_a_scanned_sku_goes_to_its_row(company: Company) -> None:
    sell(company, "BW-500", "GB-1000", "TC-06")
    async with seated(company, "inv") as seat:
        await seat.press("tab", "tab")
        await seat.scan("TC-06", "BW-500", "gb-1000")
        assert sku_here(seat) == "GB-1000"
        assert seat.answer == "GB-1000 is on this line"


async def test_the_shortages_page_tells_who_waits(company: Company) -> None:
    first, second = waiting(company, ("A", 2)), waiting(company, ("A", 3), ("B", 1))
    for number in (first, second):
        company.confirm("inv", number)
    async with seated(company, "inv", size=(120, 40)) as seat:
        await seat.press("tab")
        assert sku_here(seat) == "A"
        assert line_of(seat, "▌").split()[1:7] == ["A", "Product", "A", "5", "5", "2"]
        await seat.shows(first)
        await seat.shows(second)
        await seat.press("enter")
        assert seat.numbers == [first, second]
        assert seat.here == first
        await seat.press("escape")
        assert sku_here(seat) == "A"


async def test_a_list_of_skus_has_no_order_to_work_on(company: Company) -> None:
    company.stock(A=1)
    async with seated(company, "inv") as seat:
        await seat.press("tab", "tab", "c")
        assert "there is no order here to do this on" in seat.answer
        await seat.press("enter")
        assert seat.answer == "no order waits for A"


async def test_a_list_of_skus_is_shown_whole(company: Company) -> None:
    company.stock(A=1)
    async with seated(company, "inv") as seat:
        await seat.press("f", "2", "tab", "tab")
        assert "[overdue]" not in seat.text
        assert sku_here(seat) == "A"
        for key in "fv":
            await seat.press(key)
            assert seat.answer.startswith("this list is shown whole")


async def test_orders_found_from_the_stock_page_are_shown_as_orders(company: Company) -> None:
    number = waiting(company, ("A", 2))
    async with seated(company, "inv") as seat:
        await seat.press("tab", "tab", "/")
        await seat.type(number)
        assert seat.here == number
        await seat.shows(number)
        await seat.press("escape")
        assert sku_here(seat) == "A"


async def test_a_wide_catalogue_is_paged(company: Company) -> None:
    sell(company, *(f"S{place:03}" for place in range(300)))
    async with seated(company, "inv") as seat:
        await seat.press("tab", "tab", "end")
        assert sku_here(seat) == "S299"
        await seat.scan("S007")
        assert sku_here(seat) == "S007"
        await seat.shows("Product S007")
