"""The filters a person named."""

from typing import Any

import msgspec

from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import SavedView
from orderterm.terms import Role


def saved_views(badge: str, role: Role) -> dict[str, dict[str, Any]]:
    """The filters that ``badge`` saved in ``role``, as plain values by name, sorted by name."""
    own = (SavedView.staff == badge) & (SavedView.role == role)
    query = SavedView.select(SavedView.name, SavedView.filter).where(own).order_by(SavedView.name)
    with snapshot():
        return {name: msgspec.json.decode(kept) for name, kept in queries.rows(query)}
