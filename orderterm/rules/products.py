"""Whether what a channel calls a product contradicts what the catalogue calls it.

Channels write titles full of marketing words, and specifications in any order and language. So
two texts are compared by what they say:

1. Facts: measures (500ml = 0.5L, 20x30cm, 6支), numbers, colours (雪白 = white), shades, sizes
   (XL, 大号), sides. Texts contradict each other when both state a kind of fact and no value
   agrees; of names only volume, weight and memory are compared, of specifications everything.
2. Words, where no kind of fact is common: a name contradicts when it shares less than a quarter of
   its words with the catalogue's, a specification when it shares less than half of what is no fact.
   Words are Latin words, and each two Chinese characters side by side. Texts in different
   scripts can't be compared by words.

A text that holds the other one, is empty, or says only "default" never contradicts.
"""

import re
from functools import lru_cache
from unicodedata import normalize

from msgspec import Struct

_REMEMBERED = 16_384
_NAME_FACTS = ("volume", "weight", "memory")

_UNIT_TABLE = (
    ("volume", 1, "ml 毫升 cc"),
    ("volume", 10, "cl"),
    ("volume", 1000, "l 升 liter litre"),
    ("weight", 0.001, "mg 毫克"),
    ("weight", 1, "g 克"),
    ("weight", 500, "斤"),
    ("weight", 1000, "kg 千克 公斤"),
    ("length", 1, "mm 毫米"),
    ("length", 10, "cm 厘米"),
    ("length", 1000, "m 米"),
    ("inches", 1, "inch 寸 英寸"),
    ("memory", 1, "gb"),
    ("memory", 1024, "tb"),
    ("power", 1, "w 瓦"),
    ("charge", 1, "mah 毫安"),
    ("size number", 1, "码 号"),
    ("pieces", 1, "个 支 只 件 枚 片 条 pcs pc pieces"),
    ("packs", 1, "盒 瓶 包 袋 罐 箱 pack packs"),
    ("pairs", 1, "双 对 pair pairs"),
    ("sets", 1, "套 set sets"),
)
_WORD_TABLE = (
    ("size", "xs", "xs"),
    ("size", "s", "s"),
    ("size", "m", "m"),
    ("size", "l", "l"),
    ("size", "xl", "xl"),
    ("size", "2xl", "2xl xxl"),
    ("size", "3xl", "3xl xxxl"),
    ("size", "large", "large 大号 大码"),
    ("size", "medium", "medium 中号 中码"),
    ("size", "small", "small 小号 小码"),
    ("side", "left", "left 左"),
    ("side", "right", "right 右"),
    ("shade", "dark", "dark 深"),
    ("shade", "light", "light 浅"),
    ("colour", "red", "red 红"),
    ("colour", "white", "white 白"),
    ("colour", "black", "black 黑"),
    ("colour", "blue", "blue 蓝"),
    ("colour", "green", "green 绿"),
    ("colour", "yellow", "yellow 黄"),
    ("colour", "purple", "purple 紫"),
    ("colour", "grey", "grey gray 灰"),
    ("colour", "brown", "brown 棕 咖"),
    ("colour", "pink", "pink 粉"),
    ("colour", "orange", "orange 橙"),
    ("colour", "gold", "gold 金"),
    ("colour", "silver", "silver 银"),
    ("colour", "beige", "beige 米"),
    ("colour", "cyan", "cyan 青"),
)
_UNITS = {unit: (kind, factor) for kind, factor, units in _UNIT_TABLE for unit in units.split()}
_WORDS = {word: (kind, value) for kind, value, words in _WORD_TABLE for word in words.split()}
_SAYS_NOTHING = frozenset(("", "默认", "默认规格", "标准", "标配", "均码", "无", "统一规格"))
_SAYS_NOTHING |= {"default", "defaulttitle", "standard", "none", "na", "onesize"}
_GENERIC = frozenset("款型版装色码号")

_HAN = "\u3400-\u9fff"
_HAN_RUN = re.compile(rf"[{_HAN}]+")
_OTHER_RUN = re.compile(rf"[^\W_{_HAN}]+(?:\.\d+)?")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_TIMES = re.compile(r"(?<=\d)\s*[x*×]\s*(?=\d)")
_BETWEEN_NUMBERS = re.compile(r"(?<=\d)[^\w.]+(?=\d)")
_PUNCTUATION = re.compile(r"(?:(?<!\d)[.-]|[.-](?!\d)|[^\w.-]|_)+")
_GENITIVE = re.compile(r"['’]s\b")
_MEASURE = re.compile(
    r"(?<![\d.a-z])(\d+(?:\.\d+)?(?:x\d+(?:\.\d+)?)*)\s*("
    + "|".join(sorted(_UNITS, key=len, reverse=True))
    + r")(?![a-z])"
)
_EXTENT = re.compile(r"(?<![\d.a-z])\d+(?:\.\d+)?(?:x\d+(?:\.\d+)?)+")
# 粉 and its like are colours only before 色 or 红, or at a word's end: 粉末 is no colour.
_TOLD_BY_HAN = re.compile(
    rf"[大中小][号码]|[红白黑蓝绿黄紫灰棕深浅左右]|[粉金银橙米咖青](?=[色红]|(?![{_HAN}]))"
)

