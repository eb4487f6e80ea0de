"""A scanner's codes and a person's keys, told apart by their pace alone."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orderterm.settings import parse
from orderterm.terminal import Scanner
from screens.terminal.scanner import (
    LONGEST,
    PATIENCE_SECONDS,
    Collector,
    Keys,
    Outcome,
    Press,
    Scan,
    Unfinished,
)

PLAIN = parse({}).scanner
PREFIXED = parse({"scanner": {"prefix": "ctrl+b"}}).scanner
GAP = PLAIN.gap_milliseconds / 1000
SLOW = 0.2
"""Seconds between two keys of a person."""

NAMES = {" ": "space", "/": "slash", "?": "question_mark", "\r": "enter", "\n": "ctrl+j"}
NAMES |= {"\t": "tab", "\x1d": "ctrl+right_square_bracket", "\x02": "ctrl+b"}


class Fed(NamedTuple):
    """A character and the seconds since the one before it."""

    character: str
    after: float


def press(character: str, at: float) -> Press:
    return Press(NAMES.get(character, character), character, at)


def run(fed: Iterable[Fed], scanner: Scanner = PLAIN, *, timer: bool = True) -> list[Outcome]:
    """What comes out in all; ``timer`` flushes at each time that ``due`` asks for."""
    collector, at = Collector(scanner), 100.0
    outcomes: list[Outcome] = []
    for character, after in fed:
        at += after
        due = collector.due()
        if timer and due is not None and due < at:
            outcomes += collector.flush(due)
        key = press(character, at)
        outcomes += collector.feed(key.key, key.character, at)
    due = collector.due()
    outcomes += collector.flush(due) if due is not None else []
    assert collector.due() is None
    return outcomes


def told(outcomes: Iterable[Outcome]) -> list[str]:
    """The outcomes in short: a person's keys one by one, scans in brackets."""
    short: list[str] = []
    for one in outcomes:
        if isinstance(one, Keys):
            short += [key.character or key.key for key in one.presses]
        else:
            short.append(f"[{one.code}]" if isinstance(one, Scan) else f"?{one.text}")
    return short


def scanned(code: str, ending: str = "\r", pace: float = 0.0) -> list[Fed]:
    """A code as a scanner types it, some time after whatever was before."""
    return [Fed(c, pace if i else SLOW) for i, c in enumerate(code + ending)]


def typed(text: str) -> list[Fed]:
    return [Fed(c, SLOW) for c in text]


@pytest.mark.parametrize("ending", ["\r", "\n", "\t", "\r\n", "\n\r"])
def test_every_ending_ends_a_scan_once(ending: str) -> None:
    assert told(run(scanned("BW-500", ending))) == ["[BW-500]"]
    assert told(run(scanned("BW-500", ending) * 2)) == ["[BW-500]", "[BW-500]"]


@pytest.mark.parametrize("ending", ["\r", "\n", "\t", "\r\n"])
def test_a_hundred_scans_read_at_once_come_out_in_order(ending: str) -> None:
    codes = [f"20261122-TM-{i:03d}" for i in range(100)]
    burst = [Fed(c, 0.0) for code in codes for c in code + ending]
    assert told(run(burst)) == [f"[{code}]" for code in codes]


def test_the_key_press_after_a_scan_is_a_persons() -> None:
    assert told(run(scanned("BW-500") + typed("\n\r"))) == ["[BW-500]", "\n", "\r"]


def test_a_burst_that_is_too_short_or_has_no_ending_is_given_back() -> None:
    assert told(run(scanned("BW1"))) == ["B", "W", "1", "\r"]
    assert told(run(scanned("BW-500", ""))) == list("BW-500")
    assert told(run(scanned("BW-500", "") + typed("\r"))) == [*"BW-500", "\r"]


@pytest.mark.parametrize("first", [" ", "/", "?", "-", "\x1d", "\r"])
def test_what_begins_no_code_passes_at_once(first: str) -> None:
    key = press(first, 1.0)
    assert Collector(PLAIN).feed(key.key, first, 1.0) == [Keys((key,))]
    assert told(run([Fed(first, SLOW), *[Fed(c, 0) for c in "BW-5\r"]])) == [first, "[BW-5]"]


def test_blanks_marks_and_separators_may_go_on_in_a_code() -> None:
    assert told(run(scanned("01 a/b?c\x1d21"))) == ["[01 a/b?c\x1d21]"]


def test_a_separator_is_known_by_its_key_alone() -> None:
    collector = Collector(PLAIN)
    for key in ["a", "b", "ctrl+right_square_bracket", "c"]:
        assert collector.feed(key, None if "+" in key else key, 1.0) == []
    assert collector.feed("enter", "\r", 1.0) == [Scan("ab\x1dc", 1.0)]


