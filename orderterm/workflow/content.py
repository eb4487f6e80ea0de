"""An order's content in hand: as a draft to verify again, and changed field by field."""

from datetime import datetime
from typing import Any

from peewee import fn

from orderterm.errors import Refusal
from orderterm.rules import classification, verification
from orderterm.rules.drafts import LineDraft, OrderDraft, Problem
from orderterm.store import trail
from orderterm.store.prepared import PreparedList
from orderterm.store.queries import parts
from orderterm.store.tables import OrderException, OrderLine, Product
from orderterm.terms import EventKind, ExceptionKind, ExceptionPath
from orderterm.workflow.case import Case
from orderterm.workflow.orders import OVERRIDDEN, follow_priority

ORDER_FIELDS = ("customer_name", "contact", "address", "special_request", "note")
_HIGHEST_PRICE = 10**15
LINE_FIELDS = ("sku", "name", "specification", "quantity")


def lines_of(order_id: int) -> list[Any]:
    """The order's lines that stand, in their order."""
    return list(
        OrderLine.select()
        .where((OrderLine.order == order_id) & OrderLine.removed_at.is_null())
        .order_by(OrderLine.position)
    )


def draft_of(case: Case) -> OrderDraft:
    """The order as verification reads it."""
    order = case.order
    return OrderDraft(
        channel_order_number=order.channel_order_number,
        shop=order.shop,
        ordered_at=order.ordered_at,
        customer_name=order.customer_name,
        contact=order.contact,
        address=order.address,
        nature=order.nature.value,
        special_request=order.special_request,
        note=order.note,
        lines=[
            LineDraft(line.sku, line.name, line.specification, line.quantity, line.unit_price)
            for line in lines_of(order.id)
        ],
    )


_PRODUCTS = PreparedList(
    lambda skus: Product.select(Product.sku, Product.name, Product.specification).where(
        Product.sku.in_(skus)
    )
)


def catalogue(skus: set[str]) -> dict[str, verification.Product]:
    """The products of the catalogue among ``skus``."""
    return {
        row[0]: verification.Product(*row)
        for some in parts(skus)
        for row in _PRODUCTS.of(len(some)).rows(*some)
    }


def problems_of(case: Case) -> list[Problem]:
    """What verification still finds wrong with the order."""
    draft = draft_of(case)
    known = catalogue({line.sku for line in draft.lines})
    return verification.verify(draft, known, case.workplace.verification)


def set_fields(case: Case, fields: dict[str, str]) -> dict[str, list[str]]:
    """Change fields of the order, named as the template's columns, lines as ``line1.sku``.

    Returns:
        For each field that changed, what it was and what it is.

    Raises:
        Refusal: a field or a line that there is not, or a value that it can't hold.
    """
    lines = lines_of(case.order.id)
    changes = {}
    for field, value in fields.items():
        target, column = _target(case, lines, field)
        before = getattr(target, column)
        after = _value(case, field, column, value.strip())
        if before == after:
            continue
        changes[field] = [_plain(before), _plain(after)]
        if target is case.order:
            case.keep(**{column: after})
        else:
            setattr(target, column, after)
            OrderLine.update({column: after}).where(OrderLine.id == target.id).execute()
    return changes


def _target(case: Case, lines: list[Any], field: str) -> tuple[Any, str]:
    if field in (*ORDER_FIELDS, "ordered_at"):
        return case.order, field
    head, _, column = field.partition(".")
    place = head.removeprefix("line")
    if head.startswith("line") and place.isdecimal() and column in LINE_FIELDS:
        if 1 <= int(place) <= len(lines):
            return lines[int(place) - 1], column
        raise Refusal(
            "{number} has {count} lines: there is no {field}",
            number=case.order.number,
            count=len(lines),
            field=field,
        )
    raise Refusal(
        "{field} is no field of an order; there are {fields}",
        field=field,
        fields=[*ORDER_FIELDS, "ordered_at", *(f"line1.{name}" for name in LINE_FIELDS)],
    )


