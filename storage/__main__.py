"""`python -m storage migrate`, `backup FOLDER`, `restore FOLDER`, `reseal`: of DATABASE_URL and REDIS_URL."""

import sys
from pathlib import Path

from domain.errors import SecretUnreadable, WhaleWatcherError
from runtime.processes.entry import print_mistakes
from runtime.settings.loading import load_settings, read_environment
from runtime.settings.parsing import SettingsError
from runtime.settings.settings import Settings
from storage.backup import back_up, restore
from storage.migrate import apply_migrations
from storage.reseal import reseal
from storage.sealing import make_sealer

USAGE = (
    "usage: python -m storage migrate | backup FOLDER | restore FOLDER | reseal   (DATABASE_URL, REDIS_URL)"
)
_FOLDERS = {"migrate": 0, "backup": 1, "restore": 1, "reseal": 0}


def main(arguments: list[str]) -> int:
    """Run the command; 0 when it is done, 1 when not, 2 for a wrong call."""
    if not arguments or _FOLDERS.get(arguments[0]) != len(arguments) - 1:
        print(USAGE, file=sys.stderr)
        return 2
    try:
        settings = load_settings(read_environment())
    except SettingsError as error:
        print_mistakes(error)
        return 1
    if not settings.database_url:
        print("DATABASE_URL is not set: name the database.", file=sys.stderr)
        return 1
    try:
        print(_run(arguments, settings))
    except WhaleWatcherError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(arguments: list[str], settings: Settings) -> str:
    """Return what came of it."""
    database_url, redis_url = settings.database_url.reveal(), settings.redis_url.reveal()
    if arguments[0] == "migrate":
        applied = apply_migrations(database_url)
        return f"applied {', '.join(applied)}" if applied else "the database is up to date"
    if arguments[0] == "reseal":
        return _reseal(settings)
    folder = Path(arguments[1]).absolute()
    if arguments[0] == "backup":
        return f"backed up to {back_up(folder, database_url=database_url, redis_url=redis_url)}"
    restore(folder, database_url=database_url, redis_url=redis_url)
    return f"restored from {folder}"


def _reseal(settings: Settings) -> str:
    """Return a report; what cannot be opened is an error, so that its key is not thrown away."""
    result = reseal(settings.database_url.reveal(), make_sealer(settings))
    if result.unreadable:
        raise SecretUnreadable(result.text())
    return result.text()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
