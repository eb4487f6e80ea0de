"""kuaidi100 is asked about parcels; whatever it answers, each has one turn and nothing is lost."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import md5
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest

from orderterm.duties.polling import SETBACK, PollingDuty
from orderterm.sentences import Sentence
from orderterm.store.connection import reading, transaction
from orderterm.store.tables import Shipment, TrackingUpdate
from orderterm.terms import ExceptionKind, Stage, TrackingState
from orderterm.workflow import polling
from tests.contract.backends import database
from tests.contract.company import Company
from tests.duties.senders.gateways import Answer, Request, closed_port, gateway, plug
from tests.duties.senders.rigs import LONG
from tests.views.plans import asked as selects
from tests.views.plans import scans

__all__ = ["database"]

INTERVAL = timedelta(minutes=120)
FOUND = {
    "message": "ok",
    "nu": "W1",
    "ischeck": "0",
    "com": "shunfeng",
    "status": "200",
    "state": "5",
    "data": [
        {"time": "2026-11-23 09:30:00", "context": "派送中", "statusCode": "5"},
        {"time": "2026-11-22 20:00:00", "context": "已揽收", "statusCode": "1"},
    ],
}
SIGNED = FOUND | {
    "state": "301",
    "data": [{"time": "2026-11-23 09:50:00", "context": "本人签收", "statusCode": "301"}],
}
NOTHING = {"result": False, "returnCode": "500", "message": "查询无结果，请隔段时间再查"}


class House:
    """A company with parcels on their way, and a duty that asks after them."""

    def __init__(
        self, file: Path, folder: Path, port: int, failures: int = 3, timeout: float = LONG
    ) -> None:
        self.told: list[Sentence] = []
        own = {
            "enabled": True,
            "customer": "env:KD_CUSTOMER",
            "key": "env:KD_KEY",
            "url": f"http://127.0.0.1:{port}/poll/query.do",
            "failures": failures,
        }
        with reading():
            self.company = Company(file, kuaidi100=own, messages={"timeout_seconds": timeout})
            self.company.stock(A=9)
        self.folder = folder
        self.duty = self.new_duty()

    def new_duty(self) -> PollingDuty:
        return PollingDuty(self.company.workplace, self.folder, self.told.append)

    def send(self, carrier: str = "顺丰", waybill: str = "W1") -> str:
        with reading():
            number = self.company.ordered(Stage.SHIPPING)
            self.company.finish(number, Stage.SHIPPING, carrier=carrier, waybill=waybill)
        return number

    def parcel(self, waybill: str = "W1") -> Any:
        with reading():
            return Shipment.get(Shipment.waybill == waybill)

    def next_turn(self) -> bool:
        self.company.now += INTERVAL * 1.2
        return self.duty.step()


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KD_CUSTOMER", "CUSTOMER77")
    monkeypatch.setenv("KD_KEY", "KEY77SECRET")


@pytest.fixture
def answers() -> list[Any]:
    """What the service says next; the last for ever."""
    return [FOUND]


@pytest.fixture
def asked() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def house(
    database: Path, tmp_path: Path, answers: list[Any], asked: list[dict[str, Any]]
) -> Iterator[House]:
    def answer(request: Request) -> Answer:
        form = {name: value for name, (value,) in parse_qs(request.body.decode()).items()}
        sign = md5(f"{form['param']}KEY77SECRET{form['customer']}".encode()).hexdigest()
        assert form["sign"] == sign.upper()
        asked.append(json.loads(form["param"]))
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(said, Answer):
            return said
        return Answer(200, json.dumps(said, ensure_ascii=False).encode())

    with gateway(answer) as server:
        yield House(database, tmp_path, server.port)


def test_what_kuaidi100_knows_is_heard(house: House, asked: list[dict[str, Any]]) -> None:
    number = house.send()
    assert house.duty.step() is True
    assert house.duty.step() is False

    assert asked == [{"com": "shunfeng", "num": "W1", "resultv2": "4", "phone": "8000"}]
    with reading():
        told = {(step.state, step.description) for step in TrackingUpdate.select()}
    assert told == {
        (TrackingState.OUT_FOR_DELIVERY, "派送中"),
        (TrackingState.PICKED_UP, "已揽收"),
    }
    assert house.company.stages(number) == [Stage.TRACKING]
    wait = house.parcel().poll_at - house.company.now
    assert INTERVAL * 0.9 <= wait <= INTERVAL * 1.1
    assert house.told == []


def test_a_signature_ends_the_tracking_and_the_asking(
    house: House, answers: list[Any], asked: list[dict[str, Any]]
) -> None:
    answers[:] = [SIGNED]
    number = house.send()
    assert house.duty.step()
    assert house.company.stages(number) == [Stage.CONFIRMATION]
    assert house.next_turn() is False
    assert len(asked) == 1


def test_however_it_spells_the_number_it_is_the_parcel_that_was_asked_after(
    house: House, answers: list[Any]
) -> None:
    answers[:] = [SIGNED | {"nu": "0W1"}]
    number = house.send()
    assert house.duty.step()
    assert house.company.stages(number) == [Stage.CONFIRMATION]


def test_a_clock_that_is_put_back_prolongs_no_rest(
    house: House, answers: list[Any], asked: list[dict[str, Any]]
) -> None:
    answers[:] = [Answer(500, b""), FOUND]
    house.send(waybill="W1")
    house.send(waybill="W2")
    assert house.duty.step() is False
    house.company.now -= timedelta(days=1)
    assert house.duty.step() is True
    assert len(asked) == 2


def test_what_comes_back_is_asked_after_until_it_is_back(house: House, answers: list[Any]) -> None:
    answers[:] = [FOUND | {"state": "6"}, FOUND | {"state": "4"}]
    number = house.send()
    house.duty.step()
    assert house.company.exceptions(number) == [ExceptionKind.CARRIER_DELAY]
    assert house.next_turn()
    assert house.parcel().poll_at == polling.NEVER
    assert house.next_turn() is False


def test_a_parcel_nobody_knows_is_given_up_after_so_many_turns(
    house: House, answers: list[Any], asked: list[dict[str, Any]]
) -> None:
    answers[:] = [NOTHING, NOTHING, FOUND | {"data": []}, NOTHING]
    number = house.send()
    assert house.duty.step()
    assert house.next_turn()
    assert house.company.exceptions(number) == []
    assert house.next_turn()

    assert house.company.exceptions(number) == [ExceptionKind.CARRIER_DELAY]
    assert house.next_turn() is False
    assert (len(asked), house.told) == (3, [])


def test_news_in_between_begins_the_count_anew(house: House, answers: list[Any]) -> None:
    answers[:] = [NOTHING, NOTHING, FOUND, NOTHING, NOTHING, FOUND]
    number = house.send()
    for _ in range(5):
        assert house.next_turn()
    assert house.company.exceptions(number) == []
    assert house.parcel().poll_failures == 2


def test_a_telephone_is_told_where_it_is_asked_for_alone(
    house: House, answers: list[Any], asked: list[dict[str, Any]]
) -> None:
    answers[:] = [{"result": False, "returnCode": "408", "message": "验证码错误"}, FOUND]
    house.send(carrier="圆通速递")
    assert house.duty.step()
    assert [one.get("phone") for one in asked] == [None, "8000"]
    assert house.parcel().poll_failures == 0


@pytest.mark.parametrize(
    "said",
    [
        {"result": False, "returnCode": "503", "message": "验证签名失败"},
        {"result": False, "returnCode": "601", "message": "KEY77SECRET 已过期"},
        Answer(500, b"oops"),
        Answer(200, b"<html>garbage</html>"),
        Answer(200, b"[]"),
        Answer(200, b"\xff\xfe\x00"),
    ],
)
def test_what_is_wrong_with_the_service_is_told_once_and_harms_no_parcel(
    house: House, answers: list[Any], asked: list[dict[str, Any]], said: Any
) -> None:
    answers[:] = [said]
    numbers = [house.send(waybill=f"W{n}") for n in range(5)]
    for _ in range(5):
        assert house.duty.step() is False
    assert len(asked) == 1
    for _ in range(3):
        house.company.now += SETBACK
        house.duty.step()

    (told,) = house.told
    assert "KEY77SECRET" not in str(told)
    assert "kuaidi100" in str(told)
    assert [house.company.exceptions(number) for number in numbers] == [[]] * 5
    assert house.parcel("W0").poll_failures == 0
    answers[:] = [FOUND]
    house.company.now += SETBACK
    assert house.duty.step() is True


@pytest.mark.parametrize("greeting", [None, b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"])
def test_no_answer_or_half_of_one_is_waited_for_no_longer_than_set(
    database: Path, tmp_path: Path, greeting: bytes | None
) -> None:
    with plug(greeting) as port:
        house = House(database, tmp_path, port, timeout=0.3 if greeting is None else LONG)
        house.send()
        assert house.duty.step() is False
    assert len(house.told) == 1
    assert house.parcel().poll_failures == 0


def test_nobody_there(database: Path, tmp_path: Path) -> None:
    house = House(database, tmp_path, closed_port())
    house.send()
    assert house.duty.step() is False
    assert "no connection" in str(house.told[0])


def test_a_secret_that_is_not_there_is_told(
    house: House, monkeypatch: pytest.MonkeyPatch, asked: list[dict[str, Any]]
) -> None:
    monkeypatch.delenv("KD_KEY")
    house.send()
    assert house.duty.step() is False
    assert "KD_KEY" in str(house.told[0])
    assert asked == []


def test_a_carrier_without_a_code_is_told_once_and_others_are_asked_after(
    house: House, asked: list[dict[str, Any]]
) -> None:
    for n, carrier in enumerate(["老王", "老王", "顺丰"]):
        house.send(carrier=carrier, waybill=f"W{n}")
    while house.duty.step():
        pass
    assert [one["num"] for one in asked] == ["W2"]
    (told,) = house.told
    assert "老王" in str(told)


def test_two_engines_never_ask_twice(house: House, asked: list[dict[str, Any]]) -> None:
    for n in range(6):
        house.send(waybill=f"W{n}")

    def work(duty: PollingDuty) -> None:
        with reading():
            while duty.step():
                pass

    with ThreadPoolExecutor(3) as engines:
        list(engines.map(work, [house.new_duty() for _ in range(3)]))
    assert sorted(one["num"] for one in asked) == [f"W{n}" for n in range(6)]


def test_an_order_that_has_ended_is_asked_after_no_more(
    house: House, asked: list[dict[str, Any]]
) -> None:
    number = house.send()
    house.company.bring(number, None)
    with transaction():
        Shipment.update(signed_at=None).execute()
    assert house.duty.step() is False
    assert (asked, house.parcel().poll_at) == ([], polling.NEVER)


def test_an_idle_look_reads_no_more_than_what_is_due(house: House) -> None:
    house.send()
    assert house.duty.step()
    with reading():
        with selects() as asked:
            assert house.duty.step() is False
        assert asked
        assert scans(asked) == set()


def test_it_is_off_by_default(database: Path, tmp_path: Path) -> None:
    with reading():
        company = Company(database)
        company.stock(A=1)
        company.ordered(Stage.TRACKING)
        duty = PollingDuty(company.workplace, tmp_path, lambda _: None)
        assert duty.step() is False
        assert Shipment.get().poll_at is None
