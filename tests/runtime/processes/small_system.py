"""A system of tiny programs under the real supervisor: `small_system.py DATA_DIR [KIND [MIGRATE]]`."""

from __future__ import annotations

import os
import sys

from runtime.processes.lifecycle import Stop, StopTimeouts, run_program
from runtime.processes.programs import Program, System
from runtime.processes.supervisor import StartError, Supervisor
from runtime.settings.loading import load_settings

_SANDBOX = """
import os, socket, time
rpc, telegram = int(os.environ["SANDBOX_RPC_PORT"]), int(os.environ["SANDBOX_TELEGRAM_PORT"])
sockets = [socket.create_server(("127.0.0.1", port)) for port in (rpc, rpc + 1, telegram)]
print("sandbox listens", flush=True)
time.sleep(600)
"""
_STEADY = """
import os, time
print("steady", os.environ["INSTANCE_ID"], os.environ["CHAIN"], os.environ["DATABASE_URL"], flush=True)
time.sleep(600)
"""
_STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("stubborn", flush=True)
time.sleep(600)
"""
_CRASHING = "print('ValueError: the moon is full', flush=True); raise SystemExit(7)"


_SLOW = """
import signal, sys, time
def finish(*_):
    time.sleep(3)
    print("finished", flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, finish)
print("slow", flush=True)
time.sleep(600)
"""


def _program(name: str, code: str, *, drain: float = 6.5) -> Program:
    return Program(name=name, arguments=("-c", code), work="tests", drain_seconds=drain)


_KINDS = {
    "steady": (_program("steady", _STEADY), _program("second", _STEADY)),
    "stubborn": (_program("steady", _STEADY), _program("stubborn", _STUBBORN)),
    "slow": (_program("slow", _SLOW, drain=8), _program("stubborn", _STUBBORN, drain=0.5)),
    "crashing": (_program("steady", _STEADY), _program("crashing", _CRASHING)),
}


def main(data_dir: str, kind: str = "steady", migrate: str = "print('migrated')") -> int:
    system = System(
        migrate=_program("migrate", migrate), sandbox=_program("sandbox", _SANDBOX), programs=_KINDS[kind]
    )
    settings = load_settings({**os.environ, "DATA_DIR": data_dir})
    refused = []

    async def run(stop: Stop) -> None:
        try:
            await Supervisor(settings, sys.stdout, system).run(stop)
        except StartError as error:
            refused.append(str(error))

    code = run_program(run, StopTimeouts(drain=20, cancel=5))
    sys.stdout.write("".join(f"refused: {sentence}\n" for sentence in refused))
    return 1 if refused else code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
