"""Publishes what SOL and the dollar cost, as Pyth does on mainnet: in accounts that anybody may read.

The price of SOL is that of the pool of SOL and the dollar. Layout of PriceUpdateV2 and the ids of the feeds:
pyth-network/pyth-crosschain.
"""

import struct
from collections.abc import Callable

from solders.account import Account
from solders.pubkey import Pubkey
from solders.sysvar import CLOCK

from sandbox.actors.market.tokens import LAMPORTS, Token

SLOTS_BETWEEN = 40
RECEIVER = Pubkey.from_string("rec2HHDDnjLfj4kE7VyEtFA1HPGQLK33259532cRyHp")
"""The program that owns the accounts."""
ORACLE = Pubkey.from_string("pyt2F414BA6dPttK6RddPZUdHfapoBN24GL5wbrPCou")
"""The program from which their addresses are derived."""
SOL_FEED = bytes.fromhex("ef0d8b6fda2ceba41da15d4095d1da392a0d2f8ed0c6c7bc0f4cfac8c280b56d")
DOLLAR_FEED = bytes.fromhex("eaa020c61cc479712813461ce153894a96a6c00b21ed0cfc2798d1f9a9e9c94a")
EXPONENT = -8
_UNITS = 10**8
"""Of a price in one dollar, by the exponent."""

_HEAD = bytes.fromhex("22f123639d7ef4cd") + bytes(32) + b"\x01"
_PRICE = struct.Struct("<qQiqqqQQ")
_CLOCK = struct.Struct("<QqQQq")
_AMOUNT = slice(64, 72)
"""Where a token account keeps its amount."""
_TRUST = 1_000
"""A price is unsure by this part of itself."""
_RENT = 2_000_000

ReadAccount = Callable[[Pubkey], Account | None]
PutAccount = Callable[[Pubkey, Account], None]


def feed_account(feed: bytes) -> Pubkey:
    """The address of a feed's account."""
    return Pubkey.find_program_address([bytes(2), feed], ORACLE)[0]


class PricePublisher:
    """Keeps the two feeds up to date.

    Args:
        dollar: the token that is worth a dollar.
        read: an account of the chain as it is now.
        put: writes an account.
    """

    def __init__(self, dollar: Token, read: ReadAccount, put: PutAccount) -> None:
        self._dollar = dollar
        self._read = read
        self._put = put
        self._dollar_price = _UNITS
        self._lag = 0

    def depeg(self, cents: int) -> None:
        """Publish from now on that the dollar token is worth so many cents; 100: it is at its peg."""
        self._dollar_price = cents * _UNITS // 100

    def lag(self, seconds: int) -> None:
        """Publish from now on as if the last price had been published so long ago."""
        self._lag = seconds

    def publish(self) -> None:
        """Write both feeds; nothing happens while the pool or the chain's clock cannot be read."""
        clock, usd = self._read(CLOCK), self._sol_price()
        if clock is None or usd is None:
            return
        slot, _, _, _, unix_time = _CLOCK.unpack_from(clock.data)
        at = unix_time - self._lag
        for feed, price in ((SOL_FEED, usd), (DOLLAR_FEED, self._dollar_price)):
            fields = (price, price // _TRUST, EXPONENT, at, at, price, price // _TRUST, slot)
            self._put(
                feed_account(feed), Account(_RENT, _HEAD + feed + _PRICE.pack(*fields) + b"\0", RECEIVER)
            )

    def _sol_price(self) -> int | None:
        """Dollars for one SOL, in units of the exponent."""
        pool = self._dollar.pool
        dollars = self._amount(pool.vault)
        lamports = self._amount(pool.sol_vault) if pool.sol_vault else None
        if not dollars or not lamports:
            return None
        return int(dollars * LAMPORTS * _UNITS // (lamports * 10**self._dollar.decimals))

    def _amount(self, address: Pubkey) -> int | None:
        account = self._read(address)
        return None if account is None else int.from_bytes(account.data[_AMOUNT], "little")