def _value(case: Case, field: str, column: str, text: str) -> Any:
    if column == "quantity":
        pieces = int(text) if text.isdecimal() and len(text) < 10 else None
        if kept_quantity(pieces) is None:
            raise Refusal(
                "{field} = {value} is no quantity: it must be a whole number of pieces above 0",
                field=field,
                value=text,
            )
        return pieces
    if column == "ordered_at":
        return _moment(case, field, text)
    return text


def _moment(case: Case, field: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(
            "{field} = {value} is no time: write it as 2026-11-22 10:30", field=field, value=text
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=case.workplace.settings.site.zone)


def kept_quantity(pieces: int | None) -> int | None:
    """A line's quantity as the database takes it; None for one that can't be."""
    return pieces if pieces is not None and 0 < pieces <= verification.MOST_PIECES else None


def kept_price(price: int | None) -> int | None:
    """A price in minor units as the database takes it; None for one that can't be."""
    return price if price is not None and abs(price) < _HIGHEST_PRICE else None


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def replace_lines(case: Case, lines: list[dict[str, Any]]) -> None:
    """Take other lines in place of the order's; the old ones stay on record as removed."""
    OrderLine.update(removed_at=case.at).where(
        (OrderLine.order == case.order.id) & OrderLine.removed_at.is_null()
    ).execute()
    add_lines(case, lines)


def add_lines(case: Case, lines: list[dict[str, Any]]) -> None:
    """Put lines after those that the order has or had."""
    query = OrderLine.select(fn.MAX(OrderLine.position)).where(OrderLine.order == case.order.id)
    last = query.scalar() or 0
    for position, line in enumerate(lines, start=last + 1):
        OrderLine.create(order=case.order.id, position=position, **line)


def reclassify(case: Case) -> None:
    """Classify the order anew; the trail tells when another rule gives its priority now."""
    before, rule = case.order.priority, case.order.priority_rule
    classify(case)
    if case.order.priority_rule != rule:
        case.record(
            EventKind.PRIORITY_CHANGED,
            before=before.value,
            after=case.order.priority.value,
            rule=case.order.priority_rule,
        )


def classify(case: Case) -> None:
    """Read the tags and the priority, unless a person has chosen the priority."""
    rules, order = case.workplace.classification, case.order
    draft = draft_of(case)
    tags = classification.tags(draft, rules)
    case.keep(tags=tags, preferred_carrier=classification.preferred_carrier(draft, rules))
    if order.priority_rule in (OVERRIDDEN, "surge_day"):
        return
    quality = classification.is_quality_problem(draft, rules)
    priority, rule = classification.priority(
        order.nature, tags, order.customer_level, False, quality, rules
    )
    case.keep(priority=priority, priority_rule=rule)
    follow_priority(case)


def verify_again(case: Case) -> list[Problem]:
    """Verify the order: back to review where all is well, else to sales as an exception."""
    reclassify(case)
    problems = problems_of(case)
    lacking = case.open_exception(ExceptionKind.INFORMATION)
    if problems:
        case.withdraw_tasks()
        still_lacks(case, lacking, problems)
        return problems
    if lacking is not None:
        case.resolve_exception(lacking, ExceptionPath.COMPLETE, {})
    case.back_to_review()
    return []


def still_lacks(case: Case, exception: Any, problems: list[Problem]) -> None:
    """Note what an order lacks on its information exception, or open one."""
    detail = {"problems": told(problems)}
    if exception is None:
        case.raise_exception(ExceptionKind.INFORMATION, detail)
        return
    OrderException.update(detail=trail.plain_json(detail)).where(
        OrderException.id == exception.id
    ).execute()
    case.record(EventKind.EXCEPTION_UPDATED, exception=exception.kind.value, **detail)


def told(problems: list[Problem]) -> list[dict[str, str]]:
    """Problems as plain values: the field, and what is wrong in both languages."""
    return [
        {"field": p.field, "zh": p.reason.text("zh"), "en": p.reason.text("en")} for p in problems
    ]
