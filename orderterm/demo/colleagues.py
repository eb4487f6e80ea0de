"""The sample company's staff beside a visitor, in real time: they work, and orders go on coming."""

from collections.abc import Callable
from pathlib import Path
from random import Random

from orderterm.demo.arrivals import Arrivals
from orderterm.demo.company import PRODUCTS
from orderterm.demo.day import drop
from orderterm.demo.desk import SharedDesk
from orderterm.demo.hands import Hands
from orderterm.duties.clock import ClockDuty
from orderterm.duties.crew import do_all
from orderterm.duties.inbox import InboxDuty
from orderterm.duties.outbox import OutboxDuty
from orderterm.sentences import Sentence
from orderterm.store import connection
from orderterm.store.stock import levels
from orderterm.store.tables import Order
from orderterm.terms import ExceptionKind, Stage
from orderterm.workflow.workplace import Workplace

LEFT: dict[Stage | ExceptionKind, int] = {
    Stage.REVIEW: 10,
    Stage.RECEIVING: 3,
    Stage.ALLOCATION: 9,
    Stage.PREPARATION: 9,
    Stage.SHIPPING: 8,
    Stage.TRACKING: 12,
    Stage.REFUND: 2,
    Stage.CONFIRMATION: 7,
    ExceptionKind.INFORMATION: 3,
    ExceptionKind.SHORTAGE: 4,
    ExceptionKind.CARRIER_DELAY: 2,
    ExceptionKind.CHANGE_REQUEST: 2,
    ExceptionKind.FOLLOW_UP: 1,
    ExceptionKind.OTHER: 1,
}
"""How much of each queue the staff leave to the visitor."""

HURRY = 240
"""Parcels that travel for hours would be dull to watch: an hour is a quarter of a minute."""

PACE = 20
FIRST_SERIAL = 20_000
MOST_OF_ONE, KEPT_SHORT = 40, 2
"""Pieces that the largest order wants of one SKU; how many SKUs are always short."""

BETWEEN_EXPORTS, BETWEEN_STEPS, BETWEEN_DELIVERIES = (4.0, 8.0), (2.0, 4.0), (30.0, 50.0)
"""Seconds, at least and at most."""
BETWEEN_LOOKS = 5.0
"""Seconds between two looks at the clock and into the outbox."""

Wait = Callable[[float], bool]
"""Waits for so many seconds; tells whether to stop, and returns at once when that is so."""


def run(workplace: Workplace, home: Path, seed: int, wait: Wait) -> None:
    """Let the company live on until told to stop.

    It may be ended at any moment: each thing that is done is one transaction, and a file that is
    being read then is read again by whoever looks into the inbox next.

    Args:
        workplace: the home at work, with the real clock, at the station of the simulated staff.
        home: the home's folder.
        seed: decides everything that is left to chance.
        wait: waits between two things.
    """
    colleagues = Colleagues(workplace, home, seed)
    turns: dict[Callable[[], float], float] = {
        colleagues.work: 1.0,
        colleagues.let_orders_come: 2.0,
        colleagues.let_goods_come: 20.0,
        colleagues.watch: 5.0,
    }
    try:
        while True:
            act = min(turns, key=lambda one: turns[one])
            pause = turns[act]
            if wait(pause):
                return
            turns = {one: left - pause for one, left in turns.items()}
            turns[act] = act()
    finally:
        colleagues.close()


class Colleagues:
    """Everything that moves by itself in the live demo.

    Each of its methods does one thing, and returns after how many seconds it is to be done again.
    """

    def __init__(self, workplace: Workplace, home: Path, seed: int) -> None:
        self._workplace = workplace
        self._random = Random(f"{seed}/live")
        self._duty = InboxDuty(workplace, home, _unheard, settle_seconds=0.0)
        self._others = (
            ClockDuty(workplace, home, _unheard),
            OutboxDuty(workplace, home, _unheard),
        )
        self._desk = SharedDesk(LEFT, first=True)
        self._hands = Hands(workplace, seed, PACE, desk=self._desk, hurry=HURRY, labels="LV")
        with connection.reading():
            self._arrivals = Arrivals(self._random, FIRST_SERIAL + Order.select().count())

    def close(self) -> None:
        """Give up what is in hand."""
        self._duty.close()

    def work(self) -> float:
        """Somebody does something."""
        with connection.reading():
            self._hands.step()
        return self._random.uniform(*BETWEEN_STEPS)

    def watch(self) -> float:
        """What an engine does beside the inbox, without the outside world: who must know is told
        of what is late, and what customers are to be told becomes files."""
        do_all(self._others, _unheard)
        return BETWEEN_LOOKS

    def let_orders_come(self) -> float:
        """Customers order something."""
        at = self._workplace.now().astimezone(self._workplace.settings.site.zone)
        drop(self._duty.inbox, self._arrivals.orders(at))
        self._duty.take_in()
        return self._random.uniform(*BETWEEN_EXPORTS)

    def let_goods_come(self) -> float:
        """A lorry brings what is low or waited for, but not what has run out last: that is left
        to purchasing."""
        at = self._workplace.now().astimezone(self._workplace.settings.site.zone)
        with connection.reading():
            stock = levels(product.sku for product in PRODUCTS)
            waited_for = self._desk.waited_for()
            kept_short = self._desk.short()[-KEPT_SHORT:]
        enough = {p.sku: MOST_OF_ONE if p.sku in waited_for else p.safety_stock for p in PRODUCTS}
        wanted = {sku for sku, pieces in enough.items() if stock[sku].available < pieces}
        drop(self._duty.inbox, self._arrivals.stock(at, stock, wanted.difference(kept_short)))
        self._duty.take_in()
        return self._random.uniform(*BETWEEN_DELIVERIES)


def _unheard(_: Sentence) -> None:
    """The visitor's screen is full of other things."""
