"""Who may do what, and what is open for an order now: one answer for every door and screen."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from orderterm.sentences import Sentence, say
from orderterm.terms import (
    EXCEPTION_ROLES,
    STAGE_ROLES,
    Condition,
    ExceptionKind,
    Role,
    Stage,
    Term,
)


class Action(Term):
    CONFIRM = "confirm", "完成"
    CLAIM = "claim", "领取"
    TAKE_OVER = "take_over", "接手"
    REASSIGN = "reassign", "转派"
    HOLD = "hold", "挂起"
    RELEASE = "release", "解除挂起"
    CANCEL = "cancel", "取消"
    UNDO = "undo", "撤销"
    PRIORITY = "priority", "调整优先级"
    RAISE = "raise", "登记异常", "raise an exception"
    RESOLVE = "resolve", "解决异常", "resolve an exception"
    NOTE = "note", "沟通记录"
    ENTER = "enter", "录入订单", "enter an order"
    IMPORT = "import", "导入文件", "take files in"
    ERASE = "erase", "清除个人信息", "erase personal data"
    STAFF = "staff", "管理员工", "manage staff"
    LONG_DELAY = "long_delay", "批准长延期", "agree to a long delay"
    HAND_OVER = "hand_over", "交接班", "hand a shift over"
    REPORT = "report", "生成报表", "make reports"
    MEASURE = "measure", "改进措施", "agree on measures"
    MESSAGES = "messages", "重发或撤回通知", "send messages again or withdraw them"


_WORKERS = frozenset(Role) - {Role.SUPERVISOR}
_CHIEFS = frozenset({Role.MANAGER, Role.ADMIN})

ROLES: dict[Action, frozenset[Role]] = {
    Action.CONFIRM: _WORKERS,  # narrowed by the stage's own role
    Action.CLAIM: _WORKERS,
    Action.TAKE_OVER: _WORKERS,
    Action.REASSIGN: _CHIEFS,
    Action.HOLD: _CHIEFS | {Role.SALES, Role.REVIEWER, Role.EXCEPTIONS},
    Action.RELEASE: _CHIEFS | {Role.SALES, Role.REVIEWER, Role.EXCEPTIONS},
    Action.CANCEL: _CHIEFS | {Role.SALES, Role.EXCEPTIONS},
    Action.UNDO: _WORKERS,
    Action.PRIORITY: _CHIEFS | {Role.REVIEWER},
    Action.RAISE: _WORKERS,
    Action.RESOLVE: _WORKERS,  # narrowed by the exception's own role
    Action.NOTE: _WORKERS,
    Action.ENTER: _CHIEFS | {Role.SALES},
    Action.IMPORT: _CHIEFS | {Role.SALES, Role.INVENTORY, Role.PURCHASING, Role.TRACKING},
    Action.ERASE: frozenset({Role.ADMIN}),
    Action.STAFF: frozenset({Role.ADMIN}),
    Action.LONG_DELAY: _CHIEFS,
    Action.HAND_OVER: _WORKERS,
    Action.REPORT: frozenset(Role),  # who only watches gets it masked
    Action.MEASURE: _CHIEFS,
    Action.MESSAGES: _CHIEFS | {Role.TRACKING, Role.SALES, Role.EXCEPTIONS},
}
"""The permission table: which roles an action is for."""


SHIPPING_MATTERS = frozenset({Action.CANCEL, Action.RAISE})
"""The actions that are open or closed by whether anything has been shipped."""


class Person(Struct, frozen=True):
    """Somebody who acts; ``system`` is the program itself, which the table does not bind."""

    badge: str
    name: str
    roles: tuple[Role, ...] = ()
    system: bool = False


class Holding(Struct, frozen=True):
    """An open task of an order: since when, and in whose hands."""

    assignee: str | None
    assignee_name: str
    claimed_at: datetime | None


class Standing(Struct, frozen=True):
    """All of an order that decides which actions are open."""

    number: str
    condition: Condition
    held: bool
    shipped: bool
    stages: Mapping[Stage, Holding]
    exceptions: frozenset[ExceptionKind]

    @property
    def ended(self) -> bool:
        """Whether nothing more happens to the order."""
        return self.condition in (Condition.COMPLETED, Condition.CANCELLED)


def permitted_roles(
    action: Action, stage: Stage | None = None, kind: ExceptionKind | None = None
) -> frozenset[Role]:
    """The roles that may take ``action``, at ``stage`` or on an exception of ``kind``."""
    if stage is not None and action in (Action.CONFIRM, Action.CLAIM, Action.TAKE_OVER):
        return _CHIEFS | {STAGE_ROLES[stage]}
    if kind is not None and action is Action.RESOLVE:
        return _CHIEFS | {EXCEPTION_ROLES[kind], Role.EXCEPTIONS}
    return ROLES[action]


def not_permitted(
    action: Action,
    person: Person,
    stage: Stage | None = None,
    kind: ExceptionKind | None = None,
) -> Sentence | None:
    """Why ``person`` may never take ``action``; None where they may."""
    roles = permitted_roles(action, stage, kind)
    if person.system or roles.intersection(person.roles):
        return None
    return say(
        "{name} ({badge}) may not do this: {action} is for {roles}",
        name=person.name,
        badge=person.badge,
        action=action,
        roles=[role for role in Role if role in roles],
    )


def closed(
    action: Action,
    standing: Standing,
    person: Person,
    *,
    stage: Stage | None = None,
    kind: ExceptionKind | None = None,
) -> Sentence | None:
    """Why ``action`` is closed for this order and person now; None where it is open.

    Args:
        action: what is wanted.
        standing: the order as it stands.
        person: who wants it.
        stage: of which open stage, for the actions that work on one.
        kind: of which exception, for raising and resolving one.
    """
    if refusal := not_permitted(action, person, stage, kind):
        return refusal
    check = _CHECKS.get(action)
    return check(standing, person, stage, kind) if check else None


def open_actions(standing: Standing, person: Person) -> dict[Action, Sentence | None]:
    """Every action on the order: None where it is open, else the sentence that says why not."""
    own = (one for one in standing.stages if not not_permitted(Action.CONFIRM, person, one))
    stage = next(own, next(iter(standing.stages), None))
    kind = next(iter(sorted(standing.exceptions)), None)
    return {
        action: closed(
            action, standing, person, stage=stage, kind=None if action is Action.RAISE else kind
        )
        for action in _CHECKS
    }


def _ended(standing: Standing) -> Sentence | None:
    if standing.condition is Condition.COMPLETED:
        return say("{number} is completed", number=standing.number)
    if standing.condition is Condition.CANCELLED:
        return say("{number} is cancelled", number=standing.number)
    return None


def _held(standing: Standing) -> Sentence | None:
    if not standing.held:
        return None
    return say("{number} is on hold: release it first", number=standing.number)


_BLOCKING = (ExceptionKind.INFORMATION, ExceptionKind.CHANGE_REQUEST, ExceptionKind.OTHER)


def _blocked(standing: Standing) -> Sentence | None:
    for kind in _BLOCKING:
        if kind in standing.exceptions:
            return say(
                "{number} has an open exception ({kind}): it must be resolved first, by {role}",
                number=standing.number,
                kind=kind,
                role=EXCEPTION_ROLES[kind],
            )
    return None


def _not_at(standing: Standing, stage: Stage | None) -> Sentence | None:
    if stage in standing.stages:
        return None
    if not standing.stages:
        return say(
            "{number} has no open stage now: `orderterm show {number}` tells why",
            number=standing.number,
        )
    if stage is None:
        return None
    return say(
        "{number} is not at {stage}: it is at {stages}",
        number=standing.number,
        stage=stage,
        stages=list(standing.stages),
    )


def _with_another(
    standing: Standing, person: Person, stage: Stage | None, *, even_chiefs: bool = False
) -> Sentence | None:
    holding = standing.stages[stage] if stage is not None else None
    if holding is None or holding.assignee in (None, person.badge) or person.system:
        return None
    if not even_chiefs and _CHIEFS.intersection(person.roles):
        return None
    return say(
        "{number} is with {name} ({badge}): take it over with "
        "`orderterm claim {number} --take-over --as {own}`",
        number=standing.number,
        name=holding.assignee_name,
        badge=holding.assignee,
        own=person.badge,
    )


Check = Callable[[Standing, Person, Stage | None, ExceptionKind | None], Sentence | None]


def _confirm(
    standing: Standing, person: Person, stage: Stage | None, _: ExceptionKind | None
) -> Sentence | None:
    return (
        _ended(standing)
        or _held(standing)
        or _blocked(standing)
        or _not_at(standing, stage)
        or _with_another(standing, person, stage)
    )


def _claim(
    standing: Standing, person: Person, stage: Stage | None, _: ExceptionKind | None
) -> Sentence | None:
    return (
        _ended(standing)
        or _held(standing)
        or _not_at(standing, stage)
        or _with_another(standing, person, stage, even_chiefs=True)
    )


def _at_stage(
    standing: Standing, _: Person, stage: Stage | None, __: ExceptionKind | None
) -> Sentence | None:
    return _ended(standing) or _held(standing) or _not_at(standing, stage)


def _hold(
    standing: Standing, _: Person, __: Stage | None, ___: ExceptionKind | None
) -> Sentence | None:
    if standing.held:
        return say("{number} is on hold already", number=standing.number)
    return _ended(standing)


def _release(
    standing: Standing, _: Person, __: Stage | None, ___: ExceptionKind | None
) -> Sentence | None:
    return (
        None
        if standing.held
        else say("{number} is not on hold, so there is nothing to release", number=standing.number)
    )


def _cancel(
    standing: Standing, _: Person, __: Stage | None, ___: ExceptionKind | None
) -> Sentence | None:
    if standing.shipped and not standing.ended:
        return say(
            "{number} has been shipped and can't be cancelled: what comes back is a return "
            "(`orderterm exception raise {number} --kind change_request --note … --as …`, "
            "then `orderterm exception resolve {number} --path return --as …`)",
            number=standing.number,
        )
    return _ended(standing)


def _alive(
    standing: Standing, _: Person, __: Stage | None, ___: ExceptionKind | None
) -> Sentence | None:
    return _ended(standing)


def _raise(
    standing: Standing, _: Person, __: Stage | None, kind: ExceptionKind | None
) -> Sentence | None:
    if standing.condition is Condition.CANCELLED:
        return _ended(standing)
    if kind in standing.exceptions:
        return say(
            "{number} has an open exception of this kind already ({kind}): resolve that one",
            number=standing.number,
            kind=kind,
        )
    if kind is ExceptionKind.FOLLOW_UP:
        return say(
            "a follow-up opens by itself when the customer gives a bad score: "
            "`orderterm survey {number} …` notes their answer",
            number=standing.number,
        )
    if kind is ExceptionKind.CARRIER_DELAY and not standing.shipped:
        return say(
            "{number} has not been shipped: there is no carrier to be late", number=standing.number
        )
    if kind in (ExceptionKind.INFORMATION, ExceptionKind.SHORTAGE) and standing.shipped:
        return say(
            "{number} has been shipped: raise a carrier_delay or a change_request instead",
            number=standing.number,
        )
    if kind not in (None, ExceptionKind.CHANGE_REQUEST):
        return _ended(standing)
    return None


def _resolve(
    standing: Standing, _: Person, __: Stage | None, kind: ExceptionKind | None
) -> Sentence | None:
    if kind in standing.exceptions:
        return None
    if kind is not None:
        return say(
            "{number} has no open exception of this kind ({kind})",
            number=standing.number,
            kind=kind,
        )
    if not standing.exceptions:
        return say(
            "{number} has no open exception; `orderterm exception list` shows those there are",
            number=standing.number,
        )
    return None


_CHECKS: dict[Action, Check] = {
    Action.CONFIRM: _confirm,
    Action.CLAIM: _claim,
    Action.TAKE_OVER: _at_stage,
    Action.REASSIGN: _at_stage,
    Action.HOLD: _hold,
    Action.RELEASE: _release,
    Action.CANCEL: _cancel,
    Action.UNDO: lambda *_: None,
    Action.PRIORITY: _alive,
    Action.RAISE: _raise,
    Action.RESOLVE: _resolve,
    Action.NOTE: lambda *_: None,
}
