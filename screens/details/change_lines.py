"""What a customer wants changed: before and after, in a list and beside it."""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from orderterm.sentences import Sentence, say
from orderterm.terms import ExceptionKind
from orderterm.views.order import OrderView
from orderterm.views.queue import Work
from screens.flows.forms import field_name, values_of
from screens.station import Station
from screens.terminal.cells import wrap
from screens.widgets.canvas import Line


class Change(Struct, frozen=True):
    """One thing that is to be changed; ``before`` is blank where it is not known or not there."""

    what: Sentence
    before: str
    after: str


def change_lines(order: OrderView, station: Station, columns: int) -> list[Line]:
    """The open change request of an order; no lines where there is none."""
    return [
        line
        for one in order.exceptions
        if one.kind is ExceptionKind.CHANGE_REQUEST and one.resolved_at is None
        for line in _lines(one.detail, order, station, columns)
    ]


def _lines(
    detail: Mapping[str, Any], order: OrderView, station: Station, columns: int
) -> Iterator[Line]:
    now = values_of(order)
    pieces = {line.sku: line.quantity or 0 for line in order.lines}
    for change in _changes(detail, now, pieces):
        for text in wrap(_text(change, station), columns):
            yield [(text, "in-progress")]
    for said in _rest(detail):
        for text in wrap(station.text(said), columns):
            yield [(text, "in-progress")]


def change_text(work: Work, station: Station) -> str:
    """A change request on one line, as far as the request itself tells it."""
    parts = [_text(change, station) for change in _changes(work.detail, {}, None)]
    return "; ".join([*parts, *(station.text(said) for said in _rest(work.detail))])


def _changes(
    detail: Mapping[str, Any], now: Mapping[str, str], pieces: Mapping[str, int] | None
) -> Iterator[Change]:
    """What changes; ``pieces`` are those of the order by SKU, None where they are not known."""
    before = {**now, **detail.get("before", {})}
    for field, after in detail.get("fields", {}).items():
        yield Change(field_name(field), before.get(field, ""), after)
    wanted: dict[str, int] = {}
    for line in detail.get("lines", ()):
        wanted[line["sku"]] = wanted.get(line["sku"], 0) + (line["quantity"] or 0)
    if not wanted:
        return
    for sku in sorted(wanted.keys() | (pieces or {}).keys()):
        had = "" if pieces is None else str(pieces.get(sku, 0))
        if had != str(wanted.get(sku, 0)):
            yield Change(say("{sku} pieces", sku=sku), had, str(wanted.get(sku, 0)))


def _text(change: Change, station: Station) -> str:
    arrow = station.marks.arrow
    before = f"{change.before} " if change.before else ""
    return f"{station.text(change.what)}: {before}{arrow} {change.after}"


def _rest(detail: Mapping[str, Any]) -> Iterator[Sentence]:
    if detail.get("cancelled"):
        yield say("the customer wants it no more")
    if note := detail.get("note"):
        yield say("{note}", note=note)
