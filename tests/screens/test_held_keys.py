"""A key that is held back, as it may begin a scan, is handed over however busy the machine is."""

from itertools import count

import pytest

from tests.contract.company import Company
from tests.screens.seat import seated


async def test_a_program_kept_from_running_at_any_moment_loses_no_key(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    company.order()
    async with seated(company, "rev") as seat:
        seconds = count()  # between any two looks at the clock others had the machine
        monkeypatch.setattr("textual._time.get_time", lambda: float(next(seconds)))
        await seat.press("1")
        await seat.shows("the key 1 does nothing here")
