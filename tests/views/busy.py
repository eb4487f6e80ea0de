"""Two busy weeks of a company, seeded: on time and late, short, incomplete, cancelled, paused."""

import random
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from typing import Any

from orderterm.errors import Refusal
from orderterm.rules.drafts import ProductDraft
from orderterm.terms import ExceptionKind, ExceptionPath, Stage
from orderterm.workflow import orders, registers
from tests.contract.company import MONDAY, WORKER, Company

CHANNELS = ("EC", "TM", "ST")
CARRIERS = ("SF", "顺丰", "=cmd|'/c calc'!A1")
SKUS = ("A", "B", "C")
REASONS = ("peak_volume", "short_staffed", "we were at lunch")


def busy(company: Company, *, days: int = 12, orders_a_day: int = 3, seed: int = 7) -> None:
    """Let the company work for ``days`` days from ``MONDAY`` on; it ends at their end."""
    chance = random.Random(seed)
    products = [ProductDraft(sku, f"<b>{sku}</b>", safety_stock=2) for sku in SKUS]
    registers.keep_products(company.workplace, "admin", products)
    company.stock(A=60, B=20, C=1)
    for day in range(days):
        company.now = MONDAY + timedelta(days=day)
        for _ in range(orders_a_day):
            company.later(minutes=chance.randint(1, 50))
            _take(company, chance)
            _work(company, chance)
        company.later(minutes=chance.randint(60, 400))
        _work(company, chance)


def counted(company: Company, query: str, monday: date, **values: Any) -> Any:
    """The first value that plain SQL finds; ``:start`` and ``:end`` are the week's first moment
    and the next one's, ``:first`` and ``:last`` its days as order numbers begin with them."""
    day = timedelta(days=1)
    moments = {
        "start": f"{monday - day}T16:00:00.000Z",  # the site is eight hours ahead
        "end": f"{monday + 6 * day}T16:00:00.000Z",
        "first": f"{monday:%Y%m%d}",
        "last": f"{monday + 6 * day:%Y%m%d}",
    }
    with closing(sqlite3.connect(company.file)) as reader:
        return reader.execute(query, moments | values).fetchone()[0]


def _take(company: Company, chance: random.Random) -> None:
    lines = [(chance.choice(SKUS), chance.randint(1, 3))]
    fields = chance.choice([{}, {}, {}, {"address": ""}, {"special_request": "加急"}])
    draft = company.draft(lines=lines, **fields)
    (number,) = company.receive(draft, channel=chance.choice(CHANNELS)).new
    if chance.random() < 0.1:
        orders.cancel(company.workplace, "sales", number, reason="no more")
    elif chance.random() < 0.1:
        orders.hold(company.workplace, "sales", number, reason="calls back")


def _work(company: Company, chance: random.Random) -> None:
    for number in company.numbers():
        if chance.random() < 0.7:
            _step(company, chance, number)


def _step(company: Company, chance: random.Random, number: str) -> None:
    """One step of an order, if it can take one now."""
    kinds, stages = company.exceptions(number), company.stages(number)
    if ExceptionKind.INFORMATION in kinds:
        told = {"fields": {"address": "Hangzhou 1"}}
        company.resolve("sales", number, ExceptionPath.COMPLETE, ExceptionKind.INFORMATION, **told)
    elif company.row(number).held_at is not None:
        orders.release(company.workplace, "sales", number)
    elif ExceptionKind.CARRIER_DELAY in kinds:
        eta = {"eta": company.now + timedelta(days=1), "told": "by phone"}
        company.resolve("exc", number, ExceptionPath.EXPEDITE, ExceptionKind.CARRIER_DELAY, **eta)
    elif stages == [Stage.TRACKING] and chance.random() < 0.3:
        company.trouble("exc", number, ExceptionKind.CARRIER_DELAY)
    elif stages:
        _finish(company, chance, number, stages[0])


def _finish(company: Company, chance: random.Random, number: str, stage: Stage) -> None:
    given: dict[str, Any] = {"reason": chance.choice(REASONS)}
    if stage is Stage.SHIPPING:
        given |= {"carrier": chance.choice(CARRIERS), "waybill": f"W{number}"}
    try:
        company.confirm(WORKER[stage], number, stage=stage, **given)
    except Refusal:
        return  # it waits for stock
