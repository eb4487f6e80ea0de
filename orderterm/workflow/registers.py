"""The registers orders are held against: the catalogue, the customers, the staff."""

from collections.abc import Sequence

from orderterm.errors import Refusal
from orderterm.rules.contacts import normalise_phone
from orderterm.rules.drafts import CustomerDraft, ProductDraft
from orderterm.rules.escalation import Ladders
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.sentences import say
from orderterm.store import trail
from orderterm.store.connection import transaction
from orderterm.store.people import everybody
from orderterm.store.queries import rows
from orderterm.store.tables import Customer, Order, Product, Staff, Task
from orderterm.terms import EventKind, Role
from orderterm.workflow.alerts import renew_tasks
from orderterm.workflow.notifications import bequeath, holders
from orderterm.workflow.watched import look_again
from orderterm.workflow.workplace import SYSTEM, Outcome, Workplace, person


def keep_products(workplace: Workplace, badge: str, drafts: Sequence[ProductDraft]) -> int:
    """Put products into the catalogue, or bring those that are there up to date.

    Returns:
        How many rows there were.

    Raises:
        Refusal: it is not for this person to do.
    """
    with transaction():
        actor = _permitted(badge, Action.IMPORT)
        for draft in drafts:
            values = {
                "name": draft.name,
                "specification": draft.specification,
                "location": draft.location,
                "safety_stock": draft.safety_stock,
                "lead_time_days": draft.lead_time_days,
            }
            Product.insert(sku=draft.sku, **values).on_conflict(
                conflict_target=[Product.sku], update=values
            ).execute()
        _record(workplace, actor, EventKind.CATALOGUE, skus=[draft.sku for draft in drafts])
        return len(drafts)


def keep_customers(workplace: Workplace, badge: str, drafts: Sequence[CustomerDraft]) -> int:
    """Put customers and their levels on record, or bring them up to date.

    Returns:
        How many rows there were.

    Raises:
        Refusal: it is not for this person to do.
    """
    with transaction():
        actor = _permitted(badge, Action.IMPORT)
        for draft in drafts:
            values = {"contact": draft.contact, "level": draft.level, "address": draft.address}
            Customer.insert(
                name=draft.name, contact_key=normalise_phone(draft.contact), **values
            ).on_conflict(
                conflict_target=[Customer.contact_key, Customer.name], update=values
            ).execute()
        _record(workplace, actor, EventKind.CUSTOMERS, count=len(drafts))
        return len(drafts)


def add_first_admin(workplace: Workplace) -> None:
    """Make the first person of a new home: badge ``admin``, role admin."""
    with transaction():
        if not Staff.select().exists():
            _insert_staff(workplace, SYSTEM, "admin", "admin", (Role.ADMIN,), None)


def add_staff(
    workplace: Workplace,
    badge: str,
    new: str,
    name: str,
    roles: Sequence[Role],
    superior: str | None = None,
    contact: str = "",
) -> Outcome:
    """Put a person on the staff.

    Args:
        workplace: the home at work.
        badge: who decides; an administrator.
        new: the new person's badge code.
        name: their name.
        roles: what they do.
        superior: the badge of whom overdue work goes up to.
        contact: where messages reach them; blank for nowhere.

    Raises:
        Refusal: the badge is taken, empty or has spaces, there is no role, or no such superior.
    """
    with transaction():
        actor = _permitted(badge, Action.STAFF)
        if not new or new != "".join(new.split()) or new == SYSTEM.badge:
            raise Refusal("{badge} is no badge code: it must be one word", badge=repr(new))
        if not name.strip() or not roles:
            raise Refusal(
                "a person needs a name and at least one role: give both, the role with --role"
            )
        if Staff.get_or_none(Staff.badge == new) is not None:
            raise Refusal(
                "the badge {badge} is taken: choose another; `orderterm staff list` shows them all",
                badge=new,
            )
        if superior is not None:
            person(superior)
        _insert_staff(workplace, actor, new, name, tuple(roles), superior)
        if holders({Role.MANAGER}) == [new]:  # there was nobody to hear of nobody's work
            look_again(workplace.now())
        Staff.update(contact=contact.strip()).where(Staff.badge == new).execute()
        return Outcome(new, True, say("{name} ({badge}) is on the staff", name=name, badge=new))


def disable_staff(workplace: Workplace, badge: str, leaver: str) -> Outcome:
    """Let a person act no more; what they have in hand is free for others.

    What they have not read is told to who is above them, or to the managers.

    Raises:
        Refusal: there is no such person, they are disabled, or are the last administrator.
    """
    with transaction():
        actor = _permitted(badge, Action.STAFF)
        found = person(leaver)
        if Role.ADMIN in found.roles and _administrators() < 2:
            raise Refusal(
                "{name} is the last administrator: make another one first", name=found.name
            )
        Staff.update(disabled_at=workplace.now()).where(Staff.badge == leaver).execute()
        for above in Ladders(everybody()).rungs(leaver, Role.MANAGER)[:1]:
            bequeath(leaver, above, workplace.now())
        _record(
            workplace, actor, EventKind.STAFF_DISABLED, badge=leaver, freed=_free(workplace, leaver)
        )
        look_again(workplace.now())
        return Outcome(leaver, True, say("{name} is disabled", name=found.name))


def _free(workplace: Workplace, leaver: str) -> list[str]:
    """Take the open tasks out of a person's hands; returns the numbers of the orders."""
    theirs = (Task.assignee == leaver) & Task.done_at.is_null()
    orders = rows(Order.select(Order.number, Task.id).join(Task).where(theirs).order_by(Order.id))
    Task.update(assignee=None, claimed_at=None).where(theirs).execute()
    renew_tasks(workplace, [task for _, task in orders])
    return [number for number, _ in orders]


def _administrators() -> int:
    roles = rows(Staff.select(Staff.roles).where(Staff.disabled_at.is_null()))
    return sum(Role.ADMIN in theirs for (theirs,) in roles)


def _insert_staff(
    workplace: Workplace,
    actor: Person,
    badge: str,
    name: str,
    roles: tuple[Role, ...],
    superior: str | None,
) -> None:
    Staff.create(badge=badge, name=name, roles=roles, superior=superior, created_at=workplace.now())
    _record(
        workplace,
        actor,
        EventKind.STAFF_ADDED,
        badge=badge,
        name=name,
        roles=[role.value for role in roles],
        superior=superior,
    )


def _permitted(badge: str, action: Action) -> Person:
    actor = person(badge)
    if why := not_permitted(action, actor):
        raise Refusal(why)
    return actor


def _record(workplace: Workplace, actor: Person, kind: EventKind, **payload: object) -> None:
    entry = trail.Entry(workplace.now(), actor.badge, workplace.station, None, kind.value, payload)
    trail.append([entry])
