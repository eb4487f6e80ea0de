"""The administrator's screen: the manager's, and the staff."""

from collections.abc import Sequence

from orderterm.sentences import say
from orderterm.terms import Role
from screens.desk import Page
from screens.flows import staffing
from screens.lists.staff_rows import STAFF, about_staff, staff_rows
from screens.roles import manager
from screens.roles.overview import THE_MEASURES

THE_STAFF = Page(
    say("staff"),
    STAFF,
    read=lambda desk: staff_rows(desk.station.settings, desk.station.now()),
    detail=about_staff,
    keys=("staff.add", "staff.disable"),
)


class RoleDesk(manager.RoleDesk):
    """All that is open in the house, and who works in it."""

    role = Role.ADMIN
    handlers = {**manager.RoleDesk.handlers, **staffing.HANDLERS}
    pages: Sequence[Page] = (
        *manager.PAGES,
        THE_STAFF,
        THE_MEASURES,
        manager.FOLLOW_UPS,
    )
