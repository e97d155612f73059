"""A fast chain and a database for each scenario."""

from tests.scanner.conftest import chain, database

__all__ = ["chain", "database"]
