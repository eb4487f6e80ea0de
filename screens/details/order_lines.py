"""An order as lines of text: in brief beside a list, and whole on a page of its own."""

from collections.abc import Sequence
from datetime import datetime

from orderterm.rules.classification import rule_sentence
from orderterm.sentences import Sentence, say
from orderterm.terms import FLOWS, STAGE_DONE, EventKind, Stage
from orderterm.views.exceptions import detail_text
from orderterm.views.order import ExceptionView, LineView, OrderView, TimelineEntry
from orderterm.views.trail import note_text, step_text
from screens.lists.columns import clock, countdown
from screens.station import Station
from screens.terminal.cells import fit, width, wrap
from screens.widgets.canvas import Line, Span

QUIET = frozenset({EventKind.RECEIVED, EventKind.CLAIMED, EventKind.CHANNEL_STATUS})


def brief(order: OrderView, station: Station, columns: int) -> list[Line]:
    """What a person needs to decide, the most needed first; cut off where the room ends."""
    return [
        _title(order, station, columns),
        *_flow(order, station, columns),
        *_troubles(order, station, columns),
        *(_article(line, station, columns) for line in order.lines),
        *_wishes(order, station, columns),
        *_customer(order, columns),
        *_parcels(order, station, columns),
        *_latest(order, station, columns),
    ]


def whole(order: OrderView, station: Station, columns: int) -> list[Line]:
    """All there is to know of an order, with its story."""
    return [
        _title(order, station, columns),
        *_flow(order, station, columns),
        *_open_stages(order, station, columns),
        *_section(say("lines"), station),
        *(_article(line, station, columns) for line in order.lines),
        *_wishes(order, station, columns),
        *_section(say("customer"), station),
        *_customer(order, columns),
        *_facts(order, station, columns),
        *_parcel_section(order, station, columns),
        *_all_exceptions(order, station, columns),
        *_section(say("story"), station),
        *(line for entry in order.timeline for line in _told(entry, station, columns)),
    ]


def result_lines(
    results: Sequence[tuple[str, Sentence, bool]], station: Station, columns: int
) -> list[Line]:
    """What came of each order of a bulk action: its number, a sentence, and whether it was done."""
    return [
        [(line, "done" if ok else "refused")]
        for number, said, ok in results
        for line in wrap(_about(number, station.text(said)), columns)
    ]


def _about(number: str, text: str) -> str:
    """A sentence that names its order."""
    return text if number in text else f"{number} {text}"


def _title(order: OrderView, station: Station, columns: int) -> Line:
    words = [order.condition, order.priority, order.nature, *order.tags]
    told = " ".join(dict.fromkeys(station.text(word) for word in words))
    room = max(0, columns - width(order.number) - 2)
    return [(order.number, "strong"), ("  " + fit(told, room), _condition_look(order))]


def _condition_look(order: OrderView) -> str:
    if any(one.resolved_at is None for one in order.exceptions):
        return "exception"
    return "overdue" if order.overdue else "done" if order.completed_at else ""


def _flow(order: OrderView, station: Station, columns: int) -> list[Line]:
    """The stages: done by whom and when, open with whom, still to come."""
    done = {
        entry.stage: entry
        for entry in order.timeline
        if entry.kind == EventKind.STAGE_DONE and entry.stage is not None
    }
    open_now = {stage.stage: stage for stage in order.stages}
    parts: list[tuple[str, str]] = []
    for stage in FLOWS[order.nature]:
        if stage in open_now:
            found = open_now[stage]
            who = f" {found.assignee_name}" if found.assignee_name else ""
            parts.append((station.text(stage) + who, "overdue" if found.overdue else "in-progress"))
        elif stage in done:
            parts.append((_done(stage, done[stage], station), "done"))
        else:
            parts.append((station.text(stage), "faint"))
    return _flowing(parts, f" {station.marks.arrow} ", columns)


def _done(stage: Stage, entry: TimelineEntry, station: Station) -> str:
    word = STAGE_DONE[stage][station.language == "en"]
    return f"{word}({entry.name or entry.actor} {clock(entry.at, station)})"


def _flowing(parts: Sequence[Span], joint: str, columns: int) -> list[Line]:
    """Parts one after another, on as many lines as they need."""
    lines: list[list[Span]] = [[]]
    used = 0
    for place, (text, look) in enumerate(parts):
        glue = joint if place else ""
        if used and used + width(glue + text) > columns:
            lines.append([])
            used, glue = 0, joint.lstrip()
        lines[-1] += [(glue, "faint"), (text, look)]
        used += width(glue + text)
    return list(lines)


def _troubles(order: OrderView, station: Station, columns: int) -> list[Line]:
    return [
        line
        for found in order.exceptions
        if found.resolved_at is None
        for line in _exception(found, station, columns)
    ]


def _exception(found: ExceptionView, station: Station, columns: int) -> list[Line]:
    told = detail_text(found.detail, station.language)
    text = f"{station.marks.warning} {station.text(found.kind)}"
    if told:
        text += f": {told}"
    text += f" ({_ended(found, station)})"
    look = "exception" if found.resolved_at is None else "faint"
    return [[(line, look)] for line in wrap(text, columns)]


