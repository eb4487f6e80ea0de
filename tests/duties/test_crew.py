"""The duties beside the inbox: each in its own thread, none the ruin of another, soon stopped."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from peewee import OperationalError

from orderterm.duties import crew
from orderterm.duties.crew import Hand, at_work, do_all
from orderterm.duties.duty import Duty
from orderterm.duties.engine import _faults_logged
from orderterm.errors import OrdertermError
from orderterm.sentences import Sentence
from tests.duties.engines import PATIENCE
from tests.duties.homes import Home


class Work:
    """A duty that does what it is told."""

    def __init__(self, name: str, act: Callable[[], bool], interval: float = 0.01) -> None:
        self.name = name
        self.interval_seconds = interval
        self.act = act
        self.steps = 0

    def step(self) -> bool:
        self.steps += 1
        return self.act()


@pytest.fixture(autouse=True)
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def tell(told: list[str]) -> Callable[[Sentence], None]:
    return lambda sentence: told.append(str(sentence))


Tell = Callable[[Sentence], None]


def until(condition: Callable[[], object]) -> None:
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.005)


def failing(*errors: Exception) -> Callable[[], bool]:
    """What fails with each error in turn, and then has nothing to do."""
    left = iter(errors)

    def act() -> bool:
        for error in left:
            raise error
        return False

    return act


TROUBLES: list[tuple[Exception, str]] = [
    (OrdertermError("the plug is out"), "the clock can't go on now: the plug is out"),
    (OperationalError("database is locked"), "the database says database is locked"),
    (OSError(28, "No space left on device"), "can't go on now: No space left on device"),
    (ZeroDivisionError("oops"), "the clock met a fault in orderterm itself"),
]


@pytest.mark.parametrize(("error", "words"), TROUBLES)
def test_trouble_is_told_once_and_tried_again(
    error: Exception, words: str, told: list[str], tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    hand = Hand(Work("clock", failing(error, error, error)), tell)
    assert [hand.turn() for _ in range(3)] == [1.0, 2.0, 4.0]
    (sentence,) = told
    assert words in sentence
    assert hand.turn() == 0.01
    assert told[1:] == ["the clock is at work again"]
    is_bug = isinstance(error, ZeroDivisionError)
    assert ("ZeroDivisionError" in caplog.text) == is_bug


def test_a_fault_that_can_not_be_written_down_ends_no_duty(
    home: Home, told: list[str], tell: Tell, capfd: pytest.CaptureFixture[str]
) -> None:
    log = home.folder / "errors.log"
    log.mkdir()
    with _faults_logged(log):
        assert Hand(Work("clock", failing(ZeroDivisionError("oops"))), tell).turn() == 1.0
    assert len(told) == 1
    assert "Traceback" not in capfd.readouterr().err


def test_pauses_grow_to_a_minute_and_no_further(tell: Tell) -> None:
    hand = Hand(Work("clock", failing(*(OSError("x") for _ in range(40)))), tell)
    pauses = [hand.turn() for _ in range(40)]
    assert pauses == sorted(pauses)
    assert max(pauses) == crew.LONGEST_PAUSE_SECONDS


def test_one_that_fails_takes_no_other_down(told: list[str], tell: Tell) -> None:
    caught = logging.getLogger("orderterm")
    caught.setLevel(logging.CRITICAL)
    bad, good = Work("bad", failing(ZeroDivisionError("oops"))), Work("good", lambda: False)
    with at_work([bad, good], tell):
        until(lambda: good.steps > 20)
    assert bad.steps >= 1
    assert "bad met a fault" in told[0]
    caught.setLevel(logging.NOTSET)


def test_a_step_that_has_more_to_do_is_followed_by_the_next_at_once(tell: Tell) -> None:
    left = iter(range(50))
    duty = Work("clock", lambda: next(left, None) is not None, interval=3600)
    with at_work([duty], tell):
        until(lambda: duty.steps == 51)


def test_once_does_all_there_is_in_order_and_leaves_what_fails(told: list[str], tell: Tell) -> None:
    done: list[str] = []
    left = iter("ab")

    def act() -> bool:
        one = next(left, "")
        done.extend(one)
        return bool(one)

    first = Work("clock", act)
    bad = Work("outbox", failing(OrdertermError("the plug is out")))

    def act_last() -> bool:
        done.append("last")
        return False

    last = Work("last", act_last)
    do_all([first, bad, last], tell)
    assert done == ["a", "b", "last"]
    assert told == ["sending messages can't go on now: the plug is out; it is tried again"]


@pytest.fixture
def slow() -> Iterator[Duty]:
    go_on = threading.Event()
    yield Work("outbox", lambda: go_on.wait(PATIENCE) and False)
    go_on.set()


def test_a_slow_duty_does_not_keep_the_engine_from_stopping(slow: Duty, tell: Tell) -> None:
    with at_work([slow, Work("clock", lambda: False)], tell):
        until(lambda: slow.steps)  # type: ignore[attr-defined]
        began = time.monotonic()
    assert time.monotonic() - began < PATIENCE / 2


def test_new_settings_are_taken_up_after_the_step_in_hand(tell: Tell) -> None:
    before, after = Work("clock", lambda: False, 3600), Work("clock", lambda: False, 3600)
    with at_work([before], tell) as others:
        until(lambda: before.steps)
        others.renew([after])
        until(lambda: after.steps)
    assert before.steps == 1


def test_what_a_home_has(home: Home, tell: Tell) -> None:
    names = [duty.name for duty in crew.hire(home.workplace, home.folder, tell)]
    assert names.index("clock") < names.index("outbox"), "what the clock queues is sent"
