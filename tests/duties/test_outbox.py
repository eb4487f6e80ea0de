"""Messages leave the house: by which route, with which words, and at least once."""

import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from orderterm.duties.outbox import OutboxDuty
from orderterm.errors import OrdertermError
from orderterm.settings import FILE_NAME, parse
from orderterm.store.connection import reading, transaction
from orderterm.store.tables import Message, Order, Staff, database
from orderterm.terms import EventKind, ExceptionKind, ExceptionPath, Stage
from orderterm.views.messages import MessageState, Which, messages
from orderterm.workflow import orders, outbox, parcels, sending
from orderterm.workflow.workplace import Workplace
from tests.contract.backends import sqlite
from tests.contract.company import MONDAY, Company

SITE = {"name": "好物商城"}


class House:
    """A company with a home, and what its duty has said."""

    def __init__(self, home: Path, **settings: Any) -> None:
        self.home = home
        self.settings = {"site": SITE, "language": "zh", **settings}
        self.company = Company(sqlite(home), **self.settings)
        self.company.stock(A=1000)
        self.told: list[str] = []

    def duty(self) -> OutboxDuty:
        told = self.told
        return OutboxDuty(self.company.workplace, self.home, lambda one: told.append(str(one)))

    def send(self) -> int:
        """Send what is to be sent now; returns how many were tried."""
        duty, tried = self.duty(), 0
        while duty.step():
            tried += 1
        return tried

    def files(self) -> dict[str, str]:
        """The message files by the kind of message and order."""
        found = sorted((self.home / "messages").glob("*.txt"))
        return {file.name: file.read_text(encoding="utf-8") for file in found}

    def rows(self, which: Which = Which.ALL) -> list[Any]:
        return messages(self.company.workplace.settings, self.company.now, which)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    if not database.is_closed():
        database.close()


# -- what is told ---------------------------------------------------------------------------------


def test_a_chinese_notice_is_read_as_one_writes_it(home: Path) -> None:
    house = House(home)
    number = house.company.ordered(Stage.SHIPPING, channel_order_number="TB-1")
    house.company.finish(
        number, Stage.SHIPPING, carrier="顺丰", waybill="SF1", eta=MONDAY + timedelta(days=2)
    )
    assert house.send() == 1
    (text,) = house.files().values()
    assert text.splitlines()[0].endswith("13800138000")
    assert "您的订单 TB-1 已发货" in text
    assert "由 顺丰 发出，运单号 SF1。\n预计 2026年11月25日 送达" in text
    assert "商品：Product A × 1" in text
    assert text.rstrip().endswith("好物商城")


def test_a_notice_names_what_left_and_not_what_comes_later(home: Path) -> None:
    house = House(home, language="en", allocation={"partial": True})
    company = house.company
    number = company.ordered(Stage.ALLOCATION, lines=(("A", 3), ("C", 5)))
    company.finish(number, Stage.ALLOCATION)
    company.finish(number, Stage.PREPARATION)
    company.finish(number, Stage.SHIPPING, waybill="W1")
    parcels.add_parcel(company.workplace, "ship", number, "W2")
    house.send()
    texts = list(house.files().values())
    assert len(texts) == 2
    for text in texts:
        assert "Product A × 3" in text
        assert "Product C" not in text


def test_a_parcel_without_an_arrival_time_promises_none(home: Path) -> None:
    house = House(home)
    house.company.ordered(Stage.TRACKING)
    house.send()
    (text,) = house.files().values()
    assert "预计" not in text


def test_a_channel_s_own_language_is_used(home: Path) -> None:
    house = House(home)
    company = house.company
    (number,) = company.receive(company.draft(), channel="SH").new
    company.bring(number, None)
    house.send()
    texts = list(house.files().values())
    assert len(texts) == 2
    assert all("Dear 王小明," in text for text in texts)
    assert "Answer here" not in texts[1], "there is no link to answer at"


