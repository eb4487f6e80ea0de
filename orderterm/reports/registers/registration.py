"""订单信息登记表."""

from orderterm.reports.document import Report
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Detail, Request, field, report, section
from orderterm.sentences import Sentence, say
from orderterm.views.registers.registration import RegistrationRow, masked, registration


def build(request: Request) -> Report:
    """The orders received in the period, a row a line, as they stand."""
    settings = request.settings
    names = {code: channel.name for code, channel in settings.channels.items()}
    fields = (
        field(say("Order number"), lambda row: row.number, width=18),
        field(say("Channel"), lambda row: names.get(row.channel, row.channel)),
        field(say("Channel's order number"), lambda row: row.channel_order_number, width=22),
        field(say("Shop"), lambda row: row.shop),
        field(say("Import file"), lambda row: row.file, width=22),
        field(say("Ordered at"), lambda row: row.ordered_at, "time"),
        field(say("Paid at"), lambda _: None, "time"),
        field(say("Received at"), lambda row: row.received_at, "time"),
        field(say("Customer's name"), lambda row: row.customer),
        field(say("Customer level"), lambda row: row.level),
        field(say("Customer's phone"), lambda row: row.contact, width=16),
        field(say("Delivery address"), lambda row: row.address, width=40),
        field(say("SKU code"), lambda row: row.sku),
        field(say("Product name"), lambda row: row.name, width=24),
        field(say("Product specification"), lambda row: row.specification, width=16),
        field(say("Pieces"), lambda row: row.quantity, "number"),
        field(say("Unit price"), lambda row: row.unit_price, "money"),
        field(say("Amount"), lambda row: row.amount, "money"),
        field(say("Nature"), lambda row: row.nature),
        field(say("Special requests"), _requests, width=18),
        field(say("Priority"), lambda row: row.priority),
        field(say("Promised shipping time"), lambda row: row.ship_by, "time"),
        field(say("Buyer's message"), lambda row: row.special_request, width=24),
        field(say("Seller's remark"), lambda row: row.note, width=24),
        field(say("Verification"), _verified),
        field(say("Missing items"), _missing, width=30),
        field(say("Condition"), lambda row: row.condition),
    )
    rows = request.seen(registration(request.days, settings), masked)
    empty = say("no order was received on these days")
    name = ReportName.REGISTRATION
    return report(name, request, section(name, fields, rows, empty))


def _requests(row: RegistrationRow) -> Sentence | None:
    """The tags, and the carrier that was asked for."""
    wishes = [*row.tags, *filter(None, [row.preferred_carrier])]
    return say("{list}", list=wishes) if wishes else None


def _verified(row: RegistrationRow) -> Sentence:
    return say("passed") if row.missing is None else say("incomplete")


def _missing(row: RegistrationRow) -> Detail | None:
    return None if row.missing is None else Detail(row.missing)
