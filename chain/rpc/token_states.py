"""Current token states in batches: supply, fee, freezing, liquidity, the creator's holding."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from solders.pubkey import Pubkey

from chain.market.curves import CURVES
from chain.market.depth.sales import CONCENTRATED_PROGRAMS, accounts_below, backing_quote, quote_below
from chain.market.mint import read_mint
from chain.market.minters import bridge, minter_of
from chain.market.pool_prices import is_over, lacks_successor, open_pool
from chain.market.trading_times import is_closed
from chain.rpc.accounts import Account, read_accounts
from chain.rpc.pool import RpcPool
from domain.activity.amounts import as_decimal
from domain.activity.prices import Dollars
from domain.errors import Undecodable
from domain.security.issuers import LISTED
from domain.security.mints import TOKEN_PROGRAMS, MintFacts
from domain.security.safety import TokenState
from domain.tokens.market_price import KnownPool, quote_dollars

ATA_PROGRAM = Pubkey.from_string("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL")
"""The program whose addresses hold a wallet's tokens by default. https://spl.solana.com/associated-token-account"""
MAX_HOLDERS = 2
"""Followed wallets of one token that are checked."""
ACCOUNTS_EACH = 16
"""Accounts that are read of one token at first, at most: its mint, three pools with two vaults each, two of
each wallet."""
BINS_AND_TICKS_EACH = 5
"""Those that are read then of one pool at most: what lies at which price, where it concentrates liquidity.

The same for each pool, so that another one beside it takes nothing from what is seen of it."""
_AMOUNT = struct.Struct("<Q")
_AMOUNT_AT, _STATE_AT, _FROZEN, _MIN_BYTES = 64, 108, 2, 165


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedToken:
    """What is known of a token before it is read."""

    mint: str
    pools: Sequence[KnownPool] = ()
    """Its best pools, three at most; only those whose vaults are known are read."""
    creator: str | None = None
    """Who made it; None: not known."""
    holders: Sequence[str] = ()
    """Followed wallets that have it, two at most."""

    @property
    def vaults(self) -> list[tuple[KnownPool, str, str]]:
        """The token accounts of its pools: of the token, and of what it is traded for."""
        return [(pool, *pool.vaults) for pool in self.pools if pool.vaults is not None]

    @property
    def concentrated_pools(self) -> list[KnownPool]:
        """Those of its pools whose vaults do not say what sellers could get."""
        return [pool for pool, *_ in self.vaults if pool.venue in CONCENTRATED_PROGRAMS]

    @property
    def curves(self) -> list[KnownPool]:
        """Those from which the money goes to a pool one day."""
        return [pool for pool, *_ in self.vaults if pool.venue in CURVES]

    @property
    def creator_accounts(self) -> list[str]:
        """Where the creator's tokens usually are, by program."""
        if self.creator is None:
            return []
        return [token_account(self.creator, self.mint, program) for program in TOKEN_PROGRAMS]

    @property
    def holder_accounts(self) -> list[list[str]]:
        """Where the tokens of each holder usually are, by program."""
        return [
            [token_account(holder, self.mint, program) for program in TOKEN_PROGRAMS]
            for holder in self.holders[:MAX_HOLDERS]
        ]

    @property
    def addresses(self) -> list[str]:
        """All accounts that are read of it."""
        vaults = [address for _, *pair in self.vaults for address in pair]
        of_holders = [address for accounts in self.holder_accounts for address in accounts]
        pools = [one.pool for one in (*self.concentrated_pools, *self.curves)]
        return [self.mint, *vaults, *pools, *self.creator_accounts, *of_holders]


async def read_token_states(
    rpc: RpcPool, tokens: Sequence[WatchedToken], *, chain: str, dollars: Dollars
) -> dict[str, TokenState]:
    """The states of the tokens that are still mints, by mint; some pools take a second round.

    Args:
        rpc: whom to ask.
        tokens: what is known of each.
        chain: of the tokens.
        dollars: what quotes are worth.

    Raises:
        NodeUnavailable: no provider answered.
        NodeUnreadable: none of them sent what can be read.
    """
    wanted = dict.fromkeys(address for token in tokens for address in token.addresses)
    found = await read_accounts(rpc, list(wanted))
    concentrated = (one for token in tokens for one in _concentrated(token, found))
    if near := dict.fromkeys(address for one in concentrated for address in one.addresses):
        found |= await read_accounts(rpc, list(near))
    states = ((token.mint, _state(token, found, chain, dollars)) for token in tokens)
    return {mint: state for mint, state in states if state is not None}


def token_account(owner: str, mint: str, program: str) -> str:
    """The associated token account of an owner, which need not exist.

    Args:
        owner: a wallet or a program's address.
        mint: of the token.
        program: the token program that owns the mint; the address depends on it.
    """
    seeds = [bytes(Pubkey.from_string(key)) for key in (owner, program, mint)]
    return str(Pubkey.find_program_address(seeds, ATA_PROGRAM)[0])


