"""Libraries that only some senders need, and that come as extras."""

from collections.abc import Iterator
from contextlib import contextmanager

from orderterm.errors import OrdertermError


@contextmanager
def of_extra(name: str, extra: str) -> Iterator[None]:
    """Around the imports of sender ``name``.

    Raises:
        OrdertermError: ``extra`` is not installed, with the way to it.
    """
    try:
        yield
    except ImportError:
        raise OrdertermError(
            "sender {name} needs more than is installed; run `pip install 'orderterm[{extra}]'`",
            name=name,
            extra=extra,
        ) from None
