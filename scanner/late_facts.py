"""Adds late facts to alerts some seconds later: token facts, and how far the price has moved.

One scanner of a chain does it for all, for many alerts at once. What it finds is put beside the alerts; the
dispatcher brings it into their messages (storage/delivery/late_facts.py).
"""

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from decimal import Decimal

from msgspec import structs

from domain.activity.activity import SOL, Kind
from domain.activity.prices import TokenSupply
from domain.alerts.kinds import rules_of
from domain.alerts.late_facts import LateFacts, late_facts_of
from domain.errors import Unavailable
from domain.rules.lanes import market_token
from runtime.periodic import run_periodically
from storage.coordination.leases import take_lease
from storage.delivery.late_facts import BATCH, UneditedAlert, add_late_facts, alerts_to_complete
from storage.market.books import books_of
from storage.market.tokens import Token, tokens
from storage.postgres import Database

log = logging.getLogger(__name__)

POLL_SECONDS = 10.0
"""Between two checks: one question to the chain serves all alerts of that time."""
LEASE_SECONDS = 3 * POLL_SECONDS

PricesNow = Callable[[Collection[str]], Awaitable[Mapping[str, Decimal]]]
"""Dollars for one of each of these tokens now; one that has no price to be believed is missing."""


class LateFactsReader:
    """Puts beside alerts what became known too late for them.

    Args:
        database: where alerts and tokens are stored.
        prices_now: asks the chain what tokens cost.
        chain: whose alerts these are.
        owner: this process: one of a chain looks at a time.
    """

    def __init__(self, database: Database, prices_now: PricesNow, *, chain: str, owner: str) -> None:
        self._database = database
        self._prices_now = prices_now
        self._chain = chain
        self._owner = owner
        self._last_alert_id = 0

    async def run(self) -> None:
        """Check repeatedly until cancelled."""
        await run_periodically(
            self.read, seconds=POLL_SECONDS, log=log, delayed="Late facts are not added to alerts: %s"
        )

    async def read(self) -> int:
        """Complete the alerts that are old enough, unless another scanner does; how many were considered.

        Raises:
            Unavailable: the database or every node is unavailable.
        """
        name = f"late facts {self._chain}"
        if not await take_lease(self._database, name=name, owner=self._owner, seconds=LEASE_SECONDS):
            return 0
        found = await alerts_to_complete(self._database, chain=self._chain, after=self._last_alert_id)
        while found:
            await self._complete([one for one in found if one.is_sent and token_of(one) is not None])
            self._last_alert_id = found[-1].alert_id
            if len(found) < BATCH:
                break
            found = await alerts_to_complete(self._database, chain=self._chain, after=self._last_alert_id)
        return len(found)

    async def _complete(self, alerts: Sequence[UneditedAlert]) -> None:
        if not alerts:
            return
        mints = sorted({mint for one in alerts if (mint := token_of(one)) is not None})
        known = await tokens(self._database, chain=self._chain, mints=mints)
        prices = await self._prices(alerts)
        books = await self._books(alerts)
        late = {one.alert_id: _late(one, known, prices, books) for one in alerts}
        await add_late_facts(self._database, late)

    async def _books(self, alerts: Sequence[UneditedAlert]) -> Mapping[str, Decimal]:
        """Return what those who bought, or sent away, have altogether."""
        wallets = [rules_of(one.event).subject(one.event) for one in alerts if _has_share(one)]
        return await books_of(self._database, chain=self._chain, wallets=wallets)

    async def _prices(self, alerts: Sequence[UneditedAlert]) -> Mapping[str, Decimal]:
        """Of the tokens that were traded; that no node answers costs no more than the drift."""
        mints = {mint for one in alerts if one.market.price_usd is not None and (mint := token_of(one))}
        try:
            return await self._prices_now(sorted(mints)) if mints else {}
        except Unavailable as error:
            log.info("How far prices have moved is not known: %s", error)
            return {}


def token_of(alert: UneditedAlert) -> str | None:
    """The token whose market an alert shows; None: there is none, or it is money."""
    activity = rules_of(alert.event).activity(alert.event)
    mint = None if activity is None else market_token(activity)
    return None if mint == SOL else mint


def _has_share(alert: UneditedAlert) -> bool:
    activity = rules_of(alert.event).activity(alert.event)
    return activity is not None and activity.kind in {Kind.BUY, Kind.TRANSFER_OUT}


def _book_share(alert: UneditedAlert, books: Mapping[str, Decimal]) -> Decimal | None:
    """To a tenth of a percent; what was sent away was part of the book."""
    activity, usd = rules_of(alert.event).activity(alert.event), alert.market.usd
    if activity is None or usd is None or not _has_share(alert):
        return None
    book = books.get(activity.wallet)
    if activity.kind is Kind.TRANSFER_OUT and book is not None:
        book += usd
    if not book:
        return None
    return min(usd / book, Decimal(1)).quantize(_TENTH_OF_A_PERCENT)


_TENTH_OF_A_PERCENT = Decimal("0.001")


def _late(
    alert: UneditedAlert,
    known: Mapping[str, Token],
    prices: Mapping[str, Decimal],
    books: Mapping[str, Decimal],
) -> LateFacts:
    mint = token_of(alert) or ""
    token = known.get(mint)
    supply = None
    if token is not None:
        supply = TokenSupply(decimals=token.decimals, supply=token.supply, created_at=token.created_at)
    late = late_facts_of(alert.event, alert.market, supply, prices.get(mint))
    named_at = None if token is None or token.symbol is None else token.facts_at
    return structs.replace(
        late,
        is_named=named_at is not None and named_at > alert.decided_at,
        book_share=_book_share(alert, books),
    )