def _state(
    token: WatchedToken, found: Mapping[str, Account], chain: str, dollars: Dollars
) -> TokenState | None:
    account = found.get(token.mint)
    if account is None or account.owner not in TOKEN_PROGRAMS:
        return None
    try:
        facts = read_mint(account.data, address=token.mint, program=account.owner, slot=account.slot)
    except Undecodable:
        return None
    return TokenState(
        slot=account.slot,
        supply=facts.supply,
        is_frozen=_is_stopped(facts) or any(_is_frozen(found.get(base)) for _, base, _ in token.vaults),
        frozen_holders=_holders(token, found, are_frozen=True),
        free_holders=_holders(token, found, are_frozen=False),
        fee=None if facts.transfer_fee is None else facts.transfer_fee.basis_points,
        liquidity=_liquidity(token, found, chain, dollars),
        creator_raw=_creator_raw(token, found),
        is_issued=token.mint in LISTED or minter_of(token.mint) is not None or _is_bridged(facts),
        hook="" if facts.transfer_hook is None else facts.transfer_hook.program or "",
    )


def _is_bridged(facts: MintFacts) -> bool:
    """Return whether a bridge alone can make more of it, as people bring tokens over."""
    return facts.mint_authority == bridge().authority


@dataclass(frozen=True, slots=True, kw_only=True)
class _ConcentratedPool:
    """A pool that concentrates liquidity."""

    account: Account
    side: int
    """Which of its tokens is the quote."""

    @property
    def addresses(self) -> list[str]:
        """The accounts that say what lies near its price."""
        return accounts_below(self.account, side=self.side, limit=BINS_AND_TICKS_EACH)


def _concentrated(token: WatchedToken, found: Mapping[str, Account]) -> list[_ConcentratedPool]:
    opened = (open_pool(pool, found) for pool in token.concentrated_pools)
    return [
        _ConcentratedPool(account=found[one.known.pool], side=1 - one.base)
        for one in opened
        if one is not None
    ]


def _liquidity(
    token: WatchedToken, found: Mapping[str, Account], chain: str, dollars: Dollars
) -> Decimal | None:
    """Dollars in its pools, as twice what sellers could get of the quotes; a closed vault holds nothing.

    Of a curve that is over the money went to a pool; while that is not known, nothing says how much there is.
    """
    over = {one.pool: one.venue or "" for one in token.curves if _is_over(one, found)}
    if lacks_successor(over.values(), (one.venue or "" for one, *_ in token.vaults if one.pool not in over)):
        return None
    below = {
        one.account.address: 0
        if is_closed(one.account.data, owner=one.account.owner, slot=one.account.slot, now=None)
        else quote_below(one.account, found, side=one.side, limit=BINS_AND_TICKS_EACH)
        for one in _concentrated(token, found)
    }
    values = [
        2 * as_decimal(_backing(_amount(found.get(vault)), below.get(pool.pool)), pool.quote_decimals) * usd
        for pool, _, vault in token.vaults
        if pool.pool not in over and (usd := quote_dollars(chain, pool.quote, dollars)) is not None
    ]
    return sum(values, Decimal(0)) if values else None


def _is_over(curve: KnownPool, found: Mapping[str, Account]) -> bool:
    opened = open_pool(curve, found)
    return opened is None or is_over(opened)


def _backing(in_vault: int, below: int | None) -> int:
    """What counts of a pool's quote; `below`: what lies near its price, None: all of it does."""
    return in_vault if below is None else backing_quote(in_vault, below)


def _amount(account: Account | None) -> int:
    if account is None or len(account.data) < _MIN_BYTES:
        return 0
    raw: int = _AMOUNT.unpack_from(account.data, _AMOUNT_AT)[0]
    return raw


def _is_stopped(facts: MintFacts) -> bool:
    return facts.default_frozen or (facts.pausable is not None and facts.pausable.paused)


def _is_frozen(vault: Account | None) -> bool:
    return vault is not None and len(vault.data) >= _MIN_BYTES and vault.data[_STATE_AT] == _FROZEN


def _holders(token: WatchedToken, found: Mapping[str, Account], *, are_frozen: bool) -> tuple[str, ...]:
    """Those whose tokens are frozen, or those whose are not; whose account was not found is neither."""
    looked_at = zip(token.holders, token.holder_accounts, strict=False)
    known = [(holder, [found[one] for one in accounts if one in found]) for holder, accounts in looked_at]
    return tuple(
        holder for holder, accounts in known if accounts and any(map(_is_frozen, accounts)) is are_frozen
    )


def _creator_raw(token: WatchedToken, found: Mapping[str, Account]) -> int | None:
    """Return what the creator has in the usual accounts; a closed one holds nothing."""
    if token.creator is None:
        return None
    return sum(_amount(found.get(address)) for address in token.creator_accounts)
