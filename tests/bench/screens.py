"""The terminal's measurements, beside a blank Textual app and a stock DataTable in the same run.

ORDERTERM_BENCH_ORDERS in the environment is how many orders the big database has.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from orderterm import settings
from orderterm.store import connection
from orderterm.terms import Role
from orderterm.views.queue import Wanted, Work, page
from orderterm.workflow import escalations, stages
from orderterm.workflow.workplace import Workplace
from tests.bench import million
from tests.bench.core import Row, folder
from tests.bench.home import NOW
from tests.terminal.homes import TOML, House
from tests.terminal.pty import Terminal

ROOT = Path(__file__).parents[2]
SIZE = (120, 40)
SMALL, BIG = 1_000, int(os.environ.get("ORDERTERM_BENCH_ORDERS", "200_000"))
STARTS, TURNS, CHANGES, SCANS = 7, 5, 20, 100
BADGES = ("R01", "R02")
QUEUE = Wanted(roles=(Role.REVIEWER,))
SETTINGS = settings.parse({})


# -- what is measured -----------------------------------------------------------------------------


def _program(module: str, *words: str) -> Terminal:
    """A program on a terminal of its own."""
    argv = [sys.executable, "-m", module, *words]
    # Compiled once, as an installed program is, whatever the environment says of it.
    env = {"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": ""}
    return Terminal(argv, size=SIZE, cwd=ROOT, env=env)


def _stock(kind: str) -> Terminal:
    return _program("tests.bench.stock", kind)


def _station(home: Path, badge: str, *words: str) -> Terminal:
    return _program("tests.terminal.launch", str(home), "--as", badge, *words)


def _made(home: Path, orders: int, open_share: float) -> list[Work]:
    """Make a home with so many orders; the reviewers' first rows in it."""
    home.mkdir(parents=True)
    (home / settings.FILE_NAME).write_text(TOML, encoding="utf-8")
    million.make(home / "orderterm.db", orders, NOW, open_share)
    return _first_rows(home)


def _first_rows(home: Path) -> list[Work]:
    connection.use(home / "orderterm.db")
    with connection.reading():
        return page(QUEUE, SETTINGS, NOW, count=120)


def _until(terminal: Terminal, wanted: str, mark: int = 0, since: float | None = None) -> float:
    """The seconds until ``wanted`` was written after ``mark``."""
    text = wanted.encode()
    terminal.wait_for(lambda seen: text in seen.output_since(mark), timeout=60)
    return time.monotonic() - (terminal.started if since is None else since)


def _took(terminal: Terminal, said: bytes, wanted: str) -> float:
    """The seconds from keys to what they bring on the screen."""
    terminal.settle(0.4)
    mark, began = terminal.mark(), time.monotonic()
    terminal.send(said)
    return _until(terminal, wanted, mark, began)


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


# -- the first list -------------------------------------------------------------------------------


def first_list() -> Iterator[Row]:
    """From nothing to the first list of orders, turn by turn with the others."""
    with folder() as place:
        number = _made(place / "home", SMALL, 1.0)[0].number
        programs: dict[str, tuple[Callable[[], Terminal], str]] = {
            "ours": (
                lambda: _real(place / "home"),
                number,
            ),
            "blank": (lambda: _stock("blank"), "ready"),
            "table": (lambda: _stock("table"), "20261123-EC-000"),
        }
        seconds: dict[str, list[float]] = {name: [] for name in programs}
        with _real(place / "home") as terminal:
            _until(terminal, number)
        for _ in range(STARTS):
            for name, (start, wanted) in programs.items():
                with start() as terminal:
                    seconds[name].append(_until(terminal, wanted))
    ours, blank, table = (statistics.median(found) for found in seconds.values())
    yield Row(
        "first order list on screen",
        _milliseconds(ours),
        f"{_milliseconds(blank)} blank app",
        f"{ours / blank:.2f} ×",
        "≤ 1.5 ×",
    )
    yield Row(
        "first order list on screen",
        _milliseconds(ours),
        f"{_milliseconds(table)} DataTable",
        f"{ours / table:.2f} ×",
        "—",
    )


# -- memory, and the size of the database ---------------------------------------------------------


