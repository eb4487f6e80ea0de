"""订单优先级判定表: the rules in the order in which they are tried, and what they decided."""

from collections.abc import Sequence

from msgspec import Struct

from orderterm.reports.document import Report, Section, Value
from orderterm.reports.names import ReportName
from orderterm.reports.registers.frame import Request, field, report, section
from orderterm.rules.classification import rule_sentence
from orderterm.sentences import Sentence, say
from orderterm.settings import Settings
from orderterm.terms import Priority
from orderterm.views.registers.priorities import masked, priorities


class _Rule(Struct, frozen=True):
    place: int
    code: str
    priority: Priority
    parameters: Value = None


def build(request: Request) -> Report:
    """The rules as the settings have them, and the priorities of the orders received."""
    fields = (
        field(say("Order number"), lambda row: row.number, width=18),
        field(say("Matching rule"), lambda row: row.rule and rule_sentence(row.rule), width=44),
        field(say("Judged priority"), lambda row: row.judged),
        field(say("Changed by hand to"), lambda row: row.by_hand),
        field(say("Changed by"), lambda row: row.by),
        field(say("Reason of the change"), lambda row: row.reason, width=30),
        field(say("Judged at"), lambda row: row.at, "time"),
    )
    rows = request.seen(priorities(request.days, request.settings), masked)
    empty = say("no order was received on these days")
    judgements = section(say("Priority decisions"), fields, rows, empty)
    return report(ReportName.PRIORITY, request, judgements, _rules(request.settings))


def _rules(settings: Settings) -> Section:
    fields = (
        field(say("Rule"), lambda rule: rule.code, width=20),
        field(say("Priority"), lambda rule: rule.priority),
        field(say("Holds when"), lambda rule: rule_sentence(rule.code), width=50),
        field(say("Parameters"), lambda rule: rule.parameters, width=50),
        field(say("For channels"), lambda _: say("all")),
        field(say("Place in the order tried"), lambda rule: rule.place, "number"),
        field(say("In force from and until"), lambda _: None),
        field(say("In use"), lambda _: say("yes")),
        field(say("Remark"), lambda _: None),
    )
    return section(say("Priority rules"), fields, _tried(settings))


def _tried(settings: Settings) -> Sequence[_Rule]:
    """The rules, the first that is tried first."""
    words, surge = settings.verification, settings.priority
    return [
        _Rule(1, "expedited", Priority.URGENT, _list(words.expedited_words)),
        _Rule(
            2,
            "surge_day",
            Priority.URGENT,
            say(
                "more than {factor} usual days; usual is the mean of {days} days, at least "
                "{minimum}",
                factor=surge.surge_factor,
                days=surge.surge_days,
                minimum=surge.surge_minimum_days,
            ),
        ),
        _Rule(3, "customer_level", Priority.HIGH, _list(surge.high_levels)),
        _Rule(4, "custom", Priority.HIGH, _list(words.custom_words)),
        _Rule(5, "non_quality_return", Priority.LOW, _list(words.quality_words)),
        _Rule(6, "default", Priority.NORMAL),
    ]


def _list(words: Sequence[str]) -> Sentence:
    return say("{list}", list=list(words))
