"""Every way out of every exception, from the command line."""

from typing import Any

import pytest


def short(program: Any) -> str:
    """An order that is short of stock, at allocation."""
    number: str = program.order("N2")
    program.work(number, "review", "allocation")
    order = program.json("show", number)
    assert (order["condition"], order["stage"]) == ("awaiting_stock", "allocation")
    return number


def shipped(program: Any) -> str:
    """An order that is on its way."""
    number: str = program.order("N1")
    program.work(number, "review", "allocation", "preparation", "shipping")
    return number


def resolve(program: Any, number: str, badge: str, *options: str) -> Any:
    """The order after its exception was resolved."""
    done = program.json("exception", "resolve", number, "--as", badge, *options)
    assert done["changed"] is True
    return done["order"]


def test_listing_them(program: Any, chinese: Any) -> None:
    number = short(program)
    assert {one["kind"] for one in program.json("exception", "list")} == {
        "information",
        "shortage",
    }
    (found,) = program.json("exception", "list", "--kind", "shortage")
    assert (found["number"], found["role"], found["detail"]) == (
        number,
        "purchasing",
        {"short": {"B": 2}},
    )
    (row,) = program.json("orders", "--role", "purchasing")
    assert (row["number"], row["stage"], row["exception"]) == (number, "allocation", "shortage")
    assert "B × 2" in program("exception", "list", "--role", "purchasing")
    assert "库存不足" in chinese("exception", "list")
    assert program("exception", "list", "--role", "finance").strip()
    assert "B × 2" in chinese("show", number)


@pytest.mark.parametrize(
    "options",
    [
        ["--path", "transfer", "--until", "2190-01-01"],
        ["--path", "delay", "--until", "2190-01-01 18:00", "--agreed", "电话"],
    ],
)
def test_shortage_waits(program: Any, options: list[str]) -> None:
    number = short(program)
    order = resolve(program, number, "m", *options)
    assert (order["condition"], order["overdue"]) == ("awaiting_stock", False)
    assert order["exceptions"][0]["resolution"] == options[1]


def test_a_long_delay_needs_a_manager(program: Any) -> None:
    number = short(program)
    long = ["--path", "delay", "--until", "2190-01-01", "--agreed", "电话"]
    said = program.refused("exception", "resolve", number, "--as", "pu", *long)
    assert "needs a manager" in said
    resolve(program, number, "m", *long)


def test_shortage_substituted(program: Any) -> None:
    number = short(program)
    order = resolve(
        program,
        number,
        "pu",
        *("--path", "substitute", "--sku", "B", "--with", "C", "--agreed", "电话"),
    )
    assert (order["lines"][0]["sku"], order["lines"][0]["substituted_for"]) == ("C", "B")
    program.work(number, "allocation")
    assert program.json("show", number)["lines"][0]["allocated"] == 3


def test_shortage_split(program: Any) -> None:
    number = short(program)
    order = resolve(program, number, "pu", "--path", "split", "--agreed", "邮件")
    (rest,) = order["derived"]
    assert order["lines"][0]["quantity"] == 1
    other = program.json("show", rest)
    assert (other["origin"], other["lines"][0]["quantity"]) == (number, 2)
    assert rest in program("show", number)
    assert number in program("audit", rest)


def test_shortage_cancelled(program: Any) -> None:
    number = short(program)
    order = resolve(program, number, "m", "--path", "cancel", "--note", "不等了")
    assert order["condition"] == "cancelled"


def test_partial_allocation_keeps_a_back_order(program: Any) -> None:
    number = program.order("N2")
    program.work(number, "review")
    program("confirm", number, "--as", "l", "--partial")
    order = program.json("show", number)
    assert [stage["stage"] for stage in order["stages"]] == ["allocation", "preparation"]
    assert [stage["paused"] for stage in order["stages"]] == [True, False]
    assert order["stage"] == "allocation"
    (row,) = program.json("orders", "--stage", "preparation")
    assert (row["number"], row["stage"]) == (number, "preparation")
    assert [one["number"] for one in program.json("orders")].count(number) == 1


