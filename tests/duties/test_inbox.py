"""One look into the inbox: what is taken, what waits, what is left alone, and where it ends."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from orderterm.duties.inbox import InboxDuty
from orderterm.sentences import Sentence
from tests.duties.engines import names_in
from tests.duties.homes import SAMPLES, Home, many, orders_csv, row

ORDERS, LINES = (
    SAMPLES / "TM/samples/ExportOrderList202611221000.csv",
    SAMPLES / "TM/samples/ExportOrderDetailList202611221000.csv",
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.take_company()
    return made


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def duty(home: Home, told: list[str]) -> Iterator[InboxDuty]:
    made = duty_of(home, told)
    yield made
    made.close()


def duty_of(home: Home, told: list[str]) -> InboxDuty:
    def tell(sentence: Sentence) -> None:
        told.append(str(sentence))

    return InboxDuty(home.workplace, home.folder, tell, settle_seconds=0)


def rejected(home: Home) -> list[str]:
    return names_in(home.inbox / "rejected")


def done(home: Home) -> list[str]:
    return names_in(home.inbox / "done")


# -- where files end ----------------------------------------------------------------------------


def test_a_file_ends_in_the_folder_of_the_sites_day(home: Home, duty: InboxDuty) -> None:
    home.now += timedelta(hours=13)  # past midnight in Shanghai, not yet in UTC
    home.drop("a.csv", many(1))
    duty.take_in()
    assert [str(p.relative_to(home.inbox)) for p in home.inbox.glob("done/*/*")] == [
        "done/2026-11-23/a.csv"
    ]


def test_a_rejected_file_lies_beside_its_reason_in_both_languages(
    home: Home, duty: InboxDuty, told: list[str]
) -> None:
    home.drop("a.csv", "")
    duty.take_in()
    note = (home.inbox / "rejected/a.csv.reason.txt").read_text("utf-8")
    assert "a.csv is empty" in note
    assert duty.rejected == 1
    assert any("a.csv is empty" in one for one in told)


def test_files_of_one_name_are_all_kept(home: Home, duty: InboxDuty) -> None:
    for number in range(3):
        home.drop("a.csv", orders_csv(row(f"N-{number}")))
        home.drop("b.csv", "")
        duty.take_in()
    assert done(home) == ["a (2).csv", "a (3).csv", "a.csv"]
    assert [n for n in rejected(home) if "reason" not in n] == [
        "b (2).csv",
        "b (3).csv",
        "b.csv",
    ]
    assert len(rejected(home)) == 6


def test_rejected_rows_are_written_to_be_mended_and_given_again(
    home: Home, duty: InboxDuty
) -> None:
    text = "SKU编码,现存数量\nBW-500,10\nBW-750,many\n"
    home.drop("count.csv", text, "company")
    duty.take_in()
    rows = home.inbox / "rejected/count.csv.rows.csv"
    assert rows.read_text("utf-8-sig").splitlines() == ["SKU编码,现存数量", "BW-750,many"]
    assert "row 3" in rows.with_name(rows.name + ".reason.txt").read_text("utf-8")
    assert done(home) == ["count.csv"]

    rows.write_text(rows.read_text("utf-8-sig").replace("many", "4"), "utf-8-sig")
    rows.rename(home.inbox / "company" / rows.name)
    duty.take_in()
    assert done(home) == ["count.csv", "count.csv.rows.csv"]


# -- what is left alone, and what is not understood ---------------------------------------------


@pytest.mark.parametrize(
    "name", ["README.md", "readme.txt", ".hidden.csv", "a.csv.part", "a.csv.crdownload", "~$a.xlsx"]
)
def test_what_is_not_meant_for_it_is_left_alone(home: Home, duty: InboxDuty, name: str) -> None:
    path = home.drop(name, many(1))
    duty.take_in()
    assert path.exists()
    assert done(home) == rejected(home) == []


@pytest.mark.parametrize("folder", [".snapshot", "samples", "lost+found"])
def test_folders_that_storage_keeps_are_left_alone(
    home: Home, duty: InboxDuty, folder: str
) -> None:
    for place in (home.inbox / folder, home.inbox / "EC" / folder):
        place.mkdir()
        (place / "a.csv").write_text(many(1), "utf-8")
    duty.take_in()
    assert (home.inbox / folder / "a.csv").exists()
    assert (home.inbox / "EC" / folder / "a.csv").exists()


def test_a_folder_of_no_channel_is_told(home: Home, duty: InboxDuty) -> None:
    (home.inbox / "XX").mkdir()
    home.drop("a.csv", many(1), "XX")
    duty.take_in()
    note = (home.inbox / "rejected/a.csv.reason.txt").read_text("utf-8")
    assert "there is no channel XX" in note
    assert home.count() == 0


def test_a_file_in_the_inbox_itself(home: Home, duty: InboxDuty) -> None:
    source = SAMPLES / "JD/samples/订单导出_20261122093000.csv"
    (home.inbox / source.name).write_bytes(source.read_bytes())
    (home.inbox / "who-knows.csv").write_text(many(1), "utf-8")
    duty.take_in()
    assert done(home) == [source.name]
    assert rejected(home) == ["who-knows.csv", "who-knows.csv.reason.txt"]


def test_what_a_dead_engine_had_in_hand_is_taken(home: Home, told: list[str]) -> None:
    jd = SAMPLES / "JD/samples/订单导出_20261122093000.csv"
    dead = duty_of(home, told)
    assert dead.claim.take("EC", home.drop("a.csv", many(2)))
    assert dead.claim.take("", home.drop(jd.name, jd.read_bytes(), ""))
    dead.claim._lock.release()  # as the system does when a process dies

    living = duty_of(home, told)
    living.take_in()
    assert done(home) == ["a.csv", jd.name]
    living.close()
    assert [p.name for p in (home.inbox / ".work").iterdir()] == [".probe"]


def test_what_a_living_engine_has_in_hand_is_not_taken(home: Home, told: list[str]) -> None:
    living = duty_of(home, told)
    assert living.claim.take("EC", home.drop("a.csv", many(2)))
    other = duty_of(home, told)
    other.take_in()
    assert done(home) == []
    living.take_in()
    assert done(home) == ["a.csv"]
    living.close()
    other.close()


def test_who_comes_second_to_a_file_gets_nothing(home: Home, told: list[str]) -> None:
    first, second = duty_of(home, told), duty_of(home, told)
    path = home.drop("a.csv", many(1))
    assert first.claim.take("EC", path) is not None
    assert second.claim.take("EC", path) is None
    first.close()
    second.close()


# -- pairs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("halves", [(ORDERS, LINES), (LINES, ORDERS)])
def test_halves_that_come_one_after_the_other(
    home: Home, duty: InboxDuty, told: list[str], halves: tuple[Path, Path]
) -> None:
    first, second = halves
    home.drop(first.name, first.read_bytes(), "TM")
    duty.take_in()
    duty.take_in()
    assert sorted(p.name for p in (home.inbox / "TM").glob("Export*")) == [
        first.name,
        f"{first.name}.waiting.txt",
    ]
    assert len([one for one in told if "only half" in one]) == 1

    home.drop(second.name, second.read_bytes(), "TM")
    duty.take_in()
    assert home.count() == 8
    assert len(done(home)) == 2
    assert [p.name for p in (home.inbox / "TM").iterdir()] == ["README.md"]


def test_halves_that_come_together_in_any_order(home: Home, duty: InboxDuty) -> None:
    for source in (LINES, ORDERS):
        home.drop(source.name, source.read_bytes(), "TM")
    duty.take_in()
    assert (home.count(), len(done(home)), rejected(home)) == (8, 2, [])


def test_a_half_copied_with_its_old_date_still_waits(home: Home, duty: InboxDuty) -> None:
    path = home.drop(ORDERS.name, ORDERS.read_bytes(), "TM")
    os.utime(path, (1e9, 1e9))
    duty.take_in()
    assert path.exists()
    home.drop(LINES.name, LINES.read_bytes(), "TM")
    duty.take_in()
    assert home.count() == 8


def test_a_half_that_has_waited_for_too_long_is_rejected(
    home: Home, duty: InboxDuty, told: list[str]
) -> None:
    path = home.drop(ORDERS.name, ORDERS.read_bytes(), "TM")
    duty.take_in()
    note = path.with_name(path.name + ".waiting.txt")
    assert "only half of its orders" in note.read_text("utf-8")
    long_ago = note.stat().st_mtime - 31 * 60
    os.utime(note, (long_ago, long_ago))

    duty.take_in()
    assert rejected(home) == [path.name, f"{path.name}.reason.txt"]
    assert not note.exists()
    assert sum("rejected" in one for one in told) == 1


def test_how_long_a_half_has_waited_is_known_to_the_next_engine(
    home: Home, told: list[str]
) -> None:
    path = home.drop(ORDERS.name, ORDERS.read_bytes(), "TM")
    note = path.with_name(path.name + ".waiting.txt")
    for _ in range(3):
        duty = duty_of(home, told)
        duty.take_in()
        duty.close()
        long_ago = note.stat().st_mtime - 12 * 60
        os.utime(note, (long_ago, long_ago))
    duty = duty_of(home, told)
    duty.take_in()
    duty.close()
    assert path.name in rejected(home)
    assert len([one for one in told if "only half" in one]) == 2  # first seen, then given up


def test_halves_that_wait_are_not_turned_over_and_over(home: Home, duty: InboxDuty) -> None:
    for hour in (10, 11):
        name = ORDERS.name.replace("221000", f"22{hour}00")
        home.drop(name, ORDERS.read_bytes(), "TM")
    duty.take_in()
    moved = [p.stat().st_ctime_ns for p in sorted((home.inbox / "TM").glob("*.csv"))]
    for _ in range(3):
        duty.take_in()
    assert moved == [p.stat().st_ctime_ns for p in sorted((home.inbox / "TM").glob("*.csv"))]
    assert len(moved) == 2


def test_the_note_of_a_half_that_was_taken_away_goes_too(home: Home, duty: InboxDuty) -> None:
    path = home.drop(ORDERS.name, ORDERS.read_bytes(), "TM")
    duty.take_in()
    path.unlink()
    duty.take_in()
    assert [p.name for p in (home.inbox / "TM").iterdir()] == ["README.md"]


def test_an_other_half_that_is_still_written_is_waited_for(home: Home, duty: InboxDuty) -> None:
    home.drop(ORDERS.name, ORDERS.read_bytes(), "TM")
    whole = LINES.read_bytes()
    with (home.inbox / "TM" / LINES.name).open("wb") as file:
        file.write(whole[:600])
        file.flush()
        assert duty.take_in()
        assert home.count() == 0
        file.write(whole[600:])
    duty.take_in()
    assert home.count() == 8


# -- what is in the way -------------------------------------------------------------------------


def test_a_database_that_is_away_keeps_the_file_in_hand(
    home: Home, duty: InboxDuty, told: list[str]
) -> None:
    home.drop("a.csv", many(2))
    away = home.file.with_suffix(".away")
    for suffix in ("", "-wal", "-shm"):
        if (path := Path(f"{home.file}{suffix}")).exists():
            path.rename(f"{away}{suffix}")
    home.file.mkdir()
    for _ in range(3):
        duty.take_in()
    assert done(home) == rejected(home) == []
    assert len([one for one in told if "database" in one]) == 1

    home.file.rmdir()
    for suffix in ("", "-wal", "-shm"):
        if (path := Path(f"{away}{suffix}")).exists():
            path.rename(f"{home.file}{suffix}")
    duty.take_in()
    assert done(home) == ["a.csv"]
    assert home.count() == 2


def test_a_file_that_cannot_be_put_away_does_not_hold_up_the_others(
    home: Home, duty: InboxDuty, told: list[str]
) -> None:
    """The day's folder can't be made: the files stay in hand, each is told once."""
    (home.inbox / "done").mkdir()
    (home.inbox / "done/2026-11-22").write_text("in the way")
    for name in ("a.csv", "b.csv"):
        home.drop(name, many(1, name[0]))
    home.drop("c.csv", "")
    for _ in range(3):
        duty.take_in()
    assert home.count() == 2
    assert "c.csv" in rejected(home)
    assert [sum(name in one for one in told) for name in ("a.csv", "b.csv")] == [1, 1], told

    (home.inbox / "done/2026-11-22").unlink()
    duty.take_in()
    assert done(home) == ["a.csv", "b.csv"]
    assert home.count() == 2
