"""The home: which folder it is, and what ``init`` puts there."""

import shutil
from pathlib import Path

import platformdirs
import pytest

from orderterm import resources
from orderterm.errors import OrdertermError, SettingsError
from orderterm.home import COMPANY_FOLDER, find_home, make_home
from orderterm.settings import default_text, load


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under ``folder`` with its bytes."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def test_what_is_said_explicitly_is_the_home(tmp_path: Path) -> None:
    environ = {"ORDERTERM_HOME": "/somewhere"}
    assert find_home(Path("/data"), environ, tmp_path) == Path("/data")
    assert find_home(Path("data"), environ, tmp_path) == tmp_path / "data"


def test_then_the_environments_home(tmp_path: Path) -> None:
    (tmp_path / "orderterm.toml").touch()
    assert find_home(None, {"ORDERTERM_HOME": "/data"}, tmp_path) == Path("/data")
    assert find_home(None, {"ORDERTERM_HOME": "data"}, tmp_path) == tmp_path / "data"


def test_then_the_working_directory_with_a_settings_file(tmp_path: Path) -> None:
    (tmp_path / "orderterm.toml").touch()
    assert find_home(None, {"ORDERTERM_HOME": ""}, tmp_path) == tmp_path


def test_else_the_users_data_folder(tmp_path: Path) -> None:
    (tmp_path / "orderterm.toml").mkdir()
    home = find_home(None, {"ORDERTERM_HOME": ""}, tmp_path)
    assert home == platformdirs.user_data_path("orderterm", appauthor=False)
    assert home.is_absolute()


def test_a_new_home_has_its_settings_and_a_folder_for_each_channel(tmp_path: Path) -> None:
    home = tmp_path / "deep" / "home"
    made = make_home(home)
    assert made[0] == home
    assert (home / "orderterm.toml").read_text(encoding="utf-8") == default_text()
    folders = {path.name for path in (home / "inbox").iterdir() if path.is_dir()}
    assert folders == {*load(home).channels, COMPANY_FOLDER}
    assert set(made) == {home, *home.rglob("*")}


def test_the_notes_come_along_and_the_sample_orders_do_not(tmp_path: Path) -> None:
    make_home(tmp_path)
    shipped = resources.shipped_inbox()
    copied = contents(tmp_path / "inbox")
    assert "README.md" in copied
    assert all((shipped / name).read_bytes() == text for name, text in copied.items())
    assert all(Path(name).name.startswith("README") for name in copied)


def test_making_a_home_again_changes_nothing(tmp_path: Path) -> None:
    make_home(tmp_path)
    (tmp_path / "orderterm.toml").write_text('language = "zh"\n')
    (tmp_path / "inbox" / "README.md").write_text("our own words\n")
    (tmp_path / "inbox" / "EC" / "orders.csv").write_text("an order\n")
    before = contents(tmp_path)
    assert make_home(tmp_path) == []
    assert contents(tmp_path) == before


def test_what_is_lacking_is_added(tmp_path: Path) -> None:
    make_home(tmp_path)
    with (tmp_path / "orderterm.toml").open("a") as file:
        file.write('[channels.WX]\nname = "微信"\nkind = "store"\n')
    lost = tmp_path / "inbox" / "DL"
    shutil.rmtree(lost)
    assert make_home(tmp_path) == [lost, tmp_path / "inbox" / "WX", lost / "README.md"]


def test_an_inbox_elsewhere_is_made_there(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "orderterm.toml").write_text(f"[inbox]\nfolder = '{tmp_path / 'drop'}'\n")
    make_home(home)
    assert (tmp_path / "drop" / "TM").is_dir()
    assert not (home / "inbox").exists()


def test_a_home_with_wrong_settings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "orderterm.toml").write_text("language = 3\n")
    with pytest.raises(SettingsError, match="language = 3 can't be used"):
        make_home(tmp_path)


@pytest.mark.parametrize("blocked", ["home", "home/inbox", "home/inbox/EC"])
def test_a_file_in_a_folders_place_is_named(blocked: str, tmp_path: Path) -> None:
    file = tmp_path / blocked
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("in the way")
    with pytest.raises(OrdertermError, match="is a file, but a folder must be there") as refusal:
        make_home(tmp_path / "home")
    assert str(refusal.value).startswith(f"{file} ")
    assert file.read_text() == "in the way"


def test_a_file_above_the_home_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(OrdertermError, match="is a file, but a folder must be there") as refusal:
        make_home(file / "a" / "home")
    assert str(refusal.value).startswith(f"{file} ")


def test_a_place_where_nothing_may_be_made_is_named() -> None:
    """/proc refuses a folder to everybody, root included."""
    with pytest.raises(OrdertermError, match=r"/proc/orderterm can't be made: .+; choose another"):
        make_home(Path("/proc/orderterm"))
