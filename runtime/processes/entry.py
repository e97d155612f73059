"""How a program's `__main__` begins: settings, logs, then its life. `sys.exit(start("bot", main))`."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable

from runtime.embedded.privacy import keep_private
from runtime.observability.logs import LogStyle, Redactor, log_uncaught, set_up_logs
from runtime.observability.sentry import report_errors
from runtime.observability.traces import TracesConfig, end_traces, set_up_traces
from runtime.processes.lifecycle import Stop, run_program
from runtime.settings.loading import load_settings, read_environment, require_settings
from runtime.settings.parsing import SettingsError
from runtime.settings.settings import Settings

Main = Callable[[Settings, Stop], Awaitable[None]]


def start(program: str, main: Main) -> int:
    """Read the settings, set up logs and run a program to its end.

    Args:
        program: its name, as `REQUIRED_SETTINGS` has it.
        main: returns soon after the stop is set.

    Returns:
        The exit code: that of `run_program`, or 2 when the settings cannot be used; all mistakes are then on
        standard error.
    """
    try:
        settings = load_settings(read_environment())
        require_settings(settings, program)
    except SettingsError as error:
        print_mistakes(error)
        return 2
    keep_private()
    begin_logging(program, settings)
    try:
        return run_program(lambda stop: main(settings, stop))
    finally:
        end_traces()


def begin_logging(program: str, settings: Settings) -> None:
    """Log, report errors and export traces, as the settings ask."""
    set_up_logs(log_style(program, settings), settings.secrets())
    log_uncaught()
    report_errors(settings.sentry_dsn.reveal(), program=program, redact=Redactor(settings.secrets()))
    set_up_traces(
        TracesConfig(
            url=settings.traces_url.reveal(),
            share=settings.traces_share,
            program=program,
            instance=settings.instance_id,
        )
    )


def log_style(program: str, settings: Settings) -> LogStyle:
    """How a program logs by its settings; an instance named after its program says both in one word."""
    instance = settings.instance_id
    named_after = instance.startswith(program)
    return LogStyle(
        program=instance if named_after else program,
        instance="" if named_after else instance,
        level=settings.log_level,
        json=settings.log_format == "json",
    )


def print_mistakes(error: SettingsError) -> None:
    """Tell all mistakes on standard error, one a line."""
    count = len(error.mistakes)
    lines = [f"{count} mistake{'s' if count > 1 else ''} in the settings (.env or the environment):"]
    lines += [f"  - {mistake}" for mistake in error.mistakes]
    sys.stderr.write("\n".join(lines) + "\n")
