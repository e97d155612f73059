"""An impostor: its address is similar to a whale's, and it sends dust to that whale (address poisoning)."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import SendSol
from sandbox.actors.strategies.strategy import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Impostor:
    """Its friends are the wallets that it sends dust to."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Send dust to one of them."""
        return Decision(self, (SendSol(to=rng.choice(balances.friends), lamports=rng.randint(1, 5_000)),))