def size() -> Iterator[Row]:
    """Memory and answers with a long history beside a short one."""
    with folder() as place:
        rows = {
            "small": _made(place / "small", SMALL, 1.0),
            "big": _made(place / "big", BIG, million.OPEN_SHARE),
        }
        with (
            _station(place / "small", "R01", "--at", NOW.isoformat()) as small,
            _station(place / "big", "R01", "--at", NOW.isoformat()) as big,
        ):
            terminals = {"small": small, "big": big}
            for name, terminal in terminals.items():
                _until(terminal, rows[name][0].number)
            seconds = _answers(terminals, rows)
        for name in rows:
            _catch_up(place / name)
        memory = {
            "blank": _resident(_stock("blank"), "ready"),
            "small": _resident(_real(place / "small"), rows["small"][0].number),
            "big": _resident(_real(place / "big"), rows["big"][0].number),
        }
    yield _memory_row("memory of a station", memory, "small", "blank", "≤ 1.4 ×")
    yield _memory_row(f"memory with {BIG:,} orders", memory, "big", "small", "≤ 1.05 ×")
    for what, found in seconds.items():
        ours, floor = (statistics.median(found[name]) for name in ("big", "small"))
        yield Row(
            f"{what} with {BIG:,} orders",
            _milliseconds(ours),
            f"{_milliseconds(floor)} with {SMALL:,}",
            f"{ours / floor:.2f} ×",
            "≤ 1.3 ×",
        )


def _catch_up(home: Path) -> None:
    """Let the clock say what it has not said since the home's day, as an engine would have."""
    found = settings.load(home)
    connection.use(home / found.database)
    escalations.stand_in(Workplace(found, lambda: datetime.now(UTC), "bench"), first=True)


def _real(home: Path) -> Terminal:
    return _program("orderterm", "--home", str(home), "--as", "R01")


def _resident(terminal: Terminal, wanted: str) -> int:
    """The memory of a program with its first screen, and nothing else beside it."""
    with terminal:
        _until(terminal, wanted)
        time.sleep(4)
        return terminal.memory()["Rss"]


def _memory_row(what: str, memory: dict[str, int], ours: str, floor: str, to_reach: str) -> Row:
    names = {"small": f"with {SMALL:,}", "blank": "blank app"}
    return Row(
        what,
        f"{memory[ours] / 1e6:.1f} MB",
        f"{memory[floor] / 1e6:.1f} MB {names[floor]}",
        f"{memory[ours] / memory[floor]:.2f} ×",
        to_reach,
    )


def _answers(
    terminals: dict[str, Terminal], rows: dict[str, list[Work]]
) -> dict[str, dict[str, list[float]]]:
    """The seconds of each thing a person does, for each terminal, turn by turn."""
    things = {"opening a queue": _open, "paging it": _page, "finding an order": _find}
    seconds: dict[str, dict[str, list[float]]] = {
        what: {name: [] for name in terminals} for what in things
    }
    for turn in range(TURNS):
        for what, act in things.items():
            for name, terminal in terminals.items():
                seconds[what][name].append(act(terminal, rows[name], turn))
    return seconds


def _open(terminal: Terminal, rows: Sequence[Work], turn: int) -> float:
    """Another reviewer signs in, and has the queue."""
    return _took(terminal, BADGES[(turn + 1) % 2].encode() + b"\r", rows[0].number)


def _page(terminal: Terminal, rows: Sequence[Work], turn: int) -> float:  # noqa: ARG001
    """Three screens down and three up again; what comes next is read meanwhile."""
    seconds = 0.0
    for key in (*["\x1b[6~"] * 3, *["\x1b[5~"] * 3):
        seconds += _took(terminal, key.encode(), "\x1b[?2026l")
    return seconds


def _find(terminal: Terminal, rows: Sequence[Work], turn: int) -> float:
    """One order by each of what is known of it."""
    known = rows[turn]
    seconds = 0.0
    for words in (known.number, known.channel_order_number, known.customer):
        terminal.press("/")
        terminal.settle(0.2)
        terminal.paste(words)
        seconds += _took(terminal, b"\r", "found]")
        terminal.press("escape")
        terminal.settle(0.3)
    return seconds


# -- bytes ----------------------------------------------------------------------------------------


