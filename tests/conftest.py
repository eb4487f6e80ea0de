"""What every test stands on: nothing of the machine's or the developer's own decides a result."""

import gc
import os
import re
import sys
import threading
from collections.abc import Iterator

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

MEASURED_ELSEWHERE = ("tests/screens/", "tests/terminal/", "tests/workflow/test_any_order.py")
"""What is not counted as coverage of the core, which its own tests must reach: counting what
Textual and random walks run through takes as long as running it."""

TOGETHER = (
    "tests/bench/test_million.py",
    "tests/demo/test_day.py",
    "tests/demo/test_live.py",
    "tests/reports/test_weekly.py",
    "tests/store/test_trail.py",
    "tests/terminal/test_bytes.py",
    "tests/test_imports.py",
    "tests/test_messages.py",
    "tests/test_packaging.py",
    "tests/views/test_monitor.py",
    "tests/views/test_orders.py",
    "tests/views/test_queue.py",
    "tests/views/test_registers.py",
    "tests/views/test_weekly.py",
    "tests/workflow/test_plans.py",
)
"""Files whose tests share what takes long to make: all at one worker, which makes it once."""

GOLDEN = re.compile(r"tests/terminal/test_golden\.py::.*\[(zh|en)-")
"""The golden screens; what those of one language share is made once as well."""

LONGEST = (
    "tests/workflow/test_any_order.py",
    "tests/duties/test_killed.py",
    "tests/contract/test_concurrency.py",
    "tests/terminal/test_scans.py",
)
"""Tests that begin early, or the other workers would wait for them in the end."""

# A slow machine is not a failing test. What nobody has seen before is looked for where somebody
# can look into it: at each developer's, and not by the run that decides about a change.
hypothesis.settings.register_profile(
    "orderterm", deadline=None, print_blob=True, derandomize="CI" in os.environ
)
hypothesis.settings.load_profile("orderterm")

_UNSET = (
    *("ORDERTERM_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"),
    *("LANGUAGE", "LC_ALL", "LC_MESSAGES"),
    "PYTHONDONTWRITEBYTECODE",  # each program that a test starts would be compiled anew
)


class Scheduler(LoadScopeScheduling):  # type: ignore[misc]
    """Deals the tests out to the workers, one by one but for those that belong together.

    The groups of pytest-xdist itself are silently none with pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        if golden := GOLDEN.match(nodeid):
            return f"golden {golden[1]}"
        file = nodeid.partition("::")[0]
        return file if file in TOGETHER else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduler:
    """Say which tests run together."""
    return Scheduler(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what comes first."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_collection_finish() -> None:
    """Let no garbage collection look through all that was collected, again and again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Let a test run unmeasured, if it is to.

    The marker of pytest-cov can't: in a worker another measurement, of processes, lies under its.
    """
    if not item.nodeid.startswith(MEASURED_ELSEWHERE):
        return (yield)
    kept, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(kept)
        threading.settrace(of_threads)


@pytest.fixture(scope="session", autouse=True)
def neutral_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No home, locale or setting of the developer's; what a test starts inherits it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _UNSET:
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield
