"""Who hears of overdue work, rung by rung: the ladders of the staff as it is."""

from functools import cached_property
from typing import Any

from orderterm.rules.escalation import rungs
from orderterm.store.queries import rows
from orderterm.store.tables import Staff
from orderterm.terms import Role

Rungs = tuple[tuple[str, ...], ...]


class Ladders:
    """The ladders, read once within the caller's transaction and when first asked for."""

    @cached_property
    def _people(self) -> list[tuple[Any, ...]]:
        columns = (Staff.badge, Staff.roles, Staff.superior, Staff.disabled_at)
        return rows(Staff.select(*columns))

    @cached_property
    def _superior_of(self) -> dict[str, str | None]:
        return {badge: superior for badge, _, superior, _ in self._people}

    @cached_property
    def _gone(self) -> set[str]:
        return {badge for badge, *_, disabled_at in self._people if disabled_at is not None}

    def rungs(self, badge: str | None, role: Role) -> Rungs:
        """The badges that hear of work of ``role`` at each level, nearest first.

        Args:
            badge: who has it in hand; None for nobody.
            role: whose work it is: where nobody is above ``badge``, the managers who have the role
                themselves hear of it, and where there is none all managers.
        """
        return rungs(badge, self._chiefs(role), self._superior_of, self._gone)

    def _chiefs(self, role: Role) -> list[str]:
        managers = {
            badge: roles
            for badge, roles, _, disabled_at in self._people
            if Role.MANAGER in roles and disabled_at is None
        }
        own = [badge for badge, roles in managers.items() if role in roles]
        return own or list(managers)
