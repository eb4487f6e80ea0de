"""A home with people, products, stock and orders, and the program run in it."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from orderterm.cli import main

STAFF = {
    "z": ("张三", "reviewer"),
    "l": ("李四", "inventory"),
    "p": ("王五", "preparation"),
    "s": ("赵六", "shipping"),
    "t": ("钱七", "tracking"),
    "sa": ("孙八", "sales"),
    "pu": ("周九", "purchasing"),
    "ex": ("吴十", "exceptions"),
    "fi": ("郑一", "finance"),
    "m": ("冯二", "manager"),
    "su": ("陈三", "supervisor"),
}
PRODUCTS = "SKU编码,产品名称,规格型号,货位,安全库存\nA,杯,500ml,B1,2\nB,瓶,,A2,0\nC,刷,,A3,0\n"
STOCK = "SKU编码,现存数量\nA,5\nB,1\nC,9\n"
ORDERS = (
    "渠道订单号,下单时间,客户名称,联系方式,收货地址,SKU编码,产品名称,规格型号,数量,单价,特殊要求\n"
    "N1,2026-11-22 09:00,王小明,13800138000,杭州市西湖区文三路478号,A,杯,500ml,2,10.00,\n"
    "N2,2026-11-22 09:01,赵敏,13900139000,上海市徐汇区漕溪北路18号,B,瓶,,3,20.00,\n"
    "N3,2026-11-22 09:02,J. Dupont,13700137000,北京市朝阳区建国路1号,A,杯,500ml,1,10.00,加急\n"
    "N4,2026-11-22 09:03,何子涵,,广州市天河区体育东路2号,A,杯,500ml,1,10.00,\n"
)


class Program:
    """``orderterm`` in one home, in this process.

    Args:
        home: the home.
        language: of the terminal.
    """

    def __init__(self, home: Path, language: str = "en_GB.UTF-8") -> None:
        self.home = home
        self.language = language

    def run(self, *arguments: str) -> Result:
        """What came of one command."""
        runner = CliRunner(env={"LANG": self.language})
        return runner.invoke(main, ["--home", str(self.home), *arguments])

    def __call__(self, *arguments: str) -> str:
        """What one command prints; it must succeed."""
        result = self.run(*arguments)
        assert result.exit_code == 0, result.output
        assert result.stderr == ""
        return result.stdout

    def json(self, *arguments: str) -> Any:
        """The document one command prints; it must succeed."""
        return json.loads(self(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        """What one command says when it refuses: one sentence, exit code 1, nothing else."""
        result = self.run(*arguments)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert result.stderr.count("\n") == 1
        assert not (self.home / "errors.log").exists()
        return result.stderr.strip()

    def misused(self, *arguments: str) -> str:
        """What one command says when it is called wrongly; exit code 2."""
        result = self.run(*arguments)
        assert result.exit_code == 2, result.output
        assert result.stdout == ""
        return result.stderr

    def order(self, channel_number: str) -> str:
        """The number of the order that the channel calls so."""
        (found,) = [
            order["number"]
            for order in self.json("orders")
            if order["channel_order_number"] == channel_number
        ]
        return str(found)

    def work(self, number: str, *stages: str) -> None:
        """Finish these stages of an order, each by whom it is for."""
        extra: dict[str, Sequence[str]] = {
            "shipping": ("--carrier", "顺丰", "--waybill", f"SF-{number}")
        }
        by = {"review": "z", "allocation": "l", "preparation": "p", "shipping": "s"}
        for stage in stages:
            self(
                *("confirm", number, "--as", by.get(stage, "t"), "--stage", stage),
                *extra.get(stage, ()),
            )


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that is copied for each test."""
    place = tmp_path_factory.mktemp("template")
    program = Program(place / "home")
    program("init")
    for badge, (name, role) in STAFF.items():
        superior = () if badge in ("m", "su") else ("--superior", "m")
        if badge == "z":
            program("staff", "add", "m", STAFF["m"][0], "--role", "manager", "--as", "admin")
        if badge != "m":
            program("staff", "add", badge, name, "--role", role, *superior, "--as", "admin")
    for name, text in (("products", PRODUCTS), ("stock", STOCK), ("orders", ORDERS)):
        file = place / f"{name}.csv"
        file.write_text(text, encoding="utf-8")
        channel = ("--channel", "EC") if name == "orders" else ()
        program("import", str(file), *channel, "--as", "admin")
    return place


@pytest.fixture
def home(template: Path, tmp_path: Path) -> Path:
    """A home of this test alone."""
    return Path(shutil.copytree(template / "home", tmp_path / "home"))


@pytest.fixture
def program(home: Path) -> Program:
    """The program in this test's home, in English."""
    return Program(home)


@pytest.fixture
def chinese(home: Path) -> Program:
    """The program in this test's home, in Chinese."""
    return Program(home, "zh_CN.UTF-8")


@pytest.fixture
def new_program() -> Callable[[Path], Program]:
    """The program in any home."""
    return Program
