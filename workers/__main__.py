"""`python -m workers NAME`: dispatcher, or the worker of one queue (domain/jobs.py)."""

from __future__ import annotations

import sys

from domain.jobs import Queue
from runtime.processes.entry import begin_logging, print_mistakes, start
from runtime.settings.loading import load_settings, read_environment, require_settings
from runtime.settings.parsing import SettingsError
from workers.wiring import run_dispatcher, run_worker

DISPATCHER = "dispatcher"
EARLIER_NAMES = {"backfill": Queue.WHALE_SEARCH.value}
"""Names of workers that command lines may still hold."""


def main(arguments: list[str]) -> int:
    """Run the named worker; the exit code: 2 when it cannot be started so."""
    names = [DISPATCHER, *Queue]
    if len(arguments) != 1 or arguments[0] not in {*names, *EARLIER_NAMES}:
        sys.stderr.write(f"usage: python -m workers {{{','.join(names)}}}\n")
        return 2
    name = EARLIER_NAMES.get(arguments[0], arguments[0])
    return start(DISPATCHER, run_dispatcher) if name == DISPATCHER else _start_worker(Queue(name))


def _start_worker(queue: Queue) -> int:
    try:
        settings = load_settings(read_environment())
        require_settings(settings, queue.value)
    except SettingsError as error:
        print_mistakes(error)
        return 2
    begin_logging(queue.value, settings)
    return run_worker(queue, settings)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
