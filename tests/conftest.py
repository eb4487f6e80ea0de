"""What every test stands on: nothing of the machine's or the developer's own decides a result."""

import sys
import threading
from collections.abc import Iterator

import hypothesis
import pytest

MEASURED_ELSEWHERE = ("tests/screens/", "tests/terminal/", "tests/workflow/test_any_order.py")
"""What is not counted as coverage of the core, which its own tests must reach: counting what
Textual and random walks run through takes as long as running it."""

AT_ONE_WORKER = (
    "tests/test_packaging.py",
    "tests/demo/test_day.py",
    "tests/terminal/test_bytes.py",
)
"""Tests that share what takes long to make."""

LONGEST = (
    "tests/workflow/test_any_order.py",
    "tests/duties/test_killed.py",
    "tests/contract/test_concurrency.py",
    "tests/terminal/test_scans.py",
    "tests/demo/",
)
"""Tests that begin early, or the other workers would wait for them in the end."""

# A slow machine is not a failing test.
hypothesis.settings.register_profile("orderterm", deadline=None, print_blob=True)
hypothesis.settings.load_profile("orderterm")

_UNSET = ("ORDERTERM_HOME", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "XDG_DATA_HOME", "XDG_CACHE_HOME")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say what runs together and what comes first."""
    for item in items:
        if item.nodeid.startswith(AT_ONE_WORKER):
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=lambda item: not item.nodeid.startswith(LONGEST))


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
