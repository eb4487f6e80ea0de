"""A settings file that somebody is just writing changes nothing yet."""

import os
from pathlib import Path

import pytest

from orderterm import settings as all_settings
from orderterm.duties.reloading import SettingsFile
from orderterm.errors import SettingsError
from orderterm.settings import FILE_NAME, Settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / FILE_NAME
    found.write_text("[site]\nname = 'one'\n", "utf-8")
    return found


def test_a_change_is_told_once(file: Path) -> None:
    watched = SettingsFile(file.parent)
    assert watched.changed() is None
    file.write_text("[site]\nname = 'other'\n", "utf-8")
    settings = watched.changed()
    assert settings is not None
    assert settings.site.name == "other"
    assert watched.changed() is None


def test_a_fault_is_told_once_and_mended(file: Path) -> None:
    watched = SettingsFile(file.parent)
    file.write_text("[site\n", "utf-8")
    with pytest.raises(SettingsError):
        watched.changed()
    assert watched.changed() is None
    file.write_text("[site]\nname = 'mended'\n", "utf-8")
    assert watched.changed() is not None


@pytest.mark.parametrize("how", ["empty", "away"])
def test_a_file_that_is_not_written_yet_is_waited_for(file: Path, how: str) -> None:
    watched = SettingsFile(file.parent)
    if how == "empty":
        file.write_text("", "utf-8")
    else:
        file.unlink()
    assert watched.changed() is None
    file.write_text("[site]\nname = 'other'\n", "utf-8")
    assert watched.changed() is not None


def test_a_file_that_goes_away_while_it_is_read_is_waited_for(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = SettingsFile(file.parent)
    file.write_text("[site]\nname = 'other'\n", "utf-8")
    real = all_settings.load

    def away(home: Path) -> Settings:
        os.replace(file, file.with_suffix(".old"))
        return real(home)

    with monkeypatch.context() as patched:
        patched.setattr(all_settings, "load", away)
        assert watched.changed() is None
    os.replace(file.with_suffix(".old"), file)
    settings = watched.changed()
    assert settings is not None
    assert settings.site.name == "other"
