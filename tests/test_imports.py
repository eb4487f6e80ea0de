"""The import laws: they run one way, and a command without a screen never pays for one."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Runs the command line in this process and then tells, on standard error, what it loaded.
_RUN = """
import sys
from orderterm.cli import main
try:
    main()
finally:
    print(*sorted(name for name in sys.modules if name.startswith(("textual", "screens"))),
          file=sys.stderr)
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """``orderterm`` with ``arguments``, as a process of its own."""
    command = [sys.executable, "-c", _RUN, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home as ``orderterm init`` makes it."""
    home = tmp_path_factory.mktemp("imports") / "home"
    run("--home", str(home), "init")
    return home


@pytest.mark.parametrize("command", [["--version"], ["orders", "--json"], ["stock"]])
def test_a_headless_command_imports_no_textual(command: list[str], home: Path) -> None:
    done = run("--home", str(home), *command)
    assert done.stdout
    assert done.stderr.split() == []


def test_the_import_contracts_hold() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout
