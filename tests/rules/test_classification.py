"""Tags, nature, priority and surge days."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm import settings
from orderterm.rules.classification import (
    ClassificationRules,
    is_quality_problem,
    is_surge,
    nature,
    preferred_carrier,
    priority,
    rule_sentence,
    tags,
    usual_day,
)
from orderterm.rules.drafts import OrderDraft
from orderterm.terms import Nature, Priority, Tag

SETTINGS = settings.parse({})
RULES = ClassificationRules(SETTINGS)


def tags_of(text: str) -> tuple[Tag, ...]:
    in_note = tags(OrderDraft(note=text), RULES)
    assert tags(OrderDraft(special_request=text), RULES) == in_note
    return in_note


@pytest.mark.parametrize(
    "text",
    [
        "加急",
        "请加急处理!",
        "加 急",
        "24小时发货",
        "２４小时发货",
        "24 小时 发货",
        "24H发货",
        "URGENT",
        "Urgent: please ship",
        "it is urgent.",
        "urgently needed",
        "rush order",
        "ASAP",
        "特别加急",
        "非常加急",
        "please expedite",
        "expedited",
        "不加急的话就算了,还是加急吧",
    ],
)
def test_orders_that_ask_to_be_expedited(text: str) -> None:
    assert tags_of(text) == (Tag.EXPEDITED,)


@pytest.mark.parametrize(
    "text",
    [
        "定制",
        "刻字:王小明",
        "custom",
        "Custom-made",
        "customized",
        "Customised mug",
        "engraving: Tom",
        "engraved",
        "personalised",
        "personalization",
    ],
)
def test_orders_made_to_a_wish(text: str) -> None:
    assert tags_of(text) == (Tag.CUSTOM,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "customer",
        "Dear customers",
        "customs declaration",
        "customary",
        "brush",
        "crush",
        "insurgent",
        "124小时发货",
        "急",
        "不加急",
        "不用加急",
        "无需定制",
        "不要 加急",
        "非定制",
        "别加急",
        "not urgent",
        "NOT  URGENT",
        "Don't rush",
        "don’t rush",
        "isn't urgent",
        "no rush",
        "items",
        "cups",
        "邮政编码 310000",
        "不要顺丰",
    ],
)
def test_orders_that_ask_for_nothing(text: str) -> None:
    assert tags_of(text) == ()


def test_a_negation_holds_for_the_word_after_it_only() -> None:
    assert tags_of("不加急,要定制") == (Tag.CUSTOM,)
    assert tags_of("not urgent but custom") == (Tag.CUSTOM,)
    assert tags_of("不\n加急") == (Tag.EXPEDITED,)


def test_both_texts_are_read_and_tags_keep_one_order() -> None:
    draft = OrderDraft(special_request="发顺丰 定制", note="加急")
    assert tags(draft, RULES) == (Tag.EXPEDITED, Tag.CUSTOM, Tag.PREFERRED_CARRIER)


@pytest.mark.parametrize(
    ("text", "carrier"),
    [
        ("发顺丰", "顺丰"),
        ("请用 sf express, 谢谢", "SF Express"),
        ("EMS", "EMS"),
        ("by fedex please", "FedEx"),
        ("不要中通,发圆通", "圆通"),
        ("顺丰或德邦", "顺丰"),
        ("systems", ""),
        ("", ""),
        ("加急", ""),
    ],
)
def test_the_carrier_asked_for(text: str, carrier: str) -> None:
    draft = OrderDraft(note=text)
    assert preferred_carrier(draft, RULES) == carrier
    assert (Tag.PREFERRED_CARRIER in tags(draft, RULES)) is bool(carrier)


def test_a_company_s_own_words_are_read_instead() -> None:
    words = {"expedited_words": ["火急", "c.o.d"], "carrier_words": [], "negations": []}
    rules = ClassificationRules(settings.parse({"verification": words}))
    assert tags(OrderDraft(note="不火急"), rules) == (Tag.EXPEDITED,)
    assert tags(OrderDraft(note="C.O.D"), rules) == (Tag.EXPEDITED,)
    assert tags(OrderDraft(note="c-o-d 加急 顺丰"), rules) == ()


def test_of_two_carriers_the_longer_name_is_meant() -> None:
    words = {"carrier_words": ["顺丰", "顺丰冷运"]}
    rules = ClassificationRules(settings.parse({"verification": words}))
    assert preferred_carrier(OrderDraft(note="发顺丰冷运"), rules) == "顺丰冷运"


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    draft = OrderDraft(note=text)
    assert (Tag.PREFERRED_CARRIER in tags(draft, RULES)) is bool(preferred_carrier(draft, RULES))
    assert is_quality_problem(draft, RULES) in (True, False)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("退货", Nature.RETURN),
        ("Return", Nature.RETURN),
        ("退货退款", Nature.RETURN),
        ("换货", Nature.EXCHANGE),
        (" exchange ", Nature.EXCHANGE),
        ("定制", Nature.CUSTOM),
        ("CUSTOM", Nature.CUSTOM),
        ("常规", Nature.STANDARD),
        ("standard", Nature.STANDARD),
    ],
)
def test_the_channel_s_own_word_tells_the_nature(word: str, expected: Nature) -> None:
    assert nature(OrderDraft(nature=word), ()) is expected
    assert nature(OrderDraft(nature=word), (Tag.CUSTOM,)) is expected


def test_without_a_word_the_tag_tells_the_nature() -> None:
    assert nature(OrderDraft(), (Tag.EXPEDITED, Tag.CUSTOM)) is Nature.CUSTOM
    assert nature(OrderDraft(), (Tag.EXPEDITED,)) is Nature.STANDARD
    assert nature(OrderDraft(nature="?"), ()) is Nature.STANDARD


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("质量有问题", True),
        ("收到时已破损", True),
        ("发错货", True),
        ("It is DEFECTIVE", True),
        ("wrong  items sent", True),
        ("非质量问题", False),
        ("不喜欢", False),
        ("not broken, changed my mind", False),
        ("unbroken", False),
        ("", False),
    ],
)
def test_complaints_of_the_goods(text: str, complaint: bool) -> None:
    assert is_quality_problem(OrderDraft(note=text), RULES) is complaint
    assert is_quality_problem(OrderDraft(special_request=text), RULES) is complaint


@pytest.mark.parametrize(
    ("nature", "tags", "level", "surge", "quality", "expected"),
    [
        (Nature.STANDARD, (), "", False, False, (Priority.NORMAL, "default")),
        (Nature.STANDARD, (), "gold", False, False, (Priority.NORMAL, "default")),
        (Nature.STANDARD, (Tag.EXPEDITED,), "", False, False, (Priority.URGENT, "expedited")),
        (Nature.CUSTOM, (Tag.EXPEDITED,), "钻石级", True, False, (Priority.URGENT, "expedited")),
        (Nature.CUSTOM, (), "钻石级", True, False, (Priority.URGENT, "surge_day")),
        (Nature.CUSTOM, (), " Diamond ", False, False, (Priority.HIGH, "customer_level")),
        (Nature.RETURN, (), "钻石级", False, False, (Priority.HIGH, "customer_level")),
        (Nature.CUSTOM, (Tag.CUSTOM,), "", False, False, (Priority.HIGH, "custom")),
        (Nature.RETURN, (), "", False, False, (Priority.LOW, "non_quality_return")),
        (Nature.EXCHANGE, (), "", False, False, (Priority.LOW, "non_quality_return")),
        (Nature.RETURN, (), "", False, True, (Priority.NORMAL, "default")),
        (Nature.EXCHANGE, (), "", False, True, (Priority.NORMAL, "default")),
    ],
)
def test_the_first_rule_that_holds_decides(
    nature: Nature,
    tags: tuple[Tag, ...],
    level: str,
    surge: bool,
    quality: bool,
    expected: tuple[Priority, str],
) -> None:
    assert priority(nature, tags, level, surge, quality, RULES) == expected


def test_every_rule_has_a_sentence_of_its_own() -> None:
    cases = itertools.product(
        Nature, [(), (Tag.EXPEDITED,)], ["", "diamond"], [False, True], [False, True]
    )
    codes = {priority(*case, RULES)[1] for case in cases}
    assert len(codes) == 6
    assert len({str(rule_sentence(code)) for code in codes}) == 6
    assert str(rule_sentence("own_rule")) == "rule own_rule"


def test_the_usual_day_is_the_mean_of_days_with_orders() -> None:
    assert usual_day([0, 10, 0, 20, 30, 10, 20, 30, 20], SETTINGS.priority) == 20
    assert usual_day([10] * 7, SETTINGS.priority) == 10
    assert usual_day([10] * 6 + [0] * 22, SETTINGS.priority) is None
    assert usual_day([], SETTINGS.priority) is None


def test_only_the_last_days_are_usual() -> None:
    assert usual_day([1000] * 10 + [10] * 28, SETTINGS.priority) == 10


def test_a_surge_exceeds_so_many_usual_days() -> None:
    assert not is_surge(30, 10.0, 3.0)
    assert is_surge(31, 10.0, 3.0)
    assert not is_surge(10_000, None, 3.0)
