"""The command line of the chain layer hands the quarantine over to whoever keeps it."""

import subprocess
import sys


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chain", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
        env={"PATH": "/usr/bin"},
    )


def test_retry_is_the_scanners_command_and_says_what_it_needs() -> None:
    answer = run("retry")
    assert answer.returncode == 2
    assert "DATABASE_URL" in answer.stderr


def test_a_wrong_call_says_what_there_is() -> None:
    answer = run("nonsense")
    assert answer.returncode == 2
    assert "retry" in answer.stderr
    assert "decode" in answer.stderr
