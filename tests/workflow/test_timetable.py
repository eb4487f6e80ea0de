"""A changed limit, shift or calendar moves every open due time, and is on the trail."""

from datetime import time, timedelta
from threading import Thread
from typing import Any

import msgspec
import pytest

from orderterm.settings import parse
from orderterm.store.connection import transaction
from orderterm.store.tables import Event, Message, OrderException, Task, Timetable, database
from orderterm.terms import EventKind, ExceptionKind, MessageKind, Priority, Stage
from orderterm.workflow import escalations, orders, sending, stages, timetable
from orderterm.workflow.timetable import adopt
from orderterm.workflow.workplace import Workplace
from tests.contract.company import Company


def changed(company: Company, **settings: Any) -> int:
    """Let the company go on with other settings; returns how many due times moved."""
    company.workplace = company.workplace.with_settings(parse(settings))
    return adopt(company.workplace)


@pytest.fixture
def company(company: Company) -> Company:
    assert adopt(company.workplace) == 0
    return company


def on_trail() -> list[dict[str, Any]]:
    kind = EventKind.TIMETABLE_CHANGED.value
    found = Event.select(Event.payload).where(Event.kind == kind).order_by(Event.id)
    return [msgspec.json.decode(str(event.payload)) for event in found]


def test_the_first_time_it_is_put_on_record_and_nothing_moves(company: Company) -> None:
    company.order()
    assert Timetable.select().count() == 1
    assert adopt(company.workplace) == 0
    assert on_trail() == []


def test_another_limit_moves_what_it_is_the_limit_of(company: Company) -> None:
    number, lacking = company.order(), company.order(contact="")
    moved = changed(company, limits={"review": {"clock": "working", "hours": 3}})
    assert moved == 1
    task = company.task(number, Stage.REVIEW)
    assert task.due_at == company.now + timedelta(hours=3)
    assert task.alert_at == task.due_at + timedelta(milliseconds=1)
    assert OrderException.get().due_at == company.now + timedelta(hours=2), lacking
    (told,) = on_trail()
    assert told["moved"] == 1
    before = {"clock": "working", "hours": 1.0, "days": None}
    assert told["changes"] == {"limits.review": [before, {**before, "hours": 3.0}]}
    assert adopt(company.workplace) == 0
    assert len(on_trail()) == 1
    assert company.flaws() == []


def test_other_shifts_move_everything_that_works_by_them(company: Company) -> None:
    number, lacking = company.order(), company.order(contact="")
    days = ["monday", "tuesday"]
    night = {"name": "night", "start": time(22), "end": time(6), "days": days}
    assert changed(company, shifts=[night]) == 2
    opening = company.now + timedelta(hours=12)
    assert company.task(number, Stage.REVIEW).due_at == opening + timedelta(hours=1)
    assert OrderException.get().due_at == opening + timedelta(hours=2), lacking


def test_what_stood_still_is_counted_as_before(company: Company) -> None:
    number = company.order()
    company.later(minutes=30)
    orders.hold(company.workplace, "boss", number, reason="x")
    company.later(hours=1)
    orders.release(company.workplace, "boss", number)
    due = company.task(number, Stage.REVIEW).due_at
    assert changed(company, limits={"review": {"clock": "working", "hours": 2}}) == 1
    assert company.task(number, Stage.REVIEW).due_at == due + timedelta(hours=1)


def test_what_stands_still_goes_on_standing(company: Company) -> None:
    number, lacking = company.order(), company.order(contact="")
    for one in (number, lacking):
        orders.hold(company.workplace, "boss", one, reason="x")
    company.later(hours=1)
    limits = {
        "review": {"clock": "working", "hours": 2},
        "information": {"clock": "working", "hours": 3},
    }
    changed(company, limits=limits)
    assert company.task(number, Stage.REVIEW).alert_at is None
    assert OrderException.get().alert_at is None
    # What will be added when they go on aside, both are due by the new limits at once.
    begun = company.now - timedelta(hours=1)
    assert company.task(number, Stage.REVIEW).due_at == begun + timedelta(hours=2)
    assert OrderException.get().due_at == begun + timedelta(hours=3)
    for one in (number, lacking):
        orders.release(company.workplace, "boss", one)
    assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(hours=2)
    assert OrderException.get().due_at == company.now + timedelta(hours=3)


def test_an_unsent_message_moves_too(company: Company) -> None:
    company.stock(A=1)
    company.ordered(Stage.TRACKING)
    assert changed(company, limits={"shipping_notice": {"clock": "elapsed", "hours": 5}}) == 1
    message = Message.get(Message.kind == MessageKind.SHIPPING_NOTICE)
    assert message.due_at == message.queued_at + timedelta(hours=5)
    company.later(hours=4)
    assert escalations.pass_clock(company.workplace) == 0


