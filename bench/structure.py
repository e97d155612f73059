"""How the code is built: folders, imports, lines, and how many modules run between an event and its message.

`python -m bench.structure` counts this checkout, `python -m bench.structure --root DIR` another one, which
may be older: nothing of it is imported. Its programs run as `python -m runtime run`, with a tracer in each of
them (`bench/structure_trace.py`), and are asked over HTTP alone. The last line is one line of JSON.
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.structure_files import PRODUCT, code_lines, modules_of, rooms
from bench.structure_trace import BUCKET_SECONDS
from runtime.embedded.ports import free_port

START_SECONDS = 120.0
EVENT_SECONDS = 60.0
SAMPLES = 5
"""Events of each kind; a module counts if it ran in more than half of them, so that chance work does not."""
ALERTS = 15
"""Messages of alerts waited for; those furthest apart count, so that the work of one is not another's."""
USUAL_SECONDS = 0.7
"""About as long as an alert takes from its frame to its message, on a machine that is not busy."""
IDLE_SECONDS = 6.0
"""In which everything runs that runs repeatedly while nobody follows a wallet."""
POLL_SECONDS = 0.05
"""This often the node is asked for its newest slot, to know when the block of an alert was confirmed."""
AFTER_SECONDS = 0.15
"""What follows an accepted message at once, as recording it, belongs to it."""
ALERTING = ("scanner", "dispatcher", "notifications")
"""The programs between a frame and its message."""
FOLLOWER = 700_000_001
ASKER = 700_000_002
MINTS = ("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v", "Es9vMFrzaCERmJfrF4H2FYD4KCoNkY11McCe8BenwNYB")
TRADE = re.compile(r"\b(bought|sold|swapped)\b")
"""What the first line of a trade's alert says."""
SECRET = "structure-structure-structure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A span of time in which something happened, in Unix seconds."""

    begin: float
    end: float


