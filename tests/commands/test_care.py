"""Homes, people, stock, copies, and the doctor."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest


def test_init_makes_a_home_and_may_be_called_again(
    tmp_path: Path, new_program: Callable[[Path], Any]
) -> None:
    program = new_program(tmp_path / "new")
    first = program("init")
    assert "made" in first
    assert "orderterm staff add" in first
    assert (tmp_path / "new" / "inbox" / "EC").is_dir()
    assert [one["badge"] for one in program.json("staff", "list")] == ["admin"]
    settings = tmp_path / "new" / "orderterm.toml"
    settings.write_text('language = "zh"\n', encoding="utf-8")
    assert "made" not in program("init")
    assert settings.read_text(encoding="utf-8") == 'language = "zh"\n'
    assert program.json("audit", "verify") == {"ok": True, "events": 1, "flaws": []}
    assert "管理员" in program("staff", "list")


def test_without_a_database_every_command_says_what_to_run(
    tmp_path: Path, new_program: Callable[[Path], Any]
) -> None:
    program = new_program(tmp_path)
    for command in (["orders"], ["audit", "verify"], ["confirm", "1", "--as", "z"], ["engine"]):
        assert "orderterm init" in program.refused(*command)


def test_where_there_is_no_home_there_is_nothing_to_migrate(
    tmp_path: Path, new_program: Callable[[Path], Any]
) -> None:
    assert "orderterm init" in new_program(tmp_path / "none").refused("migrate")
    assert not (tmp_path / "none").exists()


def test_migrate(program: Any, home: Path) -> None:
    assert "up to date" in program("migrate")
    (home / "orderterm.db").unlink()
    assert "0001_initial" in program("migrate")


def test_a_wrong_setting_is_named(program: Any, home: Path) -> None:
    (home / "orderterm.toml").write_text('language = "fr"\n', encoding="utf-8")
    said = program.refused("orders")
    assert 'language = "fr"' in said
    assert str(home / "orderterm.toml") in said
    doctor = program.run("doctor")
    assert doctor.exit_code == 1
    assert 'language = "fr"' in doctor.stdout


def test_staff(program: Any, chinese: Any) -> None:
    assert "冯二" in program("staff", "list")
    assert "审核" in chinese("staff", "list")
    by_badge = {one["badge"]: one for one in program.json("staff", "list")}
    assert (by_badge["z"]["name"], by_badge["z"]["roles"], by_badge["z"]["superior"]) == (
        "张三",
        ["reviewer"],
        "m",
    )
    add = ("staff", "add", "n", "新人", "--role", "sales", "--role", "finance")
    assert "may not do this" in program.refused(*add, "--as", "m")
    program(*add, "--as", "admin")
    assert "taken" in program.refused(*add, "--as", "admin")
    program("staff", "disable", "n", "--as", "admin")
    assert "disabled" in program("staff", "list")
    assert "disabled" in program.refused("claim", program.order("N1"), "--as", "n")
    assert "last administrator" in program.refused("staff", "disable", "admin", "--as", "admin")


def test_stock(program: Any, chinese: Any) -> None:
    number = program.order("N1")
    program.work(number, "review", "allocation")
    (found,) = program.json("stock", "A")
    assert found == {
        "sku": "A",
        "name": "杯",
        "specification": "500ml",
        "location": "B1",
        "on_hand": 5,
        "allocated": 2,
        "available": 3,
        "safety": 2,
        "below_safety": False,
    }
    other = program.order("N3")
    program.work(other, "review", "allocation")
    program("exception", "raise", number, "--kind", "other", "--note", "x", "--as", "m")
    assert [row["sku"] for row in program.json("stock")] == ["A", "B", "C"]
    assert "杯" in chinese("stock")
    assert "Z" in program.refused("stock", "Z")


def test_below_safety_stock_is_marked(program: Any, tmp_path: Path) -> None:
    count = tmp_path / "count.csv"
    count.write_text("sku,on_hand\nA,1\n", encoding="utf-8")
    program("import", str(count), "--kind", "stock", "--as", "l")
    assert program.json("stock", "A")[0]["below_safety"] is True
    assert "below safety stock" in program("stock", "A")


def test_backup(program: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert str(copy) in program("backup", str(copy))
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM orders").fetchone() == (4,)
    assert "is there already" in program.refused("backup", str(copy))
    assert "can't be copied" in program.refused("backup", str(tmp_path / "no" / "where.db"))


def test_the_doctor_finds_nothing(program: Any, chinese: Any) -> None:
    found = program("doctor").splitlines()
    assert len(found) >= 8
    assert all(line.startswith("ok ") for line in found)
    assert chinese("doctor")


def test_the_doctor_misses_an_inbox_folder(program: Any, home: Path) -> None:
    for file in (home / "inbox" / "EC").iterdir():
        file.unlink()
    (home / "inbox" / "EC").rmdir()
    result = program.run("doctor")
    assert result.exit_code == 1
    assert str(home / "inbox" / "EC") in result.stdout
    assert "orderterm init" in result.stdout


@pytest.mark.parametrize(("kind", "well"), [("ext4", True), ("nfs4", False), ("cifs", False)])
def test_the_doctor_warns_of_a_network_disk(
    program: Any, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, well: bool
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/sda1 / ext4 rw 0 0\nserver:/x {home} {kind} rw 0 0\n", encoding="utf-8"
    )
    monkeypatch.setattr("orderterm.commands.checks._MOUNTS", mounts)
    result = program.run("doctor")
    assert result.exit_code == (0 if well else 1)
    assert ("network disk" in result.stdout) is not well
    mounts.unlink()
    assert "disk" not in program("doctor")


def test_the_doctor_finds_a_broken_page(program: Any, home: Path) -> None:
    _damage(home, "PRAGMA wal_checkpoint(TRUNCATE)")
    file = home / "orderterm.db"
    whole = file.read_bytes()
    with closing(sqlite3.connect(file)) as database:
        (page,) = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'orders_channel_order_number'"
        ).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    at = (page - 1) * size
    file.write_bytes(whole[:at] + b"\xff" * 100 + whole[at + 100 :])
    result = program.run("doctor")
    assert result.exit_code == 1
    assert "go back to a backup" in result.stdout
    assert "Traceback" not in result.output


def _damage(home: Path, *statements: str) -> None:
    with closing(sqlite3.connect(home / "orderterm.db")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "INSERT INTO stock_movement (sku, kind, quantity, at) VALUES ('A', 'count', -9, '')",
            "stock of A is -4",
        ),
        (
            "UPDATE stock_checkpoint SET on_hand = on_hand + 1 WHERE sku = 'A'",
            "checkpoints of A don't come to what was moved",
        ),
        ("DELETE FROM stock_checkpoint", "checkpoints of A"),
        ("DELETE FROM orders WHERE channel_order_number = 'N1'", "point at nothing"),
        ("PRAGMA journal_mode = delete", "WAL"),
    ],
)
def test_the_doctor_finds_damage(program: Any, home: Path, statement: str, words: str) -> None:
    _damage(home, statement)
    result = program.run("doctor")
    assert result.exit_code == 1
    (wrong,) = [line for line in result.stdout.splitlines() if line.startswith("wrong")]
    assert words in wrong


def test_the_doctor_and_a_file_that_is_no_database(program: Any, home: Path) -> None:
    for file in home.glob("orderterm.db*"):
        file.unlink()
    (home / "orderterm.db").write_bytes(b"no database at all" * 100)
    result = program.run("doctor")
    assert result.exit_code == 1
    assert "can't be read as a database" in result.stdout


def test_a_damaged_database_is_told_with_a_log(program: Any, home: Path) -> None:
    _damage(home, "DROP TABLE pause")
    result = program.run("orders")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    assert str(home / "errors.log") in result.stderr
    assert "Traceback" in (home / "errors.log").read_text(encoding="utf-8")
