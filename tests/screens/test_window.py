"""The list in hand, whatever comes, goes and changes its place while somebody reads it."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec import Struct

from screens.lists import sources, window
from screens.lists.sources import QueueSource
from screens.lists.window import Window

FIRST, MOST = 6, 15
"""Short readings, so that a few rows are a long list."""


class Item(Struct, frozen=True):
    """A row; ``place`` is what the list is sorted by."""

    key: str
    place: tuple[int, int, int, str]


class Shelf(QueueSource):
    """A list in memory that is read as a queue is."""

    def __init__(self, seen: int | None = None) -> None:
        self.items: dict[str, Item] = {}
        self._seen = seen

    def put(self, number: int, place: int) -> None:
        """A row comes, or goes to another place."""
        self.items[f"t{number}"] = Item(f"t{number}", (0, place, number, f"t{number}"))

    @property
    def rows(self) -> list[Any]:
        """All rows in their order."""
        return sorted(self.items.values(), key=lambda item: item.place)

    def _page(self, **where: Any) -> list[Any]:
        count, after, before = where["count"], where.get("after"), where.get("before")
        if before is not None:
            return [row for row in self.rows if row.place < before][-count:]
        return [row for row in self.rows if after is None or row.place > after][:count]

    def last(self) -> list[Any]:
        return self.rows[-FIRST:]


@pytest.fixture(autouse=True)
def short_readings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few rows be a long list."""
    monkeypatch.setattr(sources, "PART", FIRST)
    monkeypatch.setattr(window, "MOST", MOST)


NUMBERS = st.integers(0, 60)
PLACES = st.integers(0, 40)


