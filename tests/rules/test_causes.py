"""What caused an exception, as codes."""

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.causes import (
    Raised,
    cause_sentence,
    causes_of,
    counted,
    counted_as,
    is_code,
)
from orderterm.terms import ExceptionKind, Stage

TEXTS = st.text(max_size=20)


def raised(kind: ExceptionKind, carrier: str = "", /, **detail: Any) -> Raised:
    return Raised(kind, msgspec.json.encode(detail).decode(), "TM", carrier)


def problem(field: str) -> dict[str, str]:
    return {"field": field, "zh": "缺少", "en": "is missing"}


def test_each_short_sku_is_a_cause() -> None:
    found = causes_of(raised(ExceptionKind.SHORTAGE, short={"BW-500": 3, "保温杯": 1}))
    assert found == ["shortage:BW-500", "shortage:保温杯"]


def test_a_missing_field_is_a_cause_once_however_many_lines_lack_it() -> None:
    problems = [problem("line1.sku"), problem("line2.sku"), problem("address")]
    found = causes_of(raised(ExceptionKind.INFORMATION, problems=problems))
    assert found == ["field:sku@TM", "field:address@TM"]


def test_a_late_carrier_is_the_one_that_is_told_else_the_parcels_own() -> None:
    assert causes_of(raised(ExceptionKind.CARRIER_DELAY, "顺丰")) == ["carrier:顺丰"]
    told = {"carrier": "Speedy", "waybill": "1"}
    found = causes_of(raised(ExceptionKind.CARRIER_DELAY, "顺丰", tracking=told))
    assert found == ["carrier:Speedy"]


def test_a_carrier_is_one_cause_by_all_its_names() -> None:
    for name in ("顺丰", "顺丰速运", "SF", "sf-express", "shunfeng"):
        assert causes_of(raised(ExceptionKind.CARRIER_DELAY, name)) == ["carrier:顺丰"]
        assert counted_as(f"carrier:{name}") == "carrier:顺丰"
    for cause in ("carrier:Speedy", "carrier", "shortage:SF", "SF", "SF: too slow"):
        assert counted_as(cause) == cause


def test_what_a_customer_wants_changed_is_a_cause() -> None:
    changed = raised(ExceptionKind.CHANGE_REQUEST, fields={"address": "…"}, lines=[{"sku": "A"}])
    assert causes_of(changed) == ["change:address@TM", "change:lines@TM"]
    cancelled = raised(ExceptionKind.CHANGE_REQUEST, fields={}, cancelled=True)
    assert causes_of(cancelled) == ["change:cancelled@TM"]


def test_without_a_cause_the_kind_is_counted() -> None:
    for kind in ExceptionKind:
        assert causes_of(raised(kind, note="found")) == [kind.value]


def test_late_stages_are_counted_with_the_exceptions() -> None:
    short = raised(ExceptionKind.SHORTAGE, short={"A": 1})
    found = counted([short, short], {Stage.REVIEW: 3, Stage.SHIPPING: 0})
    assert found == {"shortage:A": 2, "overdue:review": 3}


def test_causes_read_as_sentences() -> None:
    assert str(cause_sentence("shortage:A:B")) == "A:B short"
    assert str(cause_sentence("field:contact@TM")) == "TM: contact missing or wrong"
    assert str(cause_sentence("change:note@a@TM")) == "TM: customers change note@a"
    assert str(cause_sentence("overdue:review")) == "review overdue"
    assert str(cause_sentence("other")) == "other, no cause given"
    assert str(cause_sentence("follow_up")) == "bad survey answers"


def test_words_of_ones_own_are_no_code() -> None:
    for words in ("", "we talk too little", "overdue:lunch", "shortage:", "{sku}", "a:b"):
        assert not is_code(words)
        assert str(cause_sentence(words)) == words


@given(st.sampled_from(ExceptionKind), TEXTS, TEXTS, st.dictionaries(TEXTS, st.integers()))
def test_whatever_is_on_record_has_causes_that_read(
    kind: ExceptionKind, field: str, carrier: str, short: dict[str, int]
) -> None:
    one = raised(kind, carrier, short=short, fields={field: "x"}, problems=[problem(field)])
    for code in causes_of(one):
        assert str(cause_sentence(code))
