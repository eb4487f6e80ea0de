"""What the channel's status words say of an order and of its lines."""

from collections.abc import Sequence
from typing import NamedTuple

from orderterm.intake.plans import Values
from orderterm.intake.profiles import StatusRule, Verdict
from orderterm.intake.texts import fold
from orderterm.terms import ChannelStatus


class Said(NamedTuple):
    """What the status cells of a row say.

    ``status``: None where they say nothing; ``ask``: words that a person must look at;
    ``goods``: False where there is nothing to send.
    """

    status: ChannelStatus | None = None
    ask: tuple[str, ...] = ()
    goods: bool = True


NOTHING = Said()


class Statuses:
    """The rules of a profile; each distinct combination of words is judged once."""

    def __init__(self, rules: Sequence[StatusRule]) -> None:
        self._rules = [_Rule(rule) for rule in rules]
        self._known: dict[Values, Said] = {(): NOTHING}

    def read(self, cells: Values) -> Said:
        """What ``cells``, one for each rule, say together: the first rule with a status wins."""
        said = self._known.get(cells)
        if said is None:
            said = self._known[cells] = self._judge(cells)
        return said

    def _judge(self, cells: Values) -> Said:
        verdicts = [rule.verdict(cell) for rule, cell in zip(self._rules, cells, strict=True)]
        statuses = [ChannelStatus(v) for v in verdicts if v in _STATUSES]
        asks = [cell for cell, v in zip(cells, verdicts, strict=True) if v == "ask"]
        return Said(statuses[0] if statuses else None, tuple(asks), "no_goods" not in verdicts)


_STATUSES = frozenset(status.value for status in ChannelStatus)


class _Rule:
    def __init__(self, rule: StatusRule) -> None:
        words = {_word(word): verdict for word, verdict in rule.words.items()}
        self._exact = {w: v for w, v in words.items() if not w.endswith("*")}
        self._beginnings = sorted(
            ((w[:-1], v) for w, v in words.items() if w.endswith("*")),
            key=lambda pair: -len(pair[0]),
        )

    def verdict(self, cell: str) -> Verdict:
        word = _word(cell)
        if word in self._exact:
            return self._exact[word]
        if not word:
            return "none"
        found = (verdict for begin, verdict in self._beginnings if word.startswith(begin))
        return next(found, "ask")


def _word(text: str) -> str:
    return fold(text).replace(" ", "")
