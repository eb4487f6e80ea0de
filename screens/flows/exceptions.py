"""Resolving exceptions where that is the work: one, or all marked ones by the same way out."""

from orderterm.errors import Refusal
from orderterm.rules.permissions import Action
from orderterm.sentences import say
from orderterm.terms import EXCEPTION_PATHS, ExceptionPath
from orderterm.views.order import order
from orderterm.views.queue import Work
from orderterm.workflow import exceptions
from orderterm.workflow.workplace import Outcome
from screens.flows.completing import chosen_orders, complete, do_all
from screens.flows.permitted import demand
from screens.flows.resolving import ASKERS, open_exceptions, resolve_one
from screens.work_screen import Handler, WorkScreen

_OF_ONE_ORDER = frozenset(
    {
        ExceptionPath.SUBSTITUTE,
        ExceptionPath.COMPLETE,
        ExceptionPath.ACCEPT,
        ExceptionPath.RECARRY,
    }
)
"""The ways out that ask for what belongs to one order."""


async def resolve(screen: WorkScreen) -> None:
    """Resolve the exception in hand, or all marked ones by the same way out."""
    chosen = chosen_orders(screen)
    if len(chosen) > 1:
        await _resolve_all(screen, chosen)
    else:
        await resolve_one(screen, chosen[0])


async def finish(screen: WorkScreen) -> None:
    """Resolve what is an exception; finish what was found and is a stage."""
    if any(work.exception is not None for work in chosen_orders(screen)):
        await resolve(screen)
    else:
        await complete(screen)


async def _resolve_all(screen: WorkScreen, chosen: list[Work]) -> None:
    station, kind = screen.station, chosen[0].exception
    if kind is None or any(work.exception is not kind for work in chosen):
        raise Refusal("exceptions of several kinds are marked: resolve those of one kind together")
    demand(screen, Action.RESOLVE, kind=kind)
    paths = [path for path in EXCEPTION_PATHS[kind] if path not in _OF_ONE_ORDER]
    if not paths:
        raise Refusal("each exception of this kind ({kind}) is resolved by itself", kind=kind)
    path = await screen.choose(
        say("{kind} of {count} orders", kind=kind, count=len(chosen)), [(one, one) for one in paths]
    )
    first = chosen[0].number
    found = await screen.read(lambda: order(first, station.settings, station.now()))
    own = next((one for one in open_exceptions(found) if one.kind is kind), None)
    if own is None:
        raise Refusal("{number} has no open exception", number=first)
    resolution = await ASKERS[path](screen, found, own)
    await screen.sure(say("all {count} orders?", count=len(chosen)))

    def deed(work: Work) -> Outcome:
        return exceptions.resolve(
            station.workplace,
            station.badge,
            work.number,
            kind=kind,
            path=path,
            resolution=resolution,
        )

    await do_all(screen, chosen, deed)


HANDLERS: dict[str, Handler] = {"order.resolve": resolve, "order.complete": finish}
