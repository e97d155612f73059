"""From a claimed delivery to its message: what it needs to know is looked up for many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from domain.deliveries import Claimed
from domain.errors import Unavailable
from messaging.callbacks import Callbacks
from messaging.keyboards.alert import alert_keyboard
from messaging.methods import Message
from messaging.telling import Symbols
from messaging.texts.alert import LATE_SECONDS, AlertFacts, alert_text, subject_mint
from messaging.texts.bundle import bundle_text
from messaging.wellknown import pinned
from runtime.clock import now
from storage.postgres import Database
from storage.tokens import tokens

_TEXTS = 1_000
"""Texts kept for the next followers of the same alert."""


class Composer:
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
        self._texts: dict[tuple[object, ...], str] = {}

    async def look_up(self, claimed: Sequence[Claimed]) -> Symbols:
        """The symbols of all tokens in these alerts that are not well known; an unknown one is missing."""
        legs = [leg for one in claimed for leg in (*one.activity.paid, *one.activity.received)]
        mints = {leg.mint for leg in legs if pinned(self._chain, leg.mint) is None}
        if not mints:
            return {}
        try:
            found = await tokens(self._database, chain=self._chain, mints=mints)
        except Unavailable:
            return {}  # the alert is told all the same, with shortened mints
        return {mint: token.symbol for mint, token in found.items()}

    def compose(self, parcel: Sequence[Claimed], symbols: Symbols) -> Message:
        """One message for one or several deliveries to the same place of a chat."""
        first = parcel[0]
        if len(parcel) == 1:
            return self._message(first, self._text(first, symbols), subject_mint(first.activity))
        events = [_facts(claimed, symbols) for claimed in parcel]
        one_watch = len({claimed.watch_id for claimed in parcel}) == 1
        return self._message(
            first if one_watch else replace(first, watch_id=None), bundle_text(events), mint=None
        )

    def _text(self, claimed: Claimed, symbols: Symbols) -> str:
        """The words for one delivery; followers who call the wallet the same read the same."""
        facts = _facts(claimed, symbols)
        told = tuple(symbols.get(leg.mint) for leg in (*claimed.activity.paid, *claimed.activity.received))
        key = (claimed.alert_id, claimed.label, facts.repeat, int(facts.age // LATE_SECONDS), told)
        text = self._texts.get(key)
        if text is None:
            text = self._texts[key] = alert_text(facts)
            if len(self._texts) > _TEXTS:
                del self._texts[next(iter(self._texts))]
        return text

    def _message(self, claimed: Claimed, text: str, mint: str | None) -> Message:
        keyboard = alert_keyboard(
            self._callbacks, chat_id=claimed.chat_id, watch_id=claimed.watch_id, mint=mint
        )
        return Message(chat_id=claimed.chat_id, topic_id=claimed.topic_id, text=text, keyboard=keyboard)


def _facts(claimed: Claimed, symbols: Symbols) -> AlertFacts:
    return AlertFacts(
        activity=claimed.activity,
        label=claimed.label,
        symbols=symbols,
        happened_at=claimed.happened_at,
        age=(now() - claimed.happened_at).total_seconds(),
        repeat=claimed.repeats > 0,
    )
