"""What every role's screen can do."""

from screens import listing
from screens.handlers import ON_ORDERS
from screens.order_screen import open_order
from screens.work_screen import Handler

ON_LIST: dict[str, Handler] = {**ON_ORDERS, **listing.HANDLERS, "list.open": open_order}
"""The handlers of the commands that every list has."""
