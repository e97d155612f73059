"""The volume bot's wallets: a funder and the wallets it pays, which one pure strategy drives step by step."""

from random import Random

from sandbox.actors.intents import Intent
from sandbox.actors.keys import rng_for
from sandbox.actors.market.tokens import Token
from sandbox.actors.residents.actors import Actor
from sandbox.actors.residents.population import Population
from sandbox.actors.strategies.volume_bot import VolumeBot
from sandbox.actors.trader import Trader


class VolumeCrew:
    """Says which wallet acts next.

    Args:
        actors: the funder first, then its wallets.
        token: what they trade.
        rng: the generator of the strategy.
    """

    def __init__(self, actors: tuple[Actor, ...], token: Token, rng: Random) -> None:
        self.actors = actors
        self._bot = VolumeBot(token=token)
        self._rng = rng

    def next(self, trader: Trader) -> tuple[Actor, Intent | None]:
        """The next actor and its intent; None: there is nothing to sell or return."""
        wallet_balances = [trader.balances(actor.key.pubkey(), actor.friends) for actor in self.actors]
        self._bot, actor, intent = self._bot.decide(wallet_balances, self._rng)
        return self.actors[actor], intent


def volume_crew_of(population: Population) -> VolumeCrew:
    """The volume bot's wallets, in their first state.

    Raises:
        LookupError: the simulation does not have the token.
    """
    wanted = population.config.volume_symbol
    traded = [token for token in population.tokens if token.symbol == wanted]
    if not traded:
        raise LookupError(f"The volume bot's token {wanted!r} is not among the tokens of the simulation.")
    return VolumeCrew(
        population.volume_crew, traded[0], rng_for(population.config.action_seed, "volume_crew")
    )
