"""The screens as text, in both languages at both sizes: read them in `golden/`.

With ORDERTERM_GOLDEN=write in the environment they are written instead of compared. With
ORDERTERM_PICTURES=FOLDER each is put there as a picture too, to be looked at with its colours.
"""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copytree
from typing import NamedTuple

import pytest

from orderterm.settings import FILE_NAME
from orderterm.terms import MeasureOutcome, Role
from orderterm.workflow import handover, measures, sending
from orderterm.workflow.workplace import Workplace
from tests.contract.company import MONDAY, PEOPLE
from tests.terminal import golden, picture
from tests.terminal.conftest import Open, opener
from tests.terminal.homes import SHOWN_AT, TOML, House, at_rest, morning
from tests.terminal.pty import Terminal

SIZES = {"80x24": (80, 24), "120x40": (120, 40)}
LANGUAGES = {"zh": "zh_CN.UTF-8", "en": "en_US.UTF-8"}
BADGES = {role: badge for badge, role in PEOPLE.items()} | {Role.ADMIN: "admin"}
PATIENCE_SECONDS = 20.0
PICTURES = os.environ.get("ORDERTERM_PICTURES")

HARD_TO_SEE = {
    "mono": '[screen]\ntheme = "mono"\nascii = true\n',
    "sixteen": '[screen]\ntheme = "16"\nascii = true\n',
}


class Seat(NamedTuple):
    """A terminal of one language and size, and what its files are called."""

    terminal: Terminal
    suffix: str


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The company's home after a morning's work, and with what its leaders left in it."""
    house = morning(tmp_path_factory.mktemp("golden") / "home")
    with at_rest():
        lead(house)
    return house.home


def lead(house: House) -> None:
    """Friday's work, which the forecast goes by; then handovers, measures, and the post."""
    work = house.workplace
    house.now = MONDAY - timedelta(days=3)
    for _ in range(4):
        number = house.order(lines=[("BS-01", 1)])
        while open_stages := house.stages(number):
            house.later(minutes=15)
            house.finish(number, open_stages[0])
    monday = house.now.date() - timedelta(days=4)
    texts = {
        "shortage:CP-01": ("每周一核对陶瓷杯库存，不足安全库存即补货", "buyer", 10),
        "overdue:review": ("早班加一人审核", "rev", 7),
        "the carrier in the north": ("call the carrier each morning", "track", 14),
    }
    agreed = [
        measures.agree(work, "boss", monday, cause, text, who, monday + timedelta(days=days))
        for cause, (text, who, days) in texts.items()
    ]
    outcome = MeasureOutcome.DID_NOT_WORK
    measures.finish(work, "boss", int(agreed[-1].number), outcome, "nobody answers there")
    house.now = SHOWN_AT - timedelta(minutes=20)
    handover.hand_over(work, "rev", remark="电梯下午检修，大件走后门")
    handover.hand_over(work, "prep")
    house.later(minutes=10)
    handover.take_over(work, "boss", 1)
    post(work)
    house.now = SHOWN_AT


def post(work: Workplace) -> None:
    """All messages have left but the last two: one was given up, and one is tried again."""
    claimed: list[sending.Claimed] = []
    while message := sending.claim(work, 3600):
        claimed.append(message)
    *well, given_up, again = claimed
    for message in well:
        sending.sent(work, message, "sms", "")
    sending.failed(work, given_up, "no such number", sender="sms", final=True)
    sending.failed(work, again, "no answer within 10 s", sender="sms", final=False)


@pytest.fixture(scope="module")
def launched() -> Iterator[Open]:
    """As everywhere, but for all tests here."""
    yield from opener("tests.terminal.launch", lambda home, words: [str(home), *words])


@pytest.fixture(scope="module", params=[f"{lang}-{size}" for lang in LANGUAGES for size in SIZES])
def seat(request: pytest.FixtureRequest, home: Path, launched: Open) -> Seat:
    """A terminal of each language and size, at which anybody can sign in."""
    language, _, size = request.param.partition("-")
    own = Path(copytree(home, home.parent / request.param))
    env = {"LANG": LANGUAGES[language]}
    return Seat(launched(own, size=SIZES[size], env=env), request.param)