class Reading(RuleBasedStateMachine):
    """Somebody moves through a list in which anything may happen."""

    def __init__(self) -> None:
        super().__init__()
        self.shelf = Shelf()
        self.window: Window[Any] = Window()
        self.marked: set[str] = set()
        for number in range(20):
            self.shelf.put(number, number)
        self.begin()

    @property
    def here(self) -> tuple[str, int]:
        """The row under the cursor, and its line."""
        row = self.window.row
        return row.key if row else "", self.window.cursor - self.window.top

    def left(self) -> set[str]:
        """The rows in hand that have left, or gone to a part that is not in hand."""
        found, _ = self.look_at()
        return {row.key for row in self.window.rows} - {row.key for row in found}

    def look_at(self) -> tuple[Any, bool]:
        """The part in hand as it is now."""
        hand = self.window
        return self.shelf.again(list(hand.rows), at_start=hand.at_start, at_end=hand.at_end)

    # -- what happens elsewhere ---------------------------------------------------------------

    @rule(number=NUMBERS, place=PLACES)
    def arrive_or_change_place(self, number: int, place: int) -> None:
        self.shelf.put(number, place)

    @rule(number=NUMBERS)
    def depart(self, number: int) -> None:
        self.shelf.items.pop(f"t{number}", None)

    @rule(first=st.integers(100, 1000), place=PLACES, count=st.integers(1, 30))
    def many_arrive(self, first: int, place: int, count: int) -> None:
        for number in range(first, first + count):
            self.shelf.put(number, place)

    @rule()
    def all_in_hand_depart(self) -> None:
        for row in self.window.rows:
            self.shelf.items.pop(row.key, None)

    # -- what is read -------------------------------------------------------------------------

    @rule()
    def begin(self) -> None:
        rows, at_end = self.shelf.first()
        self.window.begin(rows, at_end=at_end)

    @rule()
    def begin_at_the_end(self) -> None:
        self.window.begin(self.shelf.last(), at_start=False, at_end=True)

    @precondition(lambda self: self.window.rows and not self.window.at_end)
    @rule()
    def extend(self) -> None:
        before = self.here
        rows, at_end = self.shelf.after(list(self.window.rows))
        self.window.extend(rows, at_end=at_end)
        assert self.here == before

    @precondition(lambda self: self.window.rows and not self.window.at_start)
    @rule()
    def precede(self) -> None:
        before = self.here
        rows, at_start = self.shelf.before(list(self.window.rows))
        self.window.precede(rows, at_start=at_start)
        assert self.here == before

    @rule()
    def compare(self) -> None:
        before, keys, left = self.here, [row.key for row in self.window.rows], self.left()
        found, at_end = self.look_at()
        self.window.compare(found, at_end=at_end)
        assert self.here == before
        assert [row.key for row in self.window.rows] == keys
        assert self.window.gone == left

    @rule()
    def merge(self) -> None:
        (key, line), gone, steady = self.here, set(self.window.gone), self.window.is_steady
        done = set(self.window._done)
        merges = self.window._latest is not None
        marks = set(self.window.marks)
        stay = set(keys(self.window.rows)) - gone
        self.window.merge()
        assert stay <= set(keys(self.window.rows)) or len(self.window.rows) == MOST
        self.marked &= set(self.window.marks)
        if steady:
            assert set(self.window.marks) == marks
        if key and key not in gone:
            assert self.here[0] == key
            assert self.here[1] == line or self.window.top == 0
        elif steady and merges:
            assert key in done or not key

    @rule()
    def all_is_shown_after_a_look_and_a_merge(self) -> None:
        self.compare()
        self.merge()
        rows, all_rows = self.window.rows, self.shelf.rows
        assert not self.window.has_changed
        if not rows:
            assert not all_rows
            return
        first = all_rows.index(rows[0])
        assert rows == all_rows[first : first + len(rows)]
        assert not self.window.at_start or first == 0
        assert not self.window.at_end or first + len(rows) == len(all_rows)

    # -- what the person does -----------------------------------------------------------------

    @rule(rows=st.integers(-8, 8))
    def move(self, rows: int) -> None:
        self.window.move(rows)

    @rule(pages=st.sampled_from([-1, 1]))
    def page(self, pages: int) -> None:
        self.window.page(pages)
        self.marked &= set(self.window.marks)

    @rule(height=st.integers(1, 8))
    def resize(self, height: int) -> None:
        key, _ = self.here
        self.window.resize(height)
        assert self.here[0] == key

    @precondition(lambda self: self.window.row is not None)
    @rule()
    def mark(self) -> None:
        self.window.mark()
        self.marked ^= {self.here[0]}

    @precondition(lambda self: self.window.row is not None)
    @rule()
    def finish(self) -> None:
        key, _ = self.here
        self.shelf.items.pop(key, None)
        self.window.leave(key)
        self.marked.discard(key)
        self.window.go_on()

    # -- what always holds --------------------------------------------------------------------

    @invariant()
    def nothing_is_shown_twice(self) -> None:
        keys = [row.key for row in self.window.rows]
        assert len(set(keys)) == len(keys)

    @invariant()
    def the_cursor_is_in_sight(self) -> None:
        hand = self.window
        assert 0 <= hand.top <= hand.cursor < max(1, len(hand.rows))
        assert hand.cursor < hand.top + hand.height

    @invariant()
    def marks_stay(self) -> None:
        assert set(self.window.marks) == self.marked


TestReading = Reading.TestCase
TestReading.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestReading = pytest.mark.usefixtures("short_readings")(TestReading)


def shelf_of(count: int) -> Shelf:
    """A list of so many rows."""
    shelf = Shelf()
    for number in range(count):
        shelf.put(number, number)
    return shelf


def opened(shelf: Shelf, height: int) -> Window[Any]:
    """The list, opened at its beginning."""
    hand: Window[Any] = Window()
    hand.resize(height)
    rows, at_end = shelf.first()
    hand.begin(rows, at_end=at_end)
    return hand


def read_on(hand: Window[Any], shelf: Shelf) -> None:
    """Read on, where the cursor comes near an end."""
    if hand.wants_more:
        rows, at_end = shelf.after(hand.rows)
        hand.extend(rows, at_end=at_end)
    elif hand.wants_earlier:
        rows, at_start = shelf.before(hand.rows)
        hand.precede(rows, at_start=at_start)


def look(hand: Window[Any], shelf: Shelf) -> None:
    """Set the list beside what is there now."""
    found, at_end = shelf.again(hand.rows, at_start=hand.at_start, at_end=hand.at_end)
    hand.compare(found, at_end=at_end)


