"""Whatever is dropped ends as orders or in rejected/ with a sentence, and the engine lives."""

import ctypes
import io
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import hypothesis
import pytest
from hypothesis import strategies as st

from orderterm.duties.inbox import InboxDuty
from orderterm.sentences import Sentence
from tests.duties.engines import QUICK, names_in, run_once, running, wait_for
from tests.duties.homes import SAMPLES, Home, many


def bomb() -> bytes:
    """A workbook that says its one sheet is of 2 GB."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>" * 1000)
    data = packed.getvalue()
    place = data.rindex(b"PK\x01\x02")  # the sheet's entry in the directory, the last one
    return data[: place + 24] + struct.pack("<I", 2**31) + data[place + 28 :]


HOSTILE: dict[str, bytes] = {
    "random.csv": bytes(range(256)) * 40,
    "random.xlsx": bytes(range(256)) * 40,
    "empty.csv": b"",
    "blank.csv": b" \r\n\t\n",
    "bomb.xlsx": bomb(),
    "not-a-zip.xlsx": b"PK\x03\x04" + bytes(200),
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "nul.csv": many(3).encode().replace(b"BW", b"B\0"),
    "deep.json": b"[" * 10_000 + b"]" * 10_000,
    "deep-objects.json": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "half.json": b'[{"channel_order_number": "A-1",',
    "no-header.csv": b"1,2,3\n4,5,6\n",
    "open-quote.csv": many(2).encode() + b'"never closed,' * 3,
    "wide.csv": b"," * 200_000 + b"\n",
    "program.exe": b"MZ" + bytes(300),
    "no-suffix": b"\x89PNG\r\n\x1a\n" + bytes(100),
}
NAMES: list[bytes] = [
    b"new\nline.csv",
    b"tab\tand\x1b[31m.csv",
    b"\"quotes\" and 'more'.csv",
    "表情😀.csv".encode(),
    b"l" * 251 + b".csv",
    "长".encode() * 83 + b".csv",
    b"n.".ljust(255, b"o"),
    b"bytes\xff\xfe.csv",
    "订单".encode("gb18030") + b".csv",
    b"%s {name} {0}.csv",
    b"lock",
    b"done",
    b"-rf.csv",
    b" .csv",
]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home", QUICK)


def notes(home: Home) -> dict[str, str]:
    """The reasons, by the names of what was rejected; each must tell in both languages."""
    folder = home.inbox / "rejected"
    found = {}
    for path in folder.iterdir():
        if not path.name.endswith(".reason.txt"):
            told = Path(f"{path}.reason.txt").read_text("utf-8")
            chinese, _, english = told.strip().partition("\n\n")
            assert chinese
            assert english
            found[path.name] = english
    assert len(names_in(folder, "*.reason.txt")) == len(found)
    return found


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_content_is_rejected_with_a_sentence(home: Home, name: str) -> None:
    told: list[Sentence] = []
    duty = InboxDuty(home.workplace, home.folder, told.append, settle_seconds=0)
    home.drop(name, HOSTILE[name])
    home.drop("zz-good.csv", many(2))
    duty.take_in()
    duty.close()

    assert "zz-good.csv" in names_in(home.inbox / "done")
    assert list(notes(home)) == [name]
    assert name in notes(home)[name]
    assert "fault in orderterm" not in notes(home)[name]
    assert home.count() == 2


def test_the_running_engine_takes_the_good_among_all_of_them(home: Home) -> None:
    with running(home.folder):
        for name, content in HOSTILE.items():
            home.drop(name, content)
        home.drop("zz-good.csv", many(2))
        wait_for(lambda: names_in(home.inbox / "done"), home.folder)
        wait_for(lambda: len(names_in(home.inbox / "rejected")) == 2 * len(HOSTILE), home.folder)
    assert home.count() == 2
    assert not (home.folder / "errors.log").exists()


@pytest.mark.parametrize("content", [many(1).encode(), b""], ids=["good", "bad"])
def test_names_of_every_kind(home: Home, content: bytes) -> None:
    for number, name in enumerate(NAMES):
        path = os.path.join(os.fsencode(home.inbox / "EC"), name)
        Path(os.fsdecode(path)).write_bytes(content.replace(b"E000000", b"E%d" % number))
    told = run_once(home.folder)

    place = home.inbox / ("done" if content else "rejected")
    found = [name for name in names_in(place) if not name.endswith(".reason.txt")]
    assert len(found) == len(NAMES), told
    assert all(name.isprintable() for name in found)
    assert any(name.startswith("订单") for name in found)
    assert home.count() == (len(NAMES) if content else 0)
    assert "Traceback" not in told
    assert [p.name for p in (home.inbox / "EC").iterdir()] == ["README.md"]


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "inner.csv").write_text(many(1), "utf-8")


def _link(path: Path) -> None:
    target = path.parent.parent.parent / "elsewhere.csv"
    target.write_text(many(1), "utf-8")
    path.symlink_to(target)


THINGS: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (_folder, "is a folder"),
    "pipe": (os.mkfifo, "a pipe"),
    "link": (_link, "is a link"),
    "link to nothing": (lambda path: path.symlink_to("nowhere"), "is a link"),
    "link to itself": (lambda path: path.symlink_to(path.name), "is a link"),
}


@pytest.mark.parametrize("thing", THINGS)
def test_what_is_no_file_is_rejected(home: Home, thing: str) -> None:
    make, reason = THINGS[thing]
    make(home.inbox / "EC" / "x.csv")
    home.drop("zz-good.csv", many(2))
    told = run_once(home.folder)

    assert "zz-good.csv: 2 new orders" in told
    note = (home.inbox / "rejected/x.csv.reason.txt").read_text("utf-8")
    assert reason in note
    assert os.path.lexists(home.inbox / "rejected/x.csv")
    assert home.count() == 2


def test_a_file_that_vanishes_while_it_is_claimed(home: Home) -> None:
    told: list[Sentence] = []
    duty = InboxDuty(home.workplace, home.folder, told.append, settle_seconds=0)
    path = home.drop("a.csv", many(1))

    def remove_it(_: Sentence) -> None:
        path.unlink(missing_ok=True)

    duty.tell = remove_it
    home.drop("Early.csv", many(1))  # telling of this one removes the other, listed already
    duty.take_in()
    duty.close()
    assert names_in(home.inbox / "done") == ["Early.csv"]
    assert names_in(home.inbox / "rejected") == []


def test_a_file_that_may_not_be_read(home: Home) -> None:
    home.drop("a.csv", many(1)).chmod(0)
    home.drop("zz-good.csv", many(2))
    told = run_once(home.folder, **({"preexec_fn": _without_override} if os.getuid() == 0 else {}))
    assert "zz-good.csv: 2 new orders" in told
    assert "permission" in notes(home)["a.csv"]


def _without_override() -> None:
    """Give up root's right to read what it is not let read; the program that follows lacks it."""
    drop_from_bounding_set, override, read_search = 24, 1, 2
    for right in (override, read_search):
        ctypes.CDLL(None).prctl(drop_from_bounding_set, right, 0, 0, 0)


