"""Who works here, by badge: asked at every key press that acts, and at the sign-in line."""

from types import SimpleNamespace

from orderterm.errors import Refusal
from orderterm.store.prepared import prepared
from orderterm.store.tables import Staff

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
