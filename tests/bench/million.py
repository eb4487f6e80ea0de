"""``python -m tests.bench.million FILE --orders N``: a database with a long history, made fast.

The company is the demo's. Most orders are completed with their tasks, parcels and stock movements;
the newest 2 % are open, over every stage, and a tenth of those have an open exception. The rows
are written past the workflow, which would take a day; the trail tells of the open orders only.
"""

import argparse
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from orderterm import settings as all_settings
from orderterm.demo import company
from orderterm.rules.contacts import contact_tail
from orderterm.rules.deadlines import exception_due, exception_limit, stage_due, stage_limit
from orderterm.rules.drafts import ProductDraft, StockDraft
from orderterm.rules.numbers import order_number
from orderterm.settings import Limit
from orderterm.store import connection, schema, trail
from orderterm.store.bulk import insert_rows
from orderterm.store.fields import utc_text
from orderterm.store.stock import keep_checkpoints
from orderterm.store.tables import (
    Allocation,
    Order,
    OrderException,
    OrderLine,
    OrderSerial,
    Pause,
    Shipment,
    StockMovement,
    Table,
    Task,
    database,
)
from orderterm.terms import (
    EXCEPTION_ROLES,
    FLOWS,
    STAGE_ROLES,
    Condition,
    EventKind,
    ExceptionKind,
    MovementKind,
    Nature,
    PauseReason,
    Priority,
    Stage,
)
from orderterm.workflow import registers, stocktaking
from orderterm.workflow.alerts import climb
from orderterm.workflow.workplace import Workplace

OPEN_SHARE = 0.02
BATCH = 5_000
MOST_DAYS = 730
STOCK = 100_000_000
_STAGE_HOURS = 3
_NATURES = (Nature.STANDARD,) * 17 + (Nature.CUSTOM, Nature.RETURN, Nature.EXCHANGE)
_PRIORITIES = tuple(
    priority for priority, share in zip(Priority, (1, 3, 14, 2), strict=True) for _ in range(share)
)
_TROUBLES = {
    Stage.REVIEW: ExceptionKind.INFORMATION,
    Stage.ALLOCATION: ExceptionKind.SHORTAGE,
    Stage.PREPARATION: ExceptionKind.CHANGE_REQUEST,
    Stage.SHIPPING: ExceptionKind.OTHER,
    Stage.TRACKING: ExceptionKind.CARRIER_DELAY,
}
_DETAILS: dict[ExceptionKind, dict[str, Any]] = {
    ExceptionKind.INFORMATION: {
        "problems": [{"field": "contact", "zh": "缺少联系方式", "en": "the contact is missing"}]
    },
    ExceptionKind.SHORTAGE: {"short": {"BW-500": 2}},
    ExceptionKind.CHANGE_REQUEST: {"note": "another address", "fields": {"address": "学院路 1号"}},
    ExceptionKind.OTHER: {"note": "the box is damaged"},
    ExceptionKind.CARRIER_DELAY: {"note": "no signature"},
}
_CONDITIONS = {
    ExceptionKind.INFORMATION: Condition.AWAITING_INFORMATION,
    ExceptionKind.SHORTAGE: Condition.AWAITING_STOCK,
}
_PAUSES = {
    ExceptionKind.SHORTAGE: PauseReason.STOCK,
    ExceptionKind.CHANGE_REQUEST: PauseReason.CUSTOMER,
}


