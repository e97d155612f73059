"""Points at which a test may kill a process."""

import os
import signal
import subprocess
import sys

import pytest

PROGRAM = """
from runtime.processes.failpoints import failpoint
for number in range(3):
    failpoint("marked")
    print(number, flush=True)
"""


def run(fault: str) -> tuple[int, str]:
    environment = {**os.environ, "WHALE_WATCHER_FAILPOINT": fault}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("fault", ["", "claimed", "marked:9"])
def test_nothing_happens_unless_it_is_asked_for(fault: str) -> None:
    assert run(fault) == (0, "0\n1\n2\n")


@pytest.mark.parametrize(("fault", "said"), [("marked", ""), ("marked:2", "0\n")])
def test_the_process_dies_at_its_point(fault: str, said: str) -> None:
    assert run(fault) == (-signal.SIGKILL, said)