def line() -> Iterator[Row]:
    """Bytes on the wire, 120 × 40 and 256 colours, beside a stock table with the same rows."""
    with folder() as place:
        house = House(place / "home")
        numbers = house.orders(120)
        stages.claim(house.workplace, "rev", numbers[20])
        house.later(minutes=5, seconds=10)
        with (
            _station(house.home, "rev", "--at", house.now.isoformat(), "--runs") as ours,
            _stock("table") as table,
        ):
            _until(ours, numbers[0])
            _until(table, "20261123-EC-000")
            for terminal in (ours, table):
                terminal.settle(1.5)
            yield _bytes("first paint", ours.mark(), table.mark(), "≤ 40 KB")
            mark = ours.mark()
            time.sleep(3)
            yield _bytes("idle for 3 s", ours.bytes_since(mark), 0, "0 B")
            for what, key, to_reach in (
                ("cursor move, order beside it too", "down", "≤ 450 B + 1.5 KB"),
                ("page", "pagedown", "≤ 8 KB"),
                ("page back", "pageup", "≤ 8 KB"),
            ):
                yield _bytes(what, _cost(ours, key), _cost(table, key), to_reach)
            changed = _cost_of(ours, lambda: stages.claim(house.workplace, "rev", numbers[10]))
            yield _bytes("one row changed elsewhere", changed, _cost(table, "f2"), "≤ 250 B")
            told = _cost_of(ours, lambda: _tell(house))
            yield _bytes("a new notification", told, None, "≤ 600 B")


def _tell(house: House) -> None:
    house.later(minutes=48)
    assert escalations.pass_clock(house.workplace)


def _cost(terminal: Terminal, key: str) -> int:
    return _cost_of(terminal, lambda: terminal.press(key))


def _cost_of(terminal: Terminal, act: Callable[[], object]) -> int:
    """The bytes until nothing more comes, the end of a flash with them."""
    mark = terminal.mark()
    act()
    terminal.wait_for(lambda seen: seen.bytes_since(mark) > 0)
    terminal.settle(1.5)
    return terminal.bytes_since(mark)


def _bytes(what: str, ours: int, floor: int | None, to_reach: str) -> Row:
    ratio = f"{ours / floor:.2f} ×" if floor else "—"
    beside = "—" if floor is None else f"{floor:,} B DataTable"
    return Row(f"bytes: {what}", f"{ours:,} B", beside, ratio, to_reach)


# -- liveliness -----------------------------------------------------------------------------------


def change() -> Iterator[Row]:
    """From a key at one station to the row at another; the slowest of twenty."""
    with folder() as place:
        house = House(place / "home")
        numbers = house.orders(CHANGES + 10)
        with _station(house.home, "rev") as one, _station(house.home, "rev") as other:
            for terminal in (one, other):
                _until(terminal, numbers[-1])
            seconds = [_seen(one, other) for _ in range(CHANGES)]
    yield Row(
        f"a change seen elsewhere, slowest of {CHANGES}",
        _milliseconds(max(seconds)),
        f"{_milliseconds(statistics.median(seconds))} median",
        "—",
        "≤ 500 ms",
    )


def _seen(one: Terminal, other: Terminal) -> float:
    for terminal in (one, other):
        terminal.settle(1.4)
    mark, began = other.mark(), time.monotonic()
    one.press("t")
    seconds = _until(other, "张敏", mark, began)
    one.press("down")
    return seconds


# -- scans ----------------------------------------------------------------------------------------


def burst() -> Iterator[Row]:
    """A hundred scans in one piece, beside a stock Input that gets the same."""
    codes = [f"20261123-EC-{serial:03}" for serial in range(SCANS)]
    with folder() as place:
        house = House(place / "home")
        numbers = house.orders(SCANS)
        record = place / "record"
        record.touch()
        with _station(house.home, "rev", "--record", str(record)) as ours:
            _until(ours, numbers[0])
            ours.settle(1.0)
            began = time.monotonic()
            ours.send("".join(f"{number}\r" for number in numbers).encode())
            ours.wait_for(lambda _: record.read_text().count("\n") >= SCANS, timeout=60)
            seconds = time.monotonic() - began
        right = sum(
            line == f"{number}\t{number}: {number}"
            for line, number in zip(record.read_text().splitlines(), numbers, strict=False)
        )
    yield Row(
        f"{SCANS} scans in one burst",
        f"{right} right",
        f"{_stock_input_right(codes)} right, stock Input",
        "—",
        f"{SCANS} in order",
    )
    yield Row(
        "one scan of the burst, answered",
        _milliseconds(seconds / SCANS),
        "—",
        "—",
        "—",
    )


def _stock_input_right(codes: Sequence[str]) -> int:
    with _stock("input") as stock:
        _until(stock, "ready")
        time.sleep(1.0)  # its cursor blinks: it is never quiet
        stock.send("".join(f"{code}\r" for code in codes).encode())
        time.sleep(5.0)
        stock.press("f2")
        stock.wait_for(" right", timeout=30)
        return int(next(row for row in stock.screen() if row.endswith(" right")).split()[0])


MEASUREMENTS: dict[str, Callable[[], Iterator[Row]]] = {
    "first-list": first_list,
    "size": size,
    "bytes": line,
    "change": change,
    "burst": burst,
}
