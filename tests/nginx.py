"""The real nginx of `make run BOTS=3` before servers of a test."""

import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from runtime.deployment.nginx import LocalPlaces, command, write_local
from runtime.embedded.ports import LOOPBACK, answers, free_port
from runtime.settings.loading import load_settings, unset_settings

SECRET = "a-secret-of-a-webhook"
WEBHOOK = {"WEBHOOK_URL": "https://bot.example.org/hook", "WEBHOOK_SECRET": SECRET}
_PATIENCE_SECONDS = 10.0


@contextmanager
def nginx_before(
    bots: Sequence[int],
    folder: Path,
    *,
    monitors: Sequence[int] = (),
    settings: Mapping[str, str] | None = None,
    changes: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Run it; its address.

    Args:
        bots: ports of the webhooks.
        folder: for its files.
        monitors: ports of /ready; the bots' own unless given.
        settings: WEBHOOK's unless given.
        changes: lines of nginx.conf that are too slow for a test, and what stands in their place.
    """
    port = free_port()
    places = LocalPlaces(
        listen=f"{LOOPBACK}:{port}",
        bots=[f"{LOOPBACK}:{bot}" for bot in bots],
        monitors=[f"{LOOPBACK}:{monitor}" for monitor in monitors or bots],
    )
    file = write_local(folder, load_settings(unset_settings() | dict(settings or WEBHOOK)), places)
    text = file.read_text()
    for line, other in (changes or {}).items():
        assert line in text, line
        text = text.replace(line, other)
    file.write_text(text)
    with subprocess.Popen(command(folder), stderr=subprocess.PIPE) as process:
        try:
            until = time.monotonic() + _PATIENCE_SECONDS
            while not answers(port):
                assert process.poll() is None, process.stderr and process.stderr.read().decode()
                assert time.monotonic() < until, "nginx does not listen"
                time.sleep(0.02)
            yield f"http://{LOOPBACK}:{port}"
        finally:
            process.terminate()
