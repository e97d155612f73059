"""What the files of a checkout hold: folders, modules, imports and lines of code. Nothing is imported."""

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

PRODUCT = (
    "bot",
    "chain",
    "domain",
    "messaging",
    "runtime",
    "scanner",
    "services",
    "storage",
    "web",
    "workers",
)


def modules_of(root: Path, folders: Sequence[str]) -> dict[str, Path]:
    """Dotted names of the modules below some folders, with their files."""
    files = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    dotted = (".".join(path.relative_to(root).with_suffix("").parts) for path in files)
    return {name.removesuffix(".__init__"): path for name, path in zip(dotted, files, strict=True)}


def imports_of(path: Path, modules: dict[str, Path]) -> set[str]:
    """The modules among `modules` that a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found.update(name if name in modules else node.module for name in names)
    return found & modules.keys()


def code_lines(path: Path) -> int:
    """Lines with code: no blank ones, no comments, no docstrings (not those of attributes either)."""
    text = path.read_text(encoding="utf-8")
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    ends = {tokenize.ENCODING, tokenize.ENDMARKER}
    lines: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in skipped | ends:
            lines.update(range(token.start[0], token.end[0] + 1))
    statements = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Expr))
    for node in statements:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines.difference_update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return len(lines)


def rooms(root: Path) -> dict[str, dict[str, int]]:
    """Each folder of the product: its modules, the imports within it, out of it and into it."""
    modules = modules_of(root, PRODUCT)
    home = {name: str(path.parent.relative_to(root)) for name, path in modules.items()}
    table: dict[str, Counter[str]] = {}
    for name, path in modules.items():
        row = table.setdefault(home[name], Counter())
        row["modules"] += path.stem != "__init__"
        for other in imports_of(path, modules) - {name}:
            if home[other] == home[name]:
                row["within"] += 1
            else:
                row["out"] += 1
                table.setdefault(home[other], Counter())["in"] += 1
    return {
        folder: {key: row[key] for key in ("modules", "within", "out", "in")} for folder, row in table.items()
    }
