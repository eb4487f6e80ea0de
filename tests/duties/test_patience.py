"""Nobody is waited for without end, and nothing a call says is lost."""

import threading

import pytest

from orderterm.duties.patience import Patience, TakesTooLong

LONG = 20.0


def failing() -> str:
    raise TimeoutError("its own")


def test_what_the_call_says_is_passed_on() -> None:
    patience = Patience()
    assert patience.wait(lambda: "yes", LONG) == "yes"
    with pytest.raises(TimeoutError, match="its own"):
        patience.wait(failing, LONG)
    assert patience.wait(lambda: "yes", LONG) == "yes"


def test_while_a_call_goes_on_unheeded_no_other_is_made() -> None:
    over, made, patience = threading.Event(), [], Patience()
    with pytest.raises(TakesTooLong):
        patience.wait(lambda: made.append(over.wait(LONG)), 0.01)
    with pytest.raises(TakesTooLong):
        patience.wait(lambda: made.append(True), LONG)
    assert made == []
    over.set()
    while not made:
        over.wait(0.01)
    for _ in range(100):
        try:
            assert patience.wait(lambda: "again", LONG) == "again"
            return
        except TakesTooLong:  # its thread has not quite ended
            threading.Event().wait(0.01)
    pytest.fail("it never ended")
