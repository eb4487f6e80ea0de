"""When a channel's words contradict the catalogue's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderterm.rules.products import names_contradict, specifications_contradict


@pytest.mark.parametrize(
    ("given_name", "known"),
    [
        ("保温杯", "保温杯"),
        ("", "保温杯"),
        ("保温杯", ""),
        ("保温水壶", "保温杯"),
        ("【2026新款】304不锈钢大容量保温杯 男女学生便携 雪白", "保温杯 500ml"),
        ("保温 杯（雪白）", "保温杯"),
        ("Ｂｏｔｔｌｅ　Brush", "bottle brush"),
        ("Official Store HOT Sale! Steel Bottle for School", "Steel bottle 500ml"),
        ("Thermos Bottle 0.5L", "保温杯 500ml"),  # another script: only the measure can be compared
        ("Men's T-Shirt L", "T-shirt"),
        ("买2送1 保温杯500ML/750ML", "保温杯 500ml"),
    ],
)
def test_titles_with_marketing_words_are_no_contradiction(given_name: str, known: str) -> None:
    assert not names_contradict(given_name, known)


@pytest.mark.parametrize(
    ("given_name", "known"),
    [
        ("电热水壶", "保温杯"),
        ("保温杯 750ml", "保温杯 500ml"),
        ("Garden hose", "Steel bottle"),
        ("Thermos Bottle 0.75L", "保温杯 500ml"),
        ("大米 5kg", "大米 10kg"),
        ("U盘 64GB", "U盘 128GB"),
    ],
)
def test_another_product_is_a_contradiction(given_name: str, known: str) -> None:
    assert names_contradict(given_name, known)


@pytest.mark.parametrize(
    ("specification", "known"),
    [
        ("500ml 雪白", "500ml 雪白"),
        ("颜色:雪白;容量:500ML", "500ml 雪白"),
        ("0.5L", "500毫升"),
        ("white, 500 ml", "500ml 雪白"),
        ("雪白", "500ml 雪白"),
        ("白", "500ml"),  # another kind of fact
        ("默认规格", "500ml 雪白"),
        ("Default Title", "500ml"),
        ("20*30CM", "20×30 cm"),
        ("XL 黑色", "黑/XL"),
        ("礼盒装", "豪华礼盒"),
        ("wood", "木质"),
        ("1.50m", "1.5 米"),
        ("", "红"),
        ("---", "红"),
        ("2 XL", "2XL"),
        ("默认", "木质"),
        ("木质", "均码"),
        ("Default Title", "wooden"),
        ("men's", "M"),
        ("20x30cm", "边长20cm"),
    ],
)
def test_specifications_that_say_the_same(specification: str, known: str) -> None:
    assert not specifications_contradict(specification, known)


@pytest.mark.parametrize(
    ("specification", "known"),
    [
        ("750ml", "500ml"),
        ("750ml 雪白", "500ml 雪白"),
        ("50ml", "500ml"),
        ("500ml", "1500ml"),
        ("1.5L", "15L"),
        ("2 500ml", "2500ml"),
        ("红", "白"),
        ("红色", "雪白"),
        ("red", "雪白"),
        ("深蓝", "浅蓝"),
        ("S", "M"),
        ("黑色 XL", "黑色 L"),
        ("大号", "小号"),
        ("左", "右"),
        ("20x30cm", "20x40cm"),
        ("20x30", "20x40"),
        ("20x30cm", "20*40 cm"),
        ("A1", "A15"),
        ("6支装", "12支装"),
        ("A款", "B款"),
        ("木质", "塑料"),
        ("42码", "43码"),
        ("15", "14"),
        ("金色", "银色"),
    ],
)
def test_specifications_that_say_something_else(specification: str, known: str) -> None:
    assert specifications_contradict(specification, known)


def test_powder_is_no_colour() -> None:
    assert not specifications_contradict("粉末 500g", "白色 500g")


@given(
    st.text("ab5mlLx红白粉色款 .-'×２", max_size=12),
    st.text("ab5mlLx红白粉色款 .-'×２", max_size=12),
)
def test_contradiction_is_mutual_and_never_with_itself(one: str, other: str) -> None:
    for contradict in (names_contradict, specifications_contradict):
        assert contradict(one, other) == contradict(other, one)
        assert not contradict(one, one)
        assert not contradict(one, f" {one.upper()} ")


@given(st.text(), st.text())
def test_no_text_breaks_it(one: str, other: str) -> None:
    for contradict in (names_contradict, specifications_contradict):
        assert contradict(one, other) in (True, False)
