"""What the commands of the screens do, by command."""

from screens import appearance
from screens.flows import completing, resolving, steps
from screens.work_screen import Handler

ON_ORDERS: dict[str, Handler] = {
    **appearance.HANDLERS,
    **completing.HANDLERS,
    **resolving.HANDLERS,
    **steps.HANDLERS,
}
"""What can be done with an order, in a list or on its own page."""