@pytest.mark.parametrize(("language", "said"), [("zh", "缺货"), ("en", "out of stock")])
def test_a_delay_tells_why_and_until_when(home: Path, language: str, said: str) -> None:
    house = House(home, messages={"language": language})
    company = house.company
    number = company.ordered(Stage.ALLOCATION, lines=(("B", 2),))
    company.finish(number, Stage.ALLOCATION)
    company.resolve(
        "buyer", number, ExceptionPath.DELAY, until=MONDAY + timedelta(days=1), agreed="yes"
    )
    house.send()
    (text,) = house.files().values()
    assert ("2026年11月24日" if language == "zh" else "24 November 2026") in text
    assert said in text
    assert "运单号" not in text
    assert "Tracking" not in text


def test_a_late_parcel_tells_its_arrival(home: Path) -> None:
    house = House(home, messages={"language": "en"})
    company = house.company
    number = company.ordered(Stage.TRACKING)
    company.trouble("exc", number, ExceptionKind.CARRIER_DELAY)
    company.resolve(
        "exc", number, ExceptionPath.EXPEDITE, eta=MONDAY + timedelta(days=3), told="phone"
    )
    house.send()
    assert any("reach you on 26 November 2026" in text for text in house.files().values())


def test_a_survey_s_link_tells_which_order_without_breaking(home: Path) -> None:
    link = "https://s.example/?o={order}&n={number}"
    house = House(home, messages={"survey_link": link})
    house.company.ordered(None, channel_order_number="A&B 1")
    house.send()
    number = house.company.numbers()[0]
    assert any(
        f"https://s.example/?o=A%26B%201&n={number}" in text for text in house.files().values()
    )


def test_the_order_is_told_as_it_is_when_the_message_leaves(home: Path) -> None:
    house = House(home)
    number = house.company.ordered(Stage.TRACKING)
    with transaction():
        Order.update(contact="13900139000", customer_name="李\r\nBcc: x").where(
            Order.number == number
        ).execute()
    house.send()
    (text,) = house.files().values()
    assert "13900139000" in text
    assert "李 Bcc: x，您好" in text


def test_an_own_template_takes_the_place_of_the_shipped_one(home: Path) -> None:
    (home / "templates").mkdir()
    own = home / "templates" / "shipping_notice.zh.EC.txt"
    own.write_text("主题：到了 {number}\n\n{customer} {company} {shop}{channel}", encoding="utf-8")
    house = House(home)
    number = house.company.ordered(Stage.TRACKING)
    house.send()
    (text,) = house.files().values()
    assert f"到了 {number}\n\n王小明 好物商城 商城" in text
    own.write_text("主题：{oops}\n\nx", encoding="utf-8")
    with pytest.raises(OrdertermError, match=r"line 1: \{oops\}"):
        house.duty()


def test_staff_is_told_what_rose_up_to_them(home: Path) -> None:
    house = House(home, language="en")
    company = house.company
    facts = {"stage": "review", "assignee": "rev", "due_at": "2026-11-23T01:00:00.000Z"}
    with transaction():
        Staff.update(contact="boss@example.com").where(Staff.badge == "boss").execute()
        outbox.queue_escalation(
            company.workplace, "boss", "escalation:task:1:2:boss", {**facts, "level": 2}, "N-1"
        )
    house.send()
    ((name, text),) = house.files().items()
    assert name == "escalation-task-1-2-boss.txt"
    assert "To: boss@example.com" in text
    assert "review of N-1 is overdue since 11-23 09:00: Rev" in text
    assert "Level: 2" in text


# -- by which route -------------------------------------------------------------------------------


def routed(home: Path, *routes: dict[str, Any]) -> House:
    senders = {
        "phones": {"kind": "files", "folder": "phones"},
        "mails": {"kind": "files", "folder": "mails"},
    }
    return House(home, language="en", messages={"routes": list(routes)}, senders=senders)


