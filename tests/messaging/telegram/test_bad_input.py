"""What cannot be used is refused in the language of who wrote it."""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

from domain.errors import BadInput
from messaging.languages.choice import locale_of
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.bad_input import refusal, refusal_html
from tests.messaging.languages.pseudo import PSEUDO


def said(limit: int, *, locale: Locale = ENGLISH) -> str:
    return locale.gettext("Up to {limit}.", limit=limit)


def test_an_error_with_values_is_translated_before_they_are_filled_in() -> None:
    error = BadInput("“{word}” is not a time.", word="{soon}")
    assert str(error) == "“{soon}” is not a time."
    assert refusal(error, locale=PSEUDO) == "⟦“{soon}” is not a time.⟧"


def test_an_error_may_say_how_it_is_said() -> None:
    error = BadInput(partial(said, 5))
    assert str(error) == "Up to 5."
    assert refusal(error, locale=PSEUDO) == "⟦Up to 5.⟧"


def test_words_alone_are_escaped_and_what_a_function_says_is_html() -> None:
    assert refusal_html(BadInput("a < b")) == "a &lt; b"
    assert refusal_html(BadInput(partial(said_as_html, "<b>"))) == "<code>/x</code> &lt;b&gt;"
    assert refusal(BadInput(partial(said_as_html, "<b>"))) == "/x <b>"


def said_as_html(word: str, *, locale: Locale = ENGLISH) -> str:
    del locale
    return f"<code>/x</code> {word.replace('<', '&lt;').replace('>', '&gt;')}"


def test_an_empty_refusal_is_empty_in_every_language() -> None:
    assert refusal(BadInput(""), locale=locale_of("es")) == ""


ROOT = Path(__file__).parents[3]
_MARKUP = re.compile(r"</?(?:b|i|code|pre|a|blockquote)\b[^>]*>|&(?:lt|gt|amp|quot|#x?\w+);")


def raised() -> Iterator[tuple[ModuleType, ast.expr]]:
    """The message of every BadInput that the product raises, and the module that does."""
    for folder in ("bot", "chain", "domain", "messaging", "services", "storage", "web", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text()
            if "BadInput(" not in text:
                continue
            module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "BadInput" and node.args:
                    yield module, node.args[0]


def function_of(module: ModuleType, node: ast.expr) -> Callable[..., str] | None:
    """The function that a name in a module stands for; None: it stands for none, or for what is local."""
    found: object = module
    for name in ast.unparse(node).split("."):
        found = getattr(found, name, None)
    return found if inspect.isfunction(found) else None


def test_what_functions_say_shows_no_tag() -> None:
    functions = [found for module, node in raised() if (found := function_of(module, node))]
    assert len(functions) > 10
    for function in functions:
        error = BadInput(function)
        assert _MARKUP.search(refusal(error)) is None, function
        assert refusal_html(error).count("<code>") == refusal_html(error).count("</code>"), function


def test_what_is_said_beforehand_has_no_markup() -> None:
    calls = [(module, node) for module, node in raised() if isinstance(node, ast.Call)]
    said_before = [found for module, node in calls if (found := function_of(module, node.func))]
    assert len(said_before) > 10
    for function in said_before:
        source = inspect.getsource(function)
        assert _MARKUP.search(source) is None, function
        assert "escape(" not in source, function
