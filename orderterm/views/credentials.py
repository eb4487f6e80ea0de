"""With what people sign in: who has a PIN, and the SSH keys there are."""

import shlex
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from orderterm.errors import Refusal
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
    with snapshot():
        found = queries.first(Staff.select(Staff.pin_hash).where(Staff.badge == badge))
    return bool(found and found[0])


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

    Raises:
        Refusal: the home's name can't be written on a line.
    """
    if not str(home).isprintable():
        raise Refusal(
            "the folder {home} has a line break, or another sign that can't be seen, in its name: "
            "sshd can't be told of it; rename it",
            home=repr(str(home)),
        )
    words = (program, "--home", str(home), "--as", row.badge)
    # For sshd a backslash stands for itself wherever no quotation mark follows.
    command = " ".join(map(shlex.quote, words)).replace('"', '\\"')
    return f'command="{command}",restrict,pty {row.key}'
