"""The swap of one pool: what its vaults took and gave, and what they held before and after. Pure.

A transaction says what every token account held before and after it, those of pools included. So a pool that
keeps a constant product shows its price before and after a swap without a question to a node; a pool that
concentrates liquidity shows only what was exchanged; one with bins says those of the swap, too.

Sources: the order of accounts in each swap instruction is that of `raydium-amm` (`instruction.rs`),
`raydium-cp-swap`, `raydium-clmm`, `raydium-sdk-V2` (LaunchLab), `pump-public-docs` (PumpSwap), `whirlpools`,
and Meteora's `dlmm-sdk`, `damm-v2` and `dynamic-bonding-curve`.
"""

import hashlib
from collections.abc import Mapping, Sequence
from fractions import Fraction

from msgspec import Struct

from chain.decoders.flows import TOKEN_PROGRAMS, Flows, Move
from chain.market.bins import bin_rates
from chain.parsing.calls import Call
from chain.parsing.transaction import Transaction
from domain.activity.activity import SOL, SOL_DECIMALS, WRAPPED_SOL

PUMP_SWAP = "pAMMBay6oceH9fJKBRHGP5D4bD4sWpmSwMn52FMfXEA"
RAYDIUM_V4 = "675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8"
RAYDIUM_CPMM = "CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C"
RAYDIUM_CLMM = "CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK"
RAYDIUM_LAUNCHLAB = "LanMV9sAd7wArD4vJFi2qDdfnVhFxYSUg6eADduJ3uj"
WHIRLPOOL = "whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc"
METEORA_DLMM = "LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo"
METEORA_DAMM_V2 = "cpamdpZCGKUy5JxQXB4dcpGPiikHawvSWAd6mEn1sGG"
METEORA_DBC = "dbcij3LWUppWqq96dh6gJWwBifmcGfLSB5D4DuSMaqN"

MAX_FEE = Fraction(1, 20)
"""Of what a swap pays, that a pool keeps; where more is missing, its vaults do not set its price."""
MAX_FEE_UNREAD = Fraction(1, 100)
"""The same where the pool's account may add an amount to a vault that nobody has read."""


class Side(Struct, frozen=True, kw_only=True):
    """One token of a pool, in one swap; amounts in its smallest unit."""

    mint: str
    """`SOL` also for wrapped SOL."""
    decimals: int
    exchanged: int
    """What the pool took or gave, above zero."""
    before: int | None = None
    """What set the price before the swap; None: not shown."""
    after: int | None = None
    reserve: int | None = None
    """What really lies in the pool afterwards; None: not shown, or spread over prices."""
    in_vault: int | None = None
    """The same where it is spread over prices, or sets none that is shown."""


class PoolSwap(Struct, frozen=True, kw_only=True):
    """A swap of one pool."""

    program: str
    pool: str
    taken: Side
    """What the pool took."""
    given: Side
    """What it gave for that."""
    max_fee: Fraction = MAX_FEE
    """How far what was exchanged may lie from what the amounts before and after say, as a part of it."""
    liquidity: int | None = None
    """How much lies at the price of a pool that concentrates it, as its program counts; None: not known."""
    rates: tuple[Fraction, Fraction] | None = None
    """What it gave for one of what it took before and after, in smallest units, where the swap says so."""
    extra_fee: int = 0
    """What of the quote was paid beside what the pool took, raw, as far as it is known."""


class _Layout(Struct, frozen=True):
    """Where a swap instruction names the pool and its two vaults, by position among its accounts."""

    pool: int
    vaults: tuple[int, int]
    shows_price: bool = False
    """Whether the vaults alone set the price."""


class PoolNote(Struct, frozen=True, kw_only=True):
    """What the account of a pool said recently that its swaps do not show."""

    virtual_quote: int = 0
    """What counts beside the quote vault at PumpSwap, raw, maybe below zero."""
    liquidity: int | None = None
    """How much lies at the price, where it is concentrated; None: it is not."""


