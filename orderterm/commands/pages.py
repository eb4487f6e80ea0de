"""Orders as text: the list, and the sheet of one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from orderterm.commands.common import Session
from orderterm.rules.classification import rule_sentence
from orderterm.sentences import Sentence, say
from orderterm.terms import Term
from orderterm.views.exceptions import detail_text
from orderterm.views.order import ExceptionView, OrderView, StageView
from orderterm.views.orders import OrderRow
from orderterm.views.trail import note_text, step_text


def order_list(session: Session, rows: Sequence[OrderRow]) -> None:
    """Print orders, one a line."""
    if not rows:
        session.say(say("no such orders"))
        return
    session.table(
        (
            say("order"),
            say("priority"),
            say("condition"),
            say("work"),
            say("role"),
            say("with"),
            say("due"),
            say("customer"),
        ),
        [
            (
                row.number,
                _word(session, row.priority),
                _word(session, row.condition),
                _word(session, row.exception or row.stage),
                _word(session, row.role),
                row.assignee_name or row.assignee or "",
                due_text(session, row.due_at, overdue=row.overdue),
                row.customer.name,
            )
            for row in rows
        ],
    )


def due_text(session: Session, due_at: datetime | None, *, overdue: bool) -> str:
    """A due time, with a mark where it has passed."""
    mark = " " + say("overdue").text(session.language) if overdue else ""
    return short(due_at) + mark


def short(moment: datetime | None) -> str:
    """A time of this year, as people read it."""
    return "" if moment is None else f"{moment:%m-%d %H:%M}"


def order_sheet(session: Session, order: OrderView) -> None:
    """Print one order, whole."""
    language = session.language
    _heading(session, order)
    _facts(session, order)
    _lines(session, order)
    for stage in order.stages:
        session.say(_open_stage(session, stage))
    for exception in order.exceptions:
        session.say(_exception(session, exception))
    for parcel in order.shipments:
        session.say(
            say(
                "parcel: {carrier} {waybill}, shipped {shipped_at}, expected {eta}, "
                "signed for {signed_at}",
                carrier=parcel.carrier,
                waybill=parcel.waybill,
                shipped_at=short(parcel.shipped_at),
                eta=short(parcel.eta) or "—",
                signed_at=short(parcel.signed_at) or "—",
            )
        )
    session.print([""])
    session.table(
        (say("time"), say("person"), say("what"), say("note")),
        [
            (
                short(entry.at),
                f"{entry.name} ({entry.actor})" if entry.name else entry.actor,
                step_text(entry.kind, entry.facts, language, entry.people),
                note_text(entry.note, session.settings, language),
            )
            for entry in order.timeline
        ],
    )


def _heading(session: Session, order: OrderView) -> None:
    words: list[Term] = [order.nature, order.priority, order.condition, *order.tags]
    labels = " · ".join(word.label(session.language) for word in words)
    session.print([f"{order.number} · {labels}"])
    session.say(
        say(
            "priority {priority}: {rule}",
            priority=order.priority,
            rule=order.priority_reason or rule_sentence(order.priority_rule),
        )
    )


def _facts(session: Session, order: OrderView) -> None:
    channel = session.settings.channels.get(order.channel)
    customer = order.customer
    facts: list[tuple[Sentence, str]] = [
        (
            say("channel"),
            _joined(
                order.channel,
                channel.name if channel else "",
                order.channel_kind.label(session.language),
                order.shop,
                order.channel_order_number,
            ),
        ),
        (say("customer"), _joined(customer.name, customer.level, customer.contact)),
        (say("address"), customer.address),
        (say("special request"), order.special_request),
        (say("note"), order.note),
        (say("ordered"), short(order.ordered_at)),
        (say("received"), short(order.received_at)),
        (say("promised to be shipped by"), short(order.ship_by)),
        (say("split or returned from"), order.origin or ""),
        (say("split off or returned"), _joined(*order.derived)),
    ]
    for name, text in facts:
        if text:
            session.say(say("{name}: {text}", name=name, text=text))


def _lines(session: Session, order: OrderView) -> None:
    session.print([""])
    session.table(
        (say("SKU"), say("product"), say("specification"), say("quantity"), say("allocated")),
        [
            (
                line.sku,
                line.name,
                line.specification,
                "?" if line.quantity is None else str(line.quantity),
                str(line.allocated),
            )
            for line in order.lines
        ],
        right=(3, 4),
    )
    session.print([""])


def _open_stage(session: Session, stage: StageView) -> Sentence:
    name = stage.assignee_name or stage.assignee or say("nobody yet")
    if stage.paused:
        return say(
            "at {stage}: {role}, {name}; its clock stands still while the order waits",
            stage=stage.stage,
            role=stage.role,
            name=name,
        )
    return say(
        "at {stage}: {role}, {name}, due {due}",
        stage=stage.stage,
        role=stage.role,
        name=name,
        due=due_text(session, stage.due_at, overdue=stage.overdue),
    )


def _exception(session: Session, exception: ExceptionView) -> Sentence:
    what = detail_text(exception.detail, session.language)
    if exception.resolution is not None:
        return say(
            "exception {kind} of {opened_at}: {what}; resolved {resolved_at}: {path}",
            kind=exception.kind,
            opened_at=short(exception.opened_at),
            what=what,
            resolved_at=short(exception.resolved_at),
            path=exception.resolution,
        )
    return say(
        "open exception {kind} of {opened_at}: {what}; {role}, due {due}",
        kind=exception.kind,
        opened_at=short(exception.opened_at),
        what=what,
        role=exception.role,
        due=due_text(session, exception.due_at, overdue=exception.overdue),
    )


def _word(session: Session, term: Term | None) -> str:
    return "" if term is None else term.label(session.language)


def _joined(*texts: str) -> str:
    return " · ".join(text for text in texts if text)


def choice_list(session: Session, choices: Mapping[str, str | None]) -> None:
    """Print what is open to a person, and why the rest is not."""
    session.print([""])
    session.say(say("open: {actions}", actions=[one for one, why in choices.items() if not why]))
    session.print([f"  {action}: {why}" for action, why in choices.items() if why])
