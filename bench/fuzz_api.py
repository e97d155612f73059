"""`make fuzz-api`: schemathesis asks the running API all that its own document allows, and judges it.

The last line is JSON; the exit code is 1 when an answer was not as the document says.
"""

import argparse
import asyncio
import random
import sys
import tempfile
import time
from asyncio.subprocess import create_subprocess_exec

from bench.figures import print_figures
from bench.web_testbed import OPERATOR, end, open_web_testbed
from domain.access import Scope

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "ignored_auth",
)
MANY = 10_000
"""Requests of each kind to each endpoint: more than there is time for."""


def command(url: str, key: str, *, examples: int, seed: int, seconds: int | None = None) -> list[str]:
    """The command that asks; its exit code is 0 when every answer was as the document says.

    Args:
        url: of the document.
        key: of the API, with every scope.
        examples: requests of each kind to each endpoint.
        seed: repeats a run.
        seconds: how long it asks, all limits of values included; None: made-up requests alone, once.
    """
    phases = ["--phases", "fuzzing"] if seconds is None else ["--max-time", str(seconds)]
    return [
        *(sys.executable, "-m", "schemathesis.cli", "run", url),
        *("--header", f"Authorization: Bearer {key}"),
        *("--checks", ",".join(CHECKS)),
        *("--max-examples", str(examples)),
        *("--seed", str(seed)),
        *("--request-timeout", "10"),
        *("--warnings", "off"),
        "--no-color",
        *phases,
    ]


async def fuzz(seconds: int, seed: int) -> int:
    """Ask a fresh instance for this long; the exit code."""
    async with open_web_testbed() as testbed:
        (key,) = await testbed.keys([OPERATOR], Scope)
        process, url = await testbed.start("web-1")
        try:
            words = command(f"{url}/api/v1/openapi.json", key, examples=MANY, seed=seed, seconds=seconds)
            with tempfile.TemporaryDirectory() as folder:  # it keeps what it found there
                running = await create_subprocess_exec(*words, cwd=folder)
                return await running.wait()
        finally:
            await end(process)


def main() -> int:
    """Run, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz_api")
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000))
    arguments = parser.parse_args()
    began = time.monotonic()
    failed = asyncio.run(fuzz(arguments.seconds, arguments.seed))
    print_figures(
        "fuzz-api",
        {"seed": arguments.seed, "seconds": time.monotonic() - began, "failures": int(failed != 0)},
    )
    return failed


if __name__ == "__main__":
    sys.exit(main())