def test_a_shift_key_that_the_terminal_tells_of_splits_no_code() -> None:
    collector = Collector(PLAIN)
    fed = [("left_shift", None), ("B", "B"), ("left_shift", None), ("W", "W"), ("minus", "-")]
    outcomes = [
        o for key, c in [*fed, ("5", "5"), ("enter", "\r")] for o in collector.feed(key, c, 1)
    ]
    assert outcomes == [Keys((Press("left_shift", None, 1),)), Scan("BW-5", 1)]


@pytest.mark.parametrize(
    ("key", "character"), [("up", None), ("escape", "\x1b"), ("backspace", "\x7f"), ("alt+c", "c")]
)
def test_a_key_that_no_scanner_sends_gives_back_what_was_held_before_it(
    key: str, character: str | None
) -> None:
    collector = Collector(PLAIN)
    assert collector.feed("a", "a", 1.0) == []
    expected = Keys((Press("a", "a", 1.0), Press(key, character, 1.0)))
    assert collector.feed(key, character, 1.0) == [expected]
    assert collector.due() is None


def test_keys_are_held_no_longer_than_the_gap() -> None:
    collector = Collector(PLAIN)
    assert collector.due() is None
    assert collector.feed("a", "a", 1.0) == []
    assert collector.due() == 1.0 + GAP
    assert collector.flush(1.0) == []
    assert collector.flush(1.0 + GAP) == [Keys((Press("a", "a", 1.0),))]
    assert collector.due() is None
    assert collector.flush(9.0) == []


def test_a_letter_held_down_can_be_taken_as_one_press() -> None:
    def collapsed(text: str) -> str:
        keys = Keys(tuple(press(c, 1.0) for c in text))
        return "".join(key.character or "" for key in keys.collapsed)

    assert collapsed("cccc") == "c"
    assert collapsed("cccjx") == "cjx"
    assert collapsed("cc") == "cc"
    assert collapsed("500005") == "500005"
    (keys,) = run(scanned("cccc", ""))
    assert isinstance(keys, Keys)
    assert len(keys.presses) == 4


# -- too long ---------------------------------------------------------------------------------


@pytest.mark.parametrize("scanner", [PLAIN, PREFIXED])
@pytest.mark.parametrize("ending", ["\r", "\r\n", ""])
def test_what_is_too_long_is_given_up_whole(scanner: Scanner, ending: str) -> None:
    prefix = "\x02" if scanner.prefix else ""
    long = [Fed(c, 0) for c in prefix + "x" * (LONGEST + 90) + ending]
    pause = [Fed("?", 5.0)]
    good = [Fed(c, 0) for c in prefix + "BW-500\r"]
    unfinished, *rest = run(long + pause + good, scanner)
    assert unfinished == Unfinished("x" * LONGEST, LONGEST + 90)
    assert told(rest) == ["?", "[BW-500]"]


def test_the_longest_code_is_a_scan() -> None:
    assert told(run(scanned("x" * LONGEST))) == [f"[{'x' * LONGEST}]"]


# -- with a prefix ----------------------------------------------------------------------------


@pytest.mark.parametrize("pace", [0.0, 0.1, 1.9])
def test_after_a_prefix_the_pace_does_not_matter(pace: float) -> None:
    fed = scanned("\x02A", "\r\n" if pace < GAP else "\r", pace)
    assert told(run([*typed("c"), *fed, *typed("c")], PREFIXED)) == ["c", "[A]", "c"]


def test_without_the_prefix_every_key_passes_at_once() -> None:
    collector = Collector(PREFIXED)
    for character in "BW-500\r\n":
        key = press(character, 1.0)
        assert collector.feed(key.key, character, 1.0) == [Keys((key,))]


def test_a_printable_prefix_may_stand_in_the_code() -> None:
    scanner = parse({"scanner": {"prefix": "~"}}).scanner
    assert told(run(scanned("~A~B"), scanner)) == ["[A~B]"]


def test_a_prefix_without_an_ending_is_told() -> None:
    assert told(run(scanned("\x02BW-5", ""), PREFIXED)) == ["?BW-5"]
    assert told(run(scanned("\x02BW-5", "") + scanned("\x02A"), PREFIXED)) == ["?BW-5", "[A]"]
    assert told(run(scanned("\x02", "\r\n"), PREFIXED)) == ["?"]
    fed = [*scanned("\x02BW-5", ""), Fed("c", 2.1)]
    assert told(run(fed, PREFIXED)) == told(run(fed, PREFIXED, timer=False)) == ["?BW-5", "c"]