Facts = dict[str, set[str]]


class _Sayings(Struct, frozen=True):
    """What a text says: its letters, its facts by kind, its words, and those that are no fact."""

    bare: str
    facts: Facts
    words: frozenset[str]
    plain_words: frozenset[str]


@lru_cache(_REMEMBERED)
def names_contradict(given: str, known: str) -> bool:
    """Whether the channel's title can't be of the product named ``known``; lenient."""
    left, right = _sayings(given), _sayings(known)
    if _agree_at_once(left, right):
        return False
    if any(_differ(left.facts, right.facts, kind) for kind in _NAME_FACTS):
        return True
    return _shared(left.words, right.words) < 0.25


@lru_cache(_REMEMBERED)
def specifications_contradict(given: str, known: str) -> bool:
    """Whether the two specifications can't be of one thing; strict."""
    left, right = _sayings(given), _sayings(known)
    if _agree_at_once(left, right):
        return False
    if kinds := left.facts.keys() & right.facts.keys():
        return any(_differ(left.facts, right.facts, kind) for kind in kinds)
    return _shared(left.plain_words, right.plain_words) < 0.5


def _agree_at_once(left: _Sayings, right: _Sayings) -> bool:
    """Whether one text says nothing or is part of the other; a number's part is not the number."""
    if left.bare in _SAYS_NOTHING or right.bare in _SAYS_NOTHING:
        return True
    shorter, longer = sorted((left.bare, right.bare), key=len)
    return re.search(rf"(?<![a-z\d]){re.escape(shorter)}(?![a-z\d])", longer) is not None


def _differ(left: Facts, right: Facts, kind: str) -> bool:
    return kind in left and kind in right and left[kind].isdisjoint(right[kind])


def _shared(left: frozenset[str], right: frozenset[str]) -> float:
    """The part of the shorter text's words that the other one has; 1 if none can be compared."""
    if not left or not right or _has_han(left) != _has_han(right):
        return 1.0
    return len(left & right) / min(len(left), len(right))


def _has_han(words: frozenset[str]) -> bool:
    return any(_HAN_RUN.match(word) for word in words)


@lru_cache(_REMEMBERED)
def _sayings(text: str) -> _Sayings:
    plain = _GENITIVE.sub("", _TIMES.sub("x", normalize("NFKC", text).lower()))
    facts: Facts = {}
    unmeasured = _take_measures(plain, facts)
    words = _words(unmeasured)
    bare = _PUNCTUATION.sub("", _BETWEEN_NUMBERS.sub("-", plain))
    return _Sayings(bare, facts, words, _take_words(unmeasured, facts))


def _take_measures(plain: str, facts: Facts) -> str:
    """Puts the measures of ``plain`` into ``facts``; returns the text without them."""

    def take(found: re.Match[str]) -> str:
        kind, factor = _UNITS[found[2]]
        sides = [f"{float(side) * factor:g}" for side in found[1].split("x")]
        facts.setdefault(kind if len(sides) == 1 else "extent", set()).add("x".join(sides))
        return " "

    def take_bare(found: re.Match[str]) -> str:
        facts.setdefault("bare extent", set()).add(found[0])
        return " "

    return _EXTENT.sub(take_bare, _MEASURE.sub(take, plain))


def _take_words(unmeasured: str, facts: Facts) -> frozenset[str]:
    """Puts numbers, colours, sizes into ``facts``; returns the words that are no such fact."""
    plain_words: set[str] = set()
    for word in _OTHER_RUN.findall(unmeasured):
        if _NUMBER.fullmatch(word):
            facts.setdefault("number", set()).add(f"{float(word):g}")
        elif not _take(word, facts):
            plain_words.add(word)
    for run in _HAN_RUN.findall(unmeasured):
        # Each one found is taken; a run that tells a fact leaves no words.
        if not [_take(word, facts) for word in _TOLD_BY_HAN.findall(run)]:
            plain_words |= _pairs(run)
    return frozenset(plain_words)


def _take(word: str, facts: Facts) -> bool:
    if word not in _WORDS:
        return False
    kind, value = _WORDS[word]
    facts.setdefault(kind, set()).add(value)
    return True


def _words(text: str) -> frozenset[str]:
    words = {word for word in _OTHER_RUN.findall(text) if not _NUMBER.fullmatch(word)}
    return frozenset(words.union(*map(_pairs, _HAN_RUN.findall(text))))


def _pairs(run: str) -> set[str]:
    """Each two characters of ``run`` side by side, or its only one if that means anything."""
    return {run[i : i + 2] for i in range(len(run) - 1)} or {run} - _GENERIC
