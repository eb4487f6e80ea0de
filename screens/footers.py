"""Which keys the footer names: on a list of other things than orders none for orders."""

from collections.abc import Iterable, Mapping

from msgspec import structs

from orderterm.terms import Role
from screens.commands import Command
from screens.list_screen import Page

_OF_QUEUES = frozenset({"list.filter", "list.views", "list.mark"})
_ROLES = frozenset(role.value for role in Role)


def with_footers(commands: Mapping[str, Command], footers: Mapping[str, int]) -> dict[str, Command]:
    """The commands by key, with another place in the footer for some, by id; 0 is none."""
    return {
        key: structs.replace(one, footer=footers[one.id]) if one.id in footers else one
        for key, one in commands.items()
    }


def on_page(commands: Iterable[Command], page: Page) -> list[Command]:
    """The commands with their places in the footer of a page: the page's own keys come first.

    Args:
        commands: those that work there.
        page: what is shown.
    """
    first = {one: place for place, one in enumerate(page.keys, -len(page.keys))}
    orders = page.detail is None or not page.keys
    return [
        structs.replace(
            one, footer=first.get(one.id, one.footer if orders or _is_for_all(one) else 0)
        )
        for one in commands
    ]


def _is_for_all(command: Command) -> bool:
    """Whether a command is for rows of any kind."""
    of_orders = command.id.startswith("order.") or command.id in _OF_QUEUES
    return not of_orders and not _ROLES.issuperset(command.places)
