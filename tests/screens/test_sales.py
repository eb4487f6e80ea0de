"""Sales' screen: what is missing, change requests, orders entered by hand, questions answered."""

import pytest

from orderterm.rules.drafts import CustomerDraft, ProductDraft
from orderterm.store.connection import reading
from orderterm.store.tables import OrderLine
from orderterm.terms import ChannelStatus, Condition, ExceptionKind, ExceptionPath, Stage
from orderterm.workflow import registers
from tests.contract.company import Company
from tests.screens.seat import Seat, seated

INFORMATION, CHANGE = ExceptionKind.INFORMATION, ExceptionKind.CHANGE_REQUEST


def lines(company: Company, number: str) -> list[tuple[str, int | None]]:
    """The SKU and pieces of each line that stands."""
    order = company.row(number)
    with reading():
        found = OrderLine.select().where(
            (OrderLine.order == order.id) & OrderLine.removed_at.is_null()
        )
        return [(one.sku, one.quantity) for one in found.order_by(OrderLine.position)]


# -- what is missing ------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["c", "e"])
async def test_the_missing_fields_are_asked_for_in_place(company: Company, key: str) -> None:
    lacking = company.order(contact="", address="")
    async with seated(company, "sales") as seat:
        assert seat.numbers == [lacking]
        assert "contact, address" in seat.text
        await seat.press(key)
        assert seat.answer == "the contact is missing"
        await seat.type("13912345678")
        assert seat.answer == "the delivery address is missing"
        await seat.type("杭州市文三路1号")
        assert seat.answer == f"{lacking} is complete and goes to review"
        assert company.row(lacking).contact == "13912345678"
        assert company.stages(lacking) == ["review"]
        assert seat.numbers == []


async def test_what_is_still_wrong_is_asked_for_again(company: Company) -> None:
    lacking = company.order(contact="138****8000")
    async with seated(company, "sales") as seat:
        await seat.press("c", "ctrl+u")
        await seat.type("12")
        assert "12 is neither a phone number nor an e-mail address" in seat.answer
        await seat.press("ctrl+u")
        await seat.type("13912345678")
        assert company.exceptions(lacking) == []


async def test_the_arrow_up_asks_for_the_field_before(company: Company) -> None:
    lacking = company.order(contact="", address="")
    async with seated(company, "sales") as seat:
        await seat.press("c")
        await seat.type("13912345678")
        await seat.press("up", "ctrl+u")
        await seat.type("13800000000")
        await seat.type("杭州市文三路1号")
        assert company.row(lacking).contact == "13800000000"


async def test_enter_alone_leaves_a_field_and_the_order_in_its_place(company: Company) -> None:
    lacking, other = company.order(contact="", address=""), company.order(contact="")
    async with seated(company, "sales") as seat:
        await seat.press("c")
        await seat.type("13912345678")
        await seat.press("enter")
        assert f"{lacking} still lacks something" in seat.answer
        assert seat.here == lacking
        assert company.row(lacking).contact == "13912345678"
        assert company.exceptions(lacking) == [INFORMATION]
        assert seat.numbers == [lacking, other]


async def test_pieces_that_are_none_are_left_as_they_stand(company: Company) -> None:
    lacking = company.order(contact="", lines=[("A", None)])
    async with seated(company, "sales") as seat:
        await seat.press("c")
        await seat.type("13912345678")
        await seat.type("two")
        assert "the quantity is missing" in seat.answer
        await seat.press("enter")
        assert company.row(lacking).contact == "13912345678"
        assert company.exceptions(lacking) == [INFORMATION]


async def test_a_name_that_contradicts_its_sku_lets_both_be_mended(company: Company) -> None:
    draft = company.draft()
    draft.lines[0].name = "Something else entirely"
    (lacking,) = company.receive(draft).new
    async with seated(company, "sales") as seat:
        await seat.press("c")
        assert "contradicts" in seat.answer
        assert "line 1: SKU" in seat.text
        await seat.press("enter", "ctrl+u")
        await seat.type("Product A")
        assert company.stages(lacking) == ["review"]


