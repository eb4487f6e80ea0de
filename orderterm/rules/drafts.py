"""Plain values that a file's rows become, before anything is decided about them."""

from datetime import datetime

from msgspec import Struct, field

from orderterm.sentences import Sentence
from orderterm.terms import ChannelStatus, TrackingState


class Problem(Struct, frozen=True):
    """Something missing or wrong in an order: which field, and what is wrong with it.

    ``field`` is a column of orderterm's own template, for a line with its position: ``line1.sku``.
    """

    field: str
    reason: Sentence


class LineDraft(Struct):
    """One line of an order as the channel tells it.

    ``quantity`` in pieces, None where it is missing or unreadable; ``unit_price`` in minor units
    (cents, 分), None where the channel does not tell it.
    """

    sku: str = ""
    name: str = ""
    specification: str = ""
    quantity: int | None = None
    unit_price: int | None = None
    channel_line_number: str = ""


class OrderDraft(Struct):
    """One order as the channel tells it; times are aware and in UTC."""

    channel_order_number: str = ""
    shop: str = ""
    status: ChannelStatus = ChannelStatus.OPEN
    ordered_at: datetime | None = None
    ship_by: datetime | None = None
    updated_at: datetime | None = None
    customer_name: str = ""
    contact: str = ""
    address: str = ""
    nature: str = ""
    special_request: str = ""
    note: str = ""
    lines: list[LineDraft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    row: int = 0


class ProductDraft(Struct):
    """A row of the catalogue; ``safety_stock`` in pieces."""

    sku: str
    name: str
    specification: str = ""
    location: str = ""
    safety_stock: int = 0
    lead_time_days: int = 0
    row: int = 0


class StockDraft(Struct):
    """What was counted of one SKU, in pieces."""

    sku: str
    on_hand: int
    row: int = 0


class CustomerDraft(Struct):
    """A customer known by name, with the level the company gave them."""

    name: str
    contact: str = ""
    level: str = ""
    address: str = ""
    row: int = 0


class TrackingDraft(Struct):
    """One step of a parcel's journey.

    ``at`` is None only where a service stopped looking for a parcel that it never found.
    """

    carrier: str
    waybill: str
    state: TrackingState
    at: datetime | None
    description: str = ""
    row: int = 0


class SurveyDraft(Struct):
    """A customer's answer; each score 1 to 5."""

    number: str
    speed: int
    accuracy: int
    service: int
    comment: str = ""
    row: int = 0


Draft = OrderDraft | ProductDraft | StockDraft | CustomerDraft | TrackingDraft | SurveyDraft
