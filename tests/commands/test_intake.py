"""Taking files in from the command line; what each format means is tested with the readers."""

import json
from pathlib import Path
from typing import Any

import pytest

SAMPLES = Path(__file__).parent.parent.parent / "inbox"
KEYS = [
    "file",
    "kind",
    "channel",
    "profile",
    "orders_new",
    "orders_known",
    "orders_changed",
    "awaiting_information",
    "rows_rejected",
    "status",
    "reason",
]


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """An order of a channel's own."""
    file = tmp_path / "new.csv"
    file.write_text(
        "渠道订单号,下单时间,客户名称,联系方式,收货地址,SKU编码,数量\n"
        "M1,2026-11-22 09:00,王小明,13800138000,杭州市西湖区文三路478号,A,1\n",
        encoding="utf-8",
    )
    return file


def test_import_json(program: Any, sample: Path) -> None:
    document = program.json("import", str(sample), "--channel", "EC", "--as", "sa")
    (result,) = document["files"]
    assert list(result)[: len(KEYS)] == KEYS
    assert (result["status"], result["orders_new"], result["kind"]) == ("done", 1, "orders")
    (again,) = program.json("import", str(sample), "--channel", "EC", "--as", "sa")["files"]
    assert (again["orders_new"], again["orders_known"]) == (0, 1)
    assert program.order("M1")


def test_import_in_words(program: Any, chinese: Any, sample: Path) -> None:
    assert "new.csv" in program("import", str(sample), "--channel", "EC", "--as", "sa")
    assert "new.csv" in chinese("import", str(sample), "--channel", "EC", "--as", "sa")


def test_a_rejected_file_exits_1_and_the_others_go_in(
    program: Any, sample: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"\x00\x01\x02")
    options = ["--channel", "EC", "--as", "sa"]
    result = program.run("import", str(bad), str(tmp_path / "none.csv"), str(sample), *options)
    assert result.exit_code == 1
    assert "bad.csv" in result.stderr
    assert "none.csv" in result.stderr
    assert "Traceback" not in result.stderr
    assert program.order("M1")
    result = program.run("import", str(bad), "--json", *options)
    assert result.exit_code == 1
    (document,) = json.loads(result.stdout)["files"]
    assert document["status"] == "rejected"
    assert document["reason"]


def test_rows_that_are_not_taken_are_named(program: Any, tmp_path: Path) -> None:
    file = tmp_path / "survey.json"
    file.write_text(
        '[{"number": "7", "speed": 5, "accuracy": 5, "service": 5, "comment": ""}]',
        encoding="utf-8",
    )
    (result,) = program.json("import", str(file), "--kind", "survey", "--as", "t")["files"]
    (row,) = result["rows_rejected"]
    assert sorted(row) == ["reason", "row"]
    assert "there is no order 7" in row["reason"]
    assert "there is no order 7" in program("import", str(file), "--kind", "survey", "--as", "t")


def test_what_is_skipped_is_counted(program: Any) -> None:
    said = program("import", str(SAMPLES / "SH" / "samples" / "orders_export_1.csv"), "--as", "sa")
    assert "skipped" in said


def test_explaining_what_can_not_be_read(program: Any, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_bytes(b"")
    assert "empty.csv" in program.refused("import", str(file), "--explain", "--as", "sa")


def test_explain_changes_nothing(program: Any, sample: Path) -> None:
    before = program.json("audit", "--limit", "1000")
    arguments = ["import", str(sample), "--channel", "EC", "--explain", "--as", "sa"]
    assert "渠道订单号" in program(*arguments)
    (told,) = program.json(*arguments)["files"]
    assert told["lines"]
    assert program.json("audit", "--limit", "1000") == before
    assert len(program.json("orders")) == 4


def test_who_may_not_import(program: Any, sample: Path) -> None:
    arguments = ["import", str(sample), "--channel", "EC", "--as"]
    assert "may not do this" in program.run(*arguments, "p").stderr
    assert "nobody has the badge" in program.run(*arguments, "xx").stderr
    assert "XX" in program.refused("import", str(sample), "--channel", "XX", "--as", "sa")
    assert len(program.json("orders")) == 4


def test_the_engine_takes_in_what_lies_there(program: Any, home: Path, sample: Path) -> None:
    (home / "orderterm.toml").write_text("[inbox]\nsettle_seconds = 0.0\n", encoding="utf-8")
    target = home / "inbox" / "EC" / "new.csv"
    sample.rename(target)
    program("engine", "--once")
    assert not target.exists()
    assert program.order("M1")
