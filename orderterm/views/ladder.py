"""To whom overdue work has gone up: a superior for each rung, the managers where there is none."""

from msgspec import Struct

from orderterm.rules.escalation import superiors
from orderterm.store import queries
from orderterm.store.tables import Staff


class Ladders(Struct, frozen=True):
    """Who stands above whom. Who no longer works here is passed over."""

    superior_of: dict[str, str | None]
    names: dict[str, str]

    def told(self, badge: str | None, level: int) -> str:
        """The name of the last who hears of overdue work.

        Args:
            badge: who has the work in hand; None for nobody.
            level: how many rungs it has risen, at least 1.

        Returns:
            A name; "" where the managers hear of it at once.
        """
        above = superiors(badge, self.superior_of) if badge else ()
        ladder = [one for one in above if one in self.names]
        return self.names[ladder[min(level, len(ladder)) - 1]] if ladder else ""


def ladders() -> Ladders:
    """The ladders as they are, within the caller's reading."""
    columns = (Staff.badge, Staff.name, Staff.superior, Staff.disabled_at)
    people = queries.rows(Staff.select(*columns))
    return Ladders(
        superior_of={badge: superior for badge, _, superior, _ in people},
        names={badge: name for badge, name, _, disabled_at in people if disabled_at is None},
    )
