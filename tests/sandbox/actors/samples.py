"""Tokens and balances to decide with, without a chain."""

from solders.pubkey import Pubkey

from sandbox.actors.balances import Balances
from sandbox.actors.config import TOKENS
from sandbox.actors.genesis.tokens import token_of
from sandbox.actors.market.tokens import LAMPORTS, Token

ALL = {plan.symbol: token_of(1, plan) for plan in TOKENS}
WORTHLESS = next(token for token in ALL.values() if not token.decimals)
FRIENDS = tuple(Pubkey(bytes([number]) * 32) for number in range(1, 9))


def balances(lamports: int = 100 * LAMPORTS, owned: dict[Token, int] | None = None) -> Balances:
    return Balances(
        lamports=lamports,
        tokens={token: (owned or {}).get(token, 0) for token in ALL.values()},
        friends=FRIENDS,
    )