def test_a_library_that_may_tell_other_holidays_moves_them_too(company: Company) -> None:
    number = company.order()
    kept = msgspec.json.decode(Timetable.get().content)
    assert kept["calendar.public_days"].startswith("holidays-")
    older = {**kept, "calendar.public_days": "holidays-0.1"}
    Timetable.update(content=msgspec.json.encode(older).decode()).execute()
    task = Task.update(due_at=company.now).where(Task.stage == Stage.REVIEW)  # as of a holiday
    assert task.execute() == 1
    assert adopt(company.workplace) == 1
    assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(hours=1)
    assert [*on_trail()[0]["changes"]] == ["calendar.public_days"]


def test_steps_of_the_ladder_move_alerts_and_no_due_time(company: Company) -> None:
    number = company.order()
    stages.claim(company.workplace, "rev", number)
    before = company.task(number, Stage.REVIEW)
    assert changed(company, escalation={"due_soon": 0.5}) == 0
    after = company.task(number, Stage.REVIEW)
    assert after.due_at == before.due_at
    assert before.alert_at - after.alert_at == timedelta(minutes=18)
    assert on_trail()[0]["changes"] == {"escalation.due_soon": [0.8, 0.5]}


def test_whether_messages_are_sent_moves_nothing(company: Company) -> None:
    company.order()
    assert changed(company, escalation={"send": True}) == 0
    assert on_trail() == []


def test_who_waited_while_another_engine_did_it_tells_of_nothing(company: Company) -> None:
    company.order()
    settings = parse({"limits": {"review": {"clock": "working", "hours": 3}}})
    workplace = company.workplace.with_settings(settings)
    moved: list[int] = []
    with transaction():  # the other engine holds the database, and is done when it lets go
        waiting = Thread(target=lambda: moved.append(adopt(workplace)))
        waiting.start()
        waiting.join(0.2)
        assert adopt(workplace) == 1
    waiting.join()
    assert moved == [0]
    assert [told["moved"] for told in on_trail()] == [1]


def test_killed_on_the_way_it_is_done_anew(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timetable, "BATCH", 3)
    company.receive(*(company.draft() for _ in range(7)))
    company.trouble("rev", company.numbers()[0], ExceptionKind.OTHER)
    settings = parse({"limits": {"review": {"clock": "working", "hours": 2}}})
    company.workplace = company.workplace.with_settings(settings)
    real = Task.update

    def killed(*values: Any, **named: Any) -> Any:
        if sum(task.due_at > company.now + timedelta(minutes=90) for task in Task.select()) == 4:
            raise KeyboardInterrupt
        return real(*values, **named)

    monkeypatch.setattr(Task, "update", killed)
    with pytest.raises(KeyboardInterrupt):
        adopt(company.workplace)
    monkeypatch.setattr(Task, "update", real)
    late = [task.due_at - company.now for task in Task.select()]
    assert late.count(timedelta(hours=2)) == 3, "whole parts only"
    assert on_trail() == []
    assert adopt(company.workplace) == 4
    assert {task.due_at - company.now for task in Task.select()} == {timedelta(hours=2)}
    assert len(on_trail()) == 1


