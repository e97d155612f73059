"""What claimed deliveries need to become messages, looked up in PostgreSQL for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.alerts.kinds import rules_of
from domain.delivery.deliveries import AlertContent, ClaimedDelivery, Correction
from domain.delivery.facts import DigestEntry, MessageFacts, Symbols
from domain.delivery.kinds import DeliveryKind
from domain.errors import Unavailable
from domain.tokens.well_known import pinned
from storage.delivery.contents import deliveries_by_id, deliveries_of_messages
from storage.delivery.digests import contents
from storage.delivery.unconfirmed import named_alerts
from storage.market.tokens import CachedTokens
from storage.postgres import Database


class StoredFacts:
    """Facts as PostgreSQL knows them.

    Args:
        database: where they stand.
        tokens: what the mints of the chain are called whose alerts these are.
    """

    def __init__(self, database: Database, *, tokens: CachedTokens) -> None:
        self._database = database
        self._tokens = tokens

    async def read(self, claimed: Sequence[ClaimedDelivery]) -> MessageFacts:
        """Look up what these need. What cannot be looked up just now is missing."""
        corrected = await self._corrected(claimed)
        displayed = [*claimed, *(one for several in corrected.values() for one in several)]
        digests = await self._digests(
            [one.delivery_id for one in displayed if one.kind is DeliveryKind.DIGEST]
        )
        unconfirmed = await self._unconfirmed(
            [one.delivery_id for one in claimed if one.kind is DeliveryKind.UNCONFIRMED_ALERTS]
        )
        listed = [*digests.values(), *unconfirmed.values()]
        mints = {*_mints_of_alerts(displayed), *_mints_of_digests(listed)}
        return MessageFacts(
            symbols=await self._symbols(mints), digests=digests, unconfirmed=unconfirmed, corrected=corrected
        )

    async def _corrected(self, claimed: Sequence[ClaimedDelivery]) -> dict[int, Sequence[ClaimedDelivery]]:
        corrections = [one for one in claimed if isinstance(one.content, Correction)]
        if not corrections:
            return {}
        edits = {one.delivery_id: key for one in corrections if (key := _message_key(one)) is not None}
        replies = {one.delivery_id: _corrected_id(one) for one in corrections if one.delivery_id not in edits}
        try:
            messages = await deliveries_of_messages(self._database, set(edits.values()))
            alerts = await deliveries_by_id(self._database, set(replies.values()))
        except Unavailable:
            return {}
        found: dict[int, Sequence[ClaimedDelivery]] = {of: messages[key] for of, key in edits.items()}
        for of, delivery_id in replies.items():
            found[of] = [alerts[delivery_id]] if delivery_id in alerts else []
        return found

    async def _digests(self, digest_ids: Sequence[int]) -> Mapping[int, Sequence[DigestEntry]]:
        try:
            return await contents(self._database, digest_ids) if digest_ids else {}
        except Unavailable:
            return {}

    async def _unconfirmed(self, line_ids: Sequence[int]) -> Mapping[int, Sequence[DigestEntry]]:
        try:
            return await named_alerts(self._database, line_ids) if line_ids else {}
        except Unavailable:
            return {}

    async def _symbols(self, mints: Iterable[str]) -> Symbols:
        """The symbols of tokens that are not well known; without them alerts show shortened mints."""
        unpinned = {mint for mint in mints if pinned(self._tokens.chain, mint) is None}
        if not unpinned:
            return {}
        try:
            found = await self._tokens.find(unpinned)
        except Unavailable:
            return {}
        return {mint: token.symbol for mint, token in found.items()}


def _message_key(correction: ClaimedDelivery) -> tuple[int, int] | None:
    """Chat and id of the message that a correction edits; None: it is a line of its own."""
    content = correction.content
    if correction.kind is not DeliveryKind.CORRECTION or not isinstance(content, Correction):
        return None
    return None if content.message_id is None else (correction.chat_id, content.message_id)


def _corrected_id(correction: ClaimedDelivery) -> int:
    assert isinstance(correction.content, Correction)  # noqa: S101 - follows from the kind
    return correction.content.delivery_id


def _mints_of_alerts(deliveries: Iterable[ClaimedDelivery]) -> Iterable[str]:
    alerts = (one.content for one in deliveries if isinstance(one.content, AlertContent))
    return (mint for alert in alerts for mint in rules_of(alert.event).mints(alert.event))


def _mints_of_digests(digests: Iterable[Sequence[DigestEntry]]) -> Iterable[str]:
    events = (entry.event for entries in digests for entry in entries if entry.event is not None)
    return (mint for event in events for mint in rules_of(event).mints(event))
