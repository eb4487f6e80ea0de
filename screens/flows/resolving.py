"""Resolving exceptions: the way out is chosen, and what it needs is asked for."""

from collections.abc import Awaitable, Callable, Sequence

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import say
from orderterm.terms import EXCEPTION_PATHS, ExceptionKind, ExceptionPath
from orderterm.views.order import ExceptionView, OrderView, order
from orderterm.views.queue import Work
from orderterm.workflow import exceptions
from orderterm.workflow.paths import Resolution
from orderterm.workflow.workplace import Outcome
from screens.flows.answers import one_of
from screens.flows.filling import choose_fields, fill_in
from screens.flows.forms import Form, article
from screens.flows.permitted import demand
from screens.work_screen import WorkScreen

Asker = Callable[[WorkScreen, OrderView, ExceptionView], Awaitable[Resolution]]


async def resolve(screen: WorkScreen) -> None:
    """Resolve the exception of the order in hand, or of the only marked one."""
    await resolve_one(screen, screen.need_one())


async def resolve_one(screen: WorkScreen, work: Work) -> None:
    """Resolve the exception of an order."""
    found = await screen.read(lambda: _read(screen, work.number))
    exception = await _which(screen, found, work)
    demand(screen, Action.RESOLVE, kind=exception.kind)
    path = await _way_out(screen, found, exception)
    if path is ExceptionPath.CANCEL:
        demand(screen, Action.CANCEL)
    resolution = await ASKERS[path](screen, found, exception)
    outcome = await screen.change(
        lambda: _resolved(screen, work.number, exception.kind, path, resolution)
    )
    await _answer(screen, work, exception.kind, outcome)


def _read(screen: WorkScreen, number: str) -> OrderView:
    return order(number, screen.station.settings, screen.station.now())


def open_exceptions(found: OrderView) -> list[ExceptionView]:
    """The exceptions of an order that are not resolved."""
    return [one for one in found.exceptions if one.resolved_at is None]


async def _which(screen: WorkScreen, found: OrderView, work: Work) -> ExceptionView:
    """The exception that is meant: the row's own, the only one, or the one that is chosen."""
    unresolved = open_exceptions(found)
    if not unresolved:
        raise Refusal("{number} has no open exception", number=work.number)
    own = [one for one in unresolved if one.kind is work.exception]
    if own or len(unresolved) == 1:
        return (own or unresolved)[0]
    return await screen.choose(say("which exception?"), [(one.kind, one) for one in unresolved])


async def _way_out(screen: WorkScreen, found: OrderView, exception: ExceptionView) -> ExceptionPath:
    """One of the kind's ways; what is missing is filled in at once, as cancelling has its key."""
    if exception.kind is ExceptionKind.INFORMATION:
        return ExceptionPath.COMPLETE
    return await screen.choose(
        say("{kind} of {number}", kind=exception.kind, number=found.number),
        [(one, one) for one in EXCEPTION_PATHS[exception.kind]],
    )


def _resolved(
    screen: WorkScreen,
    number: str,
    kind: ExceptionKind,
    path: ExceptionPath,
    resolution: Resolution,
) -> Outcome:
    station = screen.station
    return exceptions.resolve(
        station.workplace, station.badge, number, kind=kind, path=path, resolution=resolution
    )


async def _answer(screen: WorkScreen, work: Work, kind: ExceptionKind, outcome: Outcome) -> None:
    """Say what came of it; an exception that stays open keeps its place in the list."""
    now = await screen.read(lambda: _read(screen, work.number))
    if any(one.kind is kind for one in open_exceptions(now)):
        screen.answer(outcome.sentence, "exception")
        screen.refresh_soon()
    else:
        screen.answer(outcome.sentence, "done")
        screen.finished(work)


# -- shortage -------------------------------------------------------------------------------------

AGREED = (say("agreed by phone"), say("agreed in the channel's chat"), say("agreed by e-mail"))
HOW_AGREED = say("how did the customer agree?")


async def _until(screen: WorkScreen, _: OrderView, __: ExceptionView) -> Resolution:
    form = Form(screen)
    return Resolution(
        **await form.fill(form.day("until", say("stock comes in how many days (or 11-25)?")))
    )


async def _agreed_until(screen: WorkScreen, _: OrderView, __: ExceptionView) -> Resolution:
    form = Form(screen)
    return Resolution(
        **await form.fill(
            form.day("until", say("delayed by how many days (or 11-25)?")),
            form.choice("agreed", HOW_AGREED, AGREED),
        )
    )


