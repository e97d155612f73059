"""From a claimed delivery to its message: what it needs to know is looked up for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import replace

from domain.activity.activity import Activity
from domain.delivery.deliveries import ClaimedDelivery
from domain.errors import Unavailable
from domain.rules.gates import OVER_LIMIT
from domain.rules.reasons import read_reasons
from messaging.sending.ports import Symbols
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.keyboards.alert import alert_keyboard
from messaging.telegram.methods import Message
from messaging.telegram.texts.alert import LATE_SECONDS, AlertFacts, alert_text, reverted_text, subject_mint
from messaging.telegram.texts.digest import DigestEntry, digest_text
from messaging.telegram.texts.group import group_text
from messaging.telegram.texts.reasons import unknown_notes
from messaging.telegram.well_known_tokens import pinned
from runtime.clock import now
from storage.caches import newest_used
from storage.delivery.digests import Entry, contents
from storage.market.tokens import tokens
from storage.postgres import Database

_TEXTS = 1_000
"""Texts kept for the next followers of the same alert."""


class MessageFacts(dict[str, str | None]):
    """Symbols by mint, and the contents of the digests among the deliveries they were looked up for."""

    def __init__(self, symbols: Symbols, digests: Mapping[int, Sequence[Entry]]) -> None:
        super().__init__(symbols)
        self.digests = digests


class MessageBuilder:
    """Puts alerts into words.

    Args:
        database: knows the tokens' symbols.
        callbacks: signs the buttons.
        chain: whose alerts these are.
    """

    def __init__(self, database: Database, callbacks: Callbacks, *, chain: str) -> None:
        self._database = database
        self._callbacks = callbacks
        self._chain = chain
        self._texts: MutableMapping[tuple[object, ...], str] = newest_used(_TEXTS)

    async def look_up(self, claimed: Sequence[ClaimedDelivery]) -> Symbols:
        """The symbols of all tokens in these alerts that are not well known; an unknown one is missing."""
        digests = await self._digests([one.delivery_id for one in claimed if one.digest_id is not None])
        activities = [entry.activity for entries in digests.values() for entry in entries]
        symbols = await self._symbols([*(one.activity for one in claimed), *filter(None, activities)])
        return MessageFacts(symbols, digests)

    def build(self, group: Sequence[ClaimedDelivery], symbols: Symbols) -> Message:
        """One message for one or several deliveries to the same place of a chat.

        Raises:
            LookupError: it is a digest whose contents could not be looked up; it is to be tried again.
        """
        first = group[0]
        if first.digest_id is not None:
            return Message(chat_id=first.chat_id, topic_id=first.topic_id, text=_digest_text(first, symbols))
        if len(group) == 1:
            return self._message(first, self._text(first, symbols), subject_mint(first.activity))
        events = [_facts(claimed, symbols) for claimed in group]
        one_watch = len({claimed.watch_id for claimed in group}) == 1
        return self._message(
            first if one_watch else replace(first, watch_id=None), group_text(events), mint=None
        )

    def take_back(self, delivery: ClaimedDelivery, symbols: Symbols, *, message_id: int | None) -> Message:
        """The line that says that a delivery was reverted, as an answer to its message if that is known."""
        return Message(
            chat_id=delivery.chat_id,
            topic_id=delivery.topic_id,
            text=reverted_text(_facts(delivery, symbols)),
            reply_to=message_id,
        )

    async def _digests(self, digest_ids: Sequence[int]) -> Mapping[int, Sequence[Entry]]:
        try:
            return await contents(self._database, digest_ids) if digest_ids else {}
        except Unavailable:
            return {}

    async def _symbols(self, activities: Iterable[Activity]) -> Symbols:
        legs = [leg for one in activities for leg in (*one.paid, *one.received)]
        mints = {leg.mint for leg in legs if pinned(self._chain, leg.mint) is None}
        if not mints:
            return {}
        try:
            found = await tokens(self._database, chain=self._chain, mints=mints)
        except Unavailable:
            return {}  # the alert is told all the same, with shortened mints
        return {mint: token.symbol for mint, token in found.items()}

    def _text(self, claimed: ClaimedDelivery, symbols: Symbols) -> str:
        """The words for one delivery; followers who call the wallet the same read the same."""
        facts = _facts(claimed, symbols)
        known_symbols = tuple(
            symbols.get(leg.mint) for leg in (*claimed.activity.paid, *claimed.activity.received)
        )
        key = (
            claimed.alert_id,
            claimed.label,
            claimed.reasons,
            facts.possible_repeat,
            facts.reverted,
            int(facts.age // LATE_SECONDS),
            known_symbols,
        )
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = alert_text(facts)
        return text

    def _message(self, claimed: ClaimedDelivery, text: str, mint: str | None) -> Message:
        keyboard = alert_keyboard(
            self._callbacks, chat_id=claimed.chat_id, watch_id=claimed.watch_id, mint=mint
        )
        return Message(chat_id=claimed.chat_id, topic_id=claimed.topic_id, text=text, keyboard=keyboard)


def _facts(claimed: ClaimedDelivery, symbols: Symbols) -> AlertFacts:
    return AlertFacts(
        activity=claimed.activity,
        label=claimed.label,
        symbols=symbols,
        happened_at=claimed.happened_at,
        age=((claimed.sent_at or now()) - claimed.happened_at).total_seconds(),
        possible_repeat=claimed.ambiguous_sends > 0,
        notes=unknown_notes(read_reasons(claimed.reasons)),
        reverted=claimed.reverted,
    )


def _digest_text(claimed: ClaimedDelivery, symbols: Symbols) -> str:
    entries = symbols.digests.get(claimed.delivery_id) if isinstance(symbols, MessageFacts) else None
    if not entries:
        raise LookupError(f"the contents of digest {claimed.delivery_id} are not known at present")
    return digest_text(
        [_entry(one) for one in entries], symbols=symbols, possible_repeat=claimed.ambiguous_sends > 0
    )


def _entry(entry: Entry) -> DigestEntry:
    return DigestEntry(
        label=entry.label,
        wallet=entry.wallet,
        kind=entry.kind,
        number=entry.number,
        activity=entry.activity,
        happened_at=entry.happened_at,
        reverted=entry.reverted,
        is_beyond=entry.gate in OVER_LIMIT,
    )
