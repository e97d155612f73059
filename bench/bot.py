"""One bot instance beside bots of other frameworks: processor, speed and memory for the same updates.

Ours stores each update in PostgreSQL before it answers 200, and counts its limits, though its rate is lifted;
the others do neither. Who posts and who takes the replies costs a fraction of any of them, so that the bots
show what they can do. Then a crowd before several instances, and the caches. All on this machine, by turns:
trust the ratios. The last line is JSON.
"""

from collections.abc import Callable, Coroutine, Sequence
from contextlib import AsyncExitStack

import uvloop

from bench import caches, crowd
from bench.contenders import Running, contenders, open_stand, started
from bench.figures import Figures, print_figures
from bench.webhook import IN_FLIGHT

RUNS = 6
UPDATES = 500
"""Of each bot in each round: as many people."""
WARM = 300
"""The same before the first round; it does not count."""


def main() -> int:
    """Run all, and print the table."""
    return _run([*PARTS])


def run_part(part: str) -> int:
    """Run one of PARTS, and print what came out."""
    return _run([part])


def _run(parts: Sequence[str]) -> int:
    figures: Figures = {}
    for part in parts:
        figures |= uvloop.run(PARTS[part]())
    print_figures("bot", figures)
    return 0


async def _bench() -> Figures:
    async with open_stand() as stand, AsyncExitStack() as stack:
        running = [await stack.enter_async_context(started(one, stand)) for one in contenders()]
        for one in running:
            await one.run([next(stand.numbers) for _ in range(WARM)])
        for number in range(RUNS):
            for one in running if number % 2 == 0 else reversed(running):
                await one.round(UPDATES)
        return _compared(running)


PARTS: dict[str, Callable[[], Coroutine[None, None, Figures]]] = {
    "frameworks": _bench,
    "crowd": crowd.measure,
    "caches": caches.measure,
}


def _compared(running: Sequence[Running]) -> Figures:
    ours = running[0]
    print(
        f"{UPDATES:,} people write for the first time, and again; {IN_FLIGHT} in flight, {RUNS} runs by turns"
    )
    print(f"{'':<16}{'CPU ms':>9}{'ours is':>9}{'first ms':>10}{'ours is':>9}", end="")
    print(f"{'replies/s':>11}{'ours is':>9}{'MiB':>6}{'no reply':>10}")
    figures: Figures = {"bot_cpu_ms": ours.cpu_ms(), "bot_per_second": ours.per_second(), "bot_mib": ours.mib}
    figures |= {"bot_first_cpu_ms": ours.first_cpu_ms(), "bot_unanswered": ours.unanswered()}
    for one in running:
        cpu, wall = one.cpu_ms() / ours.cpu_ms(), ours.per_second() / one.per_second()
        first = one.first_cpu_ms() / ours.first_cpu_ms()
        print(
            f"{one.contender.name:<16}{one.cpu_ms():>9.2f}{cpu:>8.1f}x{one.first_cpu_ms():>10.2f}{first:>8.1f}x"
            f"{one.per_second():>11,.0f}{wall:>8.1f}x{one.mib:>6.0f}{one.unanswered():>10}"
        )
        name = one.contender.name.replace(" ", "_")
        if one is not ours:
            figures |= {
                f"cpu_ratio_{name}": cpu,
                f"first_cpu_ratio_{name}": first,
                f"wall_ratio_{name}": wall,
            }
    return figures
