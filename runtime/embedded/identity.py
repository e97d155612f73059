"""Chooses the user of a server that refuses to run as root.

Started by an ordinary user, it runs as that user. Started by root, it runs as another user, and where that
user may not pass through the folders above the program or the data (such as /root), it is given the one
capability to do so.
"""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from runtime.embedded.engine import EmbeddedError

_FALLBACKS = ("postgres", "nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The user to run as."""

    uid: int
    gid: int
    name: str
    closed: Path | None = None
    """The topmost folder that this user may not pass through."""

    def command(self, command: list[str], death_signal: str) -> list[str]:
        """The command that becomes this user and then runs `command` in the same process.

        Args:
            command: program and arguments.
            death_signal: sent to the process when its parent dies: INT, TERM.

        Raises:
            EmbeddedError: a folder is closed and `setpriv` is missing.
        """
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise EmbeddedError(self.closed_sentence())
        user = ["--reuid", str(self.uid), "--regid", str(self.gid), "--clear-groups"]
        return [setpriv, *user, *self._capabilities(), "--pdeathsig", death_signal, "--", *command]

    def _capabilities(self) -> list[str]:
        """The capability to pass closed folders, and the bit by which access(2) of initdb honours it."""
        if not self.closed:
            return ["--inh-caps=-all", "--ambient-caps=-all"]
        only = "-all,+dac_override"
        return [f"--inh-caps={only}", f"--ambient-caps={only}", "--securebits=+no_setuid_fixup"]

    def closed_sentence(self) -> str:
        """Return what to do when this user cannot run the server."""
        reason = (
            f"may not pass through {self.closed} (chmod o+x {self.closed})"
            if self.closed
            else "cannot be taken on here (setpriv is missing or not allowed)"
        )
        return (
            f"PostgreSQL does not run as root, and the user {self.name} {reason}. "
            "Start as an ordinary user, or move the project to a folder that everybody may enter, "
            "or set DATABASE_URL to a server of yours."
        )

    def own(self, folder: Path) -> None:
        """Give a folder and all in it to this user."""
        if folder.stat().st_uid == self.uid:
            return
        for parent, _, files in os.walk(folder):
            for path in (parent, *(os.path.join(parent, file) for file in files)):  # noqa: PTH118 - of a walk
                os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def own_file(self, file: Path) -> None:
        """Give one file to this user, and let nobody else read it."""
        os.chown(file, self.uid, self.gid)
        file.chmod(0o600)


def other_than_root(data: Path, paths: Iterable[Path]) -> Identity | None:
    """Return who runs a server that refuses root; None when we are not root and nothing needs to be done.

    Args:
        data: the server's folder, which may not exist yet. Its owner is preferred, then its parents' owner.
        paths: what the server must be able to open.
    """
    if os.geteuid() != 0:
        return None
    user = _owner(data) or _fallback()
    closed = next(
        (folder for path in paths if (folder := first_closed_folder(path, user.pw_uid, user.pw_gid))), None
    )
    return Identity(uid=user.pw_uid, gid=user.pw_gid, name=user.pw_name, closed=closed)


def first_closed_folder(path: Path, uid: int, gid: int) -> Path | None:
    """The topmost folder above a path that a user may not pass, by its permission bits; None: none is closed.

    Args:
        path: what the user is to reach.
        uid: of the user.
        gid: of the user.
    """
    for folder in reversed(path.absolute().parents):
        status = folder.stat()
        shift = 6 if status.st_uid == uid else 3 if status.st_gid == gid else 0
        if not status.st_mode >> shift & stat.S_IXOTH:
            return folder
    return None


def _owner(data: Path) -> pwd.struct_passwd | None:
    for path in (data, data.parent, data.parent.parent):
        if path.exists() and (uid := path.stat().st_uid):
            try:
                return pwd.getpwuid(uid)
            except KeyError:
                continue
    return None


def _fallback() -> pwd.struct_passwd:
    for name in _FALLBACKS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise EmbeddedError(
        "PostgreSQL does not run as root, and there is neither a user postgres nor nobody. "
        "Start as an ordinary user, or set DATABASE_URL to a server of your own."
    )
