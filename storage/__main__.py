"""`python -m storage migrate`: bring the database at DATABASE_URL up to date."""

import os
import sys

from domain.errors import DatabaseUnavailable, Misconfigured
from storage.migrate import apply_migrations

USAGE = "usage: python -m storage migrate   (DATABASE_URL names the database)"


def main(arguments: list[str]) -> int:
    """Run the command; 0 when the database is up to date, 1 when not, 2 for a wrong call."""
    dsn = os.environ.get("DATABASE_URL", "")
    if arguments != ["migrate"]:
        print(USAGE, file=sys.stderr)
        return 2
    if not dsn:
        print("DATABASE_URL is not set: name the database to migrate.", file=sys.stderr)
        return 1
    try:
        applied = apply_migrations(dsn)
    except (DatabaseUnavailable, Misconfigured) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"applied {', '.join(applied)}" if applied else "the database is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
