"""Plans of transactions: from an intent to instructions and exact amounts, at given reserves. Pure."""

from dataclasses import dataclass, replace

from solders.instruction import Instruction
from solders.pubkey import Pubkey

from domain.activity.activity import Kind, Leg
from sandbox.actors.building import instructions as ix
from sandbox.actors.intents import Buy, Oversell, Sell, SendSol, SendSolToMany, SendToken, Swap
from sandbox.actors.market.pools import Reserves, lamports_for, tokens_for
from sandbox.actors.market.tokens import Pool, Token, sol_leg
from sandbox.actors.operations import kind_of_trade


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Another wallet that receives something."""

    to: Pubkey
    leg: Leg


@dataclass(frozen=True, slots=True, kw_only=True)
class TransactionPlan:
    """A transaction to build, and what it does for its author if it succeeds."""

    kind: Kind
    instructions: tuple[Instruction, ...]
    cosigners: tuple[Pubkey, ...] = ()
    """The signers besides the author."""
    paid: Leg
    received: Leg | None = None
    recipients: tuple[Recipient, ...] = ()
    success_account: Pubkey
    """An account that changes if the transaction succeeds, and only then."""


def buy(trader: Pubkey, intent: Buy, reserves: Reserves, quote_mints: frozenset[str]) -> TransactionPlan:
    """SOL for tokens.

    Args:
        trader: pays, and gets the tokens.
        intent: what for how many lamports.
        reserves: of the token's pool, before this.
        quote_mints: mints besides SOL that prices are quoted in; they make a trade a swap.
    """
    token = intent.token
    given = tokens_for(reserves, intent.lamports)
    paid, received = sol_leg(intent.lamports), token.leg(token.arriving(given))
    return TransactionPlan(
        kind=kind_of_trade(paid, received, quote_mints),
        instructions=(*_into_pool(trader, token.pool, intent.lamports), *_out_of_vault(trader, token, given)),
        cosigners=(token.pool.authority,),
        paid=paid,
        received=received,
        success_account=token.pool.vault,
    )


def sell(trader: Pubkey, intent: Sell, reserves: Reserves, quote_mints: frozenset[str]) -> TransactionPlan:
    """Tokens for SOL.

    Args:
        trader: gives the tokens, and gets the SOL.
        intent: how many raw units, and whether the empty account is closed.
        reserves: of the token's pool, before this.
        quote_mints: mints besides SOL that prices are quoted in; they make a trade a swap.
    """
    token = intent.token
    lamports = lamports_for(reserves, token.arriving(intent.amount))
    paid, received = token.leg(intent.amount), sol_leg(lamports)
    leaving = _leave(trader, token) if intent.close_account else ()
    return TransactionPlan(
        kind=kind_of_trade(paid, received, quote_mints),
        instructions=(
            _into_vault(trader, token, intent.amount),
            *_out_of_pool(trader, token.pool, lamports),
            *leaving,
        ),
        cosigners=(token.pool.authority,),
        paid=paid,
        received=received,
        success_account=token.pool.vault,
    )


def swap(
    trader: Pubkey, intent: Swap, into: Reserves, out_of: Reserves, quote_mints: frozenset[str]
) -> TransactionPlan:
    """One token for another; the trader receives SOL from the first pool and pays it to the second.

    Args:
        trader: gives one token, and gets the other.
        intent: which tokens, and how many raw units of the first.
        into: reserves of the first token's pool, before this.
        out_of: reserves of the second token's pool, before this.
        quote_mints: mints besides SOL that prices are quoted in; they make a swap a purchase or a sale.
    """
    first = sell(trader, Sell(token=intent.token_in, amount=intent.amount), into, quote_mints)
    between = first.received.raw if first.received else 0
    second = buy(trader, Buy(token=intent.token_out, lamports=between), out_of, quote_mints)
    received = second.received or first.paid
    return TransactionPlan(
        kind=kind_of_trade(first.paid, received, quote_mints),
        instructions=first.instructions + second.instructions,
        cosigners=first.cosigners + second.cosigners,
        paid=first.paid,
        received=received,
        success_account=first.success_account,
    )


def oversell(trader: Pubkey, intent: Oversell, owned: int, reserves: Reserves) -> TransactionPlan:
    """A sale of more than is owned, which the token program refuses.

    Args:
        trader: has less than it sells.
        intent: by how many raw units more, at least one.
        owned: raw units that the trader has.
        reserves: of the token's pool.
    """
    selling = Sell(token=intent.token, amount=owned + max(1, intent.amount))
    return sell(trader, selling, reserves, frozenset())


def send_sol(author: Pubkey, intent: SendSol) -> TransactionPlan:
    """SOL for one wallet."""
    leg = sol_leg(intent.lamports)
    return TransactionPlan(
        kind=Kind.TRANSFER_OUT,
        instructions=(ix.transfer_sol(author, intent.to, intent.lamports), *_memo(author, intent.memo)),
        paid=leg,
        recipients=(Recipient(to=intent.to, leg=leg),),
        success_account=intent.to,
    )


def send_token(author: Pubkey, intent: SendToken) -> TransactionPlan:
    """Tokens for one wallet; its token account is created, unless the transfer is unchecked."""
    token = intent.token
    source, dest = token.account_of(author), token.account_of(intent.to)
    named = (
        ix.create_account_for(author, intent.to, token),
        ix.transfer_checked(token, source, dest, author, intent.amount),
    )
    unchecked = (ix.transfer_unchecked(token, source, dest, author, intent.amount),)
    return TransactionPlan(
        kind=Kind.TRANSFER_OUT,
        instructions=(*(unchecked if intent.unchecked else named), *_memo(author, intent.memo)),
        paid=token.leg(intent.amount),
        recipients=(Recipient(to=intent.to, leg=token.leg(token.arriving(intent.amount))),),
        success_account=source,
    )


def send_sol_to_many(author: Pubkey, intent: SendSolToMany) -> TransactionPlan:
    """SOL in equal parts for many wallets."""
    leg = sol_leg(intent.lamports)
    payments = (ix.transfer_sol(author, to, intent.lamports) for to in intent.to)
    return TransactionPlan(
        kind=Kind.TRANSFER_OUT,
        instructions=(*payments, *_memo(author, intent.memo)),
        paid=sol_leg(intent.lamports * len(intent.to)),
        recipients=tuple(Recipient(to=to, leg=leg) for to in intent.to),
        success_account=intent.to[0],
    )


def with_memo(plan: TransactionPlan, author: Pubkey, text: str) -> TransactionPlan:
    """The same plan with a memo at its end.

    Args:
        plan: is not changed.
        author: signs the memo; one of the plan's signers.
        text: empty: no memo is added.
    """
    return replace(plan, instructions=(*plan.instructions, *_memo(author, text)))


def _memo(author: Pubkey, text: str) -> tuple[Instruction, ...]:
    return (ix.memo(author, text),) if text else ()


def _into_pool(trader: Pubkey, pool: Pool, lamports: int) -> tuple[Instruction, ...]:
    if pool.sol_vault is None:
        return (ix.transfer_sol(trader, pool.authority, lamports),)
    wrapped = ix.wrapped_account(trader)
    paying = ix.transfer_wrapped(wrapped, pool.sol_vault, trader, lamports)
    return (*ix.wrap(trader, lamports), paying, ix.unwrap(trader))


def _out_of_pool(trader: Pubkey, pool: Pool, lamports: int) -> tuple[Instruction, ...]:
    if pool.sol_vault is None:
        return (ix.transfer_sol(pool.authority, trader, lamports),)
    wrapped = ix.wrapped_account(trader)
    paying = ix.transfer_wrapped(pool.sol_vault, wrapped, pool.authority, lamports)
    return (ix.create_wrapped_account(trader), paying, ix.unwrap(trader))


def _out_of_vault(trader: Pubkey, token: Token, amount: int) -> tuple[Instruction, ...]:
    dest = token.account_of(trader)
    giving = ix.transfer_checked(token, token.pool.vault, dest, token.pool.authority, amount)
    return (ix.create_account_for(trader, trader, token), giving)


def _into_vault(trader: Pubkey, token: Token, amount: int) -> Instruction:
    return ix.transfer_checked(token, token.account_of(trader), token.pool.vault, trader, amount)


def _leave(trader: Pubkey, token: Token) -> tuple[Instruction, ...]:
    account = token.account_of(trader)
    closing = ix.close(token.program, account, trader)
    return (ix.harvest_fees(token, account), closing) if token.fee_bps else (closing,)
