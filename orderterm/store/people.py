"""Who works here: asked at every key press that acts, at the sign-in line, and of the ladders."""

from types import SimpleNamespace

from orderterm.errors import Refusal
from orderterm.store.prepared import prepared
from orderterm.store.queries import rows
from orderterm.store.tables import Staff
from orderterm.terms import Role

_STAFF = prepared(
    lambda badge: Staff.select(Staff.name, Staff.roles, Staff.superior, Staff.disabled_at).where(
        Staff.badge == badge
    )
)


def employed(badge: str) -> SimpleNamespace:
    """The ``name``, ``roles`` and ``superior_id`` of who works here, within the caller's reading.

    Raises:
        Refusal: nobody has the badge, or the person no longer works here.
    """
    found = _STAFF.first(badge)
    if found is None:
        raise Refusal(
            "nobody has the badge {badge}; `orderterm staff list` shows who is there", badge=badge
        )
    if found.disabled_at is not None:
        raise Refusal(
            "{name} ({badge}) is disabled and may not act; an administrator can add a new badge",
            name=found.name,
            badge=badge,
        )
    return found


def everybody() -> list[tuple[str, tuple[Role, ...], str | None, bool]]:
    """Of all on the staff, within the caller's reading: badge, roles, superior's badge, and
    whether they are gone."""
    columns = (Staff.badge, Staff.roles, Staff.superior, Staff.disabled_at.is_null(False))
    return [
        (badge, roles, superior, bool(is_gone))
        for badge, roles, superior, is_gone in rows(Staff.select(*columns))
    ]