async def test_an_order_without_lines_says_what_to_do(company: Company) -> None:
    lacking = company.order(lines=())
    async with seated(company, "sales") as seat:
        await seat.press("c")
        assert "the order has no lines" in seat.answer
        assert "cancel the order and enter it anew" in seat.answer
        assert company.exceptions(lacking) == [INFORMATION]


async def test_giving_up_keeps_nothing(company: Company) -> None:
    lacking = company.order(contact="", address="")
    async with seated(company, "sales") as seat:
        await seat.press("c")
        await seat.type("13912345678")
        await seat.press("escape")
        assert company.row(lacking).contact == ""
        assert seat.answer == "given up; nothing was changed"


async def test_what_a_colleague_sent_back_can_be_right_as_it_stands(company: Company) -> None:
    number = company.order()
    company.trouble("rev", number, INFORMATION, note="is the address right?")
    async with seated(company, "sales") as seat:
        assert "is the address right?" in seat.text
        await seat.press("c")
        assert seat.answer == "is the address right?"
        await seat.press("1")
        assert company.stages(number) == ["review"]


async def test_what_a_colleague_sent_back_is_chosen_and_mended(company: Company) -> None:
    number = company.order()
    company.trouble("rev", number, INFORMATION, note="is the address right?")
    async with seated(company, "sales") as seat:
        await seat.press("c", "enter", "ctrl+u")
        await seat.type("上海市南京路9号")
        await seat.press("enter")
        assert company.row(number).address == "上海市南京路9号"
        assert company.stages(number) == ["review"]


async def test_several_are_not_completed_at_once(company: Company) -> None:
    lacking = [company.order(contact="") for _ in range(2)]
    async with seated(company, "sales") as seat:
        await seat.press("A", "c")
        assert seat.answer.startswith(f"{lacking[0]} must be finished alone")


# -- change requests ------------------------------------------------------------------------------


def asked_for(company: Company, **wanted: object) -> str:
    """An order whose channel tells something else of it later."""
    draft = company.draft(channel_order_number="CH1")
    (number,) = company.receive(draft).new
    changed = company.draft(channel_order_number="CH1", **wanted)
    company.receive(changed)
    assert company.exceptions(number) == [CHANGE]
    return number


async def test_a_change_is_shown_before_and_after(company: Company) -> None:
    number = asked_for(company, contact="13912345678", lines=[("A", 3), ("B", 1)])
    async with seated(company, "sales", size=(120, 40)) as seat:
        await seat.press("tab")
        assert seat.numbers == [number]
        await seat.shows("contact: 13800138000 → 13912345678")
        await seat.shows("A pieces: 1 → 3")
        await seat.shows("B pieces: 0 → 1")


async def test_a_change_is_accepted(company: Company) -> None:
    number = asked_for(company, contact="13912345678", lines=[("A", 3), ("B", 1)])
    async with seated(company, "sales") as seat:
        await seat.press("tab", "c", "1")
        assert seat.answer == f"the change of {number} is made; it goes back to review"
        assert company.row(number).contact == "13912345678"
        assert lines(company, number) == [("A", 3), ("B", 1)]


async def test_an_order_that_is_wanted_no_more_is_cancelled_by_accepting(company: Company) -> None:
    number = asked_for(company, status=ChannelStatus.CANCELLED)
    async with seated(company, "sales") as seat:
        await seat.press("tab")
        assert "the customer wants it no more" in seat.text
        await seat.press("c", "1")
        assert company.condition(number) is Condition.CANCELLED


async def test_a_change_that_a_colleague_noted_is_filled_in(company: Company) -> None:
    number = company.order()
    company.trouble("track", number, CHANGE, note="three instead of one")
    async with seated(company, "sales") as seat:
        await seat.press("tab", "e", "1")
        assert seat.answer == "three instead of one"
        await seat.press("5", "ctrl+u")
        await seat.type("3")
        await seat.press("enter")
        assert lines(company, number) == [("A", 3)]
        assert company.paths(number) == [ExceptionPath.ACCEPT]


