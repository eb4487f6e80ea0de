"""The sections on what went wrong, and on who was told of it."""

from orderterm.reports.document import Chart, Column, Section, Series
from orderterm.rules.causes import cause_sentence
from orderterm.sentences import Sentence, say
from orderterm.views.weekly.review import WeeklyReview
from orderterm.views.weekly.troubles import KindRow

_MOST_BARS = 10


def exceptions(review: WeeklyReview) -> Section:
    """The exceptions by kind, and how they ended."""
    columns = (
        Column(say("kind")),
        Column(say("opened"), "number"),
        Column(say("opened the week before"), "number"),
        Column(say("still open"), "number"),
        Column(say("median time to resolve"), "duration"),
        Column(say("how resolved"), width=48),
    )
    rows = [
        (row.kind, row.opened, row.before, row.open, row.median, _paths(row))
        for row in review.troubles.kinds
    ]
    empty = say("no exception was opened in this week or the one before")
    return Section(say("Exceptions by kind"), columns, rows, empty=empty)


def _paths(row: KindRow) -> Sentence:
    paths = row.paths.items()
    return say("{all}", all=[say("{what} {count}", what=path, count=n) for path, n in paths])


def causes(review: WeeklyReview) -> Section:
    """What caused exceptions and lateness, what came back first."""
    columns = (
        Column(say("cause"), width=40),
        Column(say("how often"), "number"),
        Column(say("how often the week before"), "number"),
        Column(say("came back")),
        Column(say("code"), width=30),
    )
    rows = [
        (
            cause_sentence(one.code),
            one.count,
            one.before,
            say("yes") if one.repeated else None,
            one.code,
        )
        for one in review.troubles.causes
    ]
    note = say(
        "A cause came back where it was met twice in the week, or in both weeks. Agree on a "
        "measure by its code."
    )
    empty = say("nothing went wrong in this week or the one before")
    return Section(say("Causes"), columns, rows, note, _cause_chart(review), empty)


def _cause_chart(review: WeeklyReview) -> Chart | None:
    rows = [one for one in review.troubles.causes if one.count][:_MOST_BARS]
    if not rows:
        return None
    return Chart(
        "bar",
        say("The most frequent causes"),
        [cause_sentence(one.code) for one in rows],
        [
            Series(say("last week"), [one.before for one in rows]),
            Series(say("this week"), [one.count for one in rows]),
        ],
        say("how often"),
    )


def escalations(review: WeeklyReview) -> Section:
    """The levels that overdue work rose to."""
    columns = (
        Column(say("level"), "number"),
        Column(say("cause")),
        Column(say("how often"), "number"),
        Column(say("how often the week before"), "number"),
    )
    now = {(row.level, row.cause): row.count for row in review.escalations}
    then = {(row.level, row.cause): row.count for row in review.escalations_before}
    rows = [
        (level, cause, now.get((level, cause), 0), then.get((level, cause), 0))
        for level, cause in sorted({*now, *then})
    ]
    note = say("Level 0 is due soon.")
    empty = say("nothing was escalated in this week or the one before")
    return Section(say("Escalations"), columns, rows, note, empty=empty)


def messages(review: WeeklyReview) -> Section:
    """The messages that were queued, and what became of them."""
    columns = (
        Column(say("message")),
        Column(say("messages queued"), "number"),
        Column(say("messages sent"), "number"),
        Column(say("given up"), "number"),
        Column(say("withdrawn"), "number"),
        Column(say("too late"), "number"),
    )
    rows = [
        (row.kind, row.queued, row.sent, row.given_up, row.withdrawn, row.late)
        for row in review.messages
    ]
    empty = say("no message was queued in this week")
    return Section(say("Messages"), columns, rows, empty=empty)


def scores(review: WeeklyReview) -> Section:
    """What customers answered."""
    columns = (
        Column(say("question"), width=18),
        Column(say("mean score"), "mean"),
        Column(say("mean score the week before"), "mean"),
        Column(say("answers"), "number"),
        Column(say("answers the week before"), "number"),
    )
    now, then = review.scores, review.scores_before
    questions = (
        (say("speed of delivery"), now.speed, then.speed),
        (say("right product"), now.accuracy, then.accuracy),
        (say("service"), now.service, then.service),
    )
    rows = [(*one, now.replies, then.replies) for one in questions if now.replies or then.replies]
    empty = say("no survey was answered in this week or the one before")
    return Section(say("Customer satisfaction"), columns, rows, empty=empty)
