"""Every command. Each lies in a module of its own family, loaded only when it is called."""

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

import click

from orderterm import __version__

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
    "exception": "exceptions",
    "stock": "stock",
    "audit": "trail",
    "staff": "staff",
    "backup": "care",
    "doctor": "care",
    "demo": "demo",
}
"""Each command's module in ``orderterm.commands``; it is the attribute ``NAME_command`` there."""

INTERRUPTED = 130


class Program(click.Group):
    """The commands, and what happens when one fails: a sentence, never a traceback."""

    def list_commands(self, _: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        module = import_module(f"orderterm.commands.{_COMMANDS[name]}")
        command: click.Command = getattr(module, f"{name}_command")
        return command

    def invoke(self, context: click.Context) -> Any:
        try:
            result = super().invoke(context)
            if sys.stdout is not None:
                sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit):
            raise
        except KeyboardInterrupt:
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
        return super().main(*args, **kwargs)


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
    help="The home to work in: its settings, database and inbox.",
)
@click.version_option(__version__, message="orderterm %(version)s")
@click.pass_context
def main(context: click.Context, home: Path | None) -> None:
    """A company's orders, from every channel to the customer's confirmation.

    The home is --home DIR, else $ORDERTERM_HOME, else the working directory if it holds
    orderterm.toml, else the user's data folder. What a command changes, it changes in the name of
    --as BADGE, and the audit trail keeps it.
    """
    context.obj = _session_class()(home)
    if context.invoked_subcommand is None:
        click.echo(context.get_help())
