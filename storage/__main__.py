"""`python -m storage migrate`: bring the database at DATABASE_URL up to date."""

import sys

from domain.errors import DatabaseUnavailable, Misconfigured
from runtime.processes.entry import print_mistakes
from runtime.settings.loading import load_settings, read_environment
from runtime.settings.parsing import SettingsError
from storage.migrate import apply_migrations

USAGE = "usage: python -m storage migrate   (DATABASE_URL, or DATABASE_URL_FILE, names the database)"


def main(arguments: list[str]) -> int:
    """Run the command; 0 when the database is up to date, 1 when not, 2 for a wrong call."""
    if arguments != ["migrate"]:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        settings = load_settings(read_environment())
    except SettingsError as error:
        print_mistakes(error)
        return 1
    if not settings.database_url:
        print("DATABASE_URL is not set: name the database to migrate.", file=sys.stderr)
        return 1
    try:
        applied = apply_migrations(settings.database_url.reveal())
    except (DatabaseUnavailable, Misconfigured) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"applied {', '.join(applied)}" if applied else "the database is up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
