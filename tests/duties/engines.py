"""Real engines: processes of their own that are started, waited for and killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds to wait for what must happen: far more than it takes on the slowest machine."""

QUICK = {
    "interval_seconds = 5.0": "interval_seconds = 0.5",
    "settle_seconds = 2.0": "settle_seconds = 0.3",
}
"""Settings for engines that need not be waited for."""

PROGRAM = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from orderterm import settings
from orderterm.duties import engine
from orderterm.store import connection
from orderterm.workflow.workplace import Workplace
home = Path(sys.argv[1])
connection.use(home / "orderterm.db")
workplace = Workplace(settings.load(home), lambda: datetime.now(UTC), "engine")
engine.run(workplace, home, once="--once" in sys.argv, tell=lambda told: print(told, flush=True))
"""


def start(home: Path, *options: str, **how: Any) -> subprocess.Popen[bytes]:
    """An engine for the home."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    log = (home / "engine.log").open("ab")
    try:
        return subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(home), *options],
            stdout=log,
            stderr=log,
            env=environment,
            cwd=home,
            **how,
        )
    finally:
        log.close()


def run_once(home: Path, **how: Any) -> str:
    """An engine that takes what lies there and ends; returns all it has said."""
    engine = start(home, "--once", **how)
    assert engine.wait(PATIENCE) == 0, said(home)
    return said(home)


@contextmanager
def running(home: Path, engines: int = 1) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Engines that watch, stopped at the end; each must then end well."""
    before = said(home).count("watching ")
    started = [start(home) for _ in range(engines)]
    try:
        wait_for(lambda: said(home).count("watching ") == before + engines, home)
        yield started
    finally:
        for engine in started:
            if engine.poll() is None:
                engine.send_signal(signal.SIGTERM)
        codes = [engine.wait(PATIENCE) for engine in started]
    assert all(code in (0, -signal.SIGKILL) for code in codes), said(home)
    assert "Traceback" not in said(home), said(home)


def said(home: Path) -> str:
    """What the home's engines have told."""
    log = home / "engine.log"
    return log.read_text("utf-8") if log.exists() else ""


def wait_for(condition: Callable[[], object], home: Path) -> None:
    """Wait until something is so; fail with what the engine said where it never comes to be."""
    give_up = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < give_up, said(home)
        time.sleep(0.02)


def names_in(folder: Path, pattern: str = "*") -> list[str]:
    """The names of the files below a folder that match."""
    return sorted(path.name for path in folder.rglob(pattern) if not path.is_dir())
