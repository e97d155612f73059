"""What wallets did with one token, in parts as patterns of several count them: once for all chats. Pure."""

from collections.abc import Collection, Mapping, Sequence

from domain.patterns.found import Pattern
from domain.patterns.sightings import Action, Sighting
from domain.patterns.together import Part, parts

Token = tuple[str, Action]
"""And what is done with it."""


def steps(trades: Sequence[Sighting], within: Mapping[Token, float]) -> list[dict[Token, list[Sighting]]]:
    """Return trades by token, in as few steps as leave those of one step near enough to meet each other.

    Args:
        trades: by time; usually all are one step, and after an outage they are several.
        within: the seconds that one step of a token may last; what is done with other tokens is left out.
    """
    found: list[dict[Token, list[Sighting]]] = []
    numbers: dict[Token, int] = {}
    for seen in trades:
        token = (seen.mint, seen.action)
        if token not in within:
            continue
        number = numbers.get(token, 0)
        if number < len(found) and token in found[number]:
            number += seen.at - found[number][token][0].at > within[token]
        numbers[token] = number
        if number == len(found):
            found.append({})
        found[number].setdefault(token, []).append(seen)
    return found


class TokenParts:
    """The parts of one pattern and token.

    Args:
        pattern: one of several wallets.
        trades: of the token, by time, each with the id of its wallet.
    """

    __slots__ = ("_addresses", "_by_since", "_pattern", "_trades")

    def __init__(self, pattern: Pattern, trades: Sequence[tuple[int, Sighting]]) -> None:
        self._pattern, self._trades = pattern, [seen for _, seen in trades]
        self._addresses = {wallet_id: seen.wallet for wallet_id, seen in trades}
        self._by_since: dict[float, list[Part]] = {}

    def addresses(self, wallet_ids: Collection[int]) -> frozenset[str]:
        """Return the addresses of those of these wallets that traded."""
        return frozenset([self._addresses[one] for one in wallet_ids if one in self._addresses])

    def of(self, wallets: Collection[str], since: float) -> list[Part]:
        """Return the parts of these wallets since a time, by time."""
        return [part for part in self._since(since) if part.wallet in wallets]

    def _since(self, since: float) -> list[Part]:
        found = self._by_since.get(since)
        if found is None:
            lately = [seen for seen in self._trades if seen.at >= since]
            found = self._by_since[since] = parts(self._pattern, lately)
        return found
