"""发货与物流跟踪表."""

from orderterm.reports.document import Report, Value
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Request, field, report, section, yes_no
from orderterm.sentences import say
from orderterm.views.registers.shipping import ParcelRow, masked, parcels


def build(request: Request) -> Report:
    """The parcels shipped in the period, and the earlier ones that are still on their way."""
    settings = request.settings
    fields = (
        field(say("Order number"), lambda row: row.number, width=18),
        field(say("Parcel number"), lambda row: row.key),
        field(say("Carrier"), lambda row: row.carrier),
        field(say("Waybill"), lambda row: row.waybill, width=20),
        field(say("Shipped at"), lambda row: row.shipped_at, "time"),
        field(say("Expected delivery"), lambda row: row.eta, "time"),
        field(say("Last heard"), lambda row: row.told, width=40),
        field(say("Heard at"), lambda row: row.told_at, "time"),
        field(say("State of the parcel"), _state),
        field(say("Time not signed for"), lambda row: row.underway, "duration"),
        field(say("Delayed"), lambda row: yes_no(row.delayed)),
        field(say("What was done"), lambda row: row.path),
        field(say("Signed for at"), lambda row: row.signed_at, "time"),
        field(say("Customer told at"), lambda row: row.notice and row.notice.at, "time"),
        field(say("Customer told by"), lambda row: row.notice and row.notice.sender),
        field(say("Result of telling"), lambda row: row.notice and row.notice.state),
    )
    rows = request.seen(parcels(request.days, settings, request.now), masked)
    empty = say("no parcel was shipped on these days, and none is still on its way")
    name = ReportName.SHIPPING
    return report(name, request, section(name, fields, rows, empty))


def _state(row: ParcelRow) -> Value:
    if row.replaced_at is not None:
        return say("replaced by another parcel")
    return row.state