def test_the_first_route_that_fits_is_taken(home: Path) -> None:
    house = routed(
        home,
        {"sender": "files", "messages": ["survey"]},
        {"sender": "mails", "contact": "email"},
        {"sender": "phones", "contact": "phone", "channels": ["EC"]},
    )
    house.company.ordered(None)
    house.company.ordered(Stage.TRACKING, contact="a@example.com")
    house.send()
    assert sorted(row.sender for row in house.rows()) == ["files", "mails", "phones"]
    assert len(list((home / "mails").iterdir())) == 1
    assert len(list((home / "phones").iterdir())) == 1


@pytest.mark.parametrize(
    ("route", "why"),
    [
        ({"sender": "mails", "contact": "email"}, "e-mail"),
        ({"sender": "mails", "channels": ["TM"]}, "route"),
        ({"sender": "mails", "messages": ["survey"]}, "route"),
    ],
)
def test_what_no_route_takes_is_given_up_at_once_and_visibly(
    home: Path, route: dict[str, Any], why: str
) -> None:
    house = routed(home, route)
    house.company.ordered(Stage.TRACKING)
    house.send()
    (row,) = house.rows(Which.FAILED)
    assert row.state is MessageState.GIVEN_UP
    assert row.trouble
    assert house.rows(Which.UNSENT) == []
    assert any(why in told for told in house.told)


def test_a_masked_number_can_t_be_written_to(home: Path) -> None:
    house = routed(home, {"sender": "phones", "contact": "phone"})
    number = house.company.ordered(Stage.TRACKING)
    with transaction():
        Order.update(contact="138****8000").where(Order.number == number).execute()
    house.send()
    assert len(house.rows(Which.FAILED)) == 1


@pytest.mark.parametrize(
    ("route", "word"),
    [({"sender": "pigeon"}, "pigeon"), ({"sender": "files", "channels": ["QQ"]}, "QQ")],
)
def test_a_route_to_nowhere_is_told_before_anything_is_sent(
    home: Path, route: dict[str, Any], word: str
) -> None:
    settings = parse({"messages": {"routes": [route]}})
    with pytest.raises(OrdertermError, match=word):
        OutboxDuty(Workplace(settings, lambda: MONDAY, "t"), home, lambda _: None)


# -- the program sender ---------------------------------------------------------------------------


def program(home: Path, script: str, timeout: float = 10.0) -> House:
    """A house that sends by a Python program, written into the home."""
    (home / "send.py").write_text(textwrap.dedent(script), encoding="utf-8")
    return House(
        home,
        language="en",
        messages={"routes": [{"sender": "own"}], "timeout_seconds": timeout},
        senders={"own": {"kind": "program", "command": [sys.executable, "send.py"]}},
    )


def test_a_program_gets_the_message_as_json_and_its_first_line_is_the_receipt(home: Path) -> None:
    house = program(
        home,
        """
        import json, pathlib, sys
        text = sys.stdin.buffer.read().decode()
        pathlib.Path("got.json").write_text(text, encoding="utf-8")
        print("\\n id-7 \\nmore")
        """,
    )
    number = house.company.ordered(Stage.TRACKING)
    house.send()
    (row,) = house.rows()
    assert (row.state, row.sender, row.receipt) == (MessageState.SENT, "own", "id-7")
    got = json.loads((home / "got.json").read_text(encoding="utf-8"))
    assert got["key"] == row.key
    assert got["order_number"] == number
    assert got["kind"] == "shipping_notice"
    assert got["facts"]["carrier"] == "SF"
    assert got["contact"] == "13800138000"


def test_a_program_that_fails_is_tried_again_and_what_it_says_is_masked(home: Path) -> None:
    house = program(
        home,
        """
        import sys
        print("no such user 13800138000 a.customer@example.com", file=sys.stderr)
        sys.exit(3)
        """,
    )
    house.company.ordered(Stage.TRACKING)
    house.send()
    (row,) = house.rows(Which.UNSENT)
    assert row.next_try_at == house.company.now + timedelta(minutes=1)
    assert "no such user" in row.trouble
    for said in (row.trouble, *house.told):
        assert "13800138000" not in said
        assert "customer@" not in said