# -- all that is open -----------------------------------------------------------------------------


async def test_all_open_orders_can_be_looked_at_but_are_others_work(company: Company) -> None:
    company.stock(A=5)
    reviewed, shelved = company.order(), company.ordered(Stage.PREPARATION)
    async with seated(company, "sales") as seat:
        await seat.press("tab", "tab")
        assert seat.numbers == [reviewed, shelved]
        await seat.press("c")
        assert "lacks nothing that sales could complete" in seat.answer
        assert "review" in seat.answer
        assert company.stages(reviewed) == ["review"]


async def test_a_call_is_noted(company: Company) -> None:
    number = company.order()
    async with seated(company, "sales") as seat:
        await seat.press("tab", "tab", "l", "1")
        await seat.type("wants it on Friday")
        assert ("sales", "noted") in company.events(number)


# -- an order by hand -----------------------------------------------------------------------------


async def start(seat: Seat, channel: str = "2") -> None:
    """Begin an order, through the second channel of the settings."""
    await seat.press("o", channel)


async def test_an_order_is_entered_with_few_keys(company: Company) -> None:
    async with seated(company, "sales") as seat:
        await start(seat)
        await seat.type("Anna")
        await seat.type("13912345678")
        await seat.type("1 Long Road")
        await seat.type("A")
        await seat.press("enter")
        await seat.type("B")
        await seat.type("3")
        await seat.shows("Product B")
        await seat.press("enter")
        await seat.type("gift wrap")
        assert seat.answer == "2 lines, 4 pieces; the arrow up goes back"
        assert company.numbers() == []
        await seat.press("enter")
        (number,) = company.numbers()
        assert seat.answer == f"{number} is entered and goes to review"
        order = company.row(number)
        assert (order.channel, order.customer_name, order.contact) == ("ST", "Anna", "13912345678")
        assert (order.address, order.special_request) == ("1 Long Road", "gift wrap")
        assert lines(company, number) == [("A", 1), ("B", 3)]
        assert company.stages(number) == ["review"]


async def entered(seat: Seat, *, channel: str = "2") -> None:
    await start(seat, channel)
    await seat.type("Anna")
    await seat.type("13912345678")
    await seat.type("1 Long Road")
    await seat.type("A")
    await seat.press("enter", "enter", "enter", "enter")


async def test_the_channel_used_last_is_the_one_that_enter_takes(company: Company) -> None:
    async with seated(company, "sales") as seat:
        await entered(seat, channel="3")
        await seat.press("o", "enter")
        await seat.type("Anna")
        await seat.shows("经销")


async def test_a_known_customers_contact_and_address_stand_there(company: Company) -> None:
    known = company.order()
    async with seated(company, "sales") as seat:
        await start(seat)
        await seat.type("王小明")
        assert seat.answer == f"王小明 is known (-), last order {known}"
        await seat.press("enter", "enter")
        await seat.type("A")
        await seat.press("enter", "enter", "enter", "enter")
        order = company.row(company.numbers()[-1])
        assert (order.contact, order.address) == ("13800138000", "杭州市西湖区文三路478号")


async def test_what_was_typed_is_not_put_aside_for_what_is_known(company: Company) -> None:
    company.order()
    async with seated(company, "sales") as seat:
        await to_lines(seat)
        await seat.press("up", "up", "up", "ctrl+u")
        await seat.type("王小明")
        await seat.shows("王小明  13912345678")
        await seat.shows("1 Long Road")


async def test_a_phone_tells_who_it_is(company: Company) -> None:
    registers.keep_customers(
        company.workplace,
        "admin",
        [CustomerDraft("李梅", "139 1234 5678", "diamond", "广州市中山路2号")],
    )
    async with seated(company, "sales") as seat:
        await start(seat)
        await seat.type("13912345678")
        assert seat.answer == "李梅 is known (diamond), no order yet"
        await seat.shows("李梅  13912345678")
        await seat.shows("广州市中山路2号")