def compare(name: str, terminal: Terminal) -> None:
    """Compare the screen with its file, as soon as it is as it should be."""
    if golden.WRITES or PICTURES:
        terminal.settle(1.0)
    if PICTURES:
        Path(PICTURES, f"{name}.svg").write_text(picture.svg(terminal.display), encoding="utf-8")
    began = time.monotonic()
    while True:
        try:
            golden.check(name, terminal.screen())
        except AssertionError:
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise
            time.sleep(0.05)
        else:
            return


def signed_in(seat: Seat, role: Role) -> Terminal:
    """The terminal with a role's own person at it, everything else closed."""
    terminal = seat.terminal
    terminal.press("ctrl+g", "ctrl+g")
    terminal.settle(0.2)
    mark = terminal.mark()
    terminal.send(BADGES[role].encode() + b"\r")
    terminal.wait_for(lambda _: terminal.bytes_since(mark) > 0)
    terminal.settle(0.4)
    return terminal


def test_sign_in(home: Path, launched: Open, seat: Seat) -> None:
    language, _, size = seat.suffix.partition("-")
    with launched(home, size=SIZES[size], env={"LANG": LANGUAGES[language]}) as terminal:
        compare(f"sign-in-{seat.suffix}", terminal)


@pytest.mark.parametrize("role", Role)
def test_a_roles_queue(seat: Seat, role: Role) -> None:
    compare(f"{role.value}-{seat.suffix}", signed_in(seat, role))


OVERLAYS: dict[str, tuple[Role, tuple[str, ...]]] = {
    "order-page": (Role.REVIEWER, ("enter",)),
    "help": (Role.REVIEWER, ("?",)),
    "notifications": (Role.MANAGER, ("n",)),
    "find-prompt": (Role.REVIEWER, ("/", "B", "W")),
    "found": (Role.REVIEWER, ("/", *"BS-01", "enter")),
    "filter": (Role.REVIEWER, ("f",)),
    "picking": (Role.PREPARATION, ("s",)),
    "resolve": (Role.EXCEPTIONS, ("e",)),
    "forecast": (Role.MANAGER, ("tab",) * 5),
    "handover-sheet": (Role.MANAGER, (*("tab",) * 6, "down", "enter")),
    "messages": (Role.MANAGER, ("tab",) * 7),
    "measures": (Role.MANAGER, ("tab",) * 8),
    "not-asked": (Role.TRACKING, ("tab",) * 4),
}
"""What opens over a role's list or beside it: whose, and the keys that open it."""


@pytest.mark.parametrize("name", OVERLAYS)
def test_what_opens_over_a_list(seat: Seat, name: str) -> None:
    role, keys = OVERLAYS[name]
    terminal = signed_in(seat, role)
    for key in keys:
        terminal.answer(key)  # a person's keys, no scanner's
    compare(f"{name}-{seat.suffix}", terminal)


def test_the_monitor(home: Path, launched: Open, seat: Seat) -> None:
    language, _, size = seat.suffix.partition("-")
    env = {"LANG": LANGUAGES[language]}
    with launched(home, "--monitor", size=SIZES[size], env=env) as terminal:
        compare(f"monitor-1-{seat.suffix}", terminal)
        terminal.press("tab")
        compare(f"monitor-2-{seat.suffix}", terminal)


@pytest.mark.parametrize("theme", HARD_TO_SEE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_terminals_that_can_show_little(
    home: Path, launched: Open, tmp_path: Path, theme: str, language: str
) -> None:
    own = Path(copytree(home, tmp_path / "home"))
    (own / FILE_NAME).write_text(TOML + HARD_TO_SEE[theme], encoding="utf-8")
    env = {"LANG": LANGUAGES[language]}
    with launched(own, "--as", "rev", size=(80, 24), env=env) as terminal:
        compare(f"{theme}-{language}-80x24", terminal)
