"""What customers answered, from every side, and who has still to be asked."""

from datetime import date, timedelta

from orderterm.rules.drafts import SurveyDraft
from orderterm.terms import Nature, Stage
from orderterm.views.surveys import NOBODY, Scores, survey_summary, unanswered
from orderterm.workflow import hearing, orders
from tests.contract.company import MONDAY, Company
from tests.views.plans import asked, read_whole, scans

TODAY = MONDAY.date()


def answered(company: Company, number: str, *scores: int, comment: str = "") -> None:
    speed, accuracy, service = scores
    draft = SurveyDraft(number, speed, accuracy, service, comment=comment)
    assert hearing.note_survey(company.workplace, "track", [draft]) == {}


def ended(company: Company, *skus: str, channel: str = "EC", carrier: str = "顺丰") -> str:
    draft = company.draft(lines=[(sku, 1) for sku in skus])
    (number,) = company.receive(draft, channel=channel).new
    company.bring(number, Stage.SHIPPING)
    company.finish(number, Stage.SHIPPING, carrier=carrier, waybill=f"W{number}")
    return company.bring(number, None)


def test_the_scores_are_summed_up_from_every_side(company: Company) -> None:
    company.stock(A=9, B=9)
    answered(company, ended(company, "A", "B"), 5, 4, 3, comment="good")
    answered(company, ended(company, "B", channel="ST", carrier="中通"), 1, 2, 3, comment="slow")
    back = company.bring(company.order(nature="return"), None)
    answered(company, back, 3, 3, 3)
    company.later(days=7)
    answered(company, ended(company, "A"), 5, 5, 5)

    found = survey_summary(company.workplace.settings, TODAY, TODAY + timedelta(days=7))

    assert found.total == Scores("", 4, 3.5, 3.5, 3.5, 0.25)
    carriers = {one.key: (one.count, one.speed, one.bad) for one in found.by_carrier}
    assert carriers == {"中通": (1, 1, 1), "顺丰": (2, 5, 0), NOBODY: (1, 3, 0)}
    assert {one.key: (one.count, one.bad) for one in found.by_channel} == {
        "EC": (3, 0),
        "ST": (1, 1),
    }
    assert {one.key: one.count for one in found.by_product} == {"A": 3, "B": 2}
    assert [(one.key, one.count) for one in found.by_week] == [("2026-11-23", 3), ("2026-11-30", 1)]
    assert [one.comment for one in found.comments] == ["slow", "good"]


def test_days_are_the_sites_and_both_ends_count(company: Company) -> None:
    company.stock(A=9)
    company.later(hours=13, minutes=59)  # a minute before midnight at the site
    answered(company, ended(company, "A"), 5, 5, 5)
    settings = company.workplace.settings

    assert len(survey_summary(settings, TODAY, TODAY).answers) == 1
    tomorrow = TODAY + timedelta(days=1)
    none = survey_summary(settings, tomorrow, tomorrow)
    assert (none.total, none.answers, none.by_week) == (None, [], [])


def test_who_has_not_answered_is_asked_for_a_week(company: Company) -> None:
    company.stock(A=9)
    first = ended(company, "A")
    company.later(hours=1)
    second = ended(company, "A")
    company.ordered(Stage.CONFIRMATION)
    settings = company.workplace.settings
    rows = unanswered(settings, company.now)
    assert [row.number for row in rows] == [second, first]

    answered(company, second, 1, 1, 1)
    assert [row.number for row in unanswered(settings, company.now)] == [first]
    company.later(days=7)
    assert unanswered(settings, company.now) == []


def test_nobody_is_asked_about_a_return_nor_once_their_data_is_erased(company: Company) -> None:
    company.stock(A=9)
    company.ordered(None, nature=Nature.RETURN)
    erased = ended(company, "A")
    exchange = company.ordered(None, nature=Nature.EXCHANGE)
    orders.erase(company.workplace, "admin", erased, reason="asked")
    settings = company.workplace.settings
    assert [row.number for row in unanswered(settings, company.now)] == [exchange]


def test_neither_reads_all_of_history(company: Company) -> None:
    company.stock(A=9)
    ended(company, "A")
    with asked() as selects:
        unanswered(company.workplace.settings, company.now)
        survey_summary(company.workplace.settings, date(2026, 11, 1), TODAY)
    assert read_whole(scans(selects)) <= {"staff"}
