"""What one wallet did in one transaction: the value that travels from the decoder to the message."""

from decimal import Decimal
from enum import StrEnum

import msgspec

SOL = "SOL"
"""The mint under which native and wrapped SOL are booked together, in lamports."""

WRAPPED_SOL = "So11111111111111111111111111111111111111112"
SOL_DECIMALS = 9


class Kind(StrEnum):
    """What the wallet did, as its balances show."""

    BUY = "buy"
    """A quote currency went out, another token came in."""
    SELL = "sell"
    """A token went out, a quote currency came in."""
    SWAP = "swap"
    """Quote for quote, or token for token."""
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    MINT = "mint"
    BURN = "burn"
    STAKE = "stake"
    UNSTAKE = "unstake"
    LIQUIDITY_ADD = "liquidity_add"
    LIQUIDITY_REMOVE = "liquidity_remove"
    NFT_TRADE = "nft_trade"
    CREATE = "create"
    ORDER_OPEN = "order_open"
    """Something went into an order: limit, recurring, on a book."""
    ORDER_CLOSE = "order_close"
    """What lay in an order came back, or what it earned."""
    LENDING_DEPOSIT = "lending_deposit"
    LENDING_WITHDRAW = "lending_withdraw"
    LENDING_BORROW = "lending_borrow"
    LENDING_REPAY = "lending_repay"
    POSITION_OPEN = "position_open"
    """Something went into a position: of perpetuals, or one that a vault gave a receipt for."""
    POSITION_CLOSE = "position_close"
    OTHER = "other"
    """Something else happened."""


TRADES = frozenset({Kind.BUY, Kind.SELL, Kind.SWAP})


class Leg(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """An amount of one mint, exact.

    In JSON: `{"mint":"EKpQ…","raw":38410250000,"decimals":6}`.
    """

    mint: str
    """The mint's address, or `SOL`."""
    raw: int
    """The amount in the mint's smallest unit, above zero."""
    decimals: int | None
    """How many of the digits of `raw` stand behind the point; None: not known."""
    scaled: int | None = None
    """The amount that wallets show, in the same units, where the token scales it; None: `raw`."""

    @property
    def displayed_raw(self) -> int:
        """The amount as people see it everywhere else."""
        return self.raw if self.scaled is None else self.scaled


class TradePrice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What a trade shows of its token's price, in whole units of `quote` for one whole token.

    In JSON: `{"token":"EKpQ…","quote":"SOL","quote_decimals":9,"fill":"0.00219"}`.
    """

    token: str
    """The mint that was traded, which is no money."""
    quote: str
    """The mint in which the price is given, or `SOL`."""
    quote_decimals: int
    fill: Decimal
    """What was paid or got for one token, fees of the pool included."""
    pool: str | None = None
    """The pool that exchanged most of the token; None: none of those that are known."""
    spot: Decimal | None = None
    """The price after the trade; None: the transaction does not show it."""
    impact: Decimal | None = None
    """By which part of itself the trade moved the price, below zero: down; known where `spot` is."""
    liquidity_quote: int | None = None
    """What lies in the pool of the quote afterwards, in its smallest unit."""
    vault_quote: int | None = None
    """The same of a pool that spreads it over prices, or whose price is not shown; None: not shown either."""
    vault_token: int | None = None
    """What lies there of the token, at the price, in the same unit; at most as much. None: not shown."""
    depth_quote: int | None = None
    """What counts of the quote in the pool's constant product afterwards, in its smallest unit."""
    fee: Decimal | None = None
    """The part of what it took that the pool kept before it counted; None: not shown."""
    extra_fee: Decimal | None = None
    """Of a purchase: the part of all that was paid that went to others than the pool; it is not in `fill`."""


class Activity(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What one wallet did in one transaction. (chain, signature, wallet, index) is its key.

    In an alert's payload, without what has its default: `{"chain": "solana", "signature": "5Nf2…", "slot":
    341220118, "block_time": 1764435787, "wallet": "86xC…", "kind": "buy", "paid": [{"mint": "SOL", "raw":
    84200000000, "decimals": 9}], "received": [{"mint": "EKpQ…", "raw": 38410250000, "decimals": 6}]}`.
    """

    chain: str
    signature: str
    """The transaction's first signature, base58."""
    slot: int
    block_time: int | None
    """Unix seconds as the block says; None: the node did not say."""
    wallet: str
    is_signer: bool | None = None
    """Whether the wallet itself signed; None: not told by this source."""
    index: int = 0
    """Counts the activities of one wallet in one transaction, from 0."""
    kind: Kind
    paid: tuple[Leg, ...]
    """What went out, without network fee and rent; in a trade for SOL with the tips and fees beside it."""
    received: tuple[Leg, ...]
    """What came in, without rent returned."""
    from_order: tuple[Leg, ...] = ()
    """What an order of the wallet's gave for `received`, out of an account that only held it."""
    counterparty: str | None = None
    """The other side of a transfer, where there is exactly one."""
    recipients: int = 1
    """Of what came in with a transfer: how many got the same at once, this wallet included."""
    elsewhere: tuple[Leg, ...] = ()
    """What somebody else got for `paid`, where the wallet let it be paid to them."""
    elsewhere_to: str | None = None
    """Who got it."""
    bridge: str | None = None
    """The bridge by which a transfer went to another chain or came from one; None: by none."""
    fee: int = 0
    """Network fee in lamports, if this wallet paid it."""
    rent: int = 0
    """Lamports put into (above zero) or taken back from (below) own token accounts."""
    tip: int = 0
    """Lamports given to known tip accounts; in a trade for SOL part of what was paid."""
    venue_fee: int = 0
    """Lamports given to known fee accounts of venues and bots; in a trade for SOL part of what was paid."""
    venue: str | None = None
    """The name of the outermost trading program; None: no program but the basic ones was called."""
    route: tuple[str, ...] = ()
    """The venues called on the way, outermost first."""
    position: int | None = None
    """The transaction's place in its block, from 0; None: this source does not say."""

    def essence(self) -> "Activity":
        """What all nodes agree on: not when, and where in its block, nor what is read beside of its price."""
        price = self.price
        if price is not None:
            price = msgspec.structs.replace(
                price,
                spot=None,
                impact=None,
                liquidity_quote=None,
                vault_quote=None,
                vault_token=None,
                depth_quote=None,
                fee=None,
                extra_fee=None,
            )
        return msgspec.structs.replace(self, slot=0, block_time=None, position=None, price=price)

    @property
    def sides(self) -> tuple[tuple[Leg, ...], tuple[Leg, ...]]:
        """What was given and what was got: also by an order of the wallet's, or by somebody in its stead."""
        return self.paid or self.from_order, self.received or self.elsewhere

    price: TradePrice | None = None
    """What a trade shows of a price; None: nothing, or it is no trade."""
    token_before: int | None = None
    """What the wallet had of the traded token, or of the only one that was transferred, before: raw, over the
    accounts that the transaction names."""
    token_after: int | None = None
    given_before: int | None = None
    """What the wallet had before of the token that it gave for another; None: it gave none, or several."""
