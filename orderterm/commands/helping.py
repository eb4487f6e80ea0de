"""The help of the commands: in the reader's language, and measured in a terminal's cells.

A command's help is written in its code, in English. As click does with its own words, it is taken
out of the catalog when it is shown; ``orderterm.sentences.speak`` has told in which language.
"""

import re
from collections.abc import Iterable
from gettext import gettext
from inspect import cleandoc

import click

_EXTRA = "  ["
"""What click puts between an option's help and what else it tells, as the default."""

_FIRST_SENTENCE = re.compile(r".*?(?=。|\.(?:\s|$)|$)")


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a docstring, each on one line: so they stand in the catalog."""
    return [" ".join(lines.split()) for lines in cleandoc(text).split("\n\n")]


def _translated(text: str) -> str:
    # The empty text is the name of the catalog's header.
    return gettext(text) if text else ""


class Page(click.HelpFormatter):
    """A page of help; its lines are measured in cells, as a Chinese character takes two.

    The terms, which are names of options and commands, are ASCII in every language.
    """

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        begin = gettext("Usage:") + " " if prefix is None else prefix
        self._write_beside(f"{begin}{prog} ", args)

    def write_heading(self, heading: str) -> None:
        told = gettext("{heading}:").format(heading=heading)
        self.write(f"{' ' * self.current_indent}{told}\n")

    def write_text(self, text: str) -> None:
        for number, paragraph in enumerate(paragraphs(text)):
            if number:
                self.write("\n")
            self._write_beside(" " * self.current_indent, _translated(paragraph))

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        rows = list(rows)
        size = min(max(len(term) for term, _ in rows), col_max)
        margin = " " * self.current_indent
        for term, told in rows:
            beside = term if len(term) <= size else ""
            if not beside:
                self._write_alone(term)
            text, gap, extra = told.partition(_EXTRA)
            begin = margin + beside.ljust(size + col_spacing)
            self._write_beside(begin, _translated(text) + gap + extra)

    def _write_alone(self, term: str) -> None:
        """Write a term on lines of its own; one with many choices goes on behind a bar."""
        margin = " " * self.current_indent
        lines = [margin]
        for choice in re.findall(r"[^|]+\|?", term):
            if len(lines[-1] + choice) > self.width:
                lines.append(margin + " " * 4)
            lines[-1] += choice
        self.write("\n".join(lines) + "\n")

    def _write_beside(self, begin: str, text: str) -> None:
        """Write ``text`` behind ``begin``, as far in on every line."""
        from rich.cells import cell_len

        from orderterm.reports.lines import wrap

        margin = " " * cell_len(begin)
        first, *more = wrap(text, self.width - len(margin))
        for line in (begin + first, *(margin + line for line in more)):
            self.write(line.rstrip() + "\n")


def _show_help(context: click.Context, _: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        click.echo(context.get_help(), color=context.color)
        context.exit()


class Context(click.Context):
    formatter_class = Page


class Command(click.Command):
    """A command whose help is a ``Page``."""

    context_class = Context
    _help_flag: click.Option | None = None

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        # click translates its own when it is made: before the language is known, and for nothing
        # where no help is asked for.
        if self._help_flag is None:
            self._help_flag = click.Option(
                self.get_help_option_names(ctx),
                is_flag=True,
                is_eager=True,
                expose_value=False,
                help="Show this message and exit.",
                callback=_show_help,
            )
        return self._help_flag

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [_translated(piece) for piece in super().collect_usage_pieces(ctx)]

    def get_short_help_str(self, _: int = 45) -> str:
        """The first sentence of the help, whole: the page breaks it into lines."""
        found = _FIRST_SENTENCE.match(_translated(paragraphs(self.help or "")[0]))
        return found[0] if found else ""


class Group(Command, click.Group):
    """A command with commands of its own."""

    command_class = Command
    group_class = type
