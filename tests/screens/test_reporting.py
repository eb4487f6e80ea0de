"""A report with one key."""

from orderterm.reports.names import Format
from screens.flows import reporting
from tests.contract.company import Company
from tests.screens.seat import seated


async def test_one_key_writes_a_report_and_says_where(company: Company) -> None:
    number = company.order()
    async with seated(company, "rev") as seat:
        await seat.press("E", "1", str(reporting._last_used.index(Format.CSV) + 1))
        await seat.until(lambda: "is in reports/" in seat.answer)
        assert seat.here == number
        await seat.press("E", "3", "1")  # the format that was used last comes first
        await seat.until(lambda: "progress" in seat.answer)
    folder = company.file.parent / "reports"
    assert [path.name for path in sorted(folder.iterdir())] == [
        "progress-2026-11-23.csv",
        "registration-2026-11-23.csv",
    ]
    assert "13800138000" in (folder / "registration-2026-11-23.csv").read_text(encoding="utf-8")


async def test_a_supervisors_report_is_masked(company: Company) -> None:
    company.order()
    async with seated(company, "wall") as seat:
        await seat.press("E", "1", str(reporting._last_used.index(Format.CSV) + 1))
        await seat.until(lambda: "is in reports/" in seat.answer)
    (file,) = (company.file.parent / "reports").glob("registration-*.csv")
    text = file.read_text(encoding="utf-8")
    assert "138****8000" in text
    assert "13800138000" not in text
