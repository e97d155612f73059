"""Why an embedded server does not start, in one sentence that says what to do."""

from __future__ import annotations

import errno
from pathlib import Path


class EmbeddedError(Exception):
    """An embedded server cannot be started or its folder cannot be used. The text is for the newcomer."""


class InUseError(EmbeddedError):
    """Another process of ours works in the same folder."""


def explain_os_error(error: OSError, folder: Path) -> EmbeddedError:
    """The sentence for an error of the operating system met in `folder`."""
    where = error.filename or folder
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return EmbeddedError(
                f"The disk is full: {where} cannot be written. Free some space and start again."
            )
        case errno.EROFS:
            return EmbeddedError(f"{where} cannot be written: its file system is read-only. {_ELSEWHERE}")
        case errno.EACCES | errno.EPERM:
            return EmbeddedError(
                f"{where} may not be used by you: it belongs to another user. "
                f'Make it yours (sudo chown -R "$(id -un)" {folder}), or set DATA_DIR to another folder.'
            )
        case errno.ENOTDIR | errno.EEXIST:
            return EmbeddedError(
                f"{where} is in the way: a folder is needed there. Move it, or set DATA_DIR."
            )
        case _:
            return EmbeddedError(f"{where} cannot be used: {error.strerror or error}. {_ELSEWHERE}")


def explain_log(tail: str, server: str, log: Path) -> EmbeddedError:
    """The sentence for a server that ended while starting, from the end of its log.

    Args:
        tail: the end of the log.
        server: its name for people.
        log: where all of the log is.
    """
    for sign, sentence in _SIGNS:
        if sign in tail:
            return EmbeddedError(f"{server} does not start: {sentence} (log: {log})")
    lines = [line for line in tail.splitlines() if line.strip()] or ["it said nothing"]
    last = next((line for line in reversed(lines) if _is_error(line)), lines[-1])
    return EmbeddedError(f"{server} does not start: {last.strip()} (log: {log})")


_ELSEWHERE = "Set DATA_DIR to a folder that can be written."
_SIGNS = (
    ("No space left on device", "the disk is full. Free some space and start again."),
    ("Check free disk space", "the disk is full. Free some space and start again."),
    ("Read-only file system", f"its folder is on a read-only file system. {_ELSEWHERE}"),
    ("Permission denied", f"it may not use its folder. {_ELSEWHERE}"),
    ("Cannot allocate memory", "there is not enough memory. Close something and start again."),
)


def _is_error(line: str) -> bool:
    return any(word in line for word in ("FATAL", "PANIC", "error", "ERROR", "Fatal", "#"))
