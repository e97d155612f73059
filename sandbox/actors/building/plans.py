"""From an intent to instructions and exact amounts, at the reserves of the moment. Pure."""

from dataclasses import dataclass, replace

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from domain.activity.activity import Kind, Leg
from sandbox.actors.building import instructions as ix
from sandbox.actors.intents import Buy, Overreach, Scatter, Sell, SendSol, SendToken, Swap
from sandbox.actors.market.pools import Reserves, lamports_for, tokens_for
from sandbox.actors.market.tokens import Pool, Token, sol_leg
from sandbox.actors.operations import kind_of_trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What somebody else gets out of an order."""

    to: Pubkey
    leg: Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A transaction to be, and what it will have done for its author if it does not fail."""

    kind: Kind
    instructions: tuple[Instruction, ...]
    cosigners: tuple[Pubkey, ...] = ()
    """Who signs beside the author."""
    paid: Leg
    received: Leg | None = None
    gifts: tuple[Gift, ...] = ()
    witness: Pubkey
    """An account that is changed by success and by nothing else in this transaction."""
    opens: Pubkey | None = None
    """Somebody else's token account that is made if it is not there: its rent is a gift too."""


def buy(trader: Pubkey, intent: Buy, reserves: Reserves, quotes: frozenset[str]) -> Order:
    """SOL for tokens."""
    token = intent.token
    given = tokens_for(reserves, intent.lamports)
    paid, received = sol_leg(intent.lamports), token.leg(token.arriving(given))
    return Order(
        kind=kind_of_trade(paid, received, quotes),
        instructions=(*_into_pool(trader, token.pool, intent.lamports), *_out_of_vault(trader, token, given)),
        cosigners=(token.pool.authority,),
        paid=paid,
        received=received,
        witness=token.pool.vault,
    )


def sell(trader: Pubkey, intent: Sell, reserves: Reserves, quotes: frozenset[str]) -> Order:
    """Tokens for SOL."""
    token = intent.token
    lamports = lamports_for(reserves, token.arriving(intent.amount))
    paid, received = token.leg(intent.amount), sol_leg(lamports)
    leaving = _leave(trader, token) if intent.leave else ()
    return Order(
        kind=kind_of_trade(paid, received, quotes),
        instructions=(
            _into_vault(trader, token, intent.amount),
            *_out_of_pool(trader, token.pool, lamports),
            *leaving,
        ),
        cosigners=(token.pool.authority,),
        paid=paid,
        received=received,
        witness=token.pool.vault,
    )


def swap(trader: Pubkey, intent: Swap, into: Reserves, out_of: Reserves, quotes: frozenset[str]) -> Order:
    """One token for another; the SOL between the pools passes through the trader's hands."""
    first = sell(trader, Sell(token=intent.token_in, amount=intent.amount), into, quotes)
    between = first.received.raw if first.received else 0
    second = buy(trader, Buy(token=intent.token_out, lamports=between), out_of, quotes)
    received = second.received or first.paid
    return Order(
        kind=kind_of_trade(first.paid, received, quotes),
        instructions=first.instructions + second.instructions,
        cosigners=first.cosigners + second.cosigners,
        paid=first.paid,
        received=received,
        witness=first.witness,
    )


def overreach(trader: Pubkey, intent: Overreach, held: int, reserves: Reserves) -> Order:
    """A sale of more than is held, which the token program refuses."""
    selling = Sell(token=intent.token, amount=held + max(1, intent.amount))
    return sell(trader, selling, reserves, frozenset())


def send_sol(author: Pubkey, intent: SendSol) -> Order:
    """Plain SOL for one wallet."""
    leg = sol_leg(intent.lamports)
    return Order(
        kind=Kind.TRANSFER_OUT,
        instructions=(ix.pay(author, intent.to, intent.lamports), *_memo(author, intent.memo)),
        paid=leg,
        gifts=(Gift(to=intent.to, leg=leg),),
        witness=intent.to,
    )


def send_token(author: Pubkey, intent: SendToken) -> Order:
    """Tokens for one wallet; its token account is opened for it, unless the transfer is an unnamed one."""
    token = intent.token
    source, dest = token.account_of(author), token.account_of(intent.to)
    named = (
        ix.open_for(author, intent.to, token),
        ix.move(token, source, dest, author, intent.amount),
    )
    unnamed = (ix.move_unnamed(token, source, dest, author, intent.amount),)
    return Order(
        kind=Kind.TRANSFER_OUT,
        instructions=(*(unnamed if intent.unnamed else named), *_memo(author, intent.memo)),
        paid=token.leg(intent.amount),
        gifts=(Gift(to=intent.to, leg=token.leg(token.arriving(intent.amount))),),
        witness=source,
        opens=None if intent.unnamed else dest,
    )


def scatter(author: Pubkey, intent: Scatter) -> Order:
    """Plain SOL in equal parts for many."""
    leg = sol_leg(intent.lamports)
    payments = (ix.pay(author, to, intent.lamports) for to in intent.to)
    return Order(
        kind=Kind.TRANSFER_OUT,
        instructions=(*payments, *_memo(author, intent.memo)),
        paid=sol_leg(intent.lamports * len(intent.to)),
        gifts=tuple(Gift(to=to, leg=leg) for to in intent.to),
        witness=intent.to[0],
    )


def with_memo(order: Order, author: Pubkey, text: str) -> Order:
    """The same order with a memo behind it."""
    return replace(order, instructions=(*order.instructions, *_memo(author, text)))


def _memo(author: Pubkey, text: str) -> tuple[Instruction, ...]:
    return (ix.memo(author, text),) if text else ()


def _into_pool(trader: Pubkey, pool: Pool, lamports: int) -> tuple[Instruction, ...]:
    if pool.sol_vault is None:
        return (ix.pay(trader, pool.authority, lamports),)
    wrapped = ix.wrapped_account(trader)
    paying = ix.move_wrapped(wrapped, pool.sol_vault, trader, lamports)
    return (*ix.wrap(trader, lamports), paying, ix.unwrap(trader))


def _out_of_pool(trader: Pubkey, pool: Pool, lamports: int) -> tuple[Instruction, ...]:
    if pool.sol_vault is None:
        return (ix.pay(pool.authority, trader, lamports),)
    wrapped = ix.wrapped_account(trader)
    paying = ix.move_wrapped(pool.sol_vault, wrapped, pool.authority, lamports)
    return (ix.open_wrapped(trader), paying, ix.unwrap(trader))


def _out_of_vault(trader: Pubkey, token: Token, amount: int) -> tuple[Instruction, ...]:
    dest = token.account_of(trader)
    giving = ix.move(token, token.pool.vault, dest, token.pool.authority, amount)
    return (ix.open_for(trader, trader, token), giving)


def _into_vault(trader: Pubkey, token: Token, amount: int) -> Instruction:
    return ix.move(token, token.account_of(trader), token.pool.vault, trader, amount)


def _leave(trader: Pubkey, token: Token) -> tuple[Instruction, ...]:
    account = token.account_of(trader)
    closing = ix.close(token.program, account, trader)
    return (ix.harvest(token, account), closing) if token.fee_bps else (closing,)
