"""With what people sign in: whether a PIN is right, and the SSH keys there are."""

import shlex
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from orderterm.rules.pins import is_pin
from orderterm.settings import Settings
from orderterm.store import queries
from orderterm.store.connection import snapshot
from orderterm.store.tables import Staff, StaffKey
from orderterm.views.times import local


class KeyRow(Struct, frozen=True):
    """A person's SSH key; ``added_at`` is site-local, ``key`` the line of OpenSSH."""

    badge: str
    name: str
    fingerprint: str
    key: str
    added_at: datetime


def has_pin(badge: str) -> bool:
    """Whether the person must give a PIN; False too where nobody has the badge."""
    return bool(_hash(badge))


def is_right(badge: str, pin: str) -> bool:
    """Whether ``pin`` is the person's, or they need none. It takes a while, so that nobody can
    try many."""
    kept = _hash(badge)
    return not kept or is_pin(pin, kept)


def _hash(badge: str) -> str:
    with snapshot():
        found = queries.first(Staff.select(Staff.pin_hash).where(Staff.badge == badge))
    return found[0] if found else ""


def keys(settings: Settings, whose: str | None = None) -> list[KeyRow]:
    """The keys of who works here, or of one person, by badge."""
    query = (
        StaffKey.select(
            StaffKey.badge, Staff.name, StaffKey.fingerprint, StaffKey.key, StaffKey.added_at
        )
        .join(Staff)
        .where(Staff.disabled_at.is_null())
        .order_by(StaffKey.badge, StaffKey.added_at, StaffKey.fingerprint)
    )
    if whose is not None:
        query = query.where(StaffKey.badge == whose)
    with snapshot():
        found = queries.rows(query)
    zone = settings.site.zone
    return [
        KeyRow(badge, name, fingerprint, key, local(at, zone))
        for badge, name, fingerprint, key, at in found
    ]


def authorized(row: KeyRow, program: str, home: Path) -> str:
    """The line of sshd's ``authorized_keys`` that opens the person's own screen, and no more.

    Args:
        row: the key.
        program: how orderterm is called on this machine.
        home: the home to work in.
    """
    words = (program, "--home", str(home), "--as", row.badge)
    command = " ".join(map(shlex.quote, words)).replace("\\", "\\\\").replace('"', '\\"')
    return f'command="{command}",restrict,pty {row.key}'
