"""`make languages`: the catalogue of all that is said, and those of the languages brought up to date.

Messages are found where they are said: the first argument of `gettext`, the second of `pgettext`, the first
two of `ngettext`, those of the marks `gettext_noop` and `ngettext_noop` and of the sentences that are data,
`sentence` and `counted`, the texts of errors that people read, and the table of commands. What is gone from
the code goes from the catalogues; what is new stands there without a translation; of what was only reworded
nothing is guessed. Run twice, it changes nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from messaging.languages.choice import LANGUAGES
from messaging.languages.loading import FOLDER, path_of

ROOT = Path(__file__).parents[1]
FOLDERS = ("bot", "chain", "domain", "messaging", "services", "workers")
TEMPLATE = FOLDER / "en.pot"
_ONE = frozenset({"gettext", "gettext_noop", "sentence", "BadInput", "BadAddress", "NotAllowed"})
_PLURAL = frozenset({"ngettext", "ngettext_noop", "counted"})
_ERRORS = frozenset({"BadCallback", "OldCallback", "ForeignCallback"})
_SLAVIC = (
    "(n % 10 == 1 && n % 100 != 11 ? 0 :"
    " n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14) ? 1 : 2)"
)
PLURALS = {
    "es": (2, "(n != 1)"),
    "ru": (3, _SLAVIC),
    "zh": (1, "0"),
}
"""The forms of each language. Spanish has one more for whole millions in the CLDR, which no message needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message in the code."""

    path: str
    line: int
    one: str
    many: str = ""
    """Empty: it has no plural."""
    context: str = ""


def messages_in(path: str, source: str) -> Iterator[Said]:
    """The messages of one module."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id == "COMMANDS"
        ):
            yield from _of_commands(path, node)
        elif isinstance(node, ast.ClassDef) and node.name in _ERRORS:
            yield from _of_error(path, node)
        elif isinstance(node, ast.Call):
            yield from _of_call(path, node)


def _of_commands(path: str, table: ast.AnnAssign) -> Iterator[Said]:
    """Return what commands take and do, which stands in their table without a mark."""
    for row in ast.walk(table):
        if isinstance(row, ast.Tuple) and all(isinstance(one, ast.Constant) for one in row.elts):
            for one in row.elts[1:]:
                if isinstance(one, ast.Constant) and one.value:
                    yield Said(path=path, line=one.lineno, one=str(one.value))


def _of_call(path: str, call: ast.Call) -> Iterator[Said]:
    name = _name(call.func)
    texts = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    if name in _ONE and texts and call.args[0].__class__ is ast.Constant:
        yield Said(path=path, line=call.lineno, one=texts[0])
    elif name in _PLURAL and len(texts) > 1:
        yield Said(path=path, line=call.lineno, one=texts[0], many=texts[1])
    elif name == "pgettext" and len(texts) > 1:
        yield Said(path=path, line=call.lineno, one=texts[1], context=texts[0])


def _of_error(path: str, error: ast.ClassDef) -> Iterator[Said]:
    """Return what the constructor of an error hands on."""
    for call in ast.walk(error):
        if isinstance(call, ast.Call) and _name(call.func) == "__init__":
            for one in call.args[:1]:
                if isinstance(one, ast.Constant) and isinstance(one.value, str):
                    yield Said(path=path, line=call.lineno, one=one.value)


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def extracted() -> Catalog:
    """All messages of the code, in the order of their modules."""
    catalog = Catalog(charset="utf-8", header_comment=_HEADER, fuzzy=False)
    for folder in FOLDERS:
        for module in sorted((ROOT / folder).rglob("*.py")):
            path = str(module.relative_to(ROOT))
            for one in messages_in(path, module.read_text()):
                message = (one.one, one.many) if one.many else one.one
                # Without the line: it would change with each edit of the module.
                catalog.add(message, locations=[(path, 0)], context=one.context or None)
    return catalog


def written(catalog: Catalog) -> str:
    """A catalogue as it stands in its file, without what depends on the day."""
    for message in catalog:
        message.locations = [(path, 0) for path in dict.fromkeys(path for path, _ in message.locations)]
    text = BytesIO()
    write_po(
        text,
        catalog,
        width=110,
        omit_header=False,
        include_lineno=False,
        ignore_obsolete=True,
        sort_by_file=True,
    )
    lines = text.getvalue().decode().splitlines()
    return "\n".join(line for line in lines if not line.startswith(_DATES)).rstrip() + "\n"


_HEADER = "# Whale Watcher. `make languages` keeps this file; people write what stands behind msgstr."
_DATES = (
    '"POT-Creation-Date',
    '"PO-Revision-Date',
    '"Generated-By',
    '"Last-Translator',
    '"Language-Team',
    '"Project-Id-Version',
    '"Report-Msgid-Bugs-To',
)


def updated(language: str, template: Catalog) -> Catalog:
    """The catalogue of a language with the messages of the template, and the translations that it had."""
    known = Catalog(locale=language)
    if path_of(language).exists():
        with path_of(language).open("rb") as file:
            known = read_po(file, locale=language)
    catalog = Catalog(locale=language, charset="utf-8", header_comment=_HEADER, fuzzy=False)
    number, expression = PLURALS[language]
    # As a header of a file would set them.
    catalog._num_plurals, catalog._plural_expr = number, expression  # type: ignore[assignment]  # noqa: SLF001
    for message in template:
        if not message.id:
            continue
        before = known.get(message.id, message.context)
        string = before.string if before is not None else ""
        has_forms = isinstance(message.id, tuple)
        if has_forms is not isinstance(
            string, tuple
        ):  # it had one form and has several now, or the other way
            string = ("",) * number if has_forms else ""
        catalog.add(message.id, string, locations=message.locations, context=message.context)
    return catalog


def files() -> dict[Path, str]:
    """Return what each catalogue is to hold."""
    template = extracted()
    found = {TEMPLATE: written(template)}
    for language in LANGUAGES:
        if language != "en":
            found[path_of(language)] = written(updated(language, template))
    return found


def is_translated(message: Message) -> bool:
    """Return whether each of its forms says something."""
    forms = message.string or ""
    return bool(forms) if isinstance(forms, str) else all(forms)


def main() -> None:
    """Write what differs; say how much is not translated."""
    for path, text in files().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
        with path.open("rb") as file:
            messages = [one for one in read_po(file) if one.id]
        missing = sum(not is_translated(one) for one in messages)
        print(f"{path.relative_to(ROOT)}: {len(messages)} messages, {missing} not translated")


if __name__ == "__main__":
    main()
