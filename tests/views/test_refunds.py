"""What is to be refunded, and what was refunded today."""

from orderterm.rules.drafts import LineDraft
from orderterm.store.connection import reading
from orderterm.store.tables import Refund
from orderterm.terms import Stage
from orderterm.views.refunds import refunded_today, worth, worths
from orderterm.workflow import undo
from tests.contract.company import Company
from tests.views.plans import asked, read_whole, scans


def returned(company: Company, **draft: object) -> str:
    """A return whose goods have come back."""
    return company.ordered(Stage.REFUND, **{"nature": "return", "lines": [("A", 2)], **draft})


def test_what_came_back_is_worth_what_it_had_cost(company: Company) -> None:
    number = returned(company)
    assert worth(number) == 200


def test_the_amount_is_the_one_that_is_refunded_when_none_is_given(company: Company) -> None:
    number = returned(company, lines=[("A", 2), ("B", 3)])
    expected = worth(number)
    company.finish(number, Stage.REFUND)
    with reading():
        assert [one.amount for one in Refund.select()] == [expected]
    assert worth(number) == 0


def test_only_what_came_back_counts(company: Company) -> None:
    number = company.ordered(Stage.RECEIVING, nature="return", lines=[("A", 3)])
    assert worth(number) is None
    company.finish(number, Stage.RECEIVING, restock={"A": 1}, scrap={"A": 1})
    assert worth(number) == 200


def test_an_inspection_that_was_undone_does_not_count(company: Company) -> None:
    number = returned(company)
    undo.undo(company.workplace, "inv", number, reason="miscounted")
    company.finish(number, Stage.RECEIVING, restock={"A": 1}, scrap={})
    assert worth(number) == 100


def test_without_a_price_nothing_is_told(company: Company) -> None:
    draft = company.draft(nature="return", lines=[("A", 1)])
    draft.lines.append(LineDraft("B", "Product B", "", 1))
    (number,) = company.receive(draft).new
    company.bring(number, Stage.REFUND)
    assert worth(number) is None


def test_orders_with_which_nothing_came_back_are_left_out(company: Company) -> None:
    company.order()
    number = returned(company)
    ids = [order.id for order in company.walk()]
    assert worths(ids) == {company.row(number).id: 200}
    assert worth("20261123-EC-999") is None


def test_the_refunds_of_today_are_listed_the_latest_first(company: Company) -> None:
    yesterday = returned(company)
    company.finish(yesterday, Stage.REFUND)
    company.later(days=1)
    first, taken_back, last = returned(company), returned(company), returned(company)
    for number in (first, taken_back):
        company.finish(number, Stage.REFUND, reference=f"R-{number}")
    undo.undo(company.workplace, "fin", taken_back, reason="by mistake")
    company.later(minutes=5)
    company.finish(last, Stage.REFUND, amount=150)
    found = refunded_today(company.workplace.settings, company.now)
    assert [(one.number, one.amount, one.reference) for one in found] == [
        (last, 150, ""),
        (first, 200, f"R-{first}"),
    ]
    assert [one.refunded_by for one in found] == ["Fin", "Fin"]
    assert f"{found[0].refunded_at:%H:%M}" == "10:05"
    assert len({one.key for one in found}) == 2


def test_no_table_is_read_whole(company: Company) -> None:
    number = returned(company)
    company.finish(number, Stage.REFUND)
    with asked() as selects:
        worth(number)
    assert read_whole(scans(selects)) == set()
    with asked() as selects:
        refunded_today(company.workplace.settings, company.now)
    # The newest refunds are read from the end of their table, and no more of it than is listed.
    assert read_whole(scans(one for one in selects if "0 = 1" not in one)) == {"refund"}
    assert any('ORDER BY "t1"."id" DESC LIMIT' in sql for sql in selects if "refund" in sql)
