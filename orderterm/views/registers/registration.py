"""订单信息登记表: every line of every order received, as it stands."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, structs
from peewee import JOIN

from orderterm.rules.contacts import mask_remark
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.tables import ImportFile, Order, OrderException, OrderLine
from orderterm.terms import Condition, ExceptionKind, Nature, Priority, Tag
from orderterm.views.masked import masked_address, masked_contact
from orderterm.views.registers.days import Days, in_parts
from orderterm.views.times import local


class RegistrationRow(Struct, frozen=True):
    """A line of an order; one without lines has a row with no SKU.

    ``unit_price`` and ``amount`` are in minor units; ``missing`` is what the verification found
    wrong and nobody has mended yet, None for an order that can be worked.
    """

    number: str
    channel: str
    channel_order_number: str
    shop: str
    file: str | None
    ordered_at: datetime | None
    received_at: datetime
    customer: str
    level: str
    contact: str
    address: str
    sku: str | None
    name: str | None
    specification: str | None
    quantity: int | None
    unit_price: int | None
    nature: Nature
    tags: tuple[Tag, ...]
    preferred_carrier: str
    priority: Priority
    ship_by: datetime | None
    special_request: str
    note: str
    missing: dict[str, Any] | None
    condition: Condition

    @property
    def amount(self) -> int | None:
        """What the line comes to."""
        if self.unit_price is None or self.quantity is None:
            return None
        return self.unit_price * self.quantity


_COLUMNS = (
    Order.number,
    Order.channel,
    Order.channel_order_number,
    Order.shop,
    ImportFile.name,
    Order.ordered_at,
    Order.received_at,
    Order.customer_name,
    Order.customer_level,
    Order.contact,
    Order.address,
    OrderLine.sku,
    OrderLine.name,
    OrderLine.specification,
    OrderLine.quantity,
    OrderLine.unit_price,
    Order.nature,
    Order.tags,
    Order.preferred_carrier,
    Order.priority,
    Order.ship_by,
    Order.special_request,
    Order.note,
    OrderException.detail,
    Order.condition,
)
_TIMES = ("ordered_at", "received_at", "ship_by")


def registration(days: Days, settings: Settings) -> Iterator[RegistrationRow]:
    """The orders received in ``days``, in the order of receipt; within the caller's reading."""
    made = partial(_rows, zone=settings.site.zone)
    for day in days.each():
        yield from in_parts(_orders(f"{day:%Y%m%d}-"), made)


def masked(row: RegistrationRow) -> RegistrationRow:
    """The row for those who only watch: without what leads to the customer."""
    return structs.replace(
        row,
        customer=mask_remark(row.customer, row.address),
        contact=masked_contact(row.contact),
        address=masked_address(row.address),
        special_request=mask_remark(row.special_request, row.address),
        note=mask_remark(row.note, row.address),
    )


def _orders(prefix: str) -> Any:
    """The lines of the orders whose numbers begin with a day."""
    line = (OrderLine.order == Order.id) & OrderLine.removed_at.is_null()
    unmended = (
        (OrderException.order == Order.id)
        & (OrderException.kind == ExceptionKind.INFORMATION)
        & OrderException.resolved_at.is_null()
    )
    return (
        Order.select(*_COLUMNS)
        .join(ImportFile, JOIN.LEFT_OUTER)
        .join_from(Order, OrderLine, JOIN.LEFT_OUTER, on=line)
        .join_from(Order, OrderException, JOIN.LEFT_OUTER, on=unmended)
        .where(queries.begins_with(Order.number, prefix))
        .order_by(Order.id, OrderLine.position)
    )


def _rows(found: Sequence[tuple[Any, ...]], zone: ZoneInfo) -> Iterator[RegistrationRow]:
    names = RegistrationRow.__struct_fields__
    for values in found:
        told = dict(zip(names, values, strict=True))
        for name in _TIMES:
            told[name] = local(told[name], zone)
        if told["missing"] is not None:
            told["missing"] = msgspec.json.decode(told["missing"])
        yield RegistrationRow(**told)
