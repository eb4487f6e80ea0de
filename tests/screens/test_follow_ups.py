"""Bad answers on the manager's screen."""

from orderterm.rules.drafts import SurveyDraft
from orderterm.store.connection import reading
from orderterm.terms import Condition
from orderterm.workflow import hearing
from screens.roles.manager import FOLLOW_UPS
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
        await seat.press("e", "1")
        await seat.type("called, sorry")
        assert seat.numbers == []
    assert company.condition(number) is Condition.COMPLETED
