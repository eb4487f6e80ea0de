"""Shift handover: the outgoing shift says what is open, the incoming one takes it over."""

from datetime import datetime
from typing import Any

import msgspec

from orderterm.errors import Refusal
from orderterm.rules.handover import Summary, shift_of, whole_house
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.sentences import Sentence, say
from orderterm.store import trail
from orderterm.store.connection import reading, snapshot, transaction
from orderterm.store.tables import Handover
from orderterm.terms import EventKind, NoticeKind, Role
from orderterm.workflow.case import staff_name
from orderterm.workflow.notifications import Notice, holders, settle, tell, withdraw
from orderterm.workflow.outstanding import outstanding, stages_of
from orderterm.workflow.passing import in_hands, pass_tasks
from orderterm.workflow.subjects import HANDOVER, subject
from orderterm.workflow.workplace import Outcome, Workplace, person


def hand_over(
    workplace: Workplace, badge: str, role: Role | None = None, remark: str = ""
) -> Outcome:
    """Say what is open, late and at risk in a role's work, for whoever comes next.

    Who hands the same role over again before anybody has taken it puts the newer state in its
    place.

    Args:
        workplace: the home at work.
        badge: who leaves.
        role: whose work; None for the person's only role.
        remark: what there is to say beside the figures.

    Returns:
        What came of it; its ``number`` is the handover's.

    Raises:
        Refusal: the role is not the person's, or it is not clear which one is meant.
    """
    # There may be very much to count, and others must be able to write meanwhile.
    with snapshot():
        _, chosen = _giver(badge, role)
        summary = outstanding(workplace, chosen)
    with transaction():
        giver, chosen = _giver(badge, role)
        handover = _keep(workplace, giver, chosen, remark.strip(), summary)
        _record(
            workplace,
            giver,
            EventKind.HANDED_OVER,
            handover=handover,
            role=chosen.value,
            open=summary.open,
            overdue=summary.overdue,
        )
        _tell_of(workplace, giver, chosen, handover)
        told = say(
            "{role} is handed over: {open} open, {overdue} overdue",
            role=chosen,
            open=summary.open,
            overdue=summary.overdue,
        )
        return Outcome(str(handover), True, told)


def take_over(workplace: Workplace, badge: str, handover: int | None = None) -> Outcome:
    """Take a handover over, and with it the tasks that are still in its giver's hands.

    The tasks pass after the handover is taken, in parts, see ``passing``. Who was interrupted in
    that takes it over once more, and the rest passes.

    Args:
        workplace: the home at work.
        badge: who comes.
        handover: which one; None for every one that waits for the person's roles.

    Returns:
        What came of it. A handover that was taken before is said so, and not taken again.

    Raises:
        Refusal: nothing waits for this person, or it was they who gave it.
    """
    with reading():
        with transaction():
            taker = person(badge)
            _demand(taker)
            found = _named(taker, handover) if handover is not None else _of_roles(taker)
            if taken := next((one for one in found if not _is_open_to(taker, one)), None):
                return Outcome(str(taken.id), False, _taken_before(workplace, taken))
            for one in found:
                _take(workplace, taker, one)
        tasks = sum(_pass_tasks(workplace, taker, one) for one in found)
        return Outcome(str(found[0].id), True, _taken(found, tasks))


# -- giving ---------------------------------------------------------------------------------------


def _giver(badge: str, role: Role | None) -> tuple[Person, Role]:
    """Who hands over, and which role's work."""
    giver = person(badge)
    _demand(giver)
    return giver, _role_meant(giver, role)


def _demand(who: Person) -> None:
    if why := not_permitted(Action.HAND_OVER, who):
        raise Refusal(why)


def _may_hand_over(who: Person, role: Role) -> bool:
    """Whether the role's work is theirs: they have the role, or one that leads the house."""
    return any(one is role or whole_house(one) for one in who.roles)


def _role_meant(giver: Person, role: Role | None) -> Role:
    own = [one for one in giver.roles if one is not Role.SUPERVISOR]
    if role is None:
        if len(own) != 1:
            raise Refusal(
                "{name} has several roles: say with --role which one is handed over ({roles})",
                name=giver.name,
                roles=[one.value for one in own],
            )
        return own[0]
    if not _may_hand_over(giver, role):
        raise Refusal(
            "{name} has no role {role} to hand over, only {roles}",
            name=giver.name,
            role=role,
            roles=own,
        )
    return role


def _keep(workplace: Workplace, giver: Person, role: Role, remark: str, summary: Summary) -> int:
    """Keep the handover, in the place of one that nobody has taken; returns its id."""
    at = workplace.now()
    values: dict[str, Any] = {
        "shift": shift_of(workplace.working_time, at),
        "given_at": at,
        "remark": remark,
        "summary": msgspec.json.encode(summary).decode(),
    }
    own = (Handover.role == role) & (Handover.given_by == giver.badge)
    before = Handover.select().where(own & Handover.taken_at.is_null()).first()
    if before is None:
        return int(Handover.create(role=role, given_by=giver.badge, **values).id)
    Handover.update(values).where(Handover.id == before.id).execute()
    return int(before.id)


