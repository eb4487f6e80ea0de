"""Bytes become keys and pastes: any bytes, in pieces of any size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from screens.terminal.driver_input import PASTE_LIMIT, TerminalInput

START, END = b"\x1b[200~", b"\x1b[201~"

KEYS = st.sampled_from([b"a", b"Z", "订".encode(), b"\r", b"\t", b"\x1b[A", b"\x1bOP", b"\x1b[15~"])
# A terminal takes the escapes out of what it pastes.
TEXTS = st.text(
    st.characters(exclude_characters="\x1b\x00", exclude_categories=["Cs"]), max_size=20
)
PASTES = TEXTS.map(lambda text: START + text.encode() + END)


def told(messages: list[Message]) -> list[str]:
    """The keys and pastes, as strings that can be compared."""
    return [m.text if isinstance(m, events.Paste) else getattr(m, "key", "") for m in messages]


def fed(*pieces: bytes) -> list[str]:
    """What comes of pieces that follow each other without a pause."""
    source = TerminalInput()
    return told([message for piece in pieces for message in source.feed(piece)])


@given(st.lists(KEYS | PASTES), st.data())
def test_the_size_of_the_pieces_changes_nothing(said: list[bytes], data: st.DataObject) -> None:
    whole = b"".join(said)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=8)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    assert fed(*pieces) == fed(whole)


@given(st.lists(PASTES | KEYS, min_size=1))
def test_every_key_and_every_paste_comes_once(said: list[bytes]) -> None:
    assert len(fed(b"".join(said))) == len(said)


@given(
    st.lists(st.binary() | KEYS | st.sampled_from([START, END, b"\x1b", b"\x1b[", b"\x1b[9;9u"]))
)
def test_no_bytes_cost_the_keys_after_them(noise: list[bytes]) -> None:
    source = TerminalInput()

    for piece in noise:
        list(source.feed(piece))
        list(source.tick())
    list(source.feed(END + b"." * 40))

    assert told(list(source.feed(b"xyz"))) == ["x", "y", "z"]


def test_a_sequence_that_the_parser_fails_on_costs_no_key_of_the_same_piece() -> None:
    assert fed(b"ab\x1b[99999999999ucd") == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    ("encoding", "typed"), [("utf-8", "订".encode()), ("gb18030", "订".encode("gb18030"))]
)
def test_the_terminals_own_encoding_is_read(encoding: str, typed: bytes) -> None:
    source = TerminalInput(encoding)

    assert told([*source.feed(typed[:1]), *source.feed(typed[1:])]) == ["订"]


def test_neither_mouse_nor_reports_of_size_come_through() -> None:
    assert fed(b"\x1b[<0;5;5M\x1b[48;10;20;100;200t\x1b[5;5R\x1b[?2048;1$yx") == ["x"]


@pytest.mark.parametrize("cut", range(1, len(START)))
def test_escape_ends_a_paste_without_an_end_however_it_began(cut: int) -> None:
    source = TerminalInput()
    list(source.feed(START[:cut]))
    list(source.feed(START[cut:] + b"text\x1b"))

    assert told(list(source.tick())) == ["text"]
    assert told(list(source.feed(b"c"))) == ["c"]


def test_a_paste_is_cut_at_its_limit_and_the_keys_after_it_are_keys() -> None:
    text, key = fed(START + b"p" * (PASTE_LIMIT + 5), END + b"k")

    assert (len(text), key) == (PASTE_LIMIT, "k")


def test_a_hundred_scans_in_one_burst_come_in_order() -> None:
    scans = [f"BW-{n:03}" for n in range(100)]

    keys = fed("".join(f"{scan}\r" for scan in scans).encode())

    typed = "".join({"enter": "\n", "minus": "-"}.get(key, key) for key in keys)
    assert typed.split() == scans
