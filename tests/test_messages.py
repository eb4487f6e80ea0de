"""Every sentence has its Chinese: the catalog is complete, true to its placeholders, and compiled.

``make messages`` takes the sentences from the code into the catalog, and compiles it.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

import orderterm
from orderterm.terms import Term
from tests.help_texts import CLICKS, CLICKS_PLURALS, texts

ROOT = Path(__file__).parent.parent
PACKAGES = ("orderterm", "screens")
CATALOG = ROOT / "orderterm/locale/zh/LC_MESSAGES/orderterm.po"

ERRORS = frozenset(
    [
        *("OrdertermError", "Refusal", "FileRejected", "PartnerMissing", "StoreError"),
        *("SettingsError", "SendFailed"),
    ]
)
KEYWORDS = ERRORS | {"say", "allowed"}

PASSED_ON = {
    "template": "the constructor of OrdertermError: its own first argument, given to say",
    "why": "a Sentence that rules.permissions or Case.closed answered with",
    "_still_short(…)": "a Sentence that two refusals share",
    "unclear(…)": "a Sentence that all senders share, as the next five",
    "broken(…)": "of a connection that broke",
    "distrust(…)": "of a certificate",
    "late(…)": "of a time limit",
    "self._late(…)": "of a time limit",
    "self._unanswered(…)": "of a connection that broke or was never made",
    "route": "a Sentence that tells why no route of the settings fits",
    "fault": "a Sentence that a check of the settings answered with",
    "lacks": "a Sentence that is told where something was mended, else refused with",
}
"""First arguments that are no literal, and what they are instead."""

CHINESE = re.compile(r"[\u4e00-\u9fff]")
UNTRANSLATED = {"SKU"}
"""What Chinese staff call by its English name."""


def sentences() -> set[str]:
    """Every literal sentence of the code, and what the command line's help is made of."""
    keywords = dict.fromkeys(KEYWORDS)
    literal = {
        str(message)
        for package in PACKAGES
        for _, _, message, _, _ in extract_from_dir(ROOT / package, keywords=keywords)
    }
    return literal | {*texts(), *CLICKS} | {many for _, many in CLICKS_PLURALS}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """The Chinese catalog, as people edit it."""
    with CATALOG.open("rb") as file:
        return read_po(file, locale="zh")


def translations(catalog: Catalog) -> dict[str, str]:
    """Sentence to translation; without the header, which is the message of the empty id."""
    return {_many(message.id): _many(message.string) for message in catalog if message.id}


def _many(forms: str | Sequence[str] | None) -> str:
    """A text, or of its forms that for many: Chinese has no other."""
    return forms if isinstance(forms, str) else (forms or [""])[-1]


def placeholders(text: str) -> list[tuple[str, str | None, str | None]]:
    """The braces of ``text``, sorted: name, format and conversion of each."""
    found = Formatter().parse(text)
    return sorted((name, how, kind) for _, name, how, kind in found if name is not None)


def test_the_catalog_holds_the_sentences_of_the_code(catalog: Catalog) -> None:
    told, kept = sentences(), set(translations(catalog))
    assert len(told) > 300
    assert told - kept == set(), "run `make messages`, then translate what is new"
    assert kept - told == set(), "run `make messages`: the code says these no more"
    assert not catalog.obsolete


def test_every_sentence_has_a_chinese_translation(catalog: Catalog) -> None:
    def has_words(text: str) -> bool:
        return bool(re.search("[A-Za-z]", re.sub(r"{.*?}", "", text)))

    lacking = [
        english
        for english, chinese in translations(catalog).items()
        if not chinese
        or (has_words(english) and english not in UNTRANSLATED and not CHINESE.search(chinese))
    ]
    assert lacking == []


def test_no_translation_is_a_guess(catalog: Catalog) -> None:
    # Without its header the whole catalog counts as a guess, and pybabel compiles none of it.
    assert not catalog.fuzzy
    assert [message.id for message in catalog if message.id and message.fuzzy] == []


def test_a_translation_keeps_the_placeholders(catalog: Catalog) -> None:
    changed = {
        english: chinese
        for english, chinese in translations(catalog).items()
        if placeholders(english) != placeholders(chinese)
    }
    assert changed == {}


def test_the_compiled_catalog_is_of_this_text(catalog: Catalog) -> None:
    compiled = BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    with CATALOG.with_suffix(".mo").open("rb") as file:
        assert translations(read_mo(file)) == translations(read_mo(compiled)), "`make messages`"


def calls() -> Iterator[tuple[Path, ast.Call, str]]:
    """Every call of the code that makes a sentence, with the name of what is called.

    ``session.say(sentence)`` and its like show a sentence that was made before, and are left out.
    """
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(func=ast.Name(id=name)) if name in KEYWORDS:
                        yield file, node, name
                    case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if (
                        name in ERRORS or (module, name) in {("sentences", "say")}
                    ):
                        yield file, node, name


def test_a_sentence_is_made_from_a_literal() -> None:
    used = set()
    for file, call, name in calls():
        match call.args[:1]:
            case [ast.Constant(value=str())] if name != "allowed":
                continue
            case [ast.Call(func=ast.Name(id="say"))] if name == "allowed":
                continue
        argument = _shape(call.args[0]) if call.args else ""
        place = f"{file.relative_to(ROOT)}:{call.lineno}: {ast.unparse(call)}"
        assert argument in PASSED_ON, place
        assert name in ERRORS or (argument, file.name) == ("template", "errors.py"), place
        used.add(argument)
    assert used == set(PASSED_ON)


def _shape(argument: ast.expr) -> str:
    """An argument as code, where it is a call without what is given to it."""
    if isinstance(argument, ast.Call):
        return f"{ast.unparse(argument.func)}(…)"
    return ast.unparse(argument)


def test_every_error_is_known_to_the_extraction() -> None:
    heirs = {
        node.name
        for package in PACKAGES
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and ERRORS & {ast.unparse(base) for base in node.bases}
    }
    assert heirs <= ERRORS
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    (line,) = re.findall(r"^SENTENCES := (.*)$", make, re.MULTILINE)
    assert set(line.split()) == KEYWORDS


def term_kinds() -> list[type[Term]]:
    """Every enum of words, wherever in the core it is defined."""
    for module in pkgutil.walk_packages(orderterm.__path__, "orderterm."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return sorted(Term.__subclasses__(), key=lambda kind: kind.__name__)


def test_every_term_has_a_chinese_label() -> None:
    kinds = term_kinds()
    assert len(kinds) > 15
    lacking = [term for kind in kinds for term in kind if not CHINESE.search(term.label("zh"))]
    assert lacking == []
    assert not [term for kind in kinds for term in kind if CHINESE.search(term.label("en"))]
