"""The staff as rows of a list, and what is told of a person beside it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from orderterm.sentences import say
from orderterm.settings import Settings
from orderterm.views.hands import in_hands
from orderterm.views.queue import Work
from orderterm.views.staff import StaffRow, staff
from screens.desk import Desk
from screens.lists.board_rows import in_hand_lines
from screens.station import Station
from screens.terminal.cells import wrap
from screens.widgets.canvas import Line
from screens.widgets.pane import Maker
from screens.widgets.work_list import Column


class PersonOnStaff(Struct, frozen=True):
    """Somebody who is or was on the staff, with what is in their hands."""

    person: StaffRow
    superior_name: str
    works: tuple[Work, ...]

    @property
    def key(self) -> str:
        """What the list knows the row by."""
        return self.person.badge


def staff_rows(settings: Settings, now: datetime) -> list[PersonOnStaff]:
    """Everybody, those who work here first, by badge."""
    people, held = staff(settings), in_hands(settings, now)
    names = {one.badge: one.name for one in people}
    rows = [
        PersonOnStaff(one, names.get(one.superior or "", ""), tuple(held.get(one.badge, ())))
        for one in people
    ]
    return sorted(rows, key=lambda row: row.person.disabled_at is not None)


def _roles(row: PersonOnStaff, station: Station) -> str:
    return station.text(say("{roles}", roles=row.person.roles))


def _standing(row: PersonOnStaff, station: Station) -> str:
    left = row.person.disabled_at
    return "" if left is None else station.text(say("disabled {day}", day=f"{left:%y-%m-%d}"))


def _look(row: PersonOnStaff, _: Station) -> str:
    return "faint" if row.person.disabled_at is not None else ""


STAFF = (
    Column(say("badge"), 10, lambda row, _: row.person.badge, look=_look, keep=10),
    Column(say("name"), 12, lambda row, _: row.person.name, look=_look, keep=9, grow=True),
    Column(say("roles"), 22, _roles, look=_look, keep=8, grow=True),
    Column(say("superior"), 10, lambda row, _: row.superior_name, look=_look, keep=7),
    Column(
        say("since"),
        8,
        lambda row, _: f"{row.person.created_at:%y-%m-%d}",
        look=_look,
        keep=4,
    ),
    Column(say("note"), 17, _standing, look=_look, keep=6),
)


def about_staff(desk: Desk, row: PersonOnStaff) -> Maker:
    """All there is to know of a person."""
    station, one = desk.station, row.person

    def lines(columns: int) -> Sequence[Line]:
        head: Line = [(one.name, "strong"), (f"  {one.badge}", "faint")]
        told = say(
            "{roles}; overdue work goes up to {superior}",
            roles=one.roles,
            superior=row.superior_name or say("the managers"),
        )
        facts: list[Line] = [[(line, "")] for line in wrap(station.text(told), columns)]
        return [head, *facts, *in_hand_lines(row.works, station, columns)]

    return lines
