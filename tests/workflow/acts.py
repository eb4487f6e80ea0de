"""What people do with an order and look at on the way, each ready to be done with one call."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from orderterm.rules.drafts import SurveyDraft, TrackingDraft
from orderterm.terms import ExceptionKind, ExceptionPath, Nature, Role, Stage, TrackingState
from orderterm.views import counts, entering, escalated, find, fitting, hands, notifications
from orderterm.views import forecast as ahead
from orderterm.views import handover as told
from orderterm.views import messages as outbox
from orderterm.views import monitor as wall
from orderterm.views import parcels as on_their_way
from orderterm.views import queue as queues
from orderterm.views.exceptions import exceptions as open_exceptions
from orderterm.views.openwork import Wanted
from orderterm.views.order import order as order_page
from orderterm.views.picking import packing_slip, pick_list
from orderterm.views.refunds import refunded_today, worth
from orderterm.views.returns import announced
from orderterm.views.scans import meaning
from orderterm.views.shortages import shortages
from orderterm.views.staff import colleagues, sign_in, staff
from orderterm.views.stock import stock as stock_page
from orderterm.views.trail import events
from orderterm.views.wishes import preferred_carriers
from orderterm.workflow import entering as entry
from orderterm.workflow import (
    escalations,
    expecting,
    handover,
    hearing,
    orders,
    parcels,
    sending,
    stages,
    undo,
)
from orderterm.workflow import notifications as notices
from tests.contract.company import WORKER, Company

Act = Callable[[], object]
Acts = Iterator[tuple[str, Act]]

SHORTAGE, INFORMATION = ExceptionKind.SHORTAGE, ExceptionKind.INFORMATION
CHANGE, DELAY, OTHER = (
    ExceptionKind.CHANGE_REQUEST,
    ExceptionKind.CARRIER_DELAY,
    ExceptionKind.OTHER,
)


def changes(company: Company) -> Acts:
    """Every change a person makes; what leads up to one is done when it is asked for."""
    company.stock(A=1000, B=1000, C=0)
    yield from _stages(company)
    yield from _orders(company)
    yield from _taken_back(company)
    yield from _troubles(company)
    yield from _shortages(company)
    yield from _others(company)
    yield from _messages(company)


def _stages(company: Company) -> Acts:
    for nature in (Nature.EXCHANGE, Nature.RETURN):
        number = company.order(nature=nature.value, lines=[("A", 2), ("B", 1)])
        while open_stages := company.stages(number):
            stage = open_stages[0]
            worker = WORKER[stage]
            claim = partial(stages.claim, company.workplace, worker, number)
            yield f"claim {stage} of {nature}", claim
            yield f"confirm {stage} of {nature}", partial(company.finish, number, stage)
    number = company.ordered(Stage.PREPARATION)
    give = partial(stages.reassign, company.workplace, "boss", number, "prep", reason="so")
    yield "reassign", give


def _orders(company: Company) -> Acts:
    work, number = company.workplace, company.ordered(Stage.SHIPPING, lines=[("A", 1), ("B", 1)])
    yield "note", partial(orders.note, work, "prep", number, text="called")
    yield "hold", partial(orders.hold, work, "boss", number, reason="so")
    yield "release", partial(orders.release, work, "boss", number)
    high = company.row(number).priority
    yield "priority", partial(orders.set_priority, work, "boss", number, high, reason="so")
    yield "cancel", partial(orders.cancel, work, "boss", number, reason="so")
    yield "undo the cancellation", partial(undo.undo, work, "boss", number, reason="so")
    yield "erase", partial(orders.erase, work, "admin", company.ordered(None), reason="asked")


def _taken_back(company: Company) -> Acts:
    for nature in (Nature.STANDARD, Nature.RETURN):
        number = company.order(nature=nature.value)
        while open_stages := company.stages(number):
            stage = open_stages[0]
            company.finish(number, stage)
            back = partial(undo.undo, company.workplace, WORKER[stage], number, reason="so")
            yield f"undo {stage} of {nature}", back
            company.finish(number, stage)


def _troubles(company: Company) -> Acts:
    for stage in (Stage.REVIEW, Stage.PREPARATION, Stage.TRACKING):
        number = company.ordered(stage)
        yield f"raise at {stage}", partial(company.trouble, "boss", number, OTHER)
        yield f"resolve at {stage}", partial(company.resolve, "boss", number, note="so")
    number = company.ordered(Stage.PREPARATION)
    fields = {"line1.quantity": "2"}
    yield "raise a change", partial(company.trouble, "sales", number, CHANGE, fields=fields)
    yield "accept it", partial(company.resolve, "sales", number, ExceptionPath.ACCEPT)
    number = company.order(contact="")
    phone = {"contact": "13800138000"}
    yield "complete the fields", partial(company.resolve, "sales", number, fields=phone)
    yield from _late_parcels(company)


def _late_parcels(company: Company) -> Acts:
    told: dict[str, Any] = {"eta": company.now + timedelta(days=1), "told": "by phone"}
    number = company.ordered(Stage.TRACKING)
    yield "raise a delay", partial(company.trouble, "track", number, DELAY)
    recarry = partial(company.resolve, "exc", number, ExceptionPath.RECARRY)
    yield "another carrier", partial(recarry, carrier="YTO", waybill="Y1", **told)
    company.trouble("track", number, DELAY)
    yield "expedite", partial(company.resolve, "exc", number, ExceptionPath.EXPEDITE, **told)


def _shortages(company: Company) -> Acts:
    work, until = company.workplace, company.now + timedelta(days=1)
    short = [company.ordered(Stage.ALLOCATION, lines=[("C", 1), ("A", 1)]) for _ in range(8)]
    for number in short[:-2]:
        company.confirm("inv", number)
    yield "find a shortage", partial(company.confirm, "inv", short[-2])
    partly = partial(company.confirm, "inv", short[-1], partial=True)
    yield "allocate a part", partly
    yield "expect stock", partial(expecting.expect, work, "buyer", short[0], until, "asked")
    yield "expect it later", partial(expecting.expect, work, "buyer", short[0], until, "asked")
    ways: tuple[tuple[str, dict[str, Any]], ...] = (
        ("transfer", {"until": until}),
        ("delay", {"until": until, "agreed": "by phone"}),
        ("substitute", {"sku": "C", "substitute": "B", "agreed": "by phone"}),
        ("split", {"agreed": "by phone"}),
        ("cancel", {"note": "so"}),
    )
    for number, (path, given) in zip(short[1:], ways, strict=False):
        resolve = partial(company.resolve, "boss", number, ExceptionPath(path), SHORTAGE)
        yield f"{path} a shortage", partial(resolve, **given)
    yield "count one SKU up", partial(company.stock, C=3)
    yield "count one SKU down", partial(company.stock, C=0)


def _others(company: Company) -> Acts:
    work = company.workplace
    number = company.ordered(Stage.TRACKING)
    yield "one more parcel", partial(parcels.add_parcel, work, "ship", number, "W-2")
    yield "enter an order", partial(entry.enter, work, "sales", "EC", company.draft())
    yield "take in an order", partial(company.receive, company.draft(shop="s"), channel="ST")
    ended = company.ordered(None)
    waybill = company.parcels(number)[0].waybill
    signed = TrackingDraft("SF", waybill, TrackingState.SIGNED, company.now)
    yield "hear of a parcel", partial(hearing.note_tracking, work, "track", [signed])
    answer = SurveyDraft(ended, 5, 5, 5)
    yield "hear a customer", partial(hearing.note_survey, work, "track", [answer])
    stages.claim(work, "track", company.ordered(Stage.TRACKING))
    yield "hand over", partial(handover.hand_over, work, "track")
    yield "hand the house over", partial(handover.hand_over, work, "boss")
    yield "take over", partial(handover.take_over, work, "boss", 1)
    yield "take over again", partial(handover.take_over, work, "boss", 1)
    company.later(hours=30)
    yield "pass the clock", partial(escalations.pass_clock, work)
    yield "pass the clock again", partial(escalations.pass_clock, work)
    yield "stand in for the clock", partial(escalations.stand_in, work)
    yield "read all", partial(notices.acknowledge_all, work, "boss")


def _messages(company: Company) -> Acts:
    """What is done with messages; each of five to customers is in another state afterwards."""
    work = company.workplace
    for _ in range(5):
        company.ordered(Stage.TRACKING)
    held = [sending.claim(work, 60) for _ in range(4)]
    sent, failed, refused, withdrawn = (one for one in held if one is not None)
    yield "take a message", partial(sending.claim, work, 60)
    yield "message sent", partial(sending.sent, work, sent, "files", "")
    yield "message failed", partial(sending.failed, work, failed, "no", sender="", final=False)
    yield "message given up", partial(sending.failed, work, refused, "no", sender="", final=True)
    yield "message again", partial(sending.retry, work, "boss", refused.id)
    yield "all messages again", partial(sending.retry_all, work, "boss")
    yield (
        "message withdrawn",
        partial(sending.withdraw, work, "boss", withdrawn.id, reason="no"),
    )


def looks(company: Company) -> Acts:
    """Everything that screens ask."""
    company.stock(A=1000)
    settings, now = company.workplace.settings, company.now
    tracked, ended = company.ordered(Stage.TRACKING), company.ordered(None)
    yield from _lists(company)
    yield "order page", partial(order_page, tracked, settings, now)
    yield "ended order's page", partial(order_page, ended, settings, now)
    yield "an order's trail", partial(events, settings, tracked)
    yield "neighbours", partial(find.neighbours, tracked)
    for which in outbox.Which:
        yield f"messages, {which}", partial(outbox.messages, settings, now, which)
    yield "an order's messages", partial(outbox.messages, settings, now, number=ended)
    yield "of numbers", partial(find.of_numbers, [tracked, ended], settings, now)
    yield "pick list", partial(pick_list, [tracked], settings, now)
    yield "packing slip", partial(packing_slip, tracked, settings, now)
    yield "wishes", partial(preferred_carriers, [tracked])
    yield "worth of a refund", partial(worth, ended)
    yield "announced", partial(announced, ended)
    waybill = company.parcels(tracked)[0].waybill
    numbers = (tracked, tracked[-6:], "117", "31000", waybill, "8000", "13800138000")
    for text in (*numbers, "A", "王小明", "王"):
        yield f"find {text}", partial(find.find, text, settings, now, 10)
    for code in (tracked, "A", "a", waybill, "310000000007", "ship", "nothing"):
        yield f"scan {code}", partial(meaning, code)
    yield "known customer", partial(entering.known_customer, "王小明")
    yield "customer by phone", partial(entering.known_customer, "13800138000")
    yield "last channel", partial(entering.last_channel, "sales", "HAND")


def _lists(company: Company) -> Acts:
    settings, now = company.workplace.settings, company.now
    for role in (*Role, None):
        wanted = Wanted(roles=() if role is None else (role,))
        yield f"queue of {role}", partial(queues.page, wanted, settings, now)
        yield f"end of the queue of {role}", partial(queues.last, wanted, settings, now)
        yield f"counts of {role}", partial(counts.counts, wanted, settings, now)
    first = queues.page(Wanted(), settings, now, count=30)
    after = first[-1].place
    yield "next page", partial(queues.page, Wanted(), settings, now, after=after)
    yield "page before", partial(queues.page, Wanted(), settings, now, before=after)
    yield "rows again", partial(queues.again, [row.key for row in first], settings, now)
    mine = Wanted(mine="inv", overdue=True)
    yield "one's own overdue", partial(queues.page, mine, settings, now)
    tracking = Wanted(roles=(Role.TRACKING,))
    yield "parcels", partial(on_their_way.parcels, tracking, settings, now)
    yield "last parcels", partial(on_their_way.last, tracking, settings, now)
    yield "escalated", partial(escalated.escalated, sign_in("boss"), Wanted(), settings, now)
    yield "in hands", partial(hands.in_hands, settings, now)
    yield "allocatable", partial(fitting.allocatable, Wanted(), settings, now, "inv")
    yield "shortfalls", partial(fitting.shortfalls, first)
    yield "shortages", partial(shortages, settings)
    yield "stock page", stock_page
    yield "stock of a SKU", partial(stock_page, "A")
    yield "refunds of today", partial(refunded_today, settings, now)
    yield "monitor", partial(wall.monitor, settings, now)
    yield "rates", partial(ahead.rates, settings, now)
    yield "forecast", partial(ahead.foreseen, settings, now, {})
    yield "handovers", partial(told.handovers, settings, now)
    yield "waiting handovers", partial(told.waiting_for, "inv", [Role.INVENTORY], settings, now)
    yield "open exceptions", partial(open_exceptions, settings, now)
    yield "notices", partial(notifications.unread, "boss", settings)
    yield "number of notices", partial(notifications.unread_count, "boss")
    yield "staff", partial(staff, settings)
    yield "colleagues", partial(colleagues, Stage.SHIPPING)
    yield "sign in", partial(sign_in, "inv")
