"""Replays the detectors over the past: for rehearsals, and for measuring them. Pure.

The dispatcher finds the same from rows: storage/patterns/.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence

from domain.patterns.alone import LastAct, Moving, Sleep, acts, judged, moving, slept, slices
from domain.patterns.episodes import Effect, Episode, next_message
from domain.patterns.found import TOGETHER, Owner, Pattern, PatternFound, PatternSettings
from domain.patterns.owners import HUB_SECONDS, MAX_PAYEES, TIE_SECONDS, Tie, owners_of, ties
from domain.patterns.sightings import Action, PastOfAddress, Sighting
from domain.patterns.together import EPISODE_SECONDS, OwnerOf, parts

CHECKS = (0.0, 600.0, 3_600.0, 3 * 3_600.0, 8 * 3_600.0, 16 * 3_600.0, 86_460.0)
"""Seconds after a move at which its address is checked."""
_KEPT_SECONDS = 86_400.0

PastOf = Callable[[str, float], PastOfAddress]
"""What the chain shows of an address up to a time."""


class Replay:
    """What one chat would have been told, as sightings come in order of time.

    Args:
        chain: of the sightings.
        settings: of the chat.
        followed: the wallets of the chat; sightings of others tell who is a hub.
        last_active: when wallets did something last before all this; missing: not known.
        listed: addresses of exchanges.
        past_of: reads an address; None: moves are not looked for.
        owner_of: whose wallets are, as far as that is known from elsewhere; None: payments among the
            sightings tell.
    """

    def __init__(  # noqa: PLR0913 - what a chat is, and whom it asks
        self,
        chain: str,
        settings: PatternSettings,
        *,
        followed: Collection[str],
        last_active: Mapping[str, float],
        listed: Collection[str] = (),
        past_of: PastOf | None = None,
        owner_of: OwnerOf | None = None,
    ) -> None:
        self._chain = chain
        self._settings = settings
        self._followed = frozenset(followed)
        self._last_active = dict(last_active)
        self._listed = frozenset(listed)
        self._past_of = past_of
        self._known_owner_of = owner_of
        self._trades: dict[str, list[Sighting]] = defaultdict(list)
        self._sent: dict[str, list[Sighting]] = defaultdict(list)
        self._payees: dict[str, dict[str, float]] = defaultdict(dict)
        self._payers: dict[str, dict[str, float]] = defaultdict(dict)
        self._episodes: dict[tuple[Pattern, str], Episode] = {}
        self._announced: dict[tuple[Pattern, str, str], float] = {}
        self._checks: list[tuple[float, int, str, Moving]] = []

    def see(self, seen: Sighting) -> list[PatternFound]:
        """Take the next sighting; what its chat hears at this moment."""
        found = self.until(seen.at)
        self._tie(seen)
        if seen.wallet not in self._followed:
            return found
        if (woken := self._awakening(seen)) is not None:
            found.append(woken)
        if seen.action in {Action.BUY, Action.SELL}:
            trades = self._kept(self._trades[seen.mint], seen)
            found += self._together(seen, trades)
            found += self._slices(seen, [one for one in trades if one.wallet == seen.wallet])
        elif seen.action is Action.SENT and self._past_of is not None:
            sent = self._kept(self._sent[seen.wallet], seen)
            if (move := moving(sent, self._listed)) is not None:
                self._note_move(seen, move)
        return [*found, *self.until(seen.at)]

    def until(self, now: float) -> list[PatternFound]:
        """Check addresses whose time has come."""
        found = []
        while self._checks and self._checks[0][0] <= now:
            at, check, wallet, move = self._checks.pop(0)
            assert self._past_of is not None  # noqa: S101 - without it no check is noted
            past = self._past_of(move.to, at)
            verdict = judged(move, past, len(self._seen_with(move.to, at)))
            if verdict.is_home:
                found += self._once(Pattern.MOVE, wallet, move.to, at, move_found(self._chain, move, past))
            elif not verdict.is_final and check + 1 < len(CHECKS):
                self._note(move.sent[-1].at + CHECKS[check + 1], check + 1, wallet, move)
        return found

    def _note_move(self, seen: Sighting, move: Moving) -> None:
        self._checks = [one for one in self._checks if (one[2], one[3].to) != (seen.wallet, move.to)]
        self._note(seen.at, 0, seen.wallet, move)

    def _note(self, at: float, check: int, wallet: str, move: Moving) -> None:
        insort(self._checks, (at, check, wallet, move), key=lambda one: one[0])

    def _kept(self, trades: list[Sighting], seen: Sighting) -> list[Sighting]:
        trades[:] = [one for one in trades if seen.at - one.at <= _KEPT_SECONDS]
        trades.append(seen)
        return trades

    def _tie(self, seen: Sighting) -> None:
        if (
            not seen.party
            or seen.action not in {Action.SENT, Action.GOT}
            or not ties(seen.usd, seen.lamports)
        ):
            return
        payer, payee = (seen.wallet, seen.party) if seen.action is Action.SENT else (seen.party, seen.wallet)
        self._payees[payer][payee] = seen.at
        self._payers[payee][payer] = seen.at

    def _seen_with(self, address: str, now: float) -> set[str]:
        dealt = (*self._payers[address].items(), *self._payees[address].items())
        return {other for other, at in dealt if now - at <= HUB_SECONDS}

    def _owner_of(self, wallets: Sequence[str], now: float) -> Mapping[str, tuple[str, str | None]]:
        if self._known_owner_of is not None:
            return self._known_owner_of(wallets)
        near = {other for wallet in wallets for other in (*self._payers[wallet], *self._payees[wallet])}
        between = near & self._followed
        found = {
            Tie(payer, wallet)
            for wallet in {*wallets, *between}
            for payer, at in self._payers[wallet].items()
            if now - at <= TIE_SECONDS
        }
        parties = {one for tie in found for one in tie}
        hubs = {one for one in parties if self._is_hub(one, now)}
        return owners_of(wallets, found, hubs, between)

    def _is_hub(self, address: str, now: float) -> bool:
        recent = (
            sum(now - at <= HUB_SECONDS for at in of[address].values()) for of in (self._payees, self._payers)
        )
        return address in self._listed or max(recent) > MAX_PAYEES

    def _together(self, seen: Sighting, trades: Sequence[Sighting]) -> list[PatternFound]:
        pattern = Pattern.CONFLUENCE if seen.action is Action.BUY else Pattern.LEAVING
        if pattern in self._settings.off:
            return []
        seconds = self._settings.minutes * 60
        recent = [one for one in trades if seen.at - one.at <= 2 * seconds]
        before = self._episodes.get((pattern, seen.mint))
        message = next_message(
            parts(pattern, recent),
            lambda wallets: self._owner_of(wallets, seen.at),
            before,
            owners=self._settings.owners,
            seconds=seconds,
        )
        if message.effect is Effect.NOTHING:
            return []
        found = together_found(self._chain, pattern, seen, message.owners)
        known = before.wallets if before and seen.at - before.at <= EPISODE_SECONDS else frozenset()
        self._episodes[pattern, seen.mint] = Episode(known | frozenset(found.wallets), seen.at)
        return [found] if message.effect is Effect.PING else []

    def _awakening(self, seen: Sighting) -> PatternFound | None:
        last_at = self._last_active.get(seen.wallet)
        sleep = slept(seen, None if last_at is None else LastAct(last_at))
        if acts(seen):
            self._last_active[seen.wallet] = max(seen.at, self._last_active.get(seen.wallet, 0.0))
        if sleep is None or Pattern.AWAKENING in self._settings.off:
            return None
        return awakening_found(self._chain, seen, sleep)

    def _slices(self, seen: Sighting, trades: Sequence[Sighting]) -> list[PatternFound]:
        found = slices(trades)
        if found is None:
            return []
        event = slices_found(self._chain, seen, found.trades, found.usd, found.largest)
        return self._once(Pattern.ACCUMULATION, seen.wallet, seen.mint, seen.at, event)

    def _once(
        self, pattern: Pattern, wallet: str, about: str, now: float, event: PatternFound
    ) -> list[PatternFound]:
        """The event, unless the same was told within a day, or the chat does not want it."""
        last = self._announced.get((pattern, wallet, about))
        if pattern in self._settings.off or (last is not None and now - last < EPISODE_SECONDS):
            return []
        self._announced[pattern, wallet, about] = now
        return [event]


def together_found(chain: str, pattern: Pattern, seen: Sighting, owners: tuple[Owner, ...]) -> PatternFound:
    """Return what is said of several owners.

    Args:
        chain: of the sightings.
        pattern: one of `TOGETHER`.
        seen: the latest sighting; it names the token and the alert.
        owners: who met, each with the time of its part; at least one.
    """
    assert pattern in TOGETHER  # noqa: S101 - says who calls it
    return PatternFound(
        chain=chain,
        pattern=pattern,
        mint=seen.mint,
        owners=owners,
        first_at=min(owner.at for owner in owners),
        last_at=seen.at,
        event_id=seen.event_id,
    )


def awakening_found(chain: str, seen: Sighting, sleep: Sleep) -> PatternFound:
    """Return what is said of a wallet that wakes.

    Args:
        chain: of the sighting.
        seen: what it does now.
        sleep: how long it had done nothing, as `slept` tells.
    """
    return PatternFound(
        chain=chain,
        pattern=Pattern.AWAKENING,
        mint=seen.mint or None,
        owners=(Owner(wallets=(seen.wallet,), usd=seen.usd, at=seen.at),),
        first_at=seen.at,
        last_at=seen.at,
        silent_seconds=sleep.seconds,
        silent_at_least=sleep.is_bound,
        event_id=seen.event_id,
    )


def slices_found(
    chain: str, seen: Sighting, trades: Sequence[Sighting], usd: float | None, largest: float | None
) -> PatternFound:
    """Return what is said of purchases in slices.

    Args:
        chain: of the sightings.
        seen: the latest purchase; it names wallet, token and alert.
        trades: all slices, by time.
        usd: dollars of all of them; None: not known of each.
        largest: the part of the largest one in 0..1; None: not known.
    """
    return PatternFound(
        chain=chain,
        pattern=Pattern.ACCUMULATION,
        mint=seen.mint,
        owners=(Owner(wallets=(seen.wallet,), usd=usd, at=trades[0].at),),
        first_at=trades[0].at,
        last_at=seen.at,
        times=len(trades),
        largest=largest,
        event_id=seen.event_id,
    )


def move_found(chain: str, move: Moving, past: PastOfAddress) -> PatternFound:
    """Return what is said of a wallet that moved.

    Args:
        chain: of the sightings.
        move: what went, and to which address.
        past: what the chain showed of that address when the move was judged.
    """
    first, last = move.sent[0], move.sent[-1]
    return PatternFound(
        chain=chain,
        pattern=Pattern.MOVE,
        owners=(Owner(wallets=(first.wallet,), usd=move.usd, at=first.at),),
        first_at=first.at,
        last_at=last.at,
        times=len(move.sent),
        to=move.to,
        to_first_at=past.first_at,
        to_acts=past.acts,
        share=move.share,
        event_id=last.event_id,
    )
