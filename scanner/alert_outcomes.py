"""Measures alert outcomes for /record: prices of alerted tokens after an hour and after a day.

Stored prices come first; of the other tokens the pools are read, many at once, within an hourly budget.
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Sequence

from domain.alerts.outcomes import (
    HOURS,
    AlertOutcome,
    AlertOutcomeSource,
    alert_outcome_of,
    drained,
    unpriced,
)
from domain.tokens.market_price import TokenPrices, UnknownPrice
from runtime import clock
from runtime.periodic import run_periodically
from storage.coordination.leases import take_lease
from storage.market.alert_outcomes import (
    NEAR,
    DueOutcome,
    count_unpriced,
    due_outcomes,
    save_alert_outcomes,
    stored_prices,
)
from storage.postgres import Database

log = logging.getLogger(__name__)

MAX_TOKENS = 20
"""Read at once: two rounds of at most a hundred accounts twice, so four requests."""
POLL_SECONDS = 72.0
"""Between two readings: 200 requests an hour at most."""
LEASE_SECONDS = 3 * POLL_SECONDS

PricesNow = Callable[[Collection[str]], Awaitable[TokenPrices]]
"""What tokens are worth now, and why others have no price."""


class AlertOutcomeReader:
    """Stores how alerts turned out, whichever scanner of the chain comes first.

    Args:
        database: where alerts and prices are stored.
        prices_now: asks the chain what tokens cost.
        chain: whose alerts these are.
        owner: this process: one of a chain looks at a time.
    """

    def __init__(self, database: Database, prices_now: PricesNow, *, chain: str, owner: str) -> None:
        self._database = database
        self._prices_now = prices_now
        self._chain = chain
        self._owner = owner

    async def run(self) -> None:
        """Check repeatedly until cancelled."""
        await run_periodically(
            self.read_once, seconds=POLL_SECONDS, log=log, delayed="Outcomes of alerts are read later: %s"
        )

    async def read_once(self) -> int:
        """Check what is due, unless another scanner does; return how many outcomes were stored.

        Raises:
            Unavailable: the database or every node is unavailable.
        """
        name = f"alert_outcomes {self._chain}"
        if not await take_lease(self._database, name=name, owner=self._owner, seconds=LEASE_SECONDS):
            return 0
        count, missing = 0, list[tuple[int, DueOutcome]]()
        for hours in HOURS:
            due = await due_outcomes(self._database, chain=self._chain, hours=hours)
            found, rest = await self._stored(hours, due)
            await save_alert_outcomes(self._database, found)
            count += len(found) + await count_unpriced(self._database, chain=self._chain, hours=hours)
            missing += [(hours, one) for one in rest]
        return count + await self._read(missing)

    async def _stored(
        self, hours: int, due: Sequence[DueOutcome]
    ) -> tuple[dict[int, AlertOutcome], list[DueOutcome]]:
        """Return what stored prices say of them, and those of which they say nothing."""
        asked = [(one.mint, one.at) for one in due]
        prices = await stored_prices(self._database, chain=self._chain, asked=asked)
        found = {
            due[number].alert_id: alert_outcome_of(hours, due[number].paid, usd, AlertOutcomeSource.CANDLE)
            for number, usd in prices.items()
        }
        return found, [one for number, one in enumerate(due) if number not in prices]

    async def _read(self, missing: Sequence[tuple[int, DueOutcome]]) -> int:
        """Read the pools of some of these tokens; of what is too late for that nobody knows any more."""
        now = clock.now()
        late = {one.alert_id: unpriced(hours) for hours, one in missing if now > one.at + 2 * NEAR}
        await save_alert_outcomes(self._database, late)
        fresh = [(hours, one) for hours, one in missing if one.alert_id not in late]
        mints = [*dict.fromkeys(one.mint for _, one in fresh)][:MAX_TOKENS]
        if not mints:
            return len(late)
        prices = await self._prices_now(mints)
        found = {one.alert_id: _outcome(hours, one, prices) for hours, one in fresh if one.mint in mints}
        await save_alert_outcomes(self._database, found)
        return len(late) + len(found)


def _outcome(hours: int, due: DueOutcome, prices: TokenPrices) -> AlertOutcome:
    price = prices.known.get(due.mint)
    if price is not None:
        return alert_outcome_of(hours, due.paid, price.usd, AlertOutcomeSource.POOL)
    is_drained = prices.unknown.get(due.mint) in {UnknownPrice.TOO_SMALL, UnknownPrice.NO_MINT}
    return drained(hours) if is_drained else unpriced(hours)
