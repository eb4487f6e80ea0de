"""What goes on coming in while a visitor looks on: a few orders at a time, and deliveries."""

from datetime import UTC, datetime
from random import Random

from orderterm.demo import company, exports
from orderterm.demo.exports import Order
from orderterm.demo.feed import OWN, SHARES, SPECIAL, WRITERS, FeedFile, new_order, sent_back
from orderterm.home import COMPANY_FOLDER
from orderterm.store.stock import Level

SENT_BACK = 0.06
"""Which part of what the own shops and the dealers send is a return or an exchange."""

DELIVERED_AT_ONCE, DELIVERED = 8, 60
"""How many SKUs a lorry brings, and how many pieces of each above its safety stock."""


class Arrivals:
    """Exports with new orders, each of one channel, in the platform's own format.

    Args:
        random: decides what comes.
        serial: the first order's; must be above that of every order there is.
    """

    def __init__(self, random: Random, serial: int) -> None:
        self._random = random
        self._serial = serial

    def orders(self, at: datetime) -> list[FeedFile]:
        """The next one to three orders, as the files of an export at ``at``, the site's time."""
        channel = self._random.choices(list(SHARES), list(SHARES.values()))[0]
        count = self._random.choices((1, 2, 3), (70, 22, 8))[0]
        orders = [self._order(channel, at) for _ in range(count)]
        return [
            FeedFile(at.astimezone(UTC), channel, name, content)
            for name, content in WRITERS[channel](orders, at)
        ]

    def _order(self, channel: str, at: datetime) -> Order:
        self._serial += 1
        order = new_order(self._random, channel, self._serial, at)
        if channel in OWN and self._random.random() < SENT_BACK:
            return sent_back(self._random, order)
        for share, make in SPECIAL:
            if self._random.random() < share:
                return make(self._random, order)
        return order

    def stock(self, at: datetime, levels: dict[str, Level], wanted: set[str]) -> list[FeedFile]:
        """A delivery of some of the SKUs ``wanted``, as the warehouse counts them after it.

        Args:
            at: the time.
            levels: the stock of every SKU.
            wanted: what may come.
        """
        found = [product for product in company.PRODUCTS if product.sku in wanted]
        chosen = self._random.sample(found, min(len(found), DELIVERED_AT_ONCE))
        if not chosen:
            return []
        counted = {p.sku: levels[p.sku].on_hand + p.safety_stock + DELIVERED for p in chosen}
        name = f"stock-arrived-{at:%H%M%S}.csv"
        return [FeedFile(at.astimezone(UTC), COMPANY_FOLDER, name, exports.stock(counted))]
