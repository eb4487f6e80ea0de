"""The people: who they are, and their names where only a badge was kept."""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Staff
from orderterm.terms import Role
from orderterm.views.times import local


class StaffRow(Struct, frozen=True):
    """A person on the staff; ``disabled_at`` is None for who works here."""

    badge: str
    name: str
    roles: tuple[Role, ...]
    superior: str | None
    created_at: datetime
    disabled_at: datetime | None


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
