"""What was said of an order: what its customer was told and answered, what went wrong with it."""

from datetime import datetime, timedelta
from typing import Any

from orderterm.demo import company
from orderterm.demo.bygone import WAYS_OUT, Answer, Bygone, Trouble
from orderterm.demo.records import Records, kept
from orderterm.rules.deadlines import exception_due
from orderterm.store.tables import Message, OrderException, SurveyReply
from orderterm.store.trail import plain_json
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    EventKind,
    ExceptionKind,
    MessageKind,
    Priority,
)
from orderterm.workflow.workplace import SYSTEM, Workplace

_MISSING = (
    ("contact", "缺少联系方式", "the contact is missing"),
    ("address", "缺少收货地址", "the delivery address is missing"),
)
_ENDED = {
    ExceptionKind.SHORTAGE: "从苏州仓调货",
    ExceptionKind.INFORMATION: "已电话联系客户补全",
    ExceptionKind.CARRIER_DELAY: "承运商已加急派送",
    ExceptionKind.CHANGE_REQUEST: "包裹已打包, 客户同意原址收货",
    ExceptionKind.FOLLOW_UP: "已致歉并补发优惠券",
    ExceptionKind.OTHER: "已更换外箱",
}
"""What was noted when it was over."""
_SOLVERS = {kind: company.badges(role)[-1] for kind, role in EXCEPTION_ROLES.items()}


class Voices:
    """Puts what was said into the records.

    Args:
        workplace: the home at work.
        records: what is to be written.
    """

    def __init__(self, workplace: Workplace, records: Records) -> None:
        self._workplace = workplace
        self._records = records

    def message(
        self,
        key: int,
        number: str,
        kind: MessageKind,
        about: str,
        facts: dict[str, Any],
        at: datetime,
        *,
        sent: bool,
    ) -> None:
        """A message to the customer of order ``key``, sent at once or still to be sent."""
        told = {name: kept(value) for name, value in facts.items()}
        self._records.add(
            Message,
            key=f"{kind.value}:{about}",
            kind=kind.value,
            order_id=key,
            facts=plain_json(told),
            queued_at=at,
            due_at=at + timedelta(hours=1),
            next_try_at=None if sent else at,
            attempts=int(sent),
            sender="files" if sent else "",
            sent_at=at if sent else None,
        )
        if sent:
            what = {"key": f"{kind.value}:{about}", "message": kind.value, "sender": "files"}
            self._records.tell(at, SYSTEM.badge, EventKind.MESSAGE_SENT, number, **what)

    def trouble(self, key: int, number: str, trouble: Trouble, one: Bygone) -> None:
        """An exception of order ``key``, opened and resolved."""
        detail = _detail(trouble.kind, one)
        by_hand = trouble.kind not in (ExceptionKind.SHORTAGE, ExceptionKind.INFORMATION)
        opened_by = company.badges(STAGE_ROLES[trouble.stage])[0] if by_hand else SYSTEM.badge
        times = (trouble.opened_at, trouble.resolved_at)
        self._exception(key, number, trouble.kind, detail, opened_by, *times)

    def _exception(
        self,
        key: int,
        number: str,
        kind: ExceptionKind,
        detail: dict[str, Any],
        opened_by: str,
        opened: datetime,
        resolved: datetime,
    ) -> None:
        work, path = self._workplace, WAYS_OUT[kind]
        note = {"note": _ENDED[kind]}
        self._records.add(
            OrderException,
            order_id=key,
            kind=kind.value,
            role=EXCEPTION_ROLES[kind].value,
            priority=Priority.NORMAL.rank,
            detail=plain_json(detail),
            opened_at=opened,
            opened_by=opened_by,
            due_at=exception_due(kind, work.working_time, work.settings.limits, opened),
            resolved_at=resolved,
            resolved_by=_SOLVERS[kind],
            path=path.value,
            resolution=plain_json(note),
        )
        what = {"exception": kind.value}
        tell = self._records.tell
        tell(opened, opened_by, EventKind.EXCEPTION_RAISED, number, **what, **detail)
        ended = {**what, "path": path.value, **note}
        tell(resolved, _SOLVERS[kind], EventKind.EXCEPTION_RESOLVED, number, **ended)

    def answer(self, key: int, number: str, answer: Answer) -> None:
        """What the customer answered, and what came of it."""
        scores = dict(zip(("speed", "accuracy", "service"), answer.scores, strict=True))
        told = {**scores, "comment": answer.comment}
        self._records.add(SurveyReply, order_id=key, at=answer.at, **told)
        self._records.tell(answer.at, "T01", EventKind.SURVEYED, number, **told)
        if answer.settled_at is not None:
            detail = {"scores": scores, "comment": answer.comment}
            times = (answer.at, answer.settled_at)
            self._exception(key, number, ExceptionKind.FOLLOW_UP, detail, "T01", *times)


def _detail(kind: ExceptionKind, one: Bygone) -> dict[str, Any]:
    """What was said of it when it was opened."""
    line = one.order.lines[0]
    field, zh, en = _MISSING[len(one.order.number + line.sku) % len(_MISSING)]
    details: dict[ExceptionKind, dict[str, Any]] = {
        ExceptionKind.SHORTAGE: {"short": {line.sku: int(line.quantity)}},
        ExceptionKind.INFORMATION: {"problems": [{"field": field, "zh": zh, "en": en}]},
        ExceptionKind.CARRIER_DELAY: {"note": "物流停滞在中转站"},
        ExceptionKind.CHANGE_REQUEST: {"fields": {"address": "学院路 1号"}, "note": "客户要改地址"},
    }
    return details.get(kind, {"note": "外箱破损"})