def _ended(found: ExceptionView, station: Station) -> str:
    if found.resolved_at is not None and found.resolution is not None:
        return f"{station.text(found.resolution)} {clock(found.resolved_at, station)}"
    left = countdown(found.due_at - station.now())
    return station.text(say("{role}, {left} left", role=found.role, left=left))


def _article(line: LineView, station: Station, columns: int) -> Line:
    quantity = "?" if line.quantity is None else str(line.quantity)
    ready = line.quantity is not None and line.allocated >= line.quantity
    mark = station.marks.done if ready else " "
    instead = f" ({line.substituted_for})" if line.substituted_for else ""
    words = f"{line.name} {line.specification}".strip() + instead
    sku = max(8, min(16, columns // 4))
    held = f"{line.allocated}/{quantity}" if line.allocated > 0 and not ready else quantity
    room = max(0, columns - sku - 11)
    return [
        (f"{mark} ", "done"),
        (fit(line.sku, sku), "strong"),
        (" " + fit(words, room), ""),
        (fit(held, 8, right=True), "number" if ready else ""),
    ]


def _wishes(order: OrderView, station: Station, columns: int) -> list[Line]:
    """What the customer asked for, and what is noted."""
    told = [
        station.text(say("{label}: {text}", label=label, text=text))
        for label, text in (
            (say("special request"), order.special_request),
            (say("preferred carrier"), order.preferred_carrier),
            (say("note"), order.note),
        )
        if text
    ]
    return [[(line, "in-progress")] for text in told for line in wrap(text, columns)]


def _customer(order: OrderView, columns: int) -> list[Line]:
    customer = order.customer
    first = "  ".join(part for part in (customer.name, customer.level, customer.contact) if part)
    return [[(line, "")] for text in (first, customer.address) for line in wrap(text, columns)]


def _parcels(order: OrderView, station: Station, columns: int) -> list[Line]:
    lines = []
    for parcel in order.shipments:
        text = f"{parcel.carrier} {parcel.waybill}  {_day(parcel.shipped_at)}"
        if parcel.signed_at is not None:
            text += "  " + station.text(say("signed {at}", at=_day(parcel.signed_at)))
        elif parcel.eta is not None:
            text += "  " + station.text(say("expected {at}", at=_day(parcel.eta)))
        lines += [[(line, "")] for line in wrap(text, columns)]
    return list(lines)


def _latest(order: OrderView, station: Station, columns: int) -> list[Line]:
    """The last things that happened, the newest first."""
    told = [entry for entry in order.timeline if entry.kind not in QUIET][-4:]
    return [line for entry in reversed(told) for line in _told(entry, station, columns)]


def _told(entry: TimelineEntry, station: Station, columns: int) -> list[Line]:
    step = step_text(entry.kind, entry.facts, station.language, entry.people)
    who = entry.name or entry.actor
    note = note_text(entry.note, station.settings, station.language)
    text = f"{who} {step}" + (f": {note}" if note else "")
    first, *rest = wrap(text, max(10, columns - 12))
    return [
        [(f"{entry.at:%m-%d %H:%M} ", "faint"), (first, "")],
        *([(" " * 12, ""), (line, "")] for line in rest),
    ]


def _section(title: Sentence, station: Station) -> list[Line]:
    return [[("", "")], [(station.text(title), "heading")]]


def _open_stages(order: OrderView, station: Station, columns: int) -> list[Line]:
    lines: list[Line] = []
    for stage in order.stages:
        left = (
            station.text(say("paused")) if stage.paused else countdown(stage.due_at - station.now())
        )
        text = station.text(
            say(
                "{stage}: {role}, {name}, due {due}, {left} left",
                stage=stage.stage,
                role=stage.role,
                name=stage.assignee_name or say("nobody yet"),
                due=_day(stage.due_at),
                left=left,
            )
        )
        lines += [[(line, "overdue" if stage.overdue else "")] for line in wrap(text, columns)]
    return lines


def _facts(order: OrderView, station: Station, columns: int) -> list[Line]:
    channel = station.settings.channels.get(order.channel)
    facts = [
        (say("channel"), f"{channel.name if channel else order.channel} {order.shop}".strip()),
        (say("channel's number"), order.channel_order_number),
        (say("ordered"), _day(order.ordered_at)),
        (say("received"), _day(order.received_at)),
        (say("ship by"), _day(order.ship_by)),
        (say("priority"), station.text(order.priority)),
        (say("why"), order.priority_reason or station.text(rule_sentence(order.priority_rule))),
        (say("made from"), order.origin or ""),
        (say("led to"), " ".join(order.derived)),
    ]
    parts = [(f"{station.text(label)} {value}", "") for label, value in facts if value]
    return _flowing(parts, f" {station.marks.open} ", columns)


def _parcel_section(order: OrderView, station: Station, columns: int) -> list[Line]:
    if not order.shipments:
        return []
    return [*_section(say("parcels"), station), *_parcels(order, station, columns)]


def _all_exceptions(order: OrderView, station: Station, columns: int) -> list[Line]:
    if not order.exceptions:
        return []
    lines = [line for one in order.exceptions for line in _exception(one, station, columns)]
    return [*_section(say("exceptions"), station), *lines]


def _day(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment:%m-%d %H:%M}"