class Slots(threading.Thread):
    """Notes when the sandbox's node confirmed each slot."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.port = port
        self._seen: list[tuple[int, float]] = []

    def run(self) -> None:
        """Ask repeatedly, until the node ends."""
        body = json.dumps(
            {"jsonrpc": "2.0", "id": 1, "method": "getSlot", "params": [{"commitment": "confirmed"}]}
        ).encode()
        url = f"http://127.0.0.1:{self.port}"
        while True:
            request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
            with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=5) as answer:
                self._seen.append((json.load(answer)["result"], time.time()))
            time.sleep(POLL_SECONDS)

    def confirmed_at(self, slot: int) -> float | None:
        """When the node first named this slot or a later one, in Unix seconds; None: it is not known to."""
        return next((at for seen, at in self._seen if seen >= slot), None)


class System:
    """A whole system of the checkout on this machine, traced."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self._folder = folder
        self._telegram = f"http://127.0.0.1:{free_port()}"
        self._slots = Slots(free_port())
        self._seen = 0
        (folder / "trace").mkdir()
        (folder / "path").mkdir()
        shutil.copy(Path(__file__).with_name("structure_trace.py"), folder / "path" / "sitecustomize.py")
        python = root / ".venv" / "bin" / "python"
        self._process = subprocess.Popen(
            [str(python if python.exists() else sys.executable), "-m", "runtime", "run"],
            cwd=root,
            env={**os.environ, **self._environment()},
            stdout=(folder / "output").open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._slots.start()

    def _environment(self) -> dict[str, str]:
        port = free_port()
        return {
            "PYTHONPATH": str(self._folder / "path"),
            "STRUCTURE_ROOT": str(self._root),
            "STRUCTURE_FOLDER": str(self._folder / "trace"),
            "DATA_DIR": str(self._folder / "data"),
            "SANDBOX_RPC_PORT": str(self._slots.port),
            "SANDBOX_TELEGRAM_PORT": self._telegram.rpartition(":")[2],
            "WEBHOOK_URL": f"http://127.0.0.1:{port}/telegram",
            "WEBHOOK_SECRET": SECRET,
            "PORT": str(port),
            "SCANNER_SOURCE": "transactions",
            "RECONCILE": "signatures",
            "RECONCILE_SECONDS": "3600",
            "COALESCE_SECONDS": "0",
            "SANDBOX_QUICK_MINUTES": "10000",
            "SANDBOX_SLOT_SECONDS": "0.4",  # as long as ever, so that as much happens in a span
        }

    def stop(self) -> None:
        """End all of it."""
        self._process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def until_up(self) -> None:
        """Wait until the bot answers."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError):
                self.act("users", user_id=FOLLOWER, name="Follower", started=True)
                self.act("users", user_id=ASKER, name="Asker", started=True)
                break
            time.sleep(0.5)
        self.answer(ASKER, "/help")

    def whales(self) -> list[str]:
        """Addresses of wallets that trade."""
        text = next((self._folder / "data").glob("example-wallets")).read_text(encoding="utf-8")
        return re.findall(r"=([1-9A-HJ-NP-Za-km-z]{32,44})", text)

    def act(self, act: str, **fields: object) -> Any:
        """Let a person of the sandbox do something."""
        body = json.dumps(fields).encode()
        request = urllib.request.Request(
            f"{self._telegram}/sandbox/{act}", body, {"Content-Type": "application/json"}, method="POST"
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def answer(self, user: int, text: str, kind: str = "message") -> Window:
        """Write to the bot and wait for its message, or its edit of one."""
        self._seen = self._last()
        began = time.time()
        self.act("send", user_id=user, text=text)
        return Window(begin=began, end=self.wait_for(user, kind))

    def wait_for(self, user: int, kind: str = "message") -> float:
        """When the next act of this kind in this chat was accepted."""
        return float(self.entry(user, kind)["at_ms"]) / 1000

    def alert(self, user: int) -> Window:
        """The next alert of a trade: from its confirmed block to its message, and what follows at once."""
        while not TRADE.search((entry := self.entry(user))["text"]):
            pass  # other events run through other decoders
        slot = re.search(r"slot ([\d,]+)", entry["text"])
        end = entry["at_ms"] / 1000
        confirmed_at = self._slots.confirmed_at(int(slot[1].replace(",", ""))) if slot else None
        begin = end - USUAL_SECONDS if confirmed_at is None else min(confirmed_at, end)
        return Window(begin=begin - POLL_SECONDS, end=end + AFTER_SECONDS)

    def entry(self, user: int, kind: str = "message") -> Any:
        """The next act of this kind in this chat, as the sandbox Telegram's ledger has it."""
        deadline = time.monotonic() + EVENT_SECONDS
        while time.monotonic() < deadline:
            url = f"{self._telegram}/ledger/wait?since={self._seen}&chat_id={user}&kind={kind}&timeout=5"
            with urllib.request.urlopen(url, timeout=30) as answer:
                entries = json.load(answer)["entries"]
            if entries:
                self._seen = entries[0]["seq"]
                return entries[0]
        output = (self._folder / "output").read_text(encoding="utf-8", errors="replace")
        raise TimeoutError(f"no {kind} in {EVENT_SECONDS:g} s; the programs say:\n{output[-3000:]}")

    def _last(self) -> int:
        with urllib.request.urlopen(f"{self._telegram}/ledger?since=999999999", timeout=10) as answer:
            return int(json.load(answer)["next"])

    def ran(self, programs: Iterable[str], windows: Sequence[Window]) -> set[str]:
        """The modules of the product that ran in more than half of the windows, in these programs."""
        time.sleep(2.5)  # until the tracers have written
        counts: Counter[str] = Counter()
        traces = [json.loads(path.read_text()) for name in programs for path in self._traces(name)]
        for window in windows:
            begin, end = int(window.begin / BUCKET_SECONDS), int(window.end / BUCKET_SECONDS)
            counts.update(
                {
                    file
                    for trace in traces
                    for file, buckets in trace.items()
                    if any(begin <= bucket <= end for bucket in buckets)
                }
            )
        usual = {file for file, count in counts.items() if count * 2 > len(windows)}
        names = {str(Path(file).relative_to(self._root)) for file in usual}
        return {name for name in names if name.split("/")[0] in PRODUCT}

    def _traces(self, program: str) -> Iterator[Path]:
        return (self._folder / "trace").glob(f"{program}-1-*.json")


def paths(system: System) -> dict[str, set[str]]:
    """The modules that run from a frame to its message, from an update to its reply, for a scan on top."""
    replies = [system.answer(ASKER, "/wallets") for _ in range(SAMPLES)]
    reply = system.ran(["bot"], [_longer(window) for window in replies])
    scans = [system.answer(ASKER, f"/scan {mint}", "edit") for mint in MINTS]
    scan = system.ran(["bot", "security-scan"], [_longer(window) for window in scans])
    begin = time.time()
    time.sleep(IDLE_SECONDS)  # blocks come, and nobody follows a wallet
    idle = system.ran(ALERTING, [Window(begin=begin, end=time.time())])
    for address in system.whales():
        system.answer(FOLLOWER, f"/watch {address}")
    alerts = _furthest_apart([system.alert(FOLLOWER) for _ in range(ALERTS)], SAMPLES)
    alert = system.ran(ALERTING, alerts)
    return {
        "frame to message": alert,
        "frame to message, not while idle": alert - idle,
        "update to reply": reply,
        "scan on top": scan - reply,
    }


def _furthest_apart(windows: Sequence[Window], number: int) -> list[Window]:
    """So many of these windows, which stand in their order: those with the longest rest before them."""
    rests = [(window.begin - before.end, window) for before, window in pairwise(windows)]
    return [window for _, window in sorted(rests, key=lambda one: -one[0])[:number]]


def _longer(window: Window) -> Window:
    return Window(begin=window.begin, end=window.end + AFTER_SECONDS)


@contextlib.contextmanager
def running(root: Path) -> Iterator[System]:
    """The system of a checkout, up and traced, in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="structure") as folder:
        system = System(root, Path(folder))
        try:
            system.until_up()
            yield system
        finally:
            system.stop()


def figures(root: Path, report: Callable[[str], None] = print) -> dict[str, int]:
    """Count and print everything; the figures of the last line."""
    table = rooms(root)
    report(f"{'folder':<32}{'modules':>9}{'within':>9}{'out':>9}{'in':>9}")
    for folder, row in sorted(table.items()):
        report(f"{folder:<32}" + "".join(f"{number:>9}" for number in row.values()))
    lines = sum(code_lines(path) for path in modules_of(root, PRODUCT).values())
    with running(root) as system:
        found = paths(system)
    for name, files in found.items():
        report(f"\n{name}: {len(files)} modules\n  " + "\n  ".join(sorted(files)))
    return {
        "folders": len(table),
        "modules": sum(row["modules"] for row in table.values()),
        "imports": sum(row["within"] + row["out"] for row in table.values()),
        "imports_between_folders": sum(row["out"] for row in table.values()),
        "code_lines": lines,
        **{f"modules_{name.replace(',', '').replace(' ', '_')}": len(files) for name, files in found.items()},
    }


def main(arguments: Sequence[str] = ()) -> int:
    """Count a checkout; the last line is JSON."""
    parser = argparse.ArgumentParser(prog="python -m bench.structure")
    parser.add_argument("--root", type=Path, default=Path(__file__).parents[1])
    root = parser.parse_args(list(arguments)).root.resolve()
    print(json.dumps({"bench": "structure", **figures(root)}))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
