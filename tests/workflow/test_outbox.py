"""What is queued for the customer with its cause, what takes it back, and how it is sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from orderterm.errors import Refusal
from orderterm.store.connection import reading, transaction
from orderterm.store.fields import utc_text
from orderterm.store.tables import Message, Notification, Order
from orderterm.terms import EventKind, ExceptionKind, ExceptionPath, MessageKind, Nature, Stage
from orderterm.workflow import expecting, orders, outbox, parcels, sending, undo
from tests.contract.company import MONDAY, Company
from tests.views.plans import asked, scans, steps

SHIPPED, DELAYED, SURVEY = (
    MessageKind.SHIPPING_NOTICE,
    MessageKind.DELAY_NOTICE,
    MessageKind.SURVEY,
)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def shelf(company: Company) -> None:
    company.stock(A=100)


def queued(kind: MessageKind | None = None) -> list[Any]:
    """The messages that stand, oldest first."""
    with reading():
        standing = Message.select().where(Message.withdrawn_at.is_null()).order_by(Message.id)
        return [one for one in standing if kind in (None, one.kind)]


def facts(message: Any) -> Any:
    return msgspec.json.decode(message.facts)


def send_all(company: Company) -> list[str]:
    """Take everything that is to be sent now, and say it was; returns the keys."""
    keys = []
    while (claimed := sending.claim(company.workplace, 60)) is not None:
        sending.sent(company.workplace, claimed, "files", "")
        keys.append(claimed.key)
    return keys


def short(company: Company) -> str:
    """An order that waits for stock."""
    number = company.ordered(Stage.ALLOCATION, lines=(("B", 5),))
    company.finish(number, Stage.ALLOCATION)
    assert company.exceptions(number) == [ExceptionKind.SHORTAGE]
    return number


# -- the shipping notice --------------------------------------------------------------------------


def test_a_parcel_that_leaves_is_announced_within_the_hour(company: Company) -> None:
    number = company.ordered(Stage.SHIPPING)
    assert queued() == []
    eta = MONDAY + 2 * DAY
    company.finish(number, Stage.SHIPPING, carrier="SF", waybill="W1", eta=eta)
    (message,) = queued()
    assert message.kind is SHIPPED
    assert message.due_at == message.alert_at == company.now + timedelta(hours=1)
    assert message.next_try_at == company.now
    assert facts(message) == {"carrier": "SF", "waybill": "W1", "eta": utc_text(eta)}
    assert "13800138000" not in message.facts + message.key


def test_each_further_parcel_is_announced_once(company: Company) -> None:
    number = company.ordered(Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, waybill="W1")
    for waybill in ("W2", "W2", "W3"):
        parcels.add_parcel(company.workplace, "ship", number, waybill)
    assert [facts(one)["waybill"] for one in queued(SHIPPED)] == ["W1", "W2", "W3"]


def test_an_undone_shipping_is_announced_no_more_and_anew_when_it_ships(company: Company) -> None:
    number = company.ordered(Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, waybill="W1")
    undo.undo(company.workplace, "ship", number, reason="wrong box")
    assert queued() == []
    assert ("ship", EventKind.MESSAGE_WITHDRAWN.value) in company.events(number)
    assert sending.claim(company.workplace, 60) is None
    company.finish(number, Stage.SHIPPING, waybill="W9")
    assert [facts(one)["waybill"] for one in queued()] == ["W9"]
    undo.undo(company.workplace, "ship", number, reason="the first box after all")
    company.later(minutes=5)
    company.finish(number, Stage.SHIPPING, waybill="W1")
    (message,) = queued()
    assert facts(message)["waybill"] == "W1"
    assert message.next_try_at == message.queued_at == company.now
    assert send_all(company) == [message.key]


def test_a_customer_who_was_told_of_a_waybill_is_not_told_again(company: Company) -> None:
    number = company.ordered(Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, waybill="W1")
    assert len(send_all(company)) == 1
    undo.undo(company.workplace, "ship", number, reason="forgot the card")
    company.finish(number, Stage.SHIPPING, waybill="W1")
    assert send_all(company) == []


def test_a_customer_ends_with_the_label_that_is_on_the_parcel(company: Company) -> None:
    number = company.ordered(Stage.SHIPPING)
    sent: list[str] = []
    for waybill in ("X1", "X2", "X1", "X1", "X2", "X1"):
        company.finish(number, Stage.SHIPPING, waybill=waybill)
        sent += send_all(company)
        undo.undo(company.workplace, "ship", number, reason="wrong label")
    assert len(set(sent)) == 5, "but the one it had anyway"
    told = {one.key: facts(one)["waybill"] for one in Message.select()}
    assert [told[key] for key in sent] == ["X1", "X2", "X1", "X2", "X1"]
    for _ in range(2):
        company.finish(number, Stage.SHIPPING, waybill="X2")
        (waits,) = [one for one in queued(SHIPPED) if one.sent_at is None]
        assert facts(waits)["waybill"] == "X2"
        undo.undo(company.workplace, "ship", number, reason="wrong label")
        assert {one.key for one in queued(SHIPPED)} == set(sent)


def test_what_was_sent_stands_in_nobodys_way_who_undoes(company: Company) -> None:
    number = company.ordered(Stage.TRACKING)
    send_all(company)
    undo.undo(company.workplace, "ship", number, reason="not yet")
    assert company.stages(number) == [Stage.SHIPPING]


def test_a_customer_without_an_address_is_not_written_to(company: Company) -> None:
    number = company.ordered(Stage.SHIPPING)
    with transaction():
        Order.update(contact=" ").where(Order.number == number).execute()
    company.bring(number, None)
    assert queued() == []


def test_a_kind_that_the_company_does_not_send_is_not_queued(company: Company) -> None:
    settings = company.workplace.settings
    only_survey = msgspec.structs.replace(settings.messages, kinds=[SURVEY])
    company.workplace.settings = msgspec.structs.replace(settings, messages=only_survey)
    company.ordered(None)
    assert [one.kind for one in queued()] == [SURVEY]


# -- the delay notice -----------------------------------------------------------------------------


def test_an_agreed_delay_is_written_down_for_the_customer(company: Company) -> None:
    number = short(company)
    until = MONDAY + 2 * DAY
    company.resolve("buyer", number, ExceptionPath.DELAY, until=until, agreed="by phone")
    (message,) = queued(DELAYED)
    assert facts(message) == {"cause": "shortage", "eta": utc_text(until)}
    assert message.due_at == company.now + timedelta(hours=1)


def test_each_new_day_is_told_once_and_an_unsent_older_one_no_more(company: Company) -> None:
    number = short(company)
    first, second = MONDAY + DAY, MONDAY + 2 * DAY
    company.resolve("buyer", number, ExceptionPath.DELAY, until=first, agreed="by phone")
    expecting.expect(company.workplace, "buyer", number, second, "the lorry broke down")
    assert [facts(one)["eta"] for one in queued(DELAYED)] == [utc_text(second)]
    expecting.expect(company.workplace, "buyer", number, second, "asked again")
    assert len(queued(DELAYED)) == 1
    assert len(send_all(company)) == 1
    expecting.expect(company.workplace, "buyer", number, first, "found another lorry")
    assert len(send_all(company)) == 1
    expecting.expect(company.workplace, "buyer", number, second, "no, it was lost")
    assert len(send_all(company)) == 1, "the second day again is news as well"
    expecting.expect(company.workplace, "buyer", number, second, "asked again")
    assert send_all(company) == []


def test_stock_that_comes_today_is_no_delay(company: Company) -> None:
    number = short(company)
    company.resolve("buyer", number, ExceptionPath.TRANSFER, until=MONDAY + timedelta(hours=3))
    assert queued(DELAYED) == []
    expecting.expect(company.workplace, "buyer", number, MONDAY + DAY, "tomorrow")
    assert len(queued(DELAYED)) == 1


@pytest.mark.parametrize("path", [ExceptionPath.EXPEDITE, ExceptionPath.RECARRY])
def test_a_late_carrier_s_new_date_is_told(company: Company, path: ExceptionPath) -> None:
    number = company.ordered(Stage.TRACKING)
    old = queued(SHIPPED)
    company.trouble("exc", number, ExceptionKind.CARRIER_DELAY)
    eta = MONDAY + 3 * DAY
    label: Any = {"carrier": "JD", "waybill": "J1"} if path is ExceptionPath.RECARRY else {}
    company.resolve("exc", number, path, eta=eta, told="by phone", **label)
    (message,) = queued(DELAYED)
    assert facts(message) == {"cause": "carrier_delay", "eta": utc_text(eta), **label}
    waybills = [facts(one)["waybill"] for one in queued(SHIPPED)]
    assert waybills == (["J1"] if label else [facts(old[0])["waybill"]])


# -- the survey -----------------------------------------------------------------------------------


def test_a_completed_order_asks_how_it_was_within_a_day(company: Company) -> None:
    company.ordered(None)
    (message,) = queued(SURVEY)
    assert message.due_at == company.now + DAY


def test_a_return_asks_nothing_and_an_exchange_does(company: Company) -> None:
    company.ordered(None, nature=Nature.RETURN)
    assert queued(SURVEY) == []
    company.ordered(None, nature=Nature.EXCHANGE)
    assert len(queued(SURVEY)) == 1


def test_a_survey_is_asked_for_once_however_often_it_is_completed(company: Company) -> None:
    number = company.ordered(None)
    undo.undo(company.workplace, "track", number, reason="hung up")
    assert queued(SURVEY) == []
    company.bring(number, None)
    assert len(queued(SURVEY)) == 1
    send_all(company)
    undo.undo(company.workplace, "track", number, reason="hung up again")
    company.bring(number, None)
    assert send_all(company) == []


# -- what ends an order ---------------------------------------------------------------------------


def test_a_cancelled_order_tells_nothing_more(company: Company) -> None:
    number = short(company)
    company.resolve("buyer", number, ExceptionPath.DELAY, until=MONDAY + DAY, agreed="yes")
    orders.cancel(company.workplace, "boss", number, reason="not wanted")
    assert queued() == []
    assert send_all(company) == []


def test_an_erased_order_tells_nothing_more_not_even_what_was_given_up(company: Company) -> None:
    number = company.ordered(None)
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    sending.failed(company.workplace, claimed, "no", sender="files", final=True)
    orders.erase(company.workplace, "admin", number, reason="asked for")
    assert queued() == []
    with pytest.raises(Refusal, match="withdrawn"):
        sending.retry(company.workplace, "boss", claimed.id)
    assert company.flaws() == []


# -- sending --------------------------------------------------------------------------------------


def one_message(company: Company) -> Any:
    company.ordered(Stage.TRACKING)
    (message,) = queued()
    return message


def again(message: Any) -> Any:
    with reading():
        return Message.get_by_id(message.id)


def test_what_somebody_has_in_hand_is_nobody_elses_until_the_try_is_lost(
    company: Company,
) -> None:
    message = one_message(company)
    first = sending.claim(company.workplace, 70)
    assert first is not None
    assert (first.key, first.attempt) == (message.key, 1)
    assert sending.claim(company.workplace, 70) is None
    company.later(seconds=71)
    second = sending.claim(company.workplace, 70)
    assert second is not None
    assert (second.key, second.attempt) == (message.key, 2)
    # The first, who was only slow, has sent it after all: both tries are one message.
    sending.sent(company.workplace, first, "files", "a")
    sending.sent(company.workplace, second, "files", "b")
    assert again(message).receipt == "a"
    assert [k for _, k in company.events(company.numbers()[0])].count("message_sent") == 1


def test_a_try_lasts_from_when_it_is_taken_however_long_that_took(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = one_message(company)

    def begin_late() -> Any:
        company.later(seconds=30)  # others write meanwhile
        return transaction()

    monkeypatch.setattr(sending, "transaction", begin_late)
    assert sending.claim(company.workplace, 70) is not None
    assert again(message).next_try_at == company.now + timedelta(seconds=70)


def test_a_slow_try_s_failure_takes_nothing_from_who_has_it_now(company: Company) -> None:
    message = one_message(company)
    first = sending.claim(company.workplace, 70)
    company.later(seconds=71)
    second = sending.claim(company.workplace, 70)
    assert first is not None
    assert second is not None
    assert not sending.failed(company.workplace, first, "slow", sender="files", final=True)
    kept = again(message)
    assert kept.given_up_at is None
    assert kept.next_try_at == company.now + timedelta(seconds=70)


def test_pauses_grow_and_after_the_last_it_is_given_up_visibly(company: Company) -> None:
    message = one_message(company)
    pauses = company.workplace.settings.messages.pauses_minutes
    waited = []
    for _ in range(20):
        claimed = sending.claim(company.workplace, 70)
        if claimed is None:
            break
        tried = company.now
        if sending.failed(company.workplace, claimed, "not now", sender="files", final=False):
            break
        due: datetime = again(message).next_try_at
        waited.append((due - tried).total_seconds() / 60)
        company.now = due - timedelta(seconds=1)
        assert sending.claim(company.workplace, 70) is None
        company.now = due
    assert waited == pauses == sorted(pauses)
    kept = again(message)
    assert (kept.given_up_at, kept.trouble) == (company.now, "not now")
    assert (kept.next_try_at, kept.alert_at) == (None, kept.due_at), "it is unsent, so it climbs"
    with reading():
        notices: list[Any] = list(Notification.select())
        told = {one.recipient_id for one in notices}
    assert {"boss", "track"} <= told
    assert company.events(company.numbers()[0])[-1] == ("orderterm", "message_given_up")


def test_what_was_given_up_is_sent_once_more_by_those_who_may(company: Company) -> None:
    message = one_message(company)
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    sending.failed(company.workplace, claimed, "blocked", sender="files", final=True)
    for badge in ("prep", "wall"):
        with pytest.raises(Refusal, match="may not"):
            sending.retry(company.workplace, badge, message.id)
    assert sending.retry(company.workplace, "track", message.id).changed
    kept = again(message)
    assert (kept.attempts, kept.given_up_at, kept.alert_at) == (0, None, kept.due_at)
    assert send_all(company) == [message.key]
    with pytest.raises(Refusal, match="sent already"):
        sending.retry(company.workplace, "boss", message.id)
    with pytest.raises(Refusal, match="no message"):
        sending.retry(company.workplace, "boss", 999)


def test_what_is_being_sent_is_not_sent_a_second_time(company: Company) -> None:
    message = one_message(company)
    for _ in range(2):
        claimed = sending.claim(company.workplace, 70)
        assert claimed is not None
        company.later(seconds=69)
        with pytest.raises(Refusal, match=f"message {message.id} is being sent"):
            sending.retry(company.workplace, "boss", message.id)
        sending.failed(company.workplace, claimed, "not now", sender="files", final=False)
        assert sending.retry(company.workplace, "boss", message.id).changed, "it only waits"
    assert send_all(company) == [message.key]


def test_what_somebody_had_in_hand_who_was_killed_can_be_sent_once_more(company: Company) -> None:
    message = one_message(company)
    assert sending.claim(company.workplace, 70) is not None
    company.later(seconds=70)
    assert sending.retry(company.workplace, "boss", message.id).changed
    assert send_all(company) == [message.key]


def given_up_ones(company: Company, count: int) -> None:
    for _ in range(count):
        company.ordered(Stage.TRACKING)
    give_up_all(company)


def give_up_all(company: Company) -> None:
    while (claimed := sending.claim(company.workplace, 60)) is not None:
        sending.failed(company.workplace, claimed, "blocked", sender="files", final=True)


def test_all_that_were_given_up_are_sent_once_more(company: Company) -> None:
    given_up_ones(company, 3)
    assert sending.retry_all(company.workplace, "boss") == 3
    assert sending.retry_all(company.workplace, "boss") == 0
    assert len(send_all(company)) == 3
    assert company.flaws() == []


def test_what_is_given_up_again_at_once_is_not_sent_for_ever(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    given_up_ones(company, 2)
    rounds = iter(range(20))

    @contextmanager
    def begin_before_an_engine() -> Iterator[None]:
        """One whose gateway refuses everything has its turn after each transaction."""
        with transaction():
            yield
        with monkeypatch.context() as alone:
            alone.setattr(sending, "transaction", transaction)
            if next(rounds, None) is not None:
                give_up_all(company)

    monkeypatch.setattr(sending, "transaction", begin_before_an_engine)
    assert sending.retry_all(company.workplace, "boss") == 2


def test_a_message_is_withdrawn_by_hand_with_a_reason(company: Company) -> None:
    message = one_message(company)
    with pytest.raises(Refusal, match="--reason"):
        sending.withdraw(company.workplace, "boss", message.id, reason=" ")
    sending.withdraw(company.workplace, "boss", message.id, reason="told by phone")
    assert send_all(company) == []
    assert company.events(company.numbers()[0])[-1] == ("boss", "message_withdrawn")
    with pytest.raises(Refusal, match="withdrawn"):
        sending.withdraw(company.workplace, "boss", message.id, reason="again")


def test_a_message_that_left_before_it_was_withdrawn_counts_as_sent(company: Company) -> None:
    message = one_message(company)
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    sending.withdraw(company.workplace, "boss", message.id, reason="told by phone")
    sending.sent(company.workplace, claimed, "files", "r")
    assert again(message).sent_at == company.now


def test_a_message_that_left_before_its_order_was_erased_keeps_no_receipt(
    company: Company,
) -> None:
    number = company.ordered(None)
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    orders.erase(company.workplace, "admin", number, reason="asked for")
    sending.sent(company.workplace, claimed, "own", "told 13800138000")
    with reading():
        kept: Any = Message.get_by_id(claimed.id)
    assert (kept.sent_at, kept.receipt) == (company.now, "")


def test_what_left_before_it_was_withdrawn_is_not_queued_anew(company: Company) -> None:
    number = company.ordered(Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, waybill="W1")
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    undo.undo(company.workplace, "ship", number, reason="forgot the card")
    sending.sent(company.workplace, claimed, "files", "r")
    company.finish(number, Stage.SHIPPING, waybill="W1")
    assert send_all(company) == []


def test_who_was_told_of_a_failure_is_told_of_the_next_and_of_none_once_it_is_sent(
    company: Company,
) -> None:
    message = one_message(company)
    for _ in range(2):
        claimed = sending.claim(company.workplace, 60)
        assert claimed is not None
        sending.failed(company.workplace, claimed, "blocked", sender="files", final=True)
        assert unread("boss") == unread("track") == 1
        sending.retry(company.workplace, "boss", message.id)
        assert unread("boss") == 0
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    sending.failed(company.workplace, claimed, "blocked", sender="files", final=True)
    sending.withdraw(company.workplace, "boss", message.id, reason="told by phone")
    assert unread("track") == 0


def unread(badge: str) -> int:
    """How many notifications somebody has not read."""
    with reading():
        mine = (Notification.recipient == badge) & Notification.acknowledged_at.is_null()
        return int(Notification.select().where(mine).count())


def test_an_escalation_goes_to_staff_once_and_the_clock_leaves_it_alone(company: Company) -> None:
    for _ in range(2):
        with transaction():
            outbox.queue_escalation(
                company.workplace, "boss", "task:1:1:boss", {"stage": "review"}, "N-1"
            )
    (message,) = queued()
    assert (message.kind, message.recipient_id) == (MessageKind.ESCALATION, "boss")
    assert message.alert_at is None
    assert facts(message) == {"stage": "review", "number": "N-1"}
    assert send_all(company) == ["task:1:1:boss"]


def test_taking_the_next_message_reads_no_history(company: Company) -> None:
    company.ordered(None)
    send_all(company)
    company.ordered(Stage.TRACKING)
    with asked() as selects, reading():
        claimed = sending.claim(company.workplace, 60)
        assert sending.claim(company.workplace, 60) is None
        given = list(selects)
    assert claimed is not None
    assert len(given) == 3
    assert scans(given) == set()
    assert steps(given) == {"SEARCH message USING COVERING INDEX message_next (next_try_at<?)"}


# -- what is over ---------------------------------------------------------------------------------


def lapsed(company: Company) -> list[MessageKind]:
    """Take everything that is to be sent now; the kinds of what is taken back instead."""
    kinds = []
    while (claimed := sending.claim(company.workplace, 60)) is not None:
        if sending.lapse(company.workplace, claimed):
            kinds.append(claimed.kind)
    return kinds


def test_a_delay_is_not_told_of_what_has_left_by_now(company: Company) -> None:
    number = short(company)
    until = company.now + 2 * DAY
    company.resolve("buyer", number, ExceptionPath.DELAY, until=until, agreed="by phone")
    assert lapsed(company) == []
    company.arrive(B=5)
    company.bring(number, Stage.SHIPPING)
    company.later(minutes=2)
    assert lapsed(company) == [], "it is in the house still"
    company.finish(number, Stage.SHIPPING)
    company.later(minutes=2)
    assert lapsed(company) == [DELAYED]
    assert [one.kind for one in queued()] == [SHIPPED]
    assert company.events(number)[-1] == ("orderterm", EventKind.MESSAGE_WITHDRAWN.value)


def test_a_late_parcel_is_not_told_of_once_it_is_there(company: Company) -> None:
    number = company.ordered(Stage.TRACKING)
    company.trouble("track", number, ExceptionKind.CARRIER_DELAY)
    eta = company.now + 2 * DAY
    company.resolve("exc", number, ExceptionPath.EXPEDITE, eta=eta, told="by phone")
    assert lapsed(company) == []
    company.finish(number, Stage.TRACKING)
    company.later(minutes=2)
    assert lapsed(company) == [DELAYED]


def test_staff_are_not_told_of_what_is_done_by_now(company: Company) -> None:
    done, lacking = company.order(), company.order(contact="")
    review = company.task(done, Stage.REVIEW).id
    with transaction():
        for about in (f"task:{review}", "exception:1"):
            key = f"escalation:{about}:1:boss"
            outbox.queue_escalation(company.workplace, "boss", key, {"level": 1}, done)
    assert lapsed(company) == []
    company.finish(done, Stage.REVIEW)
    company.later(minutes=2)
    assert lapsed(company) == [MessageKind.ESCALATION]
    company.resolve("sales", lacking, fields={"contact": "13800138000"})
    company.later(minutes=2)
    assert lapsed(company) == [MessageKind.ESCALATION]
    assert queued() == []
