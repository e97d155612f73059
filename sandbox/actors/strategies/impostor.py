"""An impostor: its address looks like a whale's, and it drops dust into that whale's history."""

from dataclasses import dataclass
from random import Random

from sandbox.actors.balances import Balances
from sandbox.actors.intents import SendSol
from sandbox.actors.strategies.strategy import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Impostor:
    """Its friends are the whale it poses as and those who deal with that whale."""

    def decide(self, balances: Balances, rng: Random) -> Decision:
        """Dust for one of them."""
        return Decision(self, (SendSol(to=rng.choice(balances.friends), lamports=rng.randint(1, 5_000)),))
