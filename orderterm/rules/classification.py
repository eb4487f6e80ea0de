"""What kind of order it is: its tags, nature and priority, and whether the day is a surge."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from unicodedata import normalize

from orderterm.rules.drafts import OrderDraft
from orderterm.sentences import Sentence, say
from orderterm.settings import PrioritySettings, Settings
from orderterm.terms import Nature, Priority, Tag

_NATURE_WORDS = {
    Nature.RETURN: ("return", "returns", "refund", "退货", "退货退款", "退款"),
    Nature.EXCHANGE: ("exchange", "exchanges", "replacement", "换货"),
    Nature.CUSTOM: ("custom", "customised", "customized", "定制", "订制"),
    Nature.STANDARD: ("standard", "normal", "regular", "常规", "普通", "标准"),
}
_NATURES = {word: nature for nature, words in _NATURE_WORDS.items() for word in words}

_REQUEST_ENDINGS = r"(?:e|ed|d|es|ing|ly|able|ation|-?made|i[sz](?:e|ed|es|ing|able|ation))?"
_QUALITY_ENDINGS = r"(?:s|ive|ed|ing)?"
_NAME_ENDINGS = "(?!编码)"


class ClassificationRules:
    """The words and levels of the settings, compiled once.

    A word in Latin letters counts as a whole word, with the usual endings of its kind: "customized"
    is custom, "customer" and "customs" are not. Chinese words count wherever they stand, also with
    spaces between their characters. A negation directly before the word undoes it.
    """

    def __init__(self, settings: Settings) -> None:
        words = settings.verification
        negation = _negation(words.negations)
        requests = (*words.expedited_words, *words.custom_words, *words.carrier_words)
        self.requests = re.compile(
            _beginning((*words.negations, *requests))
            + negation
            + "(?:"
            + _group(Tag.EXPEDITED, words.expedited_words, _REQUEST_ENDINGS)
            + "|"
            + _group(Tag.CUSTOM, words.custom_words, _REQUEST_ENDINGS)
            + "|"
            + _group(Tag.PREFERRED_CARRIER, words.carrier_words, _NAME_ENDINGS)
            + ")"
        )
        self.hint = re.compile("|".join(re.escape(_squeezed(word)) for word in requests))
        self.quality = re.compile(
            _beginning((*words.negations, *words.quality_words))
            + negation
            + _group("word", words.quality_words, _QUALITY_ENDINGS)
        )
        self.carriers = {_squeezed(word): word for word in words.carrier_words}
        self.high_levels = frozenset(_plain(level) for level in settings.priority.high_levels)


def tags(draft: OrderDraft, rules: ClassificationRules) -> tuple[Tag, ...]:
    """The tags that special request and note ask for, in the order of ``Tag``."""
    if not draft.special_request and not draft.note:
        return ()
    found = {match.lastgroup for match in _asked(draft, rules)}
    return tuple(tag for tag in Tag if tag.value in found) if found else ()


def preferred_carrier(draft: OrderDraft, rules: ClassificationRules) -> str:
    """The first carrier asked for, by its name in the settings; "" for none."""
    for match in _asked(draft, rules):
        if match.lastgroup == Tag.PREFERRED_CARRIER:
            return rules.carriers[_squeezed(match[Tag.PREFERRED_CARRIER])]
    return ""


def nature_named(text: str) -> Nature | None:
    """The nature that a channel's own word means; None if it means none."""
    return _NATURES.get(_plain(text))


def nature(draft: OrderDraft, tags: Sequence[Tag]) -> Nature:
    """The channel's own word first, then the custom tag, else standard."""
    if draft.nature and (named := nature_named(draft.nature)) is not None:
        return named
    return Nature.CUSTOM if Tag.CUSTOM in tags else Nature.STANDARD


def is_quality_problem(draft: OrderDraft, rules: ClassificationRules) -> bool:
    """Whether special request or note complain of the goods themselves."""
    text = _text(draft)
    return bool(text) and any(not m["negation"] for m in rules.quality.finditer(text))


