"""Old words that no identifier may carry any more, and a search for them.

`python -m tests.architecture.words [FOLDER ...]` prints who still carries one, by folder. Identifiers are
the names in Python code (tests and benches, too), modules and folders, tables and columns, metrics,
settings and keys in Redis, and the names in the scripts, styles and pages that browsers get. Prose is free
but for a few phrases: an ordinary word may mean itself there.
"""

import ast
import keyword
import re
import subprocess
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

PARTS = frozenset(
    """
    allowance allowances apologise apologises attend attends beside birth births born broom brooms
    census chronicle chronicles composer composing converse converses deed deeds desk desks doubt
    doubted doubtful doubts duties duty envelope envelopes essences expertise fate fates flights fold
    folded folding folds glimpse glimpses ground habit habits haul hauls hint hints inlet inlets
    letter letters linger lingering lingers manifest manifests megaphone megaphones notice notices
    noticing nudge nudged nudges obey obeys organ organs outlet outlets parcel parcels poison poisoned
    poke poked pokes postage pulse pulses purse purses racing roster rosters rota rotas rulebook
    rulebooks scene scenes seat seats settle settled settlement settlements settles settling shipped
    shipping slip slips stories story strand strands stray strays stretch stretches sweep sweeps tap
    tapped tapping taps tellers telling tellings tidied tidies tidy told town towns troubles turnout
    turnouts untold vouched vouches watchtower watchtowers wish wishes wonder wonders
    """.split()  # noqa: SIM905 - a list of words
)
"""Refused as any part of an identifier: `desk` in `make_services`, `_DESKS` and `DeskClerk`."""

COMPOUNDS = (
    *("engine room", "hand over", "held until", "is held", "may touch", "put aside", "put down", "roll call"),
    *(
        "scan session",
        "scan sessions",
        "way of",
        "turn of",
        "place of",
        "whale fault",
        "tier cap",
        "tier caps",
    ),
)
"""Refused wherever the parts stand side by side in an identifier."""

WHOLE = frozenset(
    """
    answering cap caps contradictions fewest given held least longest look looking looks lost most
    needs place places quotes reach repeat repeats round_ rounds say says shortest shown smallest tell
    turn turns way ways
    """.split()  # noqa: SIM905 - a list of words
)
"""Refused where the identifier is nothing else, whatever its underscores and capitals: `_most`, `MOST`."""

CLASSES = frozenset(
    """
    Absent Blind Caught Conversation Found Inbox Line Post Speaks Taken Walk Walker Walking Wanted Who
    """.split()  # noqa: SIM905 - a list of words
)
"""Refused as written: the same word in small letters may be an ordinary one."""

LIMITS = re.compile(
    r"_*(?:(?:MOST|LONGEST|LARGEST|GREATEST|HIGHEST|SHORTEST|FEWEST|SMALLEST|LEAST|LOWEST)(?:_|$)"
    r"|(?!OVER_|DEFAULT_|MAX_)[A-Z]+(?:_[A-Z]+)*_LIMIT$)"
)
"""Constants that are limits begin with MAX_ or MIN_."""

_NO_CODE = re.compile(
    r"""(?s)\"{3}(?:\\.|[^\\])*?\"{3}|'{3}(?:\\.|[^\\])*?'{3}|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*"""
)
"""Strings and comments, whichever begins first: ten times as fast as Python's own tokens, and as exact."""

_SCRIPT_TEMPLATE = re.compile(r"(?s)`(?:\\.|[^`\\])*`")
_SCRIPT_TEXT = re.compile(r""""(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""")
_SCRIPT_COMMENT = re.compile(r"(?s)/\*.*?\*/|//[^\n]*")

FOREIGN: Mapping[str, str] = dict(
    entry.split(": ")
    for entry in (
        "fold: datetime's, for the hour that a clock shows twice",
        "given: Hypothesis' decorator",
        "places: Hypothesis', of decimals",
        "ascii_letters: of the module string",
        "SO_LINGER: of the module socket",
        "can_post_stories: the Bot API's",
        "can_edit_stories: the Bot API's",
        "can_delete_stories: the Bot API's",
        "isComposing: the browser's",
    )
)
"""Names of libraries, which we do not choose."""