async def _other_article(
    screen: WorkScreen, found: OrderView, exception: ExceptionView
) -> Resolution:
    short = [*exception.detail.get("short", {})] or [line.sku for line in found.lines]
    sku = await _one_sku(screen, short)
    form = Form(screen)
    question = say("{sku} is replaced by which SKU?", sku=sku)
    answers = await form.fill(
        form.word("substitute", question, scan=True, read=lambda code: article(code).sku),
        form.choice("agreed", HOW_AGREED, AGREED),
    )
    return Resolution(sku=sku, **answers)


async def _one_sku(screen: WorkScreen, short: Sequence[str]) -> str:
    if len(short) == 1:
        return short[0]
    return await screen.choose(say("which SKU is replaced?"), [(one, one) for one in short])


async def _agreed(screen: WorkScreen, _: OrderView, __: ExceptionView) -> Resolution:
    return Resolution(agreed=await one_of(screen, HOW_AGREED, AGREED))


async def _why(screen: WorkScreen, _: OrderView, __: ExceptionView) -> Resolution:
    words = (say("the customer cancelled"), say("no stock to be had"), say("no answer"))
    return Resolution(note=await one_of(screen, say("why?"), words))


# -- information and change request ---------------------------------------------------------------


async def _fields(screen: WorkScreen, found: OrderView, exception: ExceptionView) -> Resolution:
    """Fill in what was found wrong; where a colleague sent it back, what they ask for."""
    wrong = exception.detail.get("problems", ())
    if wrong:
        return Resolution(fields=await fill_in(screen, found, wrong))
    if note := exception.detail.get("note"):
        screen.answer(say("{problem}", problem=note), "exception")
    nothing = say("nothing: it is right as it stands")
    return Resolution(fields=await choose_fields(screen, found, nothing))


async def _accept(screen: WorkScreen, found: OrderView, exception: ExceptionView) -> Resolution:
    """Accept a change: what the channel asked for needs nothing more, else fields are asked for."""
    wanted = exception.detail
    if found.shipments or wanted.get("fields") or wanted.get("lines") or wanted.get("cancelled"):
        return Resolution()
    if note := wanted.get("note"):
        screen.answer(say("{problem}", problem=note), "exception")
    return Resolution(fields=await choose_fields(screen, found, say("nothing in the order")))


async def _refusal(screen: WorkScreen, _: OrderView, __: ExceptionView) -> Resolution:
    return Resolution(note=await screen.ask(say("why is the change refused?")))


async def _return(screen: WorkScreen, _: OrderView, __: ExceptionView) -> Resolution:
    return Resolution(note=await screen.ask(say("why does it come back?")))


# -- carrier delay and the rest -------------------------------------------------------------------

TOLD = (say("told by phone"), say("told in the channel's chat"), say("told by message"))
HOW_TOLD = say("how was the customer told?")
ARRIVES = say("arrives in how many days (or 11-25)?")


async def _new_arrival(screen: WorkScreen, _: OrderView, __: ExceptionView) -> Resolution:
    form = Form(screen)
    return Resolution(
        **await form.fill(form.day("eta", ARRIVES), form.choice("told", HOW_TOLD, TOLD))
    )


async def _new_parcel(screen: WorkScreen, _: OrderView, __: ExceptionView) -> Resolution:
    form = Form(screen)
    return Resolution(
        **await form.fill(
            form.word("carrier", say("which carrier takes over?")),
            form.word("waybill", say("waybill"), scan=True),
            form.day("eta", ARRIVES),
            form.choice("told", HOW_TOLD, TOLD),
        )
    )


async def _settled(screen: WorkScreen, _: OrderView, __: ExceptionView) -> Resolution:
    return Resolution(note=await screen.ask(say("how was it settled?")))


ASKERS: dict[ExceptionPath, Asker] = {
    ExceptionPath.TRANSFER: _until,
    ExceptionPath.DELAY: _agreed_until,
    ExceptionPath.SUBSTITUTE: _other_article,
    ExceptionPath.SPLIT: _agreed,
    ExceptionPath.CANCEL: _why,
    ExceptionPath.COMPLETE: _fields,
    ExceptionPath.EXPEDITE: _new_arrival,
    ExceptionPath.RECARRY: _new_parcel,
    ExceptionPath.ACCEPT: _accept,
    ExceptionPath.REFUSE: _refusal,
    ExceptionPath.RETURN: _return,
    ExceptionPath.SETTLE: _settled,
}
"""What each way out asks for."""
