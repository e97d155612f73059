"""The open positions of a campaign and their value, updated with each price. Pure."""

from collections import defaultdict
from collections.abc import Mapping

from msgspec.structs import replace

from domain.paper.fills import ShownPrice, value
from domain.paper.state import Position, key_of


class Holdings:
    """What is owned.

    Args:
        positions: by wallet and token.
        marks: the last price of each of their tokens.
    """

    def __init__(self, positions: Mapping[str, Position], marks: Mapping[str, ShownPrice]) -> None:
        self.positions: dict[str, Position] = {}
        self.worth = 0
        """At the last prices, in lamports."""
        self._keys: dict[str, dict[str, None]] = defaultdict(dict)
        self._worths: dict[str, int] = {}
        for position in positions.values():
            self.put(position)
        for token in [*self._keys]:
            self.value(token, marks.get(token))

    def of_token(self, token: str) -> list[Position]:
        """The positions of a token, the oldest first."""
        return [self.positions[key] for key in self._keys.get(token, ())]

    def has(self, token: str) -> bool:
        """Return whether any position is of that token."""
        return token in self._keys

    def put(self, position: Position) -> None:
        """Own it, in place of what was owned of the same."""
        key = key_of(position.wallet, position.token)
        self.positions[key] = position
        self._keys[position.token][key] = None

    def reduce(self, position: Position, quantity: int, cost: int) -> None:
        """Reduce the position by a quantity at its cost; with the last of it the position ends.

        Args:
            position: as it is open now; `quantity` and `cost` refer to it.
            quantity: parts of the token that leave; all of it or more ends the position.
            cost: lamports of the position's cost that belong to them.
        """
        key = key_of(position.wallet, position.token)
        if quantity < position.quantity:
            left = position.quantity - quantity
            self.positions[key] = replace(position, quantity=left, cost=position.cost - cost)
            return
        del self.positions[key], self._keys[position.token][key]
        if not self._keys[position.token]:
            del self._keys[position.token]

    def value(self, token: str, price: ShownPrice | None) -> None:
        """Let what is owned of a token be worth its price; None: nothing is owned, or it shows none."""
        owned = [] if price is None else [value(price, one.quantity) for one in self.of_token(token)]
        self.worth += sum(owned) - self._worths.pop(token, 0)
        if owned:
            self._worths[token] = sum(owned)
