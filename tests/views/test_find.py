"""Finding orders by what a person has at hand."""

from datetime import timedelta

import pytest

from orderterm.store.connection import transaction
from orderterm.store.tables import Order
from orderterm.terms import ExceptionKind, ExceptionPath, Stage
from orderterm.views import find as finding
from orderterm.views.find import find, neighbours
from orderterm.workflow import orders as steps
from tests.contract.company import Company


def found(company: Company, text: str, limit: int = 100) -> list[str]:
    """The numbers of what is found."""
    return [work.number for work in find(text, company.workplace.settings, company.now, limit)]


@pytest.mark.parametrize("spelling", ["{}", " {} ", "{}\r"])
def test_an_order_number_finds_the_order(company: Company, spelling: str) -> None:
    number, _ = company.order(), company.order()
    assert found(company, spelling.format(number)) == [number]
    assert found(company, spelling.format(number.lower())) == [number]


def test_a_numbers_end_finds_the_newest_day_first(company: Company) -> None:
    monday = company.order()
    company.later(days=1)
    tuesday = company.order()
    (other,) = company.receive(company.draft(), channel="TM").new
    assert monday[8:] == tuesday[8:] == "-EC-001"
    assert found(company, "EC-001") == found(company, "ec-1") == [tuesday, monday]
    assert found(company, "TM-001") == [other]
    assert found(company, "1")[:3] == found(company, "001")[:3] == [other, tuesday, monday]
    assert found(company, "EC-9") == []


def test_the_channels_number_whole_and_from_its_beginning(company: Company) -> None:
    first = company.order(channel_order_number="9001-A")
    second = company.order(channel_order_number="9001")
    third = company.order(channel_order_number="9002")
    assert found(company, "9001") == [second, first]
    assert found(company, "900") == [third, second, first]
    assert found(company, "9001-a") == [first]


def test_a_name_is_found_from_its_beginning_the_newest_first(company: Company) -> None:
    first = company.order(customer_name="王小明")
    second = company.order(customer_name="王小红")
    third = company.order(customer_name="王小明")
    abroad = company.order(customer_name="J. Dupont")
    assert found(company, "王小") == [third, second, first]
    assert found(company, "王小明") == [third, first]
    assert found(company, "j. dup") == [abroad]
    assert found(company, "李") == []


@pytest.mark.parametrize(
    "contact", ["13800135678", "+86 138-0013-5678", "１３８００１３５６７８", "13800135678-1234"]
)
@pytest.mark.parametrize(
    "typed", ["5678", "135678", "138 0013 5678", "8613800135678", "13800135678转1234"]
)
def test_a_phone_is_found_by_its_end(company: Company, contact: str, typed: str) -> None:
    number = company.order(contact=contact)
    company.order(contact="13911115678")
    others = company.order(contact="13800138000")
    assert number in found(company, typed)
    assert others not in found(company, typed)
    assert len(found(company, typed)) == (2 if typed == "5678" else 1)


def test_a_sku_finds_open_orders_first(company: Company) -> None:
    company.stock(A=9, B=9)
    first, second, third = (company.order(lines=[("B", 1)]) for _ in range(3))
    company.order(lines=[("A", 1)])
    company.bring(third, None)
    steps.cancel(company.workplace, "boss", second, reason="so")
    assert found(company, "B") == found(company, "b") == [first, third, second]


def test_a_waybill_finds_its_parcels_orders(company: Company) -> None:
    company.stock(A=9)
    number = company.ordered(Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, waybill="YT8812345")
    assert found(company, "yt8812345") == [number]
    assert found(company, "YT88") == []


def test_what_fits_in_several_ways_is_found_once_the_surest_first(company: Company) -> None:
    sku = company.order(lines=[("A", 1)])
    named = company.order(lines=[("B", 1)], channel_order_number="A")
    begins = company.order(lines=[("B", 1)], channel_order_number="A1")
    customer = company.order(lines=[("B", 1)], customer_name="Anna")
    both = company.order(lines=[("A", 1)], customer_name="A")
    assert found(company, "A") == [named, both, sku, begins, customer]
    assert found(company, "A", limit=2) == [named, both]