def test_a_program_can_refuse_for_good(home: Path) -> None:
    house = program(home, f"raise SystemExit({os.EX_DATAERR})")
    house.company.ordered(Stage.TRACKING)
    house.send()
    assert len(house.rows(Which.FAILED)) == 1


def test_a_program_that_hangs_is_ended_with_all_it_has_started(home: Path) -> None:
    house = program(
        home,
        """
        import os, time
        if child := os.fork():
            with open("pids", "w") as pids:
                pids.write(str(child))
        time.sleep(60)
        """,
        timeout=3.0,
    )
    house.company.ordered(Stage.TRACKING)
    house.send()
    (row,) = house.rows(Which.UNSENT)
    assert "3.0" in row.trouble
    child = int((home / "pids").read_text())
    assert not _runs(child)


def _runs(pid: int) -> bool:
    """Whether a process is still there, after time to be ended; a zombie is not."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return False
        if state == "Z":
            return False
        time.sleep(0.02)
    return True


def test_a_program_that_is_not_there_stops_nothing_else(home: Path) -> None:
    house = House(
        home,
        messages={"routes": [{"sender": "own", "messages": ["survey"]}, {"sender": "files"}]},
        senders={"own": {"kind": "program", "command": ["./nobody"]}},
    )
    house.company.ordered(None)
    house.send()
    assert sorted(row.state for row in house.rows()) == [MessageState.SENT, MessageState.WAITING]


# -- at least once --------------------------------------------------------------------------------


def test_nothing_to_do_is_nothing_written(home: Path) -> None:
    duty = House(home).duty()
    with reading():
        before = database.connection().total_changes
        assert not duty.step()
        assert database.connection().total_changes == before


def test_a_folder_that_can_t_be_written_to_is_tried_again(home: Path) -> None:
    house = House(home)
    (home / "messages").write_text("in the way")
    house.company.ordered(Stage.TRACKING)
    house.send()
    assert len(house.rows(Which.UNSENT)) == 1
    (home / "messages").unlink()
    house.company.later(minutes=1)
    house.send()
    assert len(house.files()) == 1


def test_a_repeat_overwrites_the_file_of_the_first_try(home: Path) -> None:
    house = House(home)
    house.company.ordered(Stage.TRACKING)
    house.send()
    with transaction():
        Message.update(sent_at=None, next_try_at=house.company.now).execute()
    house.send()
    assert len(list((home / "messages").iterdir())) == 1


def test_killed_between_sending_and_noting_it_is_sent_again_under_the_same_key(
    home: Path,
) -> None:
    house = program(
        home,
        """
        import json, os, signal, sys
        key = json.load(sys.stdin)["key"]
        with open("log", "a") as log:
            log.write(key + "\\n")
        if not os.path.exists("once"):
            open("once", "w").close()
            os.kill(os.getppid(), signal.SIGKILL)
        """,
    )
    house.company.ordered(Stage.TRACKING)
    (home / FILE_NAME).write_text("")
    ended = subprocess.run(
        [sys.executable, "-c", _ONE_STEP, str(home), str(house.company.file)],
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    (row,) = house.rows(Which.UNSENT)
    assert row.attempts == 1
    assert house.send() == 0, "it may still be on its way"
    house.company.later(seconds=71)
    assert house.send() == 1
    assert (home / "log").read_text().splitlines() == [row.key, row.key]
    assert house.rows()[0].state is MessageState.SENT
    assert house.company.flaws() == []


_ONE_STEP = """
import sys
from pathlib import Path
from orderterm.duties.outbox import OutboxDuty
from orderterm.settings import parse
from orderterm.store import connection
from orderterm.workflow.workplace import Workplace
from tests.contract.company import MONDAY
home, file = map(Path, sys.argv[1:])
connection.use(file)
own = {"kind": "program", "command": [sys.executable, "send.py"]}
settings = parse({"messages": {"routes": [{"sender": "own"}]}, "senders": {"own": own}})
OutboxDuty(Workplace(settings, lambda: MONDAY, "t"), home, print).step()
"""


def test_three_at_once_send_every_message_exactly_once(home: Path) -> None:
    house = House(home)
    numbers = [house.company.ordered(Stage.TRACKING) for _ in range(12)]
    tried = [0, 0, 0]

    def work(index: int) -> None:
        duty = house.duty()
        while duty.step():
            tried[index] += 1

    threads = [threading.Thread(target=work, args=(index,)) for index in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(tried) == len(numbers)
    assert len(house.files()) == len(numbers)
    assert all(row.state is MessageState.SENT and row.attempts == 1 for row in house.rows())
    for number in numbers:
        kinds = [kind for _, kind in house.company.events(number)]
        assert kinds.count(EventKind.MESSAGE_SENT.value) == 1
    assert house.company.flaws() == []


def test_an_erased_order_s_message_never_leaves_though_it_is_in_hand(home: Path) -> None:
    house = House(home)
    company = house.company
    company.ordered(None)
    claimed = sending.claim(company.workplace, 60)
    assert claimed is not None
    orders.erase(company.workplace, "admin", company.numbers()[0], reason="asked for")
    house.duty()._deliver(claimed)
    assert house.files() == {}


# -- a sender that is down ------------------------------------------------------------------------


def test_a_sender_that_is_down_holds_up_no_other_and_is_asked_again(home: Path) -> None:
    house = program(
        home,
        """
        import pathlib, sys
        with open("asked", "a") as asked:
            asked.write("x")
        sys.exit(0 if pathlib.Path("well").exists() else 1)
        """,
    )
    for _ in range(6):
        house.company.ordered(Stage.TRACKING)
    assert house.send() == 6
    assert (home / "asked").read_text() == "xxx"
    assert sum("left alone" in row.trouble for row in house.rows(Which.UNSENT)) == 3
    (home / "well").touch()
    house.company.later(minutes=1)
    house.send()
    assert {row.state for row in house.rows()} == {MessageState.SENT}


def test_a_sender_that_is_down_costs_a_message_no_try_and_the_last_is_always_made(
    home: Path,
) -> None:
    house = program(
        home,
        """
        with open("asked", "a") as asked:
            asked.write("x")
        raise SystemExit(1)
        """,
    )
    pauses = len(house.company.workplace.settings.messages.pauses_minutes)
    for _ in range(6):
        house.company.ordered(Stage.TRACKING)
    with transaction():
        Message.update(attempts=pauses).execute()
    duty = house.duty()
    while duty.step():
        pass
    assert (home / "asked").read_text() == "xxx"
    waiting = house.rows(Which.UNSENT)
    assert [row.attempts for row in waiting] == [pauses] * 3
    assert {row.next_try_at for row in waiting} == {house.company.now + timedelta(minutes=1)}
    for _ in range(3):
        house.company.later(minutes=1)
        while duty.step():
            pass
    assert len(house.rows(Which.FAILED)) == 6
    assert not any("left alone" in row.trouble for row in house.rows(Which.FAILED))
    assert (home / "asked").read_text() == "x" * 6


def test_a_fault_of_the_program_is_written_down_without_what_is_secret(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SIGNING", "sIgN-9f8e7d6c5b4a")
    hook = {"kind": "webhook", "url": "http://127.0.0.1:1/", "secret": "env:SIGNING"}
    house = House(home, messages={"routes": [{"sender": "hook"}]}, senders={"hook": hook})
    house.company.ordered(Stage.TRACKING)
    # A key that no header can hold, which the library tells in its error.
    key = "sIgN-9f8e7d6c5b4a\r\nto 13800138000"
    with transaction():
        Message.update(key=key).execute()
    with caplog.at_level("ERROR"):
        assert house.send() == 1
    assert "a fault in the program, with message 1 in hand" in caplog.text
    assert "Invalid header value" in caplog.text
    assert "sIgN-9f8e7d6c5b4a" not in caplog.text
    assert "13800138000" not in caplog.text