class SwapContext(Struct, frozen=True, gc=False):
    """The transaction around a swap."""

    transaction: Transaction
    calls: list[Call]
    flows: Flows
    notes: Mapping[str, PoolNote]
    """By pool; whatever is not known of it is missing."""


def _anchor(name: str) -> bytes:
    """The eight bytes with which Anchor begins the data of an instruction."""
    return hashlib.sha256(f"global:{name}".encode()).digest()[:8]


_PUMP_SWAP = _Layout(0, (7, 8), shows_price=True)
_CPMM = _Layout(3, (6, 7), shows_price=True)
_CLMM = _Layout(2, (5, 6))
_LAUNCH = _Layout(4, (7, 8))
_DLMM = _Layout(0, (2, 3))
_DAMM_V2 = _Layout(1, (4, 5))
_DBC = _Layout(2, (5, 6))
_LAYOUTS: dict[tuple[str, bytes], _Layout] = {
    (program, _anchor(name)): layout
    for program, layout, names in (
        (PUMP_SWAP, _PUMP_SWAP, ("buy", "sell", "buy_exact_quote_in")),
        (RAYDIUM_CPMM, _CPMM, ("swap_base_input", "swap_base_output")),
        (RAYDIUM_CLMM, _CLMM, ("swap", "swap_v2")),
        (RAYDIUM_LAUNCHLAB, _LAUNCH, ("buy_exact_in", "buy_exact_out", "sell_exact_in", "sell_exact_out")),
        (WHIRLPOOL, _Layout(2, (4, 6)), ("swap",)),
        (WHIRLPOOL, _Layout(4, (8, 10)), ("swap_v2",)),
        (METEORA_DLMM, _DLMM, ("swap", "swap2", "swap_exact_out", "swap_exact_out2")),
        (METEORA_DLMM, _DLMM, ("swap_with_price_impact", "swap_with_price_impact2")),
        (METEORA_DAMM_V2, _DAMM_V2, ("swap", "swap2")),
        (METEORA_DBC, _DBC, ("swap", "swap2")),
    )
    for name in names
}
_V4_SWAPS = {9, 11}
"""Raydium AMM v4 before it left its order book: swap by what goes in, and by what comes out."""
_V4_SWAPS_WITHOUT_BOOK = {16, 17}
_V4_LAYOUTS = {18: _Layout(1, (5, 6), shows_price=True), 17: _Layout(1, (4, 5), shows_price=True)}
"""By the number of accounts: with the account of target orders, and without it."""
_V4_WITHOUT_BOOK = _Layout(1, (3, 4), shows_price=True)


_NOTED = frozenset({PUMP_SWAP, RAYDIUM_CLMM, WHIRLPOOL, METEORA_DAMM_V2})
"""Programs whose pools say in their accounts what their swaps do not show."""
POOL_PROGRAMS = frozenset(program for program, _ in _LAYOUTS) | {RAYDIUM_V4}


def pool_swap(context: SwapContext, at: int) -> PoolSwap | None:
    """The swap that call number `at` made; None: it made none, or one of a form that is not known."""
    layout = _layout_of(context.calls[at])
    return _swap(context, at, layout) if layout is not None else None


def _layout_of(call: Call) -> _Layout | None:
    if call.program != RAYDIUM_V4:
        return _LAYOUTS.get((call.program, call.prefix))
    tag = call.prefix[0] if call.prefix else -1
    if tag in _V4_SWAPS_WITHOUT_BOOK:
        return _V4_WITHOUT_BOOK
    return _V4_LAYOUTS.get(len(call.accounts)) if tag in _V4_SWAPS else None


class _Vault(Struct, frozen=True):
    """A pool's token account, before and after the transaction."""

    mint: str
    decimals: int
    before: int
    after: int


