"""The trader: turns intents into transactions, sends them, and reports what they did."""

from collections.abc import Mapping, Sequence
from random import Random

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.signature import Signature

from domain.activity.activity import Kind
from sandbox.actors.balances import Balances
from sandbox.actors.building import plans
from sandbox.actors.building.plans import TransactionPlan
from sandbox.actors.building.transaction_builder import MessageVersion, TransactionOptions, build_transaction
from sandbox.actors.intents import Buy, Intent, Oversell, Sell, SendSol, SendSolToMany, SendToken, Swap, Trade
from sandbox.actors.market.pools import Reserves
from sandbox.actors.market.tokens import Token
from sandbox.actors.operations import Operation, arrival
from sandbox.chain.chain_api import ChainApi

_AMOUNT = slice(64, 72)
"""The bytes of the amount in a token account, little-endian."""

_VERSIONS = (MessageVersion.LEGACY, MessageVersion.LEGACY, MessageVersion.V0, MessageVersion.V1)
"""The versions that transactions are sent in, chosen at random."""
_CROWDED_VERSIONS = (MessageVersion.V0, MessageVersion.V1)
"""The versions of transactions that have too many accounts for a legacy message."""
_WITH_MEMO = 0.25
"""The share of trades with a memo."""
_PRIORITIES = (0, 10_000, 50_000, 250_000)


class Trader:
    """Trades on one chain for all actors; the pools' keys sign with them.

    Args:
        chain: the chain.
        tokens: all tokens.
        pools: the pools' keys, by address.
        table: the lookup table that some transactions use.
        rng: decides version, priority and memo of transactions, never their amounts.
    """

    def __init__(
        self,
        chain: ChainApi,
        tokens: Sequence[Token],
        pools: Mapping[Pubkey, Keypair],
        table: AddressLookupTableAccount,
        rng: Random,
    ) -> None:
        self.chain = chain
        self._tokens = tuple(tokens)
        self._pools = pools
        self._table = table
        self._rng = rng
        self._nonce = 0
        self._quote_mints = frozenset(str(token.mint) for token in tokens if token.quote)

    def balances(self, wallet: Pubkey, friends: tuple[Pubkey, ...] = ()) -> Balances:
        """The balances of `wallet`."""
        tokens = {token: self.owned(wallet, token) for token in self._tokens}
        return Balances(lamports=self.chain.balance(wallet), tokens=tokens, friends=friends)

    def owned(self, wallet: Pubkey, token: Token) -> int:
        """The raw units of `token` in the wallet's associated account; 0 if there is none."""
        return self._amount(token.account_of(wallet))

    def reserves(self, token: Token) -> Reserves:
        """The reserves of the token's pool."""
        pool = token.pool
        if pool.sol_vault is None:
            lamports = self.chain.balance(pool.authority)
        else:
            lamports = self._amount(pool.sol_vault)
        return Reserves(lamports=lamports, tokens=self._amount(pool.vault))

    def execute(self, author: Keypair, intent: Intent) -> tuple[Operation, ...]:
        """Execute an intent.

        Returns:
            The author's operation, then that of each recipient.

        Raises:
            TransactionRejected: it cannot land in a block, for example because the author cannot pay the fee.
        """
        plan = self._plan(author.pubkey(), intent)
        before = self.chain.account(plan.success_account)
        slot = self.chain.slot
        signature = str(self._send(author, plan, intent))
        if self.chain.account(plan.success_account) == before:
            return (_failure(author.pubkey(), plan, signature, slot),)
        return _operations(author.pubkey(), plan, signature, slot)

    def _plan(self, author: Pubkey, intent: Intent) -> TransactionPlan:
        match intent:
            case SendSol():
                return plans.send_sol(author, intent)
            case SendToken():
                return plans.send_token(author, intent)
            case SendSolToMany():
                return plans.send_sol_to_many(author, intent)
            case Buy() | Sell() | Swap() | Oversell():
                return self._trade(author, intent)

    def _trade(self, author: Pubkey, intent: Trade) -> TransactionPlan:
        match intent:
            case Buy():
                return plans.buy(author, intent, self.reserves(intent.token), self._quote_mints)
            case Sell():
                return plans.sell(author, intent, self.reserves(intent.token), self._quote_mints)
            case Oversell():
                owned = self.owned(author, intent.token)
                return plans.oversell(author, intent, owned, self.reserves(intent.token))
            case Swap():
                into, out_of = self.reserves(intent.token_in), self.reserves(intent.token_out)
                return plans.swap(author, intent, into, out_of, self._quote_mints)

    def _send(self, author: Keypair, plan: TransactionPlan, intent: Intent) -> Signature:
        self._nonce += 1
        trade = plan.kind is not Kind.TRANSFER_OUT
        many_accounts = isinstance(intent, Swap)
        options = TransactionOptions(
            blockhash=self.chain.latest_blockhash(),
            nonce=self._nonce,
            table=self._table,
            version=self._rng.choice(_CROWDED_VERSIONS if many_accounts else _VERSIONS),
            priority=self._rng.choice(_PRIORITIES) if trade else 0,
        )
        cosigners = [self._pools[key] for key in dict.fromkeys(plan.cosigners)]
        with_memo = self._with_memo(author.pubkey(), plan) if trade and not many_accounts else plan
        return self.chain.send(build_transaction(with_memo.instructions, [author, *cosigners], options))

    def _with_memo(self, author: Pubkey, plan: TransactionPlan) -> TransactionPlan:
        if self._rng.random() < _WITH_MEMO:
            return plans.with_memo(plan, author, f"order {self._nonce}")
        return plan

    def _amount(self, account: Pubkey) -> int:
        found = self.chain.account(account)
        return int.from_bytes(found.data[_AMOUNT], "little") if found else 0


def _failure(author: Pubkey, plan: TransactionPlan, signature: str, slot: int) -> Operation:
    return Operation(
        signature=signature,
        slot=slot,
        wallet=str(author),
        kind=plan.kind,
        paid=(),
        received=(),
        failed=True,
    )


def _operations(author: Pubkey, plan: TransactionPlan, signature: str, slot: int) -> tuple[Operation, ...]:
    """The author's operation, and that of each recipient."""
    own = Operation(
        signature=signature,
        slot=slot,
        wallet=str(author),
        kind=plan.kind,
        paid=(plan.paid,),
        received=(plan.received,) if plan.received else (),
        failed=False,
    )
    recipients = (arrival(signature, slot, str(recipient.to), recipient.leg) for recipient in plan.recipients)
    return (own, *recipients)