ITSELF: Mapping[str, frozenset[str]] = {
    "chain/decoders/": frozenset({"seat", "seats"}),  # Phoenix' word for a trader's place at a market
    "tests/chain/": frozenset({"seat", "seats"}),
    "domain/activity/addresses.py": frozenset({"letter", "letters"}),  # of the alphabet
    "bot/parsing/": frozenset({"letter", "letters"}),
    "sandbox/telegram/page/": frozenset({"composer"}),  # as chat programs call the field that one writes in
}
"""Where an old word means itself: folders or files, with the parts that are free there."""

PHRASES = re.compile(
    r"\b(?:anew|at hand|by the word of|for ever|in hand|in vain|lately|looked at)\b", re.IGNORECASE
)
"""Refused in docstrings and comments of the product, where plain English has other words."""


def parts_of(identifier: str) -> list[str]:
    """`makeDesk_of` as make, desk, of."""
    return [part.lower() for part in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", identifier)]


def is_refused(identifier: str, file: str = "") -> bool:
    """Return whether an identifier in a file carries an old word."""
    return _carries_old_word(identifier, _free_in(file))


@cache
def _free_in(file: str) -> frozenset[str]:
    return frozenset().union(*(words for folder, words in ITSELF.items() if file.startswith(folder)))


@cache
def _carries_old_word(identifier: str, free: frozenset[str]) -> bool:
    if identifier in FOREIGN:
        return False
    parts = [part for part in parts_of(identifier) if part not in free]
    joined = f" {' '.join(parts)} "
    return (
        not PARTS.isdisjoint(parts)
        or any(f" {compound} " in joined for compound in COMPOUNDS)
        or identifier.strip("_").lower() in WHOLE
        or identifier.lower() in WHOLE
        or identifier.strip("_") in CLASSES
        or LIMITS.match(identifier) is not None
    )


def python_files() -> list[Path]:
    """Every Python file of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = [ROOT / name for name in listed.stdout.splitlines()]
    return [file for file in files if file.is_file() and file != Path(__file__)]


def python_names(path: Path) -> Iterator[str]:
    """The identifiers in a file, and the names of its folders and itself."""
    yield from path.relative_to(ROOT).with_suffix("").parts
    code = _NO_CODE.sub(" ", path.read_text(encoding="utf-8"))
    yield from (word for word in re.findall(r"\b[A-Za-z_]\w*", code) if not keyword.iskeyword(word))


def sql_names(text: str) -> Iterator[str]:
    """Tables, columns and indexes that SQL statements create or rename, without comments and texts."""
    bare = re.sub(r"--[^\n]*|'[^']*'", " ", text)
    yield from re.findall(
        r"(?i)\b(?:TABLE|INDEX|COLUMN|TYPE|FUNCTION|TRIGGER|SEQUENCE|CONSTRAINT|TO)\s+"
        r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?([a-z_][a-z0-9_]*)",
        bare,
    )
    yield from re.findall(r"(?m)^\s+([a-z_][a-z0-9_]*)\s+[a-z]+", bare)


def script_names(text: str) -> Iterator[str]:
    """The identifiers of a script: no texts and comments, but what is filled into texts."""
    filled = _SCRIPT_TEMPLATE.sub(lambda found: " ".join(re.findall(r"\$\{([^{}]*)\}", found[0])), text)
    bare = _SCRIPT_COMMENT.sub(" ", _SCRIPT_TEXT.sub(" ", filled))
    yield from re.findall(r"\b[A-Za-z_$]\w*", bare)


def page_names(text: str) -> Iterator[str]:
    """The classes and ids of a page."""
    for listed in re.findall(r"(?:class|id)=\"([^\"]*)\"", text):
        yield from (name.replace("-", "_") for name in listed.split())


def style_names(text: str) -> Iterator[str]:
    """The classes and ids that a style sheet speaks of."""
    bare = re.sub(r"(?s)/\*.*?\*/|\{[^{}]*\}", " ", text)
    yield from (name.replace("-", "_") for name in re.findall(r"[.#]([A-Za-z][\w-]*)", bare))


_ALIASES = re.compile(r"\b([a-z_]\w*) AS (?:(?:NOT )?MATERIALIZED )?\(|\bAS ([a-z_]\w*)(?:\s*\(([^()]*)\))?")
"""Parts of a statement, and what it calls columns and tables."""


def alias_names(text: str) -> Iterator[str]:
    """What SQL statements call their parts, columns and tables, in SQL or in Python code."""
    for found in _ALIASES.finditer(text):
        yield from re.findall(r"[a-z_]\w*", " ".join(name or "" for name in found.groups()))


def key_names(text: str) -> Iterator[str]:
    """The words within the texts of the module that builds the keys."""
    for quoted in re.findall(r"\"([^\"\n]*)\"", text):
        yield from re.findall(r"[a-z_]{2,}", re.sub(r"\{[^}]*\}", " ", quoted))


def prose_of(path: Path) -> Iterator[str]:
    """The docstrings and comments of a file, each on one line."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        yield " ".join(comment.strip() for comment in re.findall(r"--(.*)", text))
        return
    if not PHRASES.search(" ".join(text.split())):  # then neither carries one, and all is quickly done
        return
    for node in ast.walk(ast.parse(text)):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            yield " ".join(node.value.value.split())
    with path.open("rb") as file:
        comments = [
            token.string.strip("# ")
            for token in tokenize.tokenize(file.readline)
            if token.type == tokenize.COMMENT
        ]
    yield " ".join(comments)


BROWSER_NAMES: Mapping[str, Callable[[str], Iterator[str]]] = {
    ".js": script_names,
    ".html": page_names,
    ".css": style_names,
}


def browser_files() -> list[Path]:
    """The scripts, pages and styles of our own that a browser gets."""
    folders = (ROOT / "web" / "pages" / "static", ROOT / "sandbox" / "telegram" / "page" / "static")
    files = (path for folder in folders for path in sorted(folder.rglob("*")))
    return [path for path in files if path.suffix in BROWSER_NAMES and "uplot" not in path.name]


def offenders() -> dict[str, Counter[str]]:
    """Return who carries an old word: file to identifiers, with how often each stands there."""
    found: dict[str, Counter[str]] = defaultdict(Counter)

    def search(where: Path, names: Iterable[str]) -> None:
        file = str(where.relative_to(ROOT))
        counted = Counter(names)
        found[file].update({name: count for name, count in counted.items() if is_refused(name, file)})

    for path in python_files():
        names = [*python_names(path)]
        if path.is_relative_to(ROOT / "storage"):
            names += alias_names(path.read_text(encoding="utf-8"))
        search(path, names)
    for path in sorted((ROOT / "storage").rglob("*.sql")):
        text = path.read_text(encoding="utf-8")
        search(path, [*sql_names(text), *alias_names(text)])
    for path in browser_files():
        search(path, BROWSER_NAMES[path.suffix](path.read_text(encoding="utf-8")))
    keys = ROOT / "storage" / "keys.py"
    search(keys, key_names(keys.read_text(encoding="utf-8")))
    metrics = ROOT / "runtime" / "observability" / "metrics.py"
    search(metrics, re.findall(r"\"([a-z_]+)\",", metrics.read_text(encoding="utf-8")))
    example = ROOT / ".env.example"
    search(example, re.findall(r"(?m)^#([A-Z_]+)=", example.read_text(encoding="utf-8")))
    return {file: names for file, names in found.items() if names}


def main(folders: list[str]) -> int:
    """Print who carries an old word, by folder; 1 if anybody does."""
    by_folder: dict[str, Counter[str]] = defaultdict(Counter)
    for file, names in sorted(offenders().items()):
        if not folders or file.startswith(tuple(folders)):
            by_folder[file if folders else "/".join(file.split("/")[:2])].update(names)
    for folder, names in by_folder.items():
        listed = ", ".join(f"{name} {count}" for name, count in names.most_common())
        print(f"{folder}: {sum(names.values())}\n    {listed}")  # noqa: T201 - a script
    print(f"{sum(map(len, by_folder.values()))} identifiers with an old word")  # noqa: T201 - the same
    return 1 if by_folder else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