def _tell_of(workplace: Workplace, giver: Person, role: Role, handover: int) -> None:
    """Tell those who have the role, and have been here all along; the newest state only."""
    about = subject(HANDOVER, handover)
    withdraw(about, NoticeKind.HANDOVER)
    facts = {"handover": handover, "role": role.value, "giver": giver.badge}
    tell(
        [
            Notice(badge, NoticeKind.HANDOVER, about, None, 0, facts)
            for badge in holders({role})
            if badge != giver.badge
        ],
        workplace.now(),
    )


# -- taking ---------------------------------------------------------------------------------------


def _named(taker: Person, handover: int) -> list[Any]:
    found: Any = Handover.get_or_none(Handover.id == handover)
    if found is None:
        raise Refusal(
            "there is no handover {handover}; `orderterm handover show` lists those there are",
            handover=handover,
        )
    if not _may_hand_over(taker, found.role):
        raise Refusal(
            "handover {handover} is for {role}, and {name} has no such role",
            handover=handover,
            role=found.role,
            name=taker.name,
        )
    if found.taken_at is None and found.given_by_id == taker.badge:
        raise _own_handover(found)
    return [found]


def _of_roles(taker: Person) -> list[Any]:
    """Every handover that waits for the taker; where there is none, the last that was taken."""
    of_roles = Handover.role.in_(list(taker.roles))
    begun: list[Any] = list(
        Handover.select().where(of_roles & Handover.passed_at.is_null()).order_by(Handover.given_at)
    )
    if open_ones := [one for one in begun if _is_open_to(taker, one)]:
        return open_ones
    if own := [one for one in begun if one.taken_at is None]:
        raise _own_handover(own[-1])
    last = Handover.select().where(of_roles).order_by(Handover.given_at.desc()).first()
    if last is None:
        raise Refusal("no handover waits for {roles}", roles=list(taker.roles))
    return [last]


def _is_open_to(taker: Person, handover: Any) -> bool:
    """Whether nobody has it yet, or the taker has and was interrupted before it was all theirs."""
    if handover.taken_at is None:
        return bool(handover.given_by_id != taker.badge)
    return handover.passed_at is None and handover.taken_by_id == taker.badge


def _own_handover(found: Any) -> Refusal:
    return Refusal(
        "you have handed {role} over yourself: somebody else of the role takes it over",
        role=found.role,
    )


def _take(workplace: Workplace, taker: Person, handover: Any) -> None:
    """Put down who has taken a handover; of two who try at once, the first does."""
    if handover.taken_at is not None:
        return
    handover.taken_at = workplace.now()
    Handover.update(taken_by=taker.badge, taken_at=handover.taken_at).where(
        Handover.id == handover.id
    ).execute()
    settle(subject(HANDOVER, handover.id), handover.taken_at)
    _record(
        workplace,
        taker,
        EventKind.TAKEN_OVER,
        handover=handover.id,
        role=handover.role.value,
        given_by=handover.given_by_id,
        tasks=len(_tasks_of(handover, taker)),
    )


def _pass_tasks(workplace: Workplace, taker: Person, handover: Any) -> int:
    """Pass on what the giver had in hand; returns how many tasks that were."""
    keys = _tasks_of(handover, taker)
    passed = pass_tasks(workplace, handover.given_by_id, taker, keys, handover.id)
    with transaction():
        Handover.update(passed_at=workplace.now()).where(Handover.id == handover.id).execute()
    return passed


def _tasks_of(handover: Any, taker: Person) -> list[int]:
    stages = stages_of(handover.role)
    return in_hands(handover.given_by_id, taker, stages, handover.taken_at)


def _taken(found: list[Any], tasks: int) -> Sentence:
    if len(found) > 1:
        return say(
            "{count} handovers are taken over; tasks that are in your hands now: {tasks}",
            count=len(found),
            tasks=tasks,
        )
    return say(
        "{role} is taken over from {name}; tasks that are in your hands now: {tasks}",
        role=found[0].role,
        name=staff_name(found[0].given_by_id),
        tasks=tasks,
    )


def _taken_before(workplace: Workplace, handover: Any) -> Sentence:
    return say(
        "the handover of {role} was taken over by {name} at {at}",
        role=handover.role,
        name=staff_name(handover.taken_by_id),
        at=_local(workplace, handover.taken_at),
    )


def _local(workplace: Workplace, moment: datetime) -> str:
    return f"{moment.astimezone(workplace.settings.site.zone):%m-%d %H:%M}"


def _record(workplace: Workplace, who: Person, kind: EventKind, **payload: Any) -> None:
    trail.append(
        [trail.Entry(workplace.now(), who.badge, workplace.station, None, kind.value, payload)]
    )