async def test_a_phone_that_nobody_has_is_kept_and_the_name_asked_for(company: Company) -> None:
    async with seated(company, "sales") as seat:
        await start(seat)
        await seat.type("13912345678")
        assert seat.answer == "nobody is known by 13912345678 yet"
        await seat.type("Anna")
        await seat.shows("Anna  13912345678")


async def to_lines(seat: Seat) -> None:
    """An order as far as its first line."""
    await start(seat)
    await seat.type("Anna")
    await seat.type("13912345678")
    await seat.type("1 Long Road")


async def finish(seat: Seat) -> None:
    """No further line, no request, and yes."""
    await seat.press("enter", "enter", "enter")


async def test_an_unknown_sku_is_refused_at_once(company: Company) -> None:
    async with seated(company, "sales") as seat:
        await to_lines(seat)
        await seat.type("Z")
        assert seat.answer == "Z is not in the catalogue; scan or type another SKU"
        await seat.type("a")
        assert seat.answer == "A: Product A"
        await seat.press("enter")
        await finish(seat)
        assert lines(company, company.numbers()[0]) == [("A", 1)]


async def test_articles_are_scanned_one_after_another(company: Company) -> None:
    products = [ProductDraft(sku, f"Product {sku}") for sku in ("SKU-1", "SKU-2")]
    registers.keep_products(company.workplace, "admin", products)
    async with seated(company, "sales") as seat:
        await to_lines(seat)
        for sku in ("SKU-1", "SKU-2", "SKU-1", "SKU-2", "SKU-2"):
            await seat.scan(sku)
        await seat.shows("SKU-2: 3 pieces now")
        await finish(seat)
        assert lines(company, company.numbers()[0]) == [("SKU-1", 2), ("SKU-2", 3)]


async def test_pieces_must_be_pieces(company: Company) -> None:
    async with seated(company, "sales") as seat:
        await to_lines(seat)
        await seat.type("A")
        await seat.type("0")
        assert seat.answer == "0 is no number of pieces: type it in digits, as 12"
        await seat.type("5")
        await finish(seat)
        assert lines(company, company.numbers()[0]) == [("A", 5)]


async def test_an_order_needs_a_line(company: Company) -> None:
    async with seated(company, "sales") as seat:
        await to_lines(seat)
        await seat.press("enter")
        assert "an order needs a line" in seat.answer


async def test_going_back_changes_what_was_answered(company: Company) -> None:
    async with seated(company, "sales") as seat:
        await to_lines(seat)
        await seat.type("A")
        await seat.type("2")
        await seat.type("B")
        await seat.press("up", "ctrl+u", "enter")
        await seat.press("up", "up")
        await seat.type("4")
        await finish(seat)
        assert lines(company, company.numbers()[0]) == [("A", 4)]


async def test_giving_up_an_order_keeps_nothing_and_says_so(company: Company) -> None:
    async with seated(company, "sales") as seat:
        await to_lines(seat)
        await seat.type("A")
        await seat.press("escape")
        assert seat.answer == "given up; nothing of the order was kept"
        assert company.numbers() == []
        await seat.until(lambda: "1 Long Road" not in seat.text)


async def test_what_is_missing_is_said_before_it_is_entered(company: Company) -> None:
    async with seated(company, "sales") as seat:
        await start(seat)
        await seat.type("Anna")
        await seat.press("enter", "enter")
        await seat.type("A")
        await seat.press("enter", "enter", "enter")
        assert seat.answer.startswith("it will wait for what is missing: the contact is missing")
        await seat.press("enter")
        (number,) = company.numbers()
        assert seat.answer == f"{number} is entered, and waits for information"
        assert company.exceptions(number) == [INFORMATION]
        await seat.shows("contact, address")
