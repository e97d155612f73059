"""How everybody comes to the town: the ground is laid, tokens are made, and each gets what it begins with."""

from sandbox.actors.genesis.tokens import NewGround, found_token, lay_ground, treasury
from sandbox.actors.intents import SendToken
from sandbox.actors.keys import dice
from sandbox.actors.market.tokens import Token
from sandbox.actors.residents.population import Census
from sandbox.actors.trader import Desk

_STOCK = 100
"""A stock is this part of the supply."""


def settle(ground: NewGround, census: Census) -> Desk:
    """Found the town on a new chain; the desk is ready to trade.

    Raises:
        TransactionRejected: the chain's faucet has too little.
    """
    population = census.population
    lay_ground(ground, population.seed, census.tokens)
    for plan, token in zip(population.tokens, census.tokens, strict=True):
        found_token(ground, population.seed, plan, token)
    for person in census.everybody:
        ground.airdrop(person.key.pubkey(), person.wealth)
    desk = Desk(ground, census.tokens, census.pools, census.table, dice(population.seed, "desk"))
    _stock(desk, census)
    return desk


def _stock(desk: Desk, census: Census) -> None:
    maker = treasury(census.population.seed)
    for plan, person in zip(census.population.whales, census.whales.values(), strict=True):
        for token in (one for one in census.tokens if one.symbol in plan.stock):
            gift = SendToken(to=person.key.pubkey(), token=token, amount=_stock_of(census, token))
            desk.carry_out(maker, gift)
    for token in census.tokens:
        if not token.decimals:
            gift = SendToken(to=census.spammer.key.pubkey(), token=token, amount=_stock_of(census, token))
            desk.carry_out(maker, gift)


def _stock_of(census: Census, token: Token) -> int:
    plans = census.population.tokens
    supply: int = next(plan.supply for plan in plans if plan.symbol == token.symbol)
    return supply * int(10**token.decimals) // _STOCK