def _swap(context: SwapContext, at: int, layout: _Layout) -> PoolSwap | None:
    """What a pool exchanged; None: it is none, or its accounts stand in another order than is known."""
    call = context.calls[at]
    if len(call.accounts) <= max(layout.pool, *layout.vaults):
        return None
    pool = call.accounts[layout.pool]
    names = [call.accounts[position] for position in layout.vaults]
    vaults = [_vault(context.transaction, name) for name in names]
    inner = inner_calls(context, at)
    changes = [_exchanged(context, inner, name) for name in names]
    if None in vaults or changes[0] * changes[1] >= 0:
        return None
    note = context.notes.get(pool) if call.program in _NOTED else None
    priced = layout.shows_price and _is_alone(context, inner, names)
    sides = [
        _side(vault, change, added, priced=priced)
        for vault, change, added in zip(vaults, changes, (0, note.virtual_quote if note else 0), strict=True)
        if vault is not None
    ]
    taken, given = sides if changes[0] > 0 else reversed(sides)
    rates = None
    if call.program == METEORA_DLMM:
        made = [context.calls[number] for number in inner]
        rates = bin_rates(made, pool, amount_in=taken.exchanged, amount_out=given.exchanged)
    unread = call.program == PUMP_SWAP and note is None
    return PoolSwap(
        program=call.program,
        pool=pool,
        taken=taken,
        given=given,
        max_fee=MAX_FEE_UNREAD if unread else MAX_FEE,
        liquidity=note.liquidity if note else None,
        rates=rates,
    )


def _side(vault: _Vault, change: int, added: int, *, priced: bool) -> Side:
    """One side of a swap; `priced`: the vault sets the price, with `added`."""
    if not priced:
        return Side(mint=vault.mint, decimals=vault.decimals, exchanged=abs(change), in_vault=vault.after)
    return Side(
        mint=vault.mint,
        decimals=vault.decimals,
        exchanged=abs(vault.after - vault.before),
        before=vault.before + added,
        after=vault.after + added,
        reserve=vault.after,
    )


def _vault(transaction: Transaction, account: str) -> _Vault | None:
    """A token account; None: the balances do not name it."""
    index = transaction.keys.index(account) if account in transaction.keys else -1
    before = next((one for one in transaction.pre_tokens if one.account == index), None)
    after = next((one for one in transaction.post_tokens if one.account == index), None)
    known = after or before
    if known is None:
        return None
    is_sol = known.mint == WRAPPED_SOL
    return _Vault(
        mint=SOL if is_sol else known.mint,
        decimals=SOL_DECIMALS if is_sol else known.amount.decimals or 0,
        before=before.amount.raw if before else 0,
        after=after.amount.raw if after else 0,
    )


def inner_calls(context: SwapContext, at: int) -> range:
    """The numbers of call `at` and of those that it made.

    Some nodes do not say how deep a call was made. A swap without a call of its own moves nothing, so that
    the calls of token programs that follow such a one are its own.
    """
    calls, depth = context.calls, context.calls[at].depth
    end = at + 1
    while end < len(calls) and calls[end].depth > depth:
        end += 1
    if end == at + 1:
        while end < len(calls) and calls[end].depth == depth and calls[end].program in TOKEN_PROGRAMS:
            end += 1
    return range(at, end)


def _moves_of(context: SwapContext, account: str) -> list[Move]:
    return [move for move in context.flows.moves if account in (move.source, move.target)]


def _exchanged(context: SwapContext, inner: range, vault: str) -> int:
    """Return what this swap moved into the vault; below zero: out of it."""
    moves = [move for move in _moves_of(context, vault) if move.at in inner]
    return sum(move.raw if move.target == vault else -move.raw for move in moves)


def _is_alone(context: SwapContext, inner: range, vaults: Sequence[str]) -> bool:
    """Return whether nothing but this swap moved anything into or out of the vaults."""
    return all(move.at in inner for vault in vaults for move in _moves_of(context, vault))
