"""The wheel: built, installed where nothing else is, and run from an empty directory."""

import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest
from textual.app import App
from textual.css.stylesheet import Stylesheet

from orderterm import __version__, resources
from screens.terminal.themes import THEMES

ROOT = Path(__file__).parent.parent
# As they were before the tests' own environment: the package installer's settings may hang on them.
_OUTSIDE = dict(os.environ)

_FIND = """
import screens
from orderterm import resources
print(screens.__file__, resources.stylesheet(), resources.migrations(), resources.shipped_inbox(),
      sep="\\n")
"""


def run(*command: str | Path, cwd: Path) -> str:
    """What ``command`` prints; it must succeed, and must not find the repository by itself."""
    environment = {name: value for name, value in _OUTSIDE.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``bin`` folder of a new environment that holds the wheel and what it depends on."""
    place = tmp_path_factory.mktemp("wheel")
    run(
        sys.executable,
        *("-m", "build", "--wheel", "--no-isolation", "--outdir", place, ROOT),
        cwd=place,
    )
    (wheel,) = place.glob("*.whl")
    venv.create(place / "venv", with_pip=True)
    programs = place / "venv" / "bin"
    pip = (programs / "python", "-m", "pip", "install", "--quiet", "--no-compile")
    run(*pip, "--constraint", ROOT / "constraints.txt", wheel, cwd=place)
    return programs


def found_by(python: Path | str, cwd: Path) -> list[Path]:
    """Where ``python`` finds screens, stylesheet, migrations and inbox."""
    return [Path(line) for line in run(python, "-c", _FIND, cwd=cwd).splitlines()]


def test_the_repository_has_what_travels_with_the_program() -> None:
    assert resources.stylesheet() == ROOT / "orderterm.tcss"
    assert resources.migrations() == ROOT / "migrations"
    assert resources.shipped_inbox() == ROOT / "inbox"


def test_the_stylesheet_is_one_that_textual_reads() -> None:
    app: App[None] = App()
    [theme, *_] = THEMES
    sheet = Stylesheet(variables=app.get_css_variables() | theme.variables)
    sheet.read(resources.stylesheet())
    sheet.parse()
    assert {"overdue", "due-soon", "in-progress", "done"} <= {
        name for rule in sheet.rules for name in rule.css.replace(".", " ").split()
    }


def test_the_installed_command_tells_its_version(installed: Path, tmp_path: Path) -> None:
    assert __version__ in run(installed / "orderterm", "--version", cwd=tmp_path)


def test_the_wheel_brings_screens_stylesheet_migrations_and_inbox(
    installed: Path, tmp_path: Path
) -> None:
    screens, stylesheet, migrations, inbox = found_by(installed / "python", tmp_path)
    assert all(path.is_relative_to(installed.parent) for path in (screens, stylesheet, migrations))
    assert stylesheet.read_bytes() == resources.stylesheet().read_bytes()
    for there, here in ((migrations, resources.migrations()), (inbox, resources.shipped_inbox())):
        assert _names(there) == _names(here)
        assert _names(here)


def test_the_wheel_brings_the_packages_own_data(installed: Path, tmp_path: Path) -> None:
    package = found_by(installed / "python", tmp_path)[1].parent.parent
    shipped = _names(package / "_shipped")
    there = _names(package) - {Path("_shipped") / name for name in shipped}
    assert there == _names(ROOT / "orderterm")
    assert Path("defaults.toml") in there


def test_the_installed_demo_runs_its_day(installed: Path, tmp_path: Path) -> None:
    printed = run(
        *(installed / "orderterm", "demo", "--headless", "--orders", "30", "--seed", "1"),
        cwd=tmp_path,
    )
    assert "Traceback" not in printed
    assert "shipping" in printed or "发货" in printed
    assert list(tmp_path.iterdir()) == []


def test_every_dependency_is_constrained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(one for extra in extras.values() for one in extra)]
    wanted = [one for one in wanted if not one.startswith("orderterm[")]
    constrained = (ROOT / "constraints.txt").read_text().splitlines()
    assert {line.partition(">=")[0] for line in wanted} <= {
        line.partition("==")[0] for line in constrained
    }
    assert all("==" in line for line in constrained)


def _names(folder: Path) -> set[Path]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder) for path in files if "__pycache__" not in path.parts}
