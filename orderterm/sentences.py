"""What the program says to people: a sentence in either language, made from one template.

A ``Sentence`` keeps its template and values, so that the reader's language is chosen where it is
shown and not where it is said. Templates are the message ids of the catalogs in ``locale/``.
"""

import gettext
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from orderterm.terms import Language

_CATALOGS = Path(__file__).parent / "locale"


@cache
def _catalog(language: Language) -> gettext.NullTranslations:
    return gettext.translation("orderterm", _CATALOGS, [language], fallback=language == "en")


@runtime_checkable
class Labelled(Protocol):
    """What has a name in either language: a term, a profile's title."""

    def label(self, language: Language) -> str:
        """The name in ``language``."""


class Sentence(NamedTuple):
    """A template and the values that fill its braces."""

    template: str
    values: dict[str, object]

    def text(self, language: Language) -> str:
        """The sentence in ``language``; names and inner sentences in it follow."""
        template = _catalog(language).gettext(self.template)
        return template.format(**{k: _shown(v, language) for k, v in self.values.items()})

    def __str__(self) -> str:
        return self.text("en")


def say(template: str, /, **values: object) -> Sentence:
    """A sentence to be shown later; ``template`` is English with ``{name}`` for each value."""
    return Sentence(template, values)


def _shown(value: object, language: Language) -> object:
    if isinstance(value, Labelled):
        return value.label(language)
    if isinstance(value, Sentence):
        return value.text(language)
    if isinstance(value, list | tuple):
        joint = "、" if language == "zh" else ", "
        return joint.join(str(_shown(item, language)) for item in value)
    return value
