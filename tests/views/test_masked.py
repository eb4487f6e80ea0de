"""What watchers see of customers."""

import msgspec

from orderterm.terms import ExceptionKind, Priority, Stage
from orderterm.views.masked import masked_order, masked_work
from orderterm.views.order import order
from orderterm.views.queue import Wanted, page
from orderterm.workflow import exceptions, orders
from tests.contract.company import Company

PHONE, STREET = "13800138000", "文三路478号"
ADDRESS = f"杭州市西湖区{STREET}"


def test_no_phone_and_no_street_is_left_anywhere(company: Company) -> None:
    company.stock(A=10)
    number = company.ordered(
        Stage.TRACKING,
        note=f"ring {PHONE}, not at {ADDRESS}",
        special_request=f"{PHONE}",
        customer_name=f"王小明{PHONE} {ADDRESS}",
    )
    why = f"{PHONE} of {ADDRESS} called twice"
    orders.set_priority(company.workplace, "boss", number, Priority.URGENT, reason=why)
    orders.note(company.workplace, "track", number, f"called {PHONE}", with_customer=True)
    exceptions.raise_by_hand(
        company.workplace,
        "track",
        number,
        ExceptionKind.CHANGE_REQUEST,
        note=f"call {PHONE}",
        fields={"address": ADDRESS, "contact": PHONE},
    )
    settings = company.workplace.settings
    found = masked_order(order(number, settings, company.now))
    rows = [masked_work(work) for work in page(Wanted(), settings, company.now)]
    told = msgspec.json.encode([msgspec.to_builtins(found), msgspec.to_builtins(rows)]).decode()
    assert PHONE not in told
    assert STREET not in told
    assert found.customer.contact == "138****8000"
    assert found.customer.address == "杭州市西****"


def test_what_is_no_customers_stays_readable(company: Company) -> None:
    company.stock(A=10)
    number = company.ordered(Stage.TRACKING)
    settings = company.workplace.settings
    found = masked_order(order(number, settings, company.now))
    assert found.shipments == order(number, settings, company.now).shipments
    shipped = next(entry for entry in found.timeline if "waybill" in entry.facts)
    assert shipped.facts["waybill"] == company.parcels(number)[0].waybill


def test_nothing_is_masked_where_there_is_nothing(company: Company) -> None:
    number = company.order(contact="", address="")
    found = masked_order(order(number, company.workplace.settings, company.now))
    assert (found.customer.contact, found.customer.address) == ("", "")


def test_an_email_keeps_its_domain_only(company: Company) -> None:
    number = company.order(contact="wang.xm@example.com")
    found = masked_order(order(number, company.workplace.settings, company.now))
    assert found.customer.contact == "w***@example.com"
