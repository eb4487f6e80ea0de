"""Bad answers on the manager's screen."""

from orderterm.rules.drafts import SurveyDraft
from orderterm.store.connection import reading
from orderterm.terms import Condition, NoticeKind
from orderterm.workflow import hearing
from screens.roles.manager import FOLLOW_UPS
from screens.widgets.notices import LOOKS
from tests.contract.company import Company
from tests.screens.seat import seated


async def test_a_bad_answer_is_settled_by_the_manager(company: Company) -> None:
    company.stock(A=1)
    number = company.ordered(None)
    with reading():
        draft = SurveyDraft(number, 1, 5, 5, "三天才到")
        hearing.note_survey(company.workplace, "track", [draft])
    async with seated(company, "boss") as seat:
        while seat.desk.page is not FOLLOW_UPS:
            await seat.press("tab")
        assert seat.numbers == [number]
        assert any("三天才到" in line for line in seat.lines)
        assert seat.lines[-1].startswith("e resolve")
        await seat.press("n")
        await seat.shows(f"{number} is to be followed up")
        await seat.press("escape")
        await seat.press("e", "1")
        await seat.type("called, sorry")
        assert seat.numbers == []
    assert company.condition(number) is Condition.COMPLETED


def test_every_kind_of_notification_can_be_shown() -> None:
    assert set(LOOKS) == set(NoticeKind)
