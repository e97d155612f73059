"""Names statements in metrics, and measures how long they take.

A statement is named after the constant of this package that holds its text, as `claims.CLAIM`; one that is
put together where it is used, after its verb and its table, as `delete chats`. So names come from the code
alone, and there are as many as there are statements.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from asyncpg.connection import LoggedQuery

from runtime.observability.metrics import db_statement_seconds

MAX_NAMES = 500
"""More texts than that share the name `other`."""
_VERB = re.compile(r"\s*(?:--.*\n\s*)*(\w+)")
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE|TABLE(?: IF (?:NOT )?EXISTS)?)\s+([a-z_]+)", re.IGNORECASE)


class StatementNames:
    """Names of texts, each found out once."""

    def __init__(self, package: str = "storage") -> None:
        self._package = package
        self._names: dict[str, str] = {}
        self._constants: Mapping[str, str] = {}
        self._modules = 0

    def name(self, text: str) -> str:
        """The name of a statement."""
        known = self._names.get(text)
        if known is None:
            if len(self._names) >= MAX_NAMES:
                return "other"
            known = self._known_constants().get(text) or described(text)
            self._names[text] = known
        return known

    def _known_constants(self) -> Mapping[str, str]:
        """Every text that a module of the package holds under a name in capitals, by itself.

        They are read again only when a module has been imported: that takes as long as ten statements.
        """
        if self._modules != len(sys.modules):
            self._modules = len(sys.modules)
            self._constants = {
                value: f"{name.rpartition('.')[2]}.{constant.lstrip('_')}"
                for name, module in tuple(sys.modules.items())
                if name.startswith(f"{self._package}.")
                for constant, value in vars(module).items()
                if constant.isupper() and isinstance(value, str)
            }
        return self._constants


def described(text: str) -> str:
    """Verb and table of a statement."""
    verb, table = _VERB.match(text), _TABLE.search(text)
    words = [verb[1].lower() if verb else "?", table[1].lower().rstrip("_") if table else ""]
    return " ".join(word for word in words if word)


_NAMES = StatementNames()


def observe_statement(record: LoggedQuery) -> None:
    """Add one statement that was run to the figures."""
    db_statement_seconds.labels(_NAMES.name(record.query)).observe(record.elapsed)