# -- anything at all ----------------------------------------------------------------------------

PIECES = [
    path.read_bytes()[:3000]
    for path in sorted(SAMPLES.glob("*/samples/*"))
    if path.stat().st_size < 200_000
]
SUFFIXES = st.sampled_from([".csv", ".tsv", ".txt", ".json", ".xlsx", ".xls", "", ".CSV"])


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A sample with a piece cut out, doubled, or put in."""
    data = draw(st.sampled_from(PIECES))
    start, end = sorted(draw(st.tuples(st.integers(0, len(data)), st.integers(0, len(data)))))
    middle = draw(st.one_of(st.binary(max_size=40), st.just(data[start:end] * 2)))
    return data[:start] + middle + data[end:]


@hypothesis.settings(
    max_examples=150, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(content=st.one_of(st.binary(max_size=400), mangled()), suffix=SUFFIXES)
def test_anything_is_done_or_rejected(home: Home, content: bytes, suffix: str) -> None:
    told: list[Sentence] = []
    duty = InboxDuty(home.workplace, home.folder, told.append, settle_seconds=0)
    before = (len(names_in(home.inbox / "done")), duty.rejected)
    home.drop(f"any{suffix}", content)
    duty.take_in()
    duty.close()

    done = len(names_in(home.inbox / "done")) - before[0]
    waiting = len(names_in(home.inbox / "EC", f"any{suffix}"))
    assert done + duty.rejected + waiting == 1
    assert not any("fault in orderterm" in str(one) for one in told)
    for path in (home.inbox / "EC").glob("any*"):
        path.unlink()  # half of a pair
