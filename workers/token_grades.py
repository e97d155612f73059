"""Grades the tokens of alerts: by the last scan, else by the mint alone, and scans what many chats were sent.

The grade never delays an alert. It stands in its first message where the token was scanned within a day
(storage/delivery/open_alerts.py); else it is put beside the alert, for its one edit.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from chain.scans.mint import read_mint_facts
from chain.scans.node import LiveNode
from domain.alerts.kinds import rules_of
from domain.alerts.late_facts import LateFacts
from domain.errors import Unavailable
from domain.rules.lanes import market_token
from domain.security.checks import GradeSummary, NotRead
from domain.security.scan import scan_token, summary, with_proven_rugs
from runtime import clock
from runtime.observability import metrics
from runtime.processes.lifecycle import Stop
from storage.coordination.leases import take_lease
from storage.delivery.late_facts import UneditedAlert, add_late_facts, alerts_to_complete
from storage.scans.results import (
    last_scan,
    own_token_to_scan,
    save_scan,
    scan_summaries,
    take_grade_requests,
    tokens_of_many_chats,
    voided,
)
from workers.process import Context
from workers.token_scans import scan_of, stored_form, token_scan

log = logging.getLogger(__name__)

POLL_SECONDS = 2.0
LEASE_SECONDS = 10.0
REQUESTS = 2
"""For a token that was never scanned: its mint and metadata, and metadata that lie elsewhere."""
SECONDS = 4.0
"""Within which those must answer: the edit waits for nobody."""
AT_ONCE = 8
"""Tokens that are graded beside each other."""
MANY_CHATS = 3
"""A token of which so many chats were sent alerts within some minutes is scanned whole."""
SCAN_EVERY_SECONDS = 60.0
"""One such token at a time, however many alerts come."""
SCAN_OWN_EVERY_SECONDS = 300.0
"""Twelve an hour, each once: who made a token does not change."""


async def grade_alerts(context: Context, stop: Stop) -> None:
    """Grade until the stop; one worker of a chain at a time."""
    grader = Grader(context)
    while not stop.is_set():
        try:
            await grader.step()
        except Unavailable as error:
            log.info("Tokens of alerts are not graded: %s", error)
        await stop.sleep(POLL_SECONDS)


async def scan_common_tokens(context: Context, stop: Stop) -> None:
    """Scan whole what many chats were sent, until the stop; one worker of a chain at a time."""
    await _scan_again_and_again(context, stop, scan_common_token, SCAN_EVERY_SECONDS)


async def scan_common_token(context: Context) -> str | None:
    """Scan the token that most chats were sent recently, if nobody did within a day; its mint.

    Raises:
        Unavailable: the database or every node is unavailable.
    """

    async def find() -> str | None:
        database, chain = context.database, context.settings.chain
        found = await tokens_of_many_chats(database, chain=chain, chats=MANY_CHATS, limit=1)
        return found[0] if found else None

    return await _scan_next(context, "tokens", SCAN_EVERY_SECONDS, find)


async def scan_own_tokens(context: Context, stop: Stop) -> None:
    """Scan whole what people hold themselves, until the stop; one worker of a chain at a time."""
    await _scan_again_and_again(context, stop, scan_own_token, SCAN_OWN_EVERY_SECONDS)


async def scan_own_token(context: Context) -> str | None:
    """Scan a token that people hold and whose creator is not known: who leaves would be missed. Its mint.

    Raises:
        Unavailable: the database or every node is unavailable.
    """

    async def find() -> str | None:
        return await own_token_to_scan(context.database, chain=context.settings.chain)

    return await _scan_next(context, "own tokens", SCAN_OWN_EVERY_SECONDS, find)


async def _scan_again_and_again(
    context: Context, stop: Stop, scan: Callable[[Context], Awaitable[str | None]], seconds: float
) -> None:
    """Scan one after another, so many seconds apart; an unavailable server costs one turn."""
    while not stop.is_set():
        try:
            await scan(context)
        except Unavailable as error:
            log.info("A token is not scanned: %s", error)
        await stop.sleep(seconds)


async def _scan_next(
    context: Context, what: str, seconds: float, find: Callable[[], Awaitable[str | None]]
) -> str | None:
    """Scan the token that is found, unless another worker of the chain does; its mint.

    Args:
        context: of this worker.
        what: names the lease.
        seconds: between two scans.
        find: the mint; None: there is none.
    """
    name = f"scans of {what} {context.settings.chain}"
    if not await take_lease(context.database, name=name, owner=context.owner, seconds=2 * seconds):
        return None
    mint = await find()
    if mint is not None:
        await token_scan(context, mint)
    return mint


class Grader:
    """Remembers which alerts it has checked."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._last_alert_id = 0

    async def step(self) -> int:
        """Grade the alerts that came since the last step; return how many got a grade.

        Raises:
            Unavailable: the database is unavailable.
        """
        context, chain = self._context, self._context.settings.chain
        name = f"token grades {chain}"
        if not await take_lease(context.database, name=name, owner=context.owner, seconds=LEASE_SECONDS):
            return 0
        found = await alerts_to_complete(context.database, chain=chain, after=self._last_alert_id)
        graded = await self._grade([one for one in found if one.is_sent])
        self._last_alert_id = max((one.alert_id for one in found), default=self._last_alert_id)
        return graded

    async def _grade(self, alerts: Sequence[UneditedAlert]) -> int:
        tokens = {one.alert_id: mint for one in alerts if (mint := token_of(one)) is not None}
        mints = sorted(set(tokens.values()))
        known = await self._known(mints) if mints else {}
        grades = known | await self._new([mint for mint in mints if mint not in known])
        late = {at: LateFacts(grade=grades[mint]) for at, mint in tokens.items() if mint in grades}
        await add_late_facts(self._context.database, late)
        return len(late)

    async def _known(self, mints: Sequence[str]) -> dict[str, GradeSummary]:
        chain = self._context.settings.chain
        rows = await scan_summaries(self._context.database, chain=chain, subjects=mints)
        return {mint: msgspec.json.decode(text, type=GradeSummary) for mint, text in rows.items()}

    async def _new(self, mints: Sequence[str]) -> dict[str, GradeSummary]:
        """Of tokens that were never scanned, by their mints, as far as the budget of the hour reaches.

        Of one that became dangerous the mint alone says nothing: it gets no grade before a whole scan.
        """
        grades: dict[str, GradeSummary] = {}
        void = await voided(self._context.database, chain=self._context.settings.chain, mints=mints)
        mints = [mint for mint in mints if mint not in void]
        for start in range(0, len(mints), AT_ONCE):
            part = [mint for mint in mints[start : start + AT_ONCE] if await self._may_ask()]
            found = zip(part, await asyncio.gather(*map(self._by_mint, part)), strict=True)
            grades |= {mint: grade for mint, grade in found if grade is not None}
        return grades

    async def _may_ask(self) -> bool:
        """Return whether the budget allows a token more; its requests are then spent."""
        settings = self._context.settings
        return await take_grade_requests(
            self._context.database,
            chain=settings.chain,
            requests=REQUESTS,
            per_hour=settings.grade_requests_per_hour,
        )

    async def _by_mint(self, mint: str) -> GradeSummary | None:
        """The grade that the mint and earlier deeds leave open; None: it was not read.

        The next /scan reads the rest.
        """
        context, chain = self._context, self._context.settings.chain
        node = LiveNode(context.nodes, requests=REQUESTS, seconds=SECONDS)
        facts = await read_mint_facts(node, mint, chain=chain, now=int(clock.now().timestamp()))
        metrics.scan_requests.inc(node.spent)
        if isinstance(facts.mint, NotRead):
            return None
        scan = scan_token(facts)
        before = await last_scan(context.database, chain=chain, subject=mint)
        if before is not None:
            scan = with_proven_rugs(scan, scan_of(before))
        stored = stored_form(scan, None)
        await save_scan(context.database, chain=chain, subject=mint, scan=stored, seconds=0)
        return summary(scan)


def token_of(alert: UneditedAlert) -> str | None:
    """The token whose market an alert shows; None: there is none."""
    activity = rules_of(alert.event).activity(alert.event)
    return None if activity is None else market_token(activity)