def keys(rows: Any) -> list[str]:
    return [row.key for row in rows]


@pytest.mark.parametrize("count", [0, 1, 5, 6, 7, 200])
def test_pages_show_every_row_down_and_up_again(count: int) -> None:
    shelf, height = shelf_of(count), 3
    hand = opened(shelf, height)
    down, up = [keys(hand.shown)], []
    for _ in range(count):
        read_on(hand, shelf)
        hand.page(1)
        down.append(keys(hand.shown))
    for _ in range(count + 1):
        up.append(keys(hand.shown))
        read_on(hand, shelf)
        hand.page(-1)
    everything = set(keys(shelf.rows))
    assert {key for page in down for key in page} == everything
    assert {key for page in up for key in page} == everything


def test_a_page_passes_over_no_row_that_a_merge_brings_onto_the_screen() -> None:
    shelf = shelf_of(12)
    hand = opened(shelf, 4)
    seen = set(keys(hand.shown))
    read_on(hand, shelf)
    for key in ("t1", "t2"):
        del shelf.items[key]
    look(hand, shelf)
    hand.page(1)
    assert keys(hand.shown) == ["t4", "t5", "t6", "t7"]
    assert seen == {"t0", "t1", "t2", "t3"}


def test_what_is_read_on_between_a_look_and_a_merge_is_not_lost() -> None:
    shelf = shelf_of(20)
    hand = opened(shelf, 3)
    shelf.put(50, 0)
    look(hand, shelf)
    hand.move(4)
    read_on(hand, shelf)
    before = set(keys(hand.rows))
    hand.merge()
    assert keys(hand.rows) == keys(shelf.rows)[: len(hand.rows)]
    assert before < set(keys(hand.rows))


def test_the_last_row_goes_to_the_top_and_takes_no_other_with_it() -> None:
    shelf = shelf_of(20)
    hand = opened(shelf, 3)
    shelf.put(5, -1)
    look(hand, shelf)
    look(hand, shelf)
    assert not hand.gone
    hand.merge()
    assert keys(hand.rows)[0] == "t5"


def test_the_first_row_in_hand_moves_down_and_is_shown_once() -> None:
    shelf = shelf_of(20)
    hand: Window[Any] = Window()
    hand.begin(shelf.last(), at_start=False, at_end=True)
    shelf.put(14, 17)
    look(hand, shelf)
    hand.merge()
    assert sorted(keys(hand.rows)) == ["t14", "t15", "t16", "t17", "t18", "t19"]


def test_many_that_come_before_it_take_no_row_away() -> None:
    shelf = shelf_of(20)
    hand = opened(shelf, 3)
    for number in range(100, 150):
        shelf.put(number, -1)
    look(hand, shelf)
    assert not hand.gone
    assert hand.waiting == 50
    hand.merge()
    assert hand.row is not None
    assert hand.row.key == "t0"
    assert len(hand.rows) == MOST


def test_where_all_in_hand_have_left_the_rows_after_them_are_shown() -> None:
    shelf = shelf_of(20)
    hand = opened(shelf, 3)
    for row in hand.rows:
        del shelf.items[row.key]
    look(hand, shelf)
    hand.merge()
    assert keys(hand.rows)[0] == "t6"


def test_more_may_come_than_are_read_at_once() -> None:
    shelf = Shelf()
    hand = opened(shelf, 3)
    for number in range(30):
        shelf.put(number, number)
    look(hand, shelf)
    hand.merge()
    assert not hand.at_end
    for _ in range(20):
        read_on(hand, shelf)
        hand.page(1)
    assert hand.row is not None
    assert hand.row.key == "t29"


def test_at_first_no_more_is_read_than_is_seen() -> None:
    shelf = Shelf(seen=3)
    for number in range(10):
        shelf.put(number, number)
    rows, at_end = shelf.first()
    assert [row.key for row in rows] == ["t0", "t1", "t2"]
    assert not at_end


def test_a_higher_screen_is_filled() -> None:
    hand = opened(shelf_of(6), 2)
    hand.move(10)
    hand.resize(5)
    assert len(hand.shown) == 5