@pytest.mark.parametrize(
    "text", ["", "  ", "'", "%", "_", "\x00", "--1", "٣٣٣٣", "9" * 5000, "王" * 999]
)
def test_nothing_is_found_by_what_means_nothing(company: Company, text: str) -> None:
    company.order()
    assert found(company, text) == []


def test_a_row_is_the_earliest_stage_the_exception_or_the_order(company: Company) -> None:
    company.stock(A=9)
    settings = company.workplace.settings
    number = company.order()
    (work,) = find(number, settings, company.now)
    assert (work.key[0], work.stage) == ("t", Stage.REVIEW)
    lacking = company.order(contact="")
    (work,) = find(lacking, settings, company.now)
    assert (work.key[0], work.exception) == ("e", ExceptionKind.INFORMATION)
    assert work.detail["problems"][0]["field"] == "contact"
    company.bring(number, None)
    (work,) = find(number, settings, company.now)
    assert (work.key[0], work.stage, work.due_at) == ("o", None, None)


def test_the_tail_is_kept_wherever_the_contact_changes(company: Company) -> None:
    company.stock(A=9)
    number = company.order(contact="")
    assert company.row(number).contact_tail == ""
    company.resolve("sales", number, fields={"contact": "138 0013 4321"})
    assert found(company, "4321") == [number]
    company.trouble(
        "sales", number, ExceptionKind.CHANGE_REQUEST, fields={"contact": "13800138765"}
    )
    company.resolve("sales", number, ExceptionPath.ACCEPT)
    assert (found(company, "4321"), found(company, "8765")) == ([], [number])
    company.bring(number, None)
    steps.erase(company.workplace, "admin", number, reason="asked")
    assert (found(company, "8765"), company.row(number).contact_tail) == ([], "")


def test_the_rest_of_a_split_order_is_found_by_the_same_phone(company: Company) -> None:
    company.stock(A=1, B=0)
    number = company.ordered(Stage.ALLOCATION, lines=[("A", 1), ("B", 1)], contact="13800131357")
    company.trouble("inv", number, ExceptionKind.SHORTAGE)
    company.resolve("buyer", number, ExceptionPath.SPLIT, agreed="by phone")
    rest, same = found(company, "1357")
    assert (same, company.row(rest).origin_id) == (number, company.row(number).id)


# -- neighbours -----------------------------------------------------------------------------------


def test_neighbours_are_open_orders_of_the_same_customer_for_the_same_place(
    company: Company,
) -> None:
    company.stock(A=9)
    own = company.order(contact="13800138000", address="杭州市西湖区文三路478号")
    same = company.order(contact="138-0013-8000", address="杭州市 西湖区 文三路478号")
    company.order(contact="13900138000")
    company.order(address="杭州市西湖区文三路479号")
    done = company.ordered(None)
    cancelled = company.order()
    steps.cancel(company.workplace, "boss", cancelled, reason="so")
    newest = company.order()
    assert neighbours(own) == [newest, same]
    assert neighbours(newest) == [same, own]
    assert neighbours(done) == [newest, same, own]
    assert neighbours("20200101-EC-001") == []


def test_neighbours_by_mail_and_none_without_a_contact(company: Company) -> None:
    mail = {"contact": "Anna@example.com", "customer_name": "Anna"}
    first, second = company.order(**mail), company.order(**(mail | {"contact": "anna@example.com"}))
    assert neighbours(second) == [first]
    nobody = [company.order(contact="") for _ in range(2)]
    assert neighbours(nobody[0]) == []


def test_neighbours_are_no_more_than_their_cap(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "MOST_NEIGHBOURS", 3)
    numbers = [company.order() for _ in range(6)]
    assert neighbours(numbers[0]) == numbers[:2:-1]


def test_a_long_history_is_not_read_to_its_beginning(company: Company) -> None:
    """What ends an answer is where it is cut, with the newest in it."""
    old = company.order(customer_name="张三")
    company.later(days=1)
    new = company.order(customer_name="张三")
    assert found(company, "张三", limit=1) == [new]
    with transaction():
        Order.update(received_at=company.now - timedelta(days=900)).where(
            Order.number == old
        ).execute()
    assert found(company, "张三") == [new, old]
