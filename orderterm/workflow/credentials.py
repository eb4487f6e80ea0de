"""With what a person signs in, PIN and SSH keys, and where messages reach them."""

from typing import Any

from orderterm.errors import Refusal
from orderterm.rules import pins
from orderterm.rules.permissions import Action, Person, not_permitted
from orderterm.rules.ssh_keys import PublicKey, read_key
from orderterm.sentences import say
from orderterm.store import trail
from orderterm.store.connection import transaction
from orderterm.store.tables import Staff, StaffKey, WrongPin
from orderterm.terms import EventKind
from orderterm.workflow.workplace import Outcome, Workplace, person


def set_pin(workplace: Workplace, badge: str, whose: str, pin: str | None) -> Outcome:
    """Give a person a PIN, which the sign-in line asks for from then on, or take it away.

    Args:
        workplace: the home at work.
        badge: who does it: the person, or an administrator.
        whose: the person's badge.
        pin: the PIN; None for none any more.

    Raises:
        Refusal: it is not for this person to do, or no such PIN can be had.
    """
    if pin is not None and not pins.is_usable(pin):
        raise Refusal(
            "a PIN has {least} to {most} letters or digits, without a blank at either end",
            least=pins.SHORTEST,
            most=pins.LONGEST,
        )
    kept = "" if pin is None else pins.hash_pin(pin)
    with transaction():
        actor, found = _own_or_administrators(badge, whose)
        Staff.update(pin_hash=kept).where(Staff.badge == whose).execute()
        WrongPin.delete().where(WrongPin.staff == whose).execute()
        _record(workplace, actor, EventKind.PIN_SET, badge=whose, removed=pin is None)
    told = (
        say("{name} ({badge}) signs in without a PIN now", name=found.name, badge=whose)
        if pin is None
        else say("{name} ({badge}) signs in with a PIN now", name=found.name, badge=whose)
    )
    return Outcome(whose, True, told)


def is_right_pin(workplace: Workplace, badge: str, pin: str) -> bool:
    """Whether ``pin`` is the person's, or they need none.

    Each try counts as wrong until it turns out right, so that nobody tries many at once; and it
    counts for the person, however often somebody connects anew.

    Raises:
        Refusal: after several wrong ones it is too early for the next.
    """
    with transaction():
        kept = Staff.select(Staff.pin_hash).where(Staff.badge == badge).tuples().scalar()
        if not kept:
            return True
        _count_try(workplace, badge)
    if not pins.is_pin(pin, kept):
        return False
    with transaction():
        WrongPin.delete().where(WrongPin.staff == badge).execute()
    return True


def _count_try(workplace: Workplace, badge: str) -> None:
    now = workplace.now()
    before: Any = WrongPin.get_or_none(WrongPin.staff == badge)
    until = before.at + pins.wait_after(before.tries) if before else now
    if before and before.at <= now < until:
        raise Refusal(
            "too many wrong PINs of {badge}: the next one can be given at {at}",
            badge=badge,
            at=f"{until.astimezone(workplace.settings.site.zone):%H:%M:%S}",
        )
    tried = {"tries": before.tries + 1 if before else 1, "at": now}
    WrongPin.insert(staff=badge, **tried).on_conflict(
        conflict_target=[WrongPin.staff], update=tried
    ).execute()


def set_contact(workplace: Workplace, badge: str, whose: str, contact: str) -> Outcome:
    """Say where messages reach a person; blank for nowhere.

    Raises:
        Refusal: it is not for this person to do.
    """
    with transaction():
        actor, found = _own_or_administrators(badge, whose)
        Staff.update(contact=contact.strip()).where(Staff.badge == whose).execute()
        _record(workplace, actor, EventKind.CONTACT_SET, badge=whose)
    told = say("messages reach {name} ({badge}) there now", name=found.name, badge=whose)
    return Outcome(whose, True, told)


def add_key(workplace: Workplace, badge: str, whose: str, line: str) -> Outcome:
    """Let a person sign in with an SSH key.

    Args:
        workplace: the home at work.
        badge: who does it; an administrator.
        whose: the person's badge.
        line: the public key, as in a ``.pub`` file.

    Raises:
        Refusal: it is not for this person to do, it is no key, or another's.
    """
    key = read_key(line)
    with transaction():
        actor = _administrator(badge)
        found = person(whose)
        owner = _owner(key.fingerprint)
        if owner not in (None, whose):
            raise Refusal(
                "the key {fingerprint} is {badge}'s: two people can't share one",
                fingerprint=key.fingerprint,
                badge=owner,
            )
        if owner is None:
            _keep(workplace, whose, key)
            _record(workplace, actor, EventKind.KEY_ADDED, badge=whose, fingerprint=key.fingerprint)
    told = say(
        "{name} ({badge}) signs in with the key {fingerprint}",
        name=found.name,
        badge=whose,
        fingerprint=key.fingerprint,
    )
    return Outcome(whose, owner is None, told)


def _keep(workplace: Workplace, whose: str, key: PublicKey) -> None:
    StaffKey.create(
        fingerprint=key.fingerprint,
        badge=whose,
        key=f"{key.text} {key.comment}".strip(),
        added_at=workplace.now(),
    )


def remove_key(workplace: Workplace, badge: str, whose: str, fingerprint: str) -> Outcome:
    """Let an SSH key open the door no more.

    Raises:
        Refusal: it is not for this person to do, or the person has no such key.
    """
    with transaction():
        actor = _administrator(badge)
        if _owner(fingerprint) != whose:
            raise Refusal(
                "{badge} has no key {fingerprint}; `orderterm staff key list` shows them",
                badge=whose,
                fingerprint=fingerprint,
            )
        StaffKey.delete().where(StaffKey.fingerprint == fingerprint).execute()
        _record(workplace, actor, EventKind.KEY_REMOVED, badge=whose, fingerprint=fingerprint)
    return Outcome(whose, True, say("the key {fingerprint} is removed", fingerprint=fingerprint))


def _owner(fingerprint: str) -> Any:
    return (
        StaffKey.select(StaffKey.badge).where(StaffKey.fingerprint == fingerprint).tuples().scalar()
    )


def _administrator(badge: str) -> Person:
    actor = person(badge)
    if why := not_permitted(Action.STAFF, actor):
        raise Refusal(why)
    return actor


def _own_or_administrators(badge: str, whose: str) -> tuple[Person, Person]:
    found = person(whose)
    return (found if badge == whose else _administrator(badge)), found


def _record(workplace: Workplace, actor: Person, kind: EventKind, **payload: object) -> None:
    entry = trail.Entry(workplace.now(), actor.badge, workplace.station, None, kind.value, payload)
    trail.append([entry])
