"""What every test stands on: nothing of the machine's or the developer's own decides a result."""

from collections.abc import Iterator

import hypothesis
import pytest

# A slow machine is not a failing test.
hypothesis.settings.register_profile("orderterm", deadline=None, print_blob=True)
hypothesis.settings.load_profile("orderterm")

_UNSET = ("ORDERTERM_HOME", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "XDG_DATA_HOME", "XDG_CACHE_HOME")


@pytest.fixture(scope="session", autouse=True)
def neutral_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No home, locale or setting of the developer's; what a test starts inherits it."""
    with pytest.MonkeyPatch.context() as patch:
        for name in _UNSET:
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield
