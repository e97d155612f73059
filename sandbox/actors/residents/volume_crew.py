"""The volume bot's crew: a funder and its wallets, driven step by step by one pure habit."""

from random import Random

from sandbox.actors.intents import Intent
from sandbox.actors.keys import dice
from sandbox.actors.market.tokens import Token
from sandbox.actors.residents.actors import Person
from sandbox.actors.residents.population import Census
from sandbox.actors.strategies.volume_bot import VolumeBot
from sandbox.actors.trader import Desk


class VolumeCrew:
    """Knows whose turn it is.

    Args:
        people: the funder first, then its wallets.
        token: what they trade.
        rng: the crew's own.
    """

    def __init__(self, people: tuple[Person, ...], token: Token, rng: Random) -> None:
        self.people = people
        self._bot = VolumeBot(token=token)
        self._rng = rng

    def next(self, desk: Desk) -> tuple[Person, Intent | None]:
        """Whose turn it is and what that one does; nothing where there is nothing to sell or return."""
        purses = [desk.purse(person.key.pubkey(), person.friends) for person in self.people]
        self._bot, actor, intent = self._bot.decide(purses, self._rng)
        return self.people[actor], intent


def crew_of(census: Census) -> VolumeCrew:
    """The crew of a town, at the beginning.

    Raises:
        LookupError: the token it is to trade is not of the town.
    """
    wanted = census.population.volume_symbol
    traded = [token for token in census.tokens if token.symbol == wanted]
    if not traded:
        raise LookupError(f"The volume bot's token {wanted!r} is not among the town's tokens.")
    return VolumeCrew(census.crew, traded[0], dice(census.population.seed, "crew"))
