"""Where intents become transactions: reads the chain, prices, signs, sends, and says what was done."""

from collections.abc import Mapping, Sequence
from random import Random

from solders.address_lookup_table_account import AddressLookupTableAccount
from solders.keypair import Keypair
from solders.pubkey import Pubkey
from solders.signature import Signature

from domain.activity.activity import Kind
from sandbox.actors.balances import Purse
from sandbox.actors.building import plans
from sandbox.actors.building.plans import Order
from sandbox.actors.building.transaction_builder import Form, Postage, seal
from sandbox.actors.intents import Buy, Intent, Overreach, Scatter, Sell, SendSol, SendToken, Swap, Trade
from sandbox.actors.market.pools import Reserves
from sandbox.actors.market.tokens import Token, sol_leg
from sandbox.actors.operations import Deed, arrival
from sandbox.chain.chain_api import Ground

_AMOUNT = slice(64, 72)
"""Where a token account keeps its amount, little-endian."""

_FORMS = (Form.LEGACY, Form.LEGACY, Form.TABLE, Form.V1)
"""How transactions are sent, by chance."""
_CROWDED = (Form.TABLE, Form.V1)
"""How those are sent which name too many accounts for a legacy message."""
_WITH_MEMO = 0.25
"""Which share of trades carries a memo."""
_PRIORITIES = (0, 10_000, 50_000, 250_000)


class Desk:
    """Trades on one ground for everybody, with the pools' keys at hand to co-sign.

    Args:
        ground: the chain.
        tokens: the tokens of the town.
        pools: the pools' keys, by address.
        table: the lookup table that some transactions use.
        rng: decides the look of transactions (version, priority, memo), never their amounts.
    """

    def __init__(
        self,
        ground: Ground,
        tokens: Sequence[Token],
        pools: Mapping[Pubkey, Keypair],
        table: AddressLookupTableAccount,
        rng: Random,
    ) -> None:
        self.ground = ground
        self._tokens = tuple(tokens)
        self._pools = pools
        self._table = table
        self._rng = rng
        self._nonce = 0
        self._quotes = frozenset(str(token.mint) for token in tokens if token.quote)

    def purse(self, wallet: Pubkey, friends: tuple[Pubkey, ...] = ()) -> Purse:
        """What `wallet` holds now."""
        tokens = {token: self.held(wallet, token) for token in self._tokens}
        return Purse(lamports=self.ground.balance(wallet), tokens=tokens, friends=friends)

    def held(self, wallet: Pubkey, token: Token) -> int:
        """Raw units of `token` in the wallet's usual account; 0 without one."""
        return self._amount(token.account_of(wallet))

    def reserves(self, token: Token) -> Reserves:
        """What the token's pool holds now."""
        pool = token.pool
        if pool.sol_vault is None:
            lamports = self.ground.balance(pool.authority)
        else:
            lamports = self._amount(pool.sol_vault)
        return Reserves(lamports=lamports, tokens=self._amount(pool.vault))

    def carry_out(self, author: Keypair, intent: Intent) -> tuple[Deed, ...]:
        """Do it: first the author's deed, then that of each who got something by it.

        Raises:
            TransactionRejected: it cannot land in a block, for example because the author cannot pay the fee.
        """
        order = self._order(author.pubkey(), intent)
        before, absent = self.ground.account(order.witness), self._is_absent(order.opens)
        slot = self.ground.slot
        signature = str(self._send(author, order, intent))
        if self.ground.account(order.witness) == before:
            return (_failure(author.pubkey(), order, signature, slot),)
        rent = self.ground.balance(order.opens) if order.opens and absent else 0
        return _deeds(author.pubkey(), order, signature, slot, rent)

    def _is_absent(self, account: Pubkey | None) -> bool:
        return account is not None and self.ground.account(account) is None

    def _order(self, author: Pubkey, intent: Intent) -> Order:
        match intent:
            case SendSol():
                return plans.send_sol(author, intent)
            case SendToken():
                return plans.send_token(author, intent)
            case Scatter():
                return plans.scatter(author, intent)
            case Buy() | Sell() | Swap() | Overreach():
                return self._trade(author, intent)

    def _trade(self, author: Pubkey, intent: Trade) -> Order:
        match intent:
            case Buy():
                return plans.buy(author, intent, self.reserves(intent.token), self._quotes)
            case Sell():
                return plans.sell(author, intent, self.reserves(intent.token), self._quotes)
            case Overreach():
                held = self.held(author, intent.token)
                return plans.overreach(author, intent, held, self.reserves(intent.token))
            case Swap():
                into, out_of = self.reserves(intent.token_in), self.reserves(intent.token_out)
                return plans.swap(author, intent, into, out_of, self._quotes)

    def _send(self, author: Keypair, order: Order, intent: Intent) -> Signature:
        self._nonce += 1
        trade = order.kind is not Kind.TRANSFER_OUT
        crowded = isinstance(intent, Swap)
        postage = Postage(
            blockhash=self.ground.latest_blockhash(),
            nonce=self._nonce,
            table=self._table,
            form=self._rng.choice(_CROWDED if crowded else _FORMS),
            priority=self._rng.choice(_PRIORITIES) if trade else 0,
        )
        cosigners = [self._pools[key] for key in dict.fromkeys(order.cosigners)]
        noted = self._noted(author.pubkey(), order) if trade and not crowded else order
        return self.ground.send(seal(noted.instructions, [author, *cosigners], postage))

    def _noted(self, author: Pubkey, order: Order) -> Order:
        if self._rng.random() < _WITH_MEMO:
            return plans.with_memo(order, author, f"order {self._nonce}")
        return order

    def _amount(self, account: Pubkey) -> int:
        found = self.ground.account(account)
        return int.from_bytes(found.data[_AMOUNT], "little") if found else 0


def _failure(author: Pubkey, order: Order, signature: str, slot: int) -> Deed:
    return Deed(
        signature=signature,
        slot=slot,
        wallet=str(author),
        kind=order.kind,
        paid=(),
        received=(),
        failed=True,
    )


def _deeds(author: Pubkey, order: Order, signature: str, slot: int, rent: int) -> tuple[Deed, ...]:
    """The author's deed, and the arrival at each who was given something, `rent` with it."""
    housing = (sol_leg(rent),) if rent else ()
    own = Deed(
        signature=signature,
        slot=slot,
        wallet=str(author),
        kind=order.kind,
        paid=(*housing, order.paid),
        received=(order.received,) if order.received else (),
        failed=False,
    )
    gifts = (arrival(signature, slot, str(gift.to), *housing, gift.leg) for gift in order.gifts)
    return (own, *gifts)
