"""库存锁定/缺货预警表: what was locked for orders, and which SKUs are short or nearly so."""

from orderterm.reports.document import Report
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Request, field, report, section
from orderterm.sentences import say
from orderterm.views.registers.shortage import locks
from orderterm.views.shortages import shortages


def build(request: Request) -> Report:
    """The orders whose stock was locked in the period and those that wait for it; then the SKUs
    that purchasing is to get, as it stands now."""
    of_orders = (
        field(say("Order number"), lambda row: row.number, width=18),
        field(say("SKU"), lambda row: row.sku),
        field(say("Pieces wanted"), lambda row: row.wanted, "number"),
        field(say("Pieces available"), lambda row: row.available, "number"),
        field(say("Pieces locked"), lambda row: row.locked, "number"),
        field(say("Pieces short"), lambda row: row.short, "number"),
        field(say("Locked by"), lambda row: row.by),
        field(say("Locked at"), lambda row: row.locked_at, "time"),
        field(say("Way out taken"), lambda row: row.path),
        field(say("Expected to arrive"), lambda row: row.expected, "time"),
        field(say("Purchasing told at"), lambda row: row.told_at, "time"),
        field(say("State"), lambda row: row.state),
    )
    of_skus = (
        field(say("SKU"), lambda row: row.sku),
        field(say("Product name"), lambda row: row.name, width=24),
        field(say("Product specification"), lambda row: row.specification, width=16),
        field(say("Pieces on hand"), lambda row: row.on_hand, "number"),
        field(say("Pieces locked"), lambda row: row.allocated, "number"),
        field(say("Pieces available"), lambda row: row.available, "number"),
        field(say("Safety stock"), lambda row: row.safety_stock, "number"),
        field(say("Pieces wanted by waiting orders"), lambda row: row.wanted, "number"),
        field(say("Pieces short"), lambda row: row.short, "number"),
        field(say("Waiting orders"), lambda row: row.waiting, "number"),
        field(say("Lead time in days"), lambda row: row.lead_time_days, "number"),
        field(say("Expected to arrive"), lambda row: row.expected, "time"),
    )
    return report(
        ReportName.SHORTAGE,
        request,
        section(
            say("Stock locked and short"),
            of_orders,
            locks(request.days, request.settings),
            say("no stock was locked on these days, and no order waits for stock"),
        ),
        section(
            say("Stock warnings"),
            of_skus,
            shortages(request.settings).rows,
            say("no SKU is short or below its safety stock"),
        ),
    )