def test_killed_on_the_way_and_set_back_it_is_done_anew(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.order()
    company.order(contact="")
    before = company.workplace
    limits = {name: {"clock": "working", "hours": 5} for name in ("review", "information")}
    other = before.with_settings(parse({"limits": limits}))

    def killed(*_: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(timetable, "_renew_exceptions", killed)
        with pytest.raises(KeyboardInterrupt):
            adopt(other)
    assert company.task(company.numbers()[0], Stage.REVIEW).due_at == company.now + timedelta(
        hours=5
    )
    assert adopt(before) == 1
    assert company.task(company.numbers()[0], Stage.REVIEW).due_at == company.now + timedelta(
        hours=1
    )
    assert [one["changes"] for one in on_trail()] == [{}]
    assert adopt(before) == 0


def test_what_stands_still_is_due_as_it_was_until_it_goes_on(company: Company) -> None:
    number = company.ordered(Stage.ALLOCATION)
    company.finish(number, Stage.ALLOCATION)
    assert company.exceptions(number) == [ExceptionKind.SHORTAGE]
    before = company.task(number, Stage.ALLOCATION).due_at
    company.later(minutes=20)
    orders.set_priority(company.workplace, "boss", number, Priority.URGENT, reason="x")
    assert company.task(number, Stage.ALLOCATION).due_at == before
    company.arrive(A=1)
    company.bring(number, None)


def test_what_was_opened_before_anybody_watched_follows_too(company: Company) -> None:
    Timetable.delete().execute()
    number = company.order()
    assert changed(company, limits={"review": {"clock": "working", "hours": 3}}) == 1
    assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(hours=3)
    assert on_trail() == [{"changes": {}, "moved": 1, "salt": on_trail()[0]["salt"]}]


def test_a_message_of_which_all_were_told_moves_too(company: Company) -> None:
    company.stock(A=1)
    company.ordered(Stage.TRACKING)
    company.later(hours=9)
    escalations.pass_clock(company.workplace)
    assert Message.get().alert_at is None
    assert changed(company, limits={"shipping_notice": {"clock": "elapsed", "hours": 20}}) == 1
    message = Message.get()
    assert message.due_at == message.queued_at + timedelta(hours=20)


def test_a_message_that_was_given_up_moves_too(company: Company) -> None:
    company.stock(A=1)
    company.ordered(Stage.TRACKING)
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    sending.failed(company.workplace, claimed, "refused", sender="files", final=True)
    assert changed(company, limits={"shipping_notice": {"clock": "elapsed", "hours": 20}}) == 1
    message = Message.get()
    assert message.alert_at > message.due_at == message.queued_at + timedelta(hours=20)


# -- who still went by the settings before --------------------------------------------------------

LONGER = parse({"limits": {"review": {"clock": "working", "hours": 3}}})


@pytest.fixture
def engine(company: Company) -> Workplace:
    """Where changed settings were taken up while the company still goes by those before."""
    company.order()
    engine = Workplace(LONGER, lambda: company.now, "engine")
    assert adopt(engine) == 1
    return engine


def late() -> list[timedelta]:
    """How long each open task had from its beginning on, in order."""
    return [task.due_at - task.started_at for task in Task.select().order_by(Task.id)]


def test_what_was_opened_by_the_settings_before_follows_when_they_are_taken_up(
    company: Company, engine: Workplace
) -> None:
    lacking = company.order(contact="")
    company.order()
    company.later(minutes=1)
    assert late() == [timedelta(hours=3), timedelta(hours=1)], lacking
    company.workplace = company.workplace.with_settings(LONGER)
    assert not escalations.stand_in(company.workplace, first=True)
    assert late() == [timedelta(hours=3)] * 2
    assert [told["moved"] for told in on_trail()] == [1, 1]
    assert on_trail()[1]["changes"] == {}
    company.order()
    assert adopt(company.workplace) == adopt(engine) == 0
    assert len(on_trail()) == 2
    assert company.flaws() == []


def test_a_terminal_beside_an_engine_sees_to_what_was_done_there_only(
    company: Company, engine: Workplace
) -> None:
    company.order()
    escalations.beat(engine)
    company.workplace = company.workplace.with_settings(LONGER)
    assert escalations.stand_in(company.workplace, first=True) == 0
    assert late() == [timedelta(hours=3)] * 2
    even_longer = parse({"limits": {"review": {"clock": "working", "hours": 5}}})
    company.workplace = company.workplace.with_settings(even_longer)
    assert escalations.stand_in(company.workplace, first=True) == 0
    assert not timetable.is_adopted(company.workplace)
    assert late() == [timedelta(hours=3)] * 2, "the engine sees to it"


def test_what_was_caught_up_with_is_not_looked_at_again(
    company: Company, engine: Workplace
) -> None:
    company.order()
    assert adopt(engine) == 1
    database.execute_sql("PRAGMA query_only = 1")
    assert adopt(engine) == 0
    database.execute_sql("PRAGMA query_only = 0")
    company.order()
    assert adopt(engine) == 1


def test_what_was_only_changed_by_the_settings_before_follows_too(
    company: Company, engine: Workplace
) -> None:
    (number,) = company.numbers()
    orders.hold(company.workplace, "boss", number, reason="x")
    company.later(minutes=10)
    orders.release(company.workplace, "boss", number)
    assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(minutes=60)
    assert adopt(engine) == 1
    assert company.task(number, Stage.REVIEW).due_at == company.now + timedelta(hours=3)


def test_an_import_that_went_on_by_the_settings_before_follows_whenever_it_began(
    company: Company, engine: Workplace
) -> None:
    company.later(minutes=-5)  # its time is that of its beginning
    company.order()
    company.later(minutes=6)
    assert adopt(engine) == 1


def test_long_after_a_change_nobody_is_caught_up_with(company: Company, engine: Workplace) -> None:
    company.later(hours=1)
    company.order()
    assert adopt(engine) == 0
    assert len(on_trail()) == 1


def test_who_is_overtaken_by_other_settings_catches_up_with_nothing(
    company: Company, engine: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.order()
    real = timetable._changed_orders

    def overtaken(after: int, last: int) -> list[int]:
        found = real(after, last)
        monkeypatch.undo()
        assert adopt(company.workplace) == 1
        return found

    monkeypatch.setattr(timetable, "_changed_orders", overtaken)
    assert timetable.catch_up(engine) == 0
    assert late() == [timedelta(hours=1)] * 2
    assert timetable.is_adopted(company.workplace)
