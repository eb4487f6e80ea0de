"""What the commands of the screens do, by command.

Most of it is loaded when its key is first pressed: a terminal that shows a list has loaded little
more than the list.
"""

from importlib import import_module
from typing import Any

from screens import appearance
from screens.work_screen import Handler


class Later:
    """A handler that is loaded when it is first called.

    Args:
        module: where it is.
        name: its name there.
    """

    def __init__(self, module: str, name: str) -> None:
        self._module, self._name = module, name

    def found(self) -> Handler:
        """The handler itself."""
        handler: Handler = getattr(import_module(self._module), self._name)
        return handler

    async def __call__(self, screen: Any) -> None:
        await self.found()(screen)


_STEPS = "screens.flows.steps"
_LISTING = "screens.listing"

ON_ORDERS: dict[str, Handler] = {
    **appearance.HANDLERS,
    "order.complete": Later("screens.flows.completing", "complete"),
    "order.resolve": Later("screens.flows.resolving", "resolve"),
    "order.claim": Later(_STEPS, "claim"),
    "order.take_over": Later(_STEPS, "take_over"),
    "order.reassign": Later(_STEPS, "reassign"),
    "order.hold": Later(_STEPS, "hold"),
    "order.cancel": Later(_STEPS, "cancel"),
    "order.undo": Later(_STEPS, "take_back"),
    "order.priority": Later(_STEPS, "override_priority"),
    "order.raise": Later(_STEPS, "raise_exception"),
    "order.note": Later(_STEPS, "note"),
}
"""What can be done with an order, in a list or on its own page."""

ON_LIST: dict[str, Handler] = {
    **ON_ORDERS,
    "list.open": Later("screens.order_screen", "open_order"),
    "list.mark": Later(_LISTING, "mark"),
    "list.mark_all": Later(_LISTING, "mark_all"),
    "list.refresh": Later(_LISTING, "refresh"),
    "list.page": Later(_LISTING, "turn_page"),
    "list.find": Later(_LISTING, "look_up"),
    "list.filter": Later(_LISTING, "narrow"),
    "list.views": Later(_LISTING, "views"),
    "list.report": Later("screens.flows.reporting", "make_report"),
    "shift.give": Later("screens.flows.handover", "give"),
    "shift.take": Later("screens.flows.handover", "take"),
    "notices.show": Later(_LISTING, "show_notices"),
    "notices.go": Later(_LISTING, "go_to_its_order"),
    "notices.acknowledge": Later(_LISTING, "acknowledge"),
    "notices.acknowledge_all": Later(_LISTING, "acknowledge_all"),
}
"""What every role's screen can do."""