def priority(
    nature: Nature,
    tags: Sequence[Tag],
    customer_level: str,
    surge: bool,
    quality_problem: bool,
    rules: ClassificationRules,
) -> tuple[Priority, str]:
    """The priority, and the code of the first rule that holds (see ``rule_sentence``)."""
    if Tag.EXPEDITED in tags:
        return Priority.URGENT, "expedited"
    if surge:
        return Priority.URGENT, "surge_day"
    if customer_level and _plain(customer_level) in rules.high_levels:
        return Priority.HIGH, "customer_level"
    if nature is Nature.CUSTOM:
        return Priority.HIGH, "custom"
    if nature in (Nature.RETURN, Nature.EXCHANGE) and not quality_problem:
        return Priority.LOW, "non_quality_return"
    return Priority.NORMAL, "default"


_RULES = {
    "expedited": say("the order asks to be expedited"),
    "surge_day": say("a surge day: the channel brings far more orders than on its usual day"),
    "customer_level": say("the customer's level has precedence"),
    "custom": say("the order is made to the customer's wish"),
    "non_quality_return": say("a return or exchange that is not for quality can wait"),
    "default": say("no rule asks for anything else"),
}


def rule_sentence(code: str) -> Sentence:
    """The rule that decided a priority, for people."""
    return _RULES.get(code) or say("rule {code}", code=code)


def usual_day(counts: Sequence[int], settings: PrioritySettings) -> float | None:
    """How many orders a channel's usual day brings.

    Args:
        counts: orders of each day before today, oldest first; days without any don't count.

    Returns:
        The mean of the last ``surge_days`` days that had orders, None if they are fewer than
        ``surge_minimum_days``.
    """
    days = [count for count in counts if count > 0][-settings.surge_days :]
    return sum(days) / len(days) if len(days) >= settings.surge_minimum_days else None


def is_surge(today: int, usual: float | None, factor: float) -> bool:
    """Whether ``today``'s orders so far exceed ``factor`` usual days."""
    return usual is not None and today > factor * usual


def _asked(draft: OrderDraft, rules: ClassificationRules) -> list[re.Match[str]]:
    text = _text(draft)
    # Nearly every note asks for nothing, and a search for mere letters is far quicker.
    if not text or not rules.hint.search("".join(text.split())):
        return []
    return [match for match in rules.requests.finditer(text) if not match["negation"]]


def _text(draft: OrderDraft) -> str:
    if not draft.special_request and not draft.note:
        return ""
    return _plain(f"{draft.special_request}\n{draft.note}")


def _plain(text: str) -> str:
    if not text.isascii():
        text = normalize("NFKC", text).replace("’", "'")
    return text.strip().lower()


def _squeezed(text: str) -> str:
    return "".join(_plain(text).split())


def _beginning(words: Iterable[str]) -> str:
    """A look at the next character, which spares a try of all words at every other place."""
    letters = {plain[0] for word in words if (plain := _plain(word))}
    return f"(?=[{re.escape(''.join(sorted(letters)))}])" if letters else ""


def _negation(words: Iterable[str]) -> str:
    # 特别加急 is very much asked for: the 别 in it is no "don't".
    return rf"(?:(?<!特)(?P<negation>{_alternatives(words, '')})[^\S\n]*)?"


def _group(name: str, words: Iterable[str], endings: str) -> str:
    return f"(?P<{name}>{_alternatives(words, endings)})"


def _alternatives(words: Iterable[str], endings: str) -> str:
    plain = sorted({_plain(word) for word in words} - {""}, key=len, reverse=True)
    return "|".join(_pattern(word, endings) for word in plain) or r"(?!)"


def _pattern(word: str, endings: str) -> str:
    body = r"\s+".join(_spaced(part) for part in word.split())
    before = r"(?<![a-z0-9])" if word[0].isascii() else ""
    after = r"(?![a-z0-9])" if word[-1].isascii() else ""
    return before + body + endings + after


def _spaced(word: str) -> str:
    """A pattern for ``word`` that allows spaces around its characters that are not ASCII."""
    pattern = re.escape(word[0])
    for left, right in pairwise(word):
        gap = "" if left.isascii() and right.isascii() else r"[^\S\n]*"
        pattern += gap + re.escape(right)
    return pattern
