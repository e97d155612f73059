"""Accounts that say of pools what Raydium's CPMM would: which tokens they trade, and where these lie.

So whoever reads prices from accounts finds those of the local chain where a mint's pools usually are. Layout
and seeds: `raydium-cp-swap`.
"""

import struct
from collections.abc import Callable

from solders.account import Account
from solders.pubkey import Pubkey
from spl.token.constants import TOKEN_PROGRAM_ID

from sandbox.actors.market.tokens import WRAPPED_SOL_MINT, Token, associated

PROGRAM = Pubkey.from_string("CPMMoo8L3F4NbTegBCKVNunggL7H1ZpdTHKxQB5qKP1C")
USUAL, RIVAL = 0, 1
"""Fee tiers: of the pool in which a token is traded, and of another that somebody opened."""
_DISCRIMINATOR = bytes.fromhex("f7ede3f5d7c3de46")
_SIZE = 637
_VAULTS, _MINTS, _SHARES, _SUPPLY = (72, 104), (168, 200), 136, 333
_AMOUNT = slice(64, 72)
_RENT = 5_000_000
_INITIALIZED = 1
_BURNED_SHARES = struct.pack("<36xQBB36x", 0, 9, _INITIALIZED)
"""The mint of shares that were all burned: nobody can take away what lies in the pool."""

ReadAccount = Callable[[Pubkey], Account | None]
PutAccount = Callable[[Pubkey, Account], None]


def pool_address(mint: Pubkey, tier: int) -> Pubkey:
    """The address of the pool of a token and SOL in a fee tier."""
    config = _derived(b"amm_config", tier.to_bytes(2, "big"))
    return _derived(b"pool", bytes(config), *(bytes(one) for one in _in_order(mint)))


class PoolPublisher:
    """Writes the accounts of pools.

    Args:
        read: an account of the chain as it is now.
        put: writes an account.
    """

    def __init__(self, read: ReadAccount, put: PutAccount) -> None:
        self._read = read
        self._put = put

    def publish(self, token: Token) -> Pubkey | None:
        """Say where a token is traded; its address; None: its pool holds plain SOL."""
        pool = token.pool
        if pool.sol_vault is None:
            return None
        address = self._write(token, USUAL, pool.vault, pool.sol_vault)
        self._put(_shares_of(address), Account(_RENT, _BURNED_SHARES, TOKEN_PROGRAM_ID))
        return address

    def manipulate(self, token: Token, *, times: int, lamports: int) -> Pubkey:
        """Open another pool of a token in which it costs so many times as much; its address.

        Args:
            token: the token.
            times: the price there, in prices of the pool in which it is traded.
            lamports: what its owner puts in; in a pool with more people would trade.

        Raises:
            LookupError: the token has no pool whose price can be read.
        """
        tokens, coins = self._amount(token.pool.vault), self._amount(token.pool.sol_vault)
        if not tokens or not coins:
            raise LookupError(f"{token.symbol} has no price that can be read.")
        address = pool_address(token.mint, RIVAL)
        vault = associated(address, token.mint, token.program)
        sol_vault = associated(address, WRAPPED_SOL_MINT, token.program)
        amounts = (max(1, lamports * tokens // (coins * times)), lamports)
        for account, mint, raw in zip(
            (vault, sol_vault), (token.mint, WRAPPED_SOL_MINT), amounts, strict=True
        ):
            data = bytes(mint) + bytes(address) + struct.pack("<Q36xB56x", raw, _INITIALIZED)
            self._put(account, Account(_RENT, data, token.program))
        return self._write(token, RIVAL, vault, sol_vault)

    def _write(self, token: Token, tier: int, vault: Pubkey, sol_vault: Pubkey) -> Pubkey:
        address = pool_address(token.mint, tier)
        vaults = {token.mint: vault, WRAPPED_SOL_MINT: sol_vault}
        data = bytearray(_SIZE)
        data[:8] = _DISCRIMINATOR
        for mint, vault_at, mint_at in zip(_in_order(token.mint), _VAULTS, _MINTS, strict=True):
            data[vault_at : vault_at + 32] = bytes(vaults[mint])
            data[mint_at : mint_at + 32] = bytes(mint)
        data[_SHARES : _SHARES + 32] = bytes(_shares_of(address))
        struct.pack_into("<Q", data, _SUPPLY, self._amount(sol_vault) or 1)
        self._put(address, Account(_RENT, bytes(data), PROGRAM))
        return address

    def _amount(self, address: Pubkey | None) -> int | None:
        account = None if address is None else self._read(address)
        return None if account is None else int.from_bytes(account.data[_AMOUNT], "little")


def _shares_of(pool: Pubkey) -> Pubkey:
    """The mint of a pool's shares."""
    return _derived(b"pool_lp_mint", bytes(pool))


def _in_order(mint: Pubkey) -> list[Pubkey]:
    """The mint and that of wrapped SOL, as a pool's address has them: by their bytes."""
    return sorted((mint, WRAPPED_SOL_MINT), key=bytes)


def _derived(*seeds: bytes) -> Pubkey:
    return Pubkey.find_program_address([*seeds], PROGRAM)[0]
