"""The people: who they are, and their names where only a badge was kept."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from orderterm.rules.permissions import Action, permitted_roles
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.people import employed
from orderterm.store.tables import Staff
from orderterm.terms import Role, Stage
from orderterm.views.times import local


class StaffRow(Struct, frozen=True):
    """A person on the staff; ``disabled_at`` is None for who works here."""

    badge: str
    name: str
    roles: tuple[Role, ...]
    superior: str | None
    created_at: datetime
    disabled_at: datetime | None


class Signed(Struct, frozen=True):
    """Somebody who works here; ``roles`` in the order of ``Role``."""

    badge: str
    name: str
    roles: tuple[Role, ...]
    superior: str | None


def sign_in(badge: str) -> Signed:
    """Who has ``badge``.

    Raises:
        Refusal: nobody has it, or the person no longer works here.
    """
    with snapshot():
        found = employed(badge)
    return _signed(badge, found.name, found.roles, found.superior_id)


def colleagues(stage: Stage) -> list[Signed]:
    """Who works here and may do ``stage``, by badge."""
    able = permitted_roles(Action.CONFIRM, stage)
    query = Staff.select(Staff.badge, Staff.name, Staff.roles, Staff.superior)
    with snapshot():
        here = queries.rows(query.where(Staff.disabled_at.is_null()).order_by(Staff.badge))
    return [_signed(*row) for row in here if able.intersection(row[2])]


def _signed(badge: str, name: str, roles: tuple[Role, ...], superior: str | None) -> Signed:
    return Signed(badge, name, tuple(role for role in Role if role in roles), superior)


def staff(settings: Settings) -> list[StaffRow]:
    """Everybody who is or was on the staff, by badge."""
    zone = settings.site.zone
    columns = (
        Staff.badge,
        Staff.name,
        Staff.roles,
        Staff.superior,
        Staff.created_at,
        Staff.disabled_at,
    )
    with snapshot():
        rows = queries.rows(Staff.select(*columns).order_by(Staff.badge))
        return [
            StaffRow(
                badge, name, roles, superior, local(created_at, zone), local(disabled_at, zone)
            )
            for badge, name, roles, superior, created_at, disabled_at in rows
        ]


def names(badges: Iterable[str | None]) -> dict[str, str]:
    """The name of each of ``badges`` that is on the staff, within the caller's reading."""
    wanted = sorted({badge for badge in badges if badge})
    return queries.pairs(Staff.select(Staff.badge, Staff.name).where(Staff.badge.in_(wanted)))


def all_names() -> dict[str, str]:
    """Everybody's name by badge, those who left as well, within the caller's reading."""
    return queries.pairs(Staff.select(Staff.badge, Staff.name))
