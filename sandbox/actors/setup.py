"""Sets a simulation up on a new chain: creates tokens and pools, and gives each actor its first balances."""

from sandbox.actors.genesis.tokens import (
    GenesisChain,
    burn_rest,
    create_base_accounts,
    create_token,
    treasury,
)
from sandbox.actors.intents import SendToken
from sandbox.actors.keys import rng_for
from sandbox.actors.market.tokens import Token
from sandbox.actors.residents.population import Population
from sandbox.actors.trader import Trader

_STOCK = 100
"""A whale's first stock of a token is this part of the supply."""


def set_up(chain: GenesisChain, population: Population) -> Trader:
    """Set the simulation up on a new chain.

    Returns:
        The trader, ready to trade.

    Raises:
        TransactionRejected: the chain's faucet has too little.
    """
    config = population.config
    create_base_accounts(chain, config.seed, population.tokens)
    for plan, token in zip(config.tokens, population.tokens, strict=True):
        create_token(chain, config.seed, plan, token)
    for actor in population.everyone:
        chain.airdrop(actor.key.pubkey(), actor.initial_lamports)
    trader = Trader(
        chain, population.tokens, population.pools, population.table, rng_for(config.action_seed, "trader")
    )
    _stock(chain, trader, population)
    return trader


def _stock(chain: GenesisChain, trader: Trader, population: Population) -> None:
    maker = treasury(population.config.seed)
    for plan, actor in zip(population.config.whales, population.whales.values(), strict=True):
        for token in (one for one in population.tokens if one.symbol in plan.stock):
            transfer = SendToken(to=actor.key.pubkey(), token=token, amount=_stock_of(population, token))
            trader.execute(maker, transfer)
    for token in population.tokens:
        if not token.decimals:
            transfer = SendToken(
                to=population.spammer.key.pubkey(), token=token, amount=_stock_of(population, token)
            )
            trader.execute(maker, transfer)
    for wanted, token in zip(population.config.tokens, population.tokens, strict=True):
        if wanted.burned:
            burn_rest(chain, population.config.seed, token)


def _stock_of(population: Population, token: Token) -> int:
    plans = population.config.tokens
    supply: int = next(plan.supply for plan in plans if plan.symbol == token.symbol)
    return supply * int(10**token.decimals) // _STOCK