def test_a_persons_key_amid_a_prefixed_code_passes_beside_it() -> None:
    collector = Collector(PREFIXED)
    outcomes = []
    for key, character in [("ctrl+b", None), ("A", "A"), ("up", None), ("B", "B"), ("tab", "\t")]:
        outcomes += collector.feed(key, character, 1.0)
    assert outcomes == [Keys((Press("up", None, 1.0),)), Scan("AB", 1.0)]


# -- anything at all --------------------------------------------------------------------------

STARTS = "ABcd0159"
CODES = st.tuples(st.sampled_from(STARTS), st.text(STARTS + "-/? .\x1d", min_size=3, max_size=30))
ENDINGS = st.sampled_from(["\r", "\n", "\t", "\r\n", "\n\r"])
WITHIN = st.floats(0, GAP * 0.9)
BEYOND = st.floats(GAP * 1.1, 1)


@st.composite
def one_scan(draw: st.DrawFn) -> tuple[list[Fed], list[str]]:
    code = "".join(draw(CODES))
    ended = code + draw(ENDINGS)
    gaps = draw(st.lists(WITHIN, min_size=len(ended), max_size=len(ended)))
    # A scan may come right behind another one, but not right behind a key: that is a burst too.
    return [Fed(c, gap) for c, gap in zip(ended, gaps, strict=True)], [f"[{code}]"]


@st.composite
def one_key(draw: st.DrawFn) -> tuple[list[Fed], list[str]]:
    character = draw(st.sampled_from(STARTS + " /?-\r\n\t"))
    return [Fed(character, draw(BEYOND))], [character]


def apart(parts: Sequence[tuple[list[Fed], list[str]]]) -> tuple[list[Fed], list[str]]:
    """The parts one after another, a scan behind a person's key after a pause."""
    fed: list[Fed] = []
    expected: list[str] = []
    for part, told_of_it in parts:
        behind_a_key = bool(expected) and not expected[-1].startswith("[")
        pause = SLOW if behind_a_key and len(part) > 1 else 0.0
        fed += [Fed(part[0].character, part[0].after + pause), *part[1:]]
        expected += told_of_it
    return fed, expected


@given(parts=st.lists(one_scan() | one_key(), max_size=12), timer=st.booleans())
def test_any_mix_of_scans_and_keys_comes_out_exactly(
    parts: list[tuple[list[Fed], list[str]]], timer: bool
) -> None:
    fed, expected = apart(parts)
    assert told(run(fed, timer=timer)) == expected


AFTER = st.sampled_from([0.0, 0.001, GAP * 0.9, GAP * 1.1, 1.9, 2.1])
ANY_KEYS = st.lists(
    st.builds(Fed, st.sampled_from("AAb1 /\x1d\x02\r\n\t"), AFTER), min_size=1, max_size=60
)


@given(fed=ANY_KEYS, scanner=st.sampled_from([PLAIN, PREFIXED]))
@example(fed=[Fed("A", 0), Fed("\x02", 0), Fed("b", 0), Fed("\r", 0)], scanner=PREFIXED)
@example(fed=[Fed(character, 0) for character in "AAAA\r\n\n"], scanner=PLAIN)
def test_every_key_is_accounted_for_once_and_in_order(fed: list[Fed], scanner: Scanner) -> None:
    outcomes = run(fed, scanner)
    assert outcomes == run(fed, scanner, timer=False)
    whole = "".join(character for character, _ in fed)
    place = 0
    for one in outcomes:
        text = told_keys(one, "\x02" if scanner.prefix else "")
        assert whole.startswith(text, place)
        place += len(text)
        if isinstance(one, Scan):
            assert whole[place] in "\r\n\t"
            place = behind_ending(fed, place)
        elif one == Unfinished("", 0) and ends(fed, place):  # the prefix had no code
            place = behind_ending(fed, place)
    assert place == len(whole)


def told_keys(outcome: Outcome, prefix: str) -> str:
    """The characters of the keys that ``outcome`` tells of, an ending left out."""
    if isinstance(outcome, Keys):
        return "".join(key.character or "" for key in outcome.presses)
    return prefix + (outcome.code if isinstance(outcome, Scan) else outcome.text)


def ends(fed: list[Fed], place: int) -> bool:
    """Whether an ending stands at ``place``, in time for the prefix before it."""
    [one] = fed[place : place + 1] or [Fed("", 0)]
    return one.character in ("\r", "\n", "\t") and one.after < PATIENCE_SECONDS


def behind_ending(fed: list[Fed], place: int) -> int:
    """Where the keys go on behind an ending at ``place``, which may be a double one."""
    pair = [one.character for one in fed[place : place + 2]]
    double = pair in (["\r", "\n"], ["\n", "\r"]) and fed[place + 1].after <= GAP
    return place + (2 if double else 1)
