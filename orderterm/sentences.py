"""What the program says to people: a sentence in either language, made from one template.

A ``Sentence`` keeps its template and values, so that the reader's language is chosen where it is
shown and not where it is said. Templates are the message ids of the catalogs in ``locale/``.
"""

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

# The command line asks for its language before it knows what else it needs.
if TYPE_CHECKING:
    from orderterm.terms import Language

_DOMAIN = "orderterm"
_CATALOGS = Path(__file__).parent / "locale"
_SAID_FIRST = "LANGUAGE"
_PLAIN = (str, int)
"""What is shown as it is: known at once, where asking for a protocol takes its time."""


def environment_language() -> "Language":
    """The language that the locale's variables ask for."""
    for variable in (_SAID_FIRST, "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def speak(language: "Language") -> None:
    """Let what asks gettext for its words have them in ``language``, out of our catalog.

    So do click, for its own, and the help of the commands. gettext asks the environment for the
    language, so the environment is told of another one; ``environment_language`` is it from now on.
    """
    gettext.bindtextdomain(_DOMAIN, str(_CATALOGS))
    gettext.textdomain(_DOMAIN)
    wanted = gettext.find(_DOMAIN, _CATALOGS, [language])
    if (environment_language(), gettext.find(_DOMAIN, _CATALOGS)) != (language, wanted):
        os.environ[_SAID_FIRST] = language


@contextmanager
def language_given_back() -> Iterator[None]:
    """Whatever ``speak`` tells the environment, it is forgotten at the end."""
    before = os.environ.get(_SAID_FIRST)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(_SAID_FIRST, None)
        else:
            os.environ[_SAID_FIRST] = before


@cache
def _catalog(language: "Language") -> gettext.NullTranslations:
    return gettext.translation(_DOMAIN, _CATALOGS, [language], fallback=language == "en")


@runtime_checkable
class Labelled(Protocol):
    """What has a name in either language: a term, a profile's title."""

    def label(self, language: "Language") -> str:
        """The name in ``language``."""


class Sentence(NamedTuple):
    """A template and the values that fill its braces."""

    template: str
    values: dict[str, object]

    def text(self, language: "Language") -> str:
        """The sentence in ``language``; names and inner sentences in it follow."""
        template = _catalog(language).gettext(self.template)
        return template.format(**{k: _shown(v, language) for k, v in self.values.items()})

    def __str__(self) -> str:
        return self.text("en")


def say(template: str, /, **values: object) -> Sentence:
    """A sentence to be shown later; ``template`` is English with ``{name}`` for each value."""
    return Sentence(template, values)


def _shown(value: object, language: "Language") -> object:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Sentence):
        return value.text(language)
    if isinstance(value, Labelled):
        return value.label(language)
    if isinstance(value, list | tuple):
        joint = "、" if language == "zh" else ", "
        return joint.join(str(_shown(item, language)) for item in value)
    return value
