"""Every command. Each lies in a module of its own family, loaded only when it is called."""

import gc
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from orderterm import __version__
from orderterm.commands.helping import Group
from orderterm.sentences import environment_language, language_given_back, say, speak

if TYPE_CHECKING:
    from orderterm.commands.common import Session
    from orderterm.sentences import Sentence
    from orderterm.terms import Role

_COMMANDS = {
    "init": "home",
    "migrate": "home",
    "engine": "intake",
    "import": "intake",
    "orders": "orders",
    "show": "orders",
    "confirm": "stages",
    "claim": "stages",
    "reassign": "stages",
    "priority": "steps",
    "hold": "steps",
    "release": "steps",
    "cancel": "steps",
    "undo": "steps",
    "note": "steps",
    "exception": "exceptions",
    "survey": "surveys",
    "notifications": "notifications",
    "messages": "messages",
    "stock": "stock",
    "forecast": "forecast",
    "handover": "handover",
    "audit": "trail",
    "report": "report",
    "measure": "measure",
    "staff": "staff",
    "backup": "care",
    "doctor": "care",
    "monitor": "monitor",
    "demo": "demo",
}
"""Each command's module in ``orderterm.commands``; it is the attribute ``NAME_command`` there."""

_UNLISTED = {"colleagues": "demo"}
"""What no person calls: the program starts it beside itself."""

INTERRUPTED = 130


class Program(Group):
    """The commands, and what happens when one fails: a sentence, never a traceback."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        family = _COMMANDS.get(name) or _UNLISTED.get(name)
        if family is None:
            return None
        module = import_module(f"orderterm.commands.{family}")
        gc.enable()  # from now on there is work to do
        command: click.Command = getattr(module, f"{name}_command")
        return command

    def format_help(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        # It is mostly asked for before there is a session.
        session = context.obj or _session_class()(context.params.get("home"))
        speak(session.language)
        super().format_help(context, formatter)

    def invoke(self, context: click.Context) -> Any:
        try:
            context.obj = _session_class()(context.params.pop("home"))
            speak(context.obj.language)
            result = super().invoke(context)
            if sys.stdout is not None:
                sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except (KeyboardInterrupt, click.Abort):
            raise click.exceptions.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _let_stdout_go()
            raise click.exceptions.Exit(1) from None
        except Exception as error:  # noqa: BLE001 - the last place before the user's eyes
            from orderterm.commands.failures import explain

            explain(error, context.find_object(_session_class()))
            raise click.exceptions.Exit(1) from None
        return result

    def main(self, *args: Any, **kwargs: Any) -> Any:
        for stream in (sys.stdout, sys.stderr):
            _speak_any_language(stream)
        # What is being loaded is no garbage; looking for some takes a tenth of the time.
        gc.disable()
        try:
            with language_given_back():
                speak(environment_language())
                return super().main(*args, **kwargs)
        finally:
            gc.enable()


def open_terminal(
    session: "Session",
    *,
    badge: str | None = None,
    role: "Role | None" = None,
    hint: "Sentence | None" = None,
) -> int:
    """Open the screens; nothing else in the package knows them.

    Args:
        session: this call of the program, with the home to work in.
        badge: who signs in; None asks at the sign-in line.
        role: the role to begin in; None for the person's own.
        hint: what a newcomer is told first.

    Returns:
        The exit code.

    Raises:
        StoreError: the home's database is missing or of another version.
    """
    from screens.terminal import memory

    memory.begin()
    from screens import run

    session.open()
    clock, station = session.now, session.workplace.station
    return run.open_terminal(
        session.home, session.settings, clock, station, badge=badge, role=role, hint=hint
    )


def open_monitor(session: "Session") -> int:
    """Open the read-only wall screen; returns the exit code.

    Raises:
        UsageError: there is no terminal to draw it on.
        StoreError: the home's database is missing or of another version.
    """
    if not _at_a_terminal():
        raise _no_terminal(session)
    from screens.terminal import memory

    memory.begin()
    from screens import run

    session.open(readonly=True)
    return run.open_monitor(session.home, session.settings, session.now)


def _session_class() -> type[Any]:
    from orderterm.commands.common import Session

    return Session


def _speak_any_language(stream: TextIO | None) -> None:
    """Let ``stream`` take every character, whatever the locale: a failed print helps nobody."""
    reconfigure = getattr(stream, "reconfigure", None)
    if stream is None or reconfigure is None:
        return
    encoding = (stream.encoding or "ascii").lower().replace("_", "-")
    if encoding in ("ascii", "us-ascii", "ansi-x3.4-1968", "646"):
        reconfigure(encoding="utf-8", errors="replace")
    else:
        reconfigure(errors="replace")


def _let_stdout_go() -> None:
    """Nobody reads any more; what Python still flushes at its end must not complain of it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--home",
    type=click.Path(path_type=Path),
    metavar="DIR",
    is_eager=True,
    help="The home to work in: its settings, database and inbox.",
)
@click.option("--as", "badge", metavar="BADGE", help="The terminal: sign in without asking.")
@click.option("--role", metavar="ROLE", help="The terminal: the role to begin with.")
@click.version_option(__version__, message="orderterm %(version)s")
@click.pass_context
def main(context: click.Context, badge: str | None, role: str | None) -> None:
    """A company's orders, from every channel to the customer's confirmation.

    Without a command it opens the terminal: sign in, then your role's queue.

    The home is --home DIR, else $ORDERTERM_HOME, else the working directory if it holds
    orderterm.toml, else the user's data folder. What a command changes, it changes in the name of
    --as BADGE, and the audit trail keeps it.
    """
    context.meta["orderterm.open_terminal"] = open_terminal
    context.meta["orderterm.open_monitor"] = open_monitor
    if context.invoked_subcommand is not None:
        if badge or role:
            raise context.obj.misuse(say("--as and --role stand after the command they are for"))
    elif _at_a_terminal():
        context.exit(open_terminal(context.obj, badge=badge, role=_role(role)))
    elif badge or role:
        raise _no_terminal(context.obj)
    else:
        click.echo(context.get_help())


def _role(name: str | None) -> "Role | None":
    from orderterm.commands.types import TermChoice
    from orderterm.terms import Role

    if name is None:
        return None
    found: Role = TermChoice(Role).convert(name, None, None)
    return found


def _at_a_terminal() -> bool:
    from orderterm.commands.common import at_a_terminal

    return at_a_terminal()


def _no_terminal(session: "Session") -> click.UsageError:
    return session.misuse(
        say(
            "there is no terminal here to draw on and to read keys from: call it from one, without "
            "redirecting its input or output; over ssh, give ssh the option -t"
        )
    )