def test_information_completed(program: Any) -> None:
    number = program.order("N4")
    still = program("exception", "resolve", number, "--as", "sa", "--set", "note=x")
    assert "still lacks something" in still
    assert "no field of an order" in program.refused(
        "exception", "resolve", number, "--as", "sa", "--set", "phone=1"
    )
    order = resolve(program, number, "sa", "--set", "contact=13800138009")
    assert (order["stage"], order["customer"]["contact"]) == ("review", "13800138009")


@pytest.mark.parametrize("path", ["expedite", "recarry"])
def test_carrier_delay(program: Any, path: str) -> None:
    number = shipped(program)
    program(
        "exception", "raise", number, "--kind", "carrier_delay", "--note", "没动静", "--as", "t"
    )
    options = ["--path", path, "--eta", "2190-01-30", "--told", "短信"]
    if path == "recarry":
        options += ["--carrier", "京东快递", "--waybill", "JD1"]
    order = resolve(program, number, "ex", *options)
    assert order["shipment"]["eta"] == "2190-01-30T23:59:59+08:00"
    assert order["shipment"]["carrier"] == ("顺丰" if path == "expedite" else "京东快递")
    assert len(order["shipments"]) == 1


def test_change_accepted(program: Any) -> None:
    number = program.order("N1")
    program.work(number, "review", "allocation")
    program(
        *("exception", "raise", number, "--kind", "change_request", "--note", "改", "--as", "sa"),
        *("--set", "line1.quantity=1", "--set", "address=深圳市南山区科技路3号"),
    )
    order = resolve(program, number, "sa", "--path", "accept")
    assert (order["stage"], order["lines"][0]["quantity"]) == ("review", 1)
    assert order["lines"][0]["allocated"] == 0
    assert order["customer"]["address"] == "深圳市南山区科技路3号"


def test_change_wanting_no_more_is_a_cancellation(program: Any) -> None:
    number = program.order("N1")
    program(
        *("exception", "raise", number, "--kind", "change_request", "--note", "不要", "--as", "sa"),
        "--cancelled",
    )
    assert resolve(program, number, "sa", "--path", "accept")["condition"] == "cancelled"


def test_change_refused(program: Any, chinese: Any) -> None:
    number = program.order("N1")
    chinese(
        "exception", "raise", number, "--kind", "change_request", "--note", "改颜色", "--as", "sa"
    )
    assert "--path" in program.refused("exception", "resolve", number, "--as", "sa")
    order = resolve(program, number, "sa", "--path", "refuse", "--note", "已经做好")
    assert order["condition"] == "pending_review"
    assert "需求变更" in chinese("show", number)


def test_a_return_is_received_and_refunded(program: Any) -> None:
    number = shipped(program)
    program.work(number, "tracking", "confirmation")
    program("exception", "raise", number, "--kind", "change_request", "--note", "退", "--as", "sa")
    (back,) = resolve(program, number, "sa", "--path", "return", "--note", "退货")["derived"]
    program("confirm", back, "--as", "z")
    assert "announced" in program.refused("confirm", back, "--as", "l", "--restock", "A=3")
    program("confirm", back, "--as", "l", "--restock", "A=1", "--scrap", "A=1")
    assert program.json("stock", "A")[0]["on_hand"] == 4
    program("confirm", back, "--as", "fi", "--amount", "19.90", "--reference", "TX1")
    order = program.json("show", back)
    assert order["nature"] == "return"
    assert order["timeline"][-1]["facts"]["amount"] == 1990
    program("confirm", back, "--as", "t")
    assert program.json("show", back)["condition"] == "completed"


def test_other_settled_and_the_wrong_way_out(program: Any) -> None:
    number = program.order("N1")
    program("exception", "raise", number, "--kind", "other", "--note", "地址存疑", "--as", "z")
    assert "open exception" in program.refused("confirm", number, "--as", "z")
    assert "no way out" in program.refused(
        "exception", "resolve", number, "--path", "split", "--as", "ex"
    )
    assert "may not do this" in program.refused(
        "exception", "resolve", number, "--path", "settle", "--note", "x", "--as", "p"
    )
    order = resolve(program, number, "ex", "--kind", "other", "--note", "已核实")
    assert order["condition"] == "pending_review"
    assert "no open exception" in program.refused("exception", "resolve", number, "--as", "ex")