def make(file: Path, orders: int, now: datetime, open_share: float = OPEN_SHARE) -> None:
    """Make the database ``file`` with so many ``orders``, the newest of them received at ``now``.

    ``open_share`` of them, the newest, are open, where 1 is all.

    Raises:
        FileExistsError: there is a file already.
    """
    if file.exists():
        raise FileExistsError(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    schema.migrate(file, now)
    connection.use(file)
    workplace = Workplace(all_settings.parse({}), lambda: now, "million")
    with connection.reading():
        # Nothing is lost with a power cut but a file that can be made again.
        database.execute_sql("PRAGMA synchronous = off")
        database.execute_sql("PRAGMA cache_size = -400000")
        _furnish(workplace)
        _History(workplace, orders, open_share).write()
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _furnish(workplace: Workplace) -> None:
    badge = "admin"
    registers.add_first_admin(workplace)
    for one in company.STAFF:
        registers.add_staff(workplace, badge, one.badge, one.name, list(one.roles), one.superior)
    products = [
        ProductDraft(p.sku, p.name, p.specification, p.location, p.safety_stock, p.lead_time_days)
        for p in company.PRODUCTS
    ]
    registers.keep_products(workplace, badge, products)
    stocktaking.count(workplace, badge, [StockDraft(p.sku, STOCK) for p in company.PRODUCTS])


_COLUMNS: dict[type[Table], tuple[str, ...]] = {
    Order: (
        *("id", "number", "channel", "channel_kind", "shop", "channel_order_number"),
        *("source_key", "channel_status", "fingerprint", "nature", "condition", "priority"),
        *("priority_rule", "priority_reason", "tags", "preferred_carrier", "customer_name"),
        *("customer_level", "contact", "contact_tail", "address", "special_request", "note"),
        *("ordered_at", "received_at", "cancelled_at", "completed_at"),
    ),
    OrderLine: (
        *("id", "order_id", "position", "sku", "name", "specification", "quantity"),
        *("unit_price", "substituted_for"),
    ),
    Task: (
        *("id", "order_id", "stage", "round", "role", "priority", "assignee", "claimed_at"),
        *("started_at", "due_at", "done_at", "done_by", "outcome", "alert_at"),
    ),
    Pause: ("task_id", "reason", "started_at"),
    OrderException: (
        *("order_id", "kind", "role", "priority", "detail", "opened_at", "opened_by"),
        *("due_at", "resolution", "alert_at"),
    ),
    Shipment: (
        *("id", "order_id", "round", "carrier", "waybill", "shipped_at", "eta", "signed_at"),
        "poll_failures",
    ),
    Allocation: ("line_id", "sku", "round", "quantity", "allocated_at", "shipment_id"),
    StockMovement: ("sku", "kind", "quantity", "at", "order_id"),
}
"""What is written, in an order in which every row finds those that it points to."""


class _History:
    """Orders, one after another, from the company's first day to now."""

    def __init__(self, workplace: Workplace, orders: int, open_share: float) -> None:
        self.workplace = workplace
        self.first_open = orders * (1 - open_share)
        self.orders = orders
        self.now = workplace.now()
        self.days = min(MOST_DAYS, max(1, orders // 500))
        self.chance = random.Random(7)
        self.serials: Counter[tuple[str, str]] = Counter()
        self.task_ids, self.line_ids, self.parcel_ids = count(1), count(1), count(1)
        self.rows: dict[type[Table], list[tuple[Any, ...]]] = {table: [] for table in _COLUMNS}
        self.entries: list[trail.Entry] = []
        self.people = {
            role: [one.badge for one in company.STAFF if role in one.roles]
            for role in STAGE_ROLES.values()
        }

    def write(self) -> None:
        for first in range(0, self.orders, BATCH):
            for place in range(first, min(first + BATCH, self.orders)):
                self._order(place)
            with connection.transaction():
                for table, rows in self.rows.items():
                    insert_rows(table, _COLUMNS[table], rows)
                    rows.clear()
                keep_checkpoints(product.sku for product in company.PRODUCTS)
                trail.append(self.entries)
                self.entries.clear()
        with connection.transaction():
            rows = [(channel, day, last) for (channel, day), last in self.serials.items()]
            insert_rows(OrderSerial, ("channel", "day", "last"), rows)

    def _order(self, place: int) -> None:
        chance, order = self.chance, place + 1
        received = self.now - timedelta(days=self.days) * ((self.orders - place) / self.orders)
        nature, priority = chance.choice(_NATURES), chance.choice(_PRIORITIES)
        flow = FLOWS[nature]
        standing = trouble = None
        if place >= self.first_open:
            standing = chance.choice(flow)
            trouble = _TROUBLES.get(standing) if chance.random() < 0.13 else None
        cancelled = standing is None and chance.random() < 0.03
        done = flow[:1] if cancelled else flow[: flow.index(standing)] if standing else flow
        end = received + timedelta(hours=_STAGE_HOURS * len(done))
        number = self._order_row(
            order, received, nature, priority, standing, trouble, cancelled, end
        )
        for step, stage in enumerate(done):
            self._done_task(order, stage, priority, received + timedelta(hours=_STAGE_HOURS * step))
        self._goods(order, done, received)
        if standing is not None:
            self._open_work(order, standing, trouble, nature, priority)
            kind = EventKind.RECEIVED.value
            self.entries.append(trail.Entry(received, "orderterm", "million", number, kind, {}))

    def _order_row(
        self,
        order: int,
        received: datetime,
        nature: Nature,
        priority: Priority,
        standing: Stage | None,
        trouble: ExceptionKind | None,
        cancelled: bool,
        end: datetime,
    ) -> str:
        chance, at = self.chance, utc_text(received)
        channel = chance.choice(company.CHANNELS)
        day = received.astimezone(self.workplace.settings.site.zone).date()
        self.serials[channel, day.isoformat()] += 1
        number = order_number(day, channel, self.serials[channel, day.isoformat()])
        name, contact, level, address = self._customer()
        ended = utc_text(end) if standing is None else None
        self.rows[Order].append(
            (
                *(order, number, channel, self.workplace.settings.channels[channel].kind.value),
                *(company.SHOP, str(310_000_000_000 + order), str(310_000_000_000 + order)),
                *("open", f"{order:064x}", nature.value),
                _condition(standing, trouble, cancelled).value,
                *(priority.rank, "standard", "", "", "", name, level, contact),
                *(contact_tail(contact), address, "", "", at, at),
                *((ended, None) if cancelled else (None, ended)),
            )
        )
        return number

    def _customer(self) -> tuple[str, str, str, str]:
        chance = self.chance
        if chance.random() < 0.05:
            buyer = chance.choice(company.BUYERS)
            return buyer.name, buyer.contact, buyer.level, buyer.address
        name = chance.choice(company.FAMILY_NAMES) + chance.choice(company.GIVEN_NAMES)
        contact = f"1380{chance.randrange(10**7):07d}"
        road = f"{chance.choice(company.ROADS)} {chance.randrange(1, 900)}号"
        return name, contact, "", " ".join((*chance.choice(company.AREAS), road))

    def _done_task(self, order: int, stage: Stage, priority: Priority, started: datetime) -> None:
        role = STAGE_ROLES[stage]
        who, at = self.chance.choice(self.people[role]), utc_text(started)
        done = utc_text(started + timedelta(hours=_STAGE_HOURS))
        key = (next(self.task_ids), order, stage.value, 1, role.value, priority.rank)
        self.rows[Task].append((*key, who, at, at, done, done, who, "done", None))

    def _goods(self, order: int, done: tuple[Stage, ...], at: datetime) -> None:
        """The lines, what is held for them, and the parcel that took it away."""
        moment, parcel = utc_text(at), None
        if Stage.SHIPPING in done:
            parcel = next(self.parcel_ids)
            eta = utc_text(at + timedelta(days=2))
            signed = eta if Stage.TRACKING in done else None
            waybill = f"SF{1_000_000_000 + order}"
            self.rows[Shipment].append((parcel, order, 1, "SF", waybill, moment, eta, signed, 0))
        products = self.chance.sample(company.PRODUCTS, self.chance.choice((1, 1, 2, 3)))
        for position, product in enumerate(products, start=1):
            line, pieces = next(self.line_ids), self.chance.choice((1, 1, 1, 2, 4))
            sku = product.sku
            told = (sku, product.name, product.specification, pieces, product.price, "")
            self.rows[OrderLine].append((line, order, position, *told))
            if Stage.ALLOCATION in done:
                self.rows[Allocation].append((line, sku, 1, pieces, moment, parcel))
            if parcel is not None:
                kind = MovementKind.SHIPMENT.value
                self.rows[StockMovement].append((sku, kind, -pieces, moment, order))

    def _open_work(
        self,
        order: int,
        stage: Stage,
        trouble: ExceptionKind | None,
        nature: Nature,
        priority: Priority,
    ) -> None:
        work, limits = self.workplace, self.workplace.settings.limits
        long = stage in (Stage.TRACKING, Stage.CONFIRMATION, Stage.RECEIVING, Stage.REFUND)
        started = self.now - timedelta(hours=(27 if long else 1.3) * self.chance.random())
        if trouble is not None:
            due = exception_due(trouble, work.working_time, limits, started)
            alert = self._alert(exception_limit(trouble, limits), started, due)
            told = (EXCEPTION_ROLES[trouble].value, priority.rank)
            self.rows[OrderException].append(
                (
                    *(order, trouble.value, *told, trail.plain_json(_DETAILS[trouble])),
                    *(utc_text(started), "admin", utc_text(due), "", alert),
                )
            )
        if trouble is ExceptionKind.INFORMATION:
            return
        due = stage_due(work.working_time, limits, stage, priority, nature, started)
        key, role, at = next(self.task_ids), STAGE_ROLES[stage], utc_text(started)
        who = self.chance.choice(self.people[role]) if self.chance.random() < 0.4 else None
        place = (key, order, stage.value, 1, role.value, priority.rank)
        claimed = at if who else None
        limit, runs = stage_limit(stage, priority, nature, limits), trouble not in _PAUSES
        first = self._alert(limit, started, due, warns=bool(who)) if runs else None
        self.rows[Task].append((*place, who, claimed, at, utc_text(due), None, None, None, first))
        if trouble in _PAUSES:
            self.rows[Pause].append((key, _PAUSES[trouble].value, at))

    def _alert(self, limit: Limit, started: datetime, due: datetime, *, warns: bool = False) -> str:
        """When the clock first speaks of what is open."""
        return utc_text(climb(self.workplace, limit, started, due).next_at(None, warns=warns))


def _condition(standing: Stage | None, trouble: ExceptionKind | None, cancelled: bool) -> Condition:
    if standing is None:
        return Condition.CANCELLED if cancelled else Condition.COMPLETED
    if trouble is not None:
        return _CONDITIONS.get(trouble, Condition.EXCEPTION)
    return Condition.PENDING_REVIEW if standing is Stage.REVIEW else Condition.NORMAL


def main() -> None:
    """Make the database that the command line names."""
    parser = argparse.ArgumentParser(description=make.__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--orders", type=int, default=1_000_000)
    given = parser.parse_args()
    began = time.perf_counter()
    make(given.file, given.orders, datetime.now(UTC))
    print(f"{given.orders} orders in {time.perf_counter() - began:.0f} s: {given.file}")


if __name__ == "__main__":
    main()
