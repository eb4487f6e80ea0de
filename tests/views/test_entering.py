"""What helps to enter an order by hand."""

from orderterm.rules.drafts import CustomerDraft
from orderterm.views.entering import KnownCustomer, known_customer, last_channel
from orderterm.workflow import entering, registers
from tests.contract.company import Company
from tests.views.plans import asked, read_whole, scans

NAME, CONTACT, ADDRESS = "王小明", "13800138000", "杭州市西湖区文三路478号"


def test_who_ordered_before_is_known_by_name_as_they_ordered_last(company: Company) -> None:
    company.order(address="上海市南京路9号")
    last = company.order()
    assert known_customer(NAME) == KnownCustomer(NAME, "", CONTACT, ADDRESS, last)


def test_a_masked_contact_is_passed_over(company: Company) -> None:
    whole = company.order()
    company.order(contact="138****8000")
    found = known_customer(NAME)
    assert found is not None
    assert (found.contact, found.number) == (CONTACT, whole)


def test_a_contact_is_known_in_whatever_spelling(company: Company) -> None:
    number = company.order()
    company.order(customer_name="Other", contact="13900008000")
    found = known_customer("138 0013-8000")
    assert found is not None
    assert (found.name, found.number) == (NAME, number)


def test_the_registers_people_are_known_by_contact_and_by_name(company: Company) -> None:
    drafts = [CustomerDraft("李梅", "13912345678", "diamond", "广州市中山路2号")]
    registers.keep_customers(company.workplace, "admin", drafts)
    known = KnownCustomer("李梅", "diamond", "13912345678", "广州市中山路2号", "")
    assert known_customer("139 1234 5678") == known
    assert known_customer("李梅") == known


def test_of_two_in_the_register_with_one_name_neither_is_meant_by_it(company: Company) -> None:
    drafts = [CustomerDraft("李梅", contact, "", "") for contact in ("13912345678", "13887654321")]
    registers.keep_customers(company.workplace, "admin", drafts)
    assert known_customer("李梅") is None
    assert known_customer("13887654321") is not None


def test_the_register_has_the_address_that_an_order_left_out(company: Company) -> None:
    drafts = [CustomerDraft(NAME, CONTACT, "", "广州市中山路2号")]
    registers.keep_customers(company.workplace, "admin", drafts)
    company.order(address="")
    found = known_customer(NAME)
    assert found is not None
    assert found.address == "广州市中山路2号"


def test_nobody_is_known_by_nothing_or_by_another_name(company: Company) -> None:
    company.order()
    assert [known_customer(text) for text in ("", " ", "王小", "13800138001")] == [None] * 4


def test_the_last_channel_is_ones_own(company: Company) -> None:
    for badge, channel in (("sales", "ST"), ("sales", "DL"), ("boss", "EC")):
        draft = company.draft(channel_order_number="")
        entering.enter(company.workplace, badge, channel, draft)
    company.order()
    assert last_channel("sales", entering.BY_HAND) == "DL"
    assert last_channel("boss", entering.BY_HAND) == "EC"
    assert last_channel("admin", entering.BY_HAND) is None


def test_no_table_is_read_whole(company: Company) -> None:
    company.order()
    with asked() as selects:
        known_customer(NAME)
        known_customer("李梅")
        known_customer(CONTACT)
        known_customer("13912345678")
        last_channel("sales", entering.BY_HAND)
    assert len(selects) >= 5
    assert read_whole(scans(selects)) == set()
