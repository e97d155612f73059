"""Programs by address: the name people know, what they are for, and where the address is from.

To add a program, add one line. A program that is not here is named by its short address.
"""

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What a program is for, as far as it helps to tell what a wallet did."""

    BASIC = "basic"
    """Plumbing: never a venue."""
    PART = "part"
    """Works inside another program's trade (fees, vaults, metadata): not shown on the way."""
    ROUTER = "router"
    BOT = "bot"
    AMM = "amm"
    BOOK = "book"
    """An order book: what is paid in may wait there."""
    ORDERS = "orders"
    """Orders that a keeper fills later: limit, recurring, over the counter."""
    LAUNCH = "launch"
    """Sells new tokens along a curve."""
    STAKING = "staking"
    LENDING = "lending"
    PERPETUALS = "perpetuals"
    NFT = "nft"
    VAULT = "vault"
    """Holds and moves assets for its members: what passes through it is theirs."""
    BRIDGE = "bridge"


class Program(msgspec.Struct, frozen=True):
    """One line of the table."""

    name: str
    role: Role
    source: str
    """Where the address was published."""


_SOLANA = "https://solana.com/docs/core/programs"
_SPL = "https://www.solana-program.com/docs"
_SEEN = "name recorded with the ledger's own transactions"

PROGRAMS: dict[str, Program] = {
    address: Program(name, Role(role), source)
    for address, name, role, source in (
        ("11111111111111111111111111111111", "System", "basic", _SOLANA),
        ("ComputeBudget111111111111111111111111111111", "Compute Budget", "basic", _SOLANA),
        ("AddressLookupTab1e1111111111111111111111111", "Address Lookup Table", "basic", _SOLANA),
        ("Vote111111111111111111111111111111111111111", "Vote", "basic", _SOLANA),
        ("Config1111111111111111111111111111111111111", "Config", "basic", _SOLANA),
        ("BPFLoaderUpgradeab1e11111111111111111111111", "BPF Loader", "basic", _SOLANA),
        ("BPFLoader2111111111111111111111111111111111", "BPF Loader 2", "basic", _SOLANA),
        ("Ed25519SigVerify111111111111111111111111111", "Ed25519", "basic", _SOLANA),
        ("KeccakSecp256k11111111111111111111111111111", "Secp256k1", "basic", _SOLANA),
        ("Secp256r1SigVerify1111111111111111111111111", "Secp256r1", "basic", _SOLANA),
        ("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", "Token", "basic", _SPL),
        ("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb", "Token-2022", "basic", _SPL),
        ("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL", "Associated Token", "basic", _SPL),
        ("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr", "Memo", "basic", _SPL),
        ("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo", "Memo v1", "basic", _SPL),
        ("noopb9bkMVfRPU8AsbpTUg8AQkHtKwMYZiFUjNRtMmV", "Noop", "basic", _SPL),
        ("cmtDvXumGCrqC1Age74AVPhSRVXJMd8PJS91L8KbNCK", "Account Compression", "part", _SPL),
        ("Stake11111111111111111111111111111111111111", "Stake", "staking", _SOLANA),
        ("SPoo1Ku8WFXoNDMHPsrGSTSG1Y47rzgn41SLUNakuHy", "SPL Stake Pool", "staking", _SPL),
        ("675kPX9MHTjS2zt1qfr1NYHuzeLXfQM9H24wFSUt1Mp8", "Raydium AMM v4", "amm", _SEEN),
        ("JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4", "Jupiter v6", "router", _SEEN),
        ("whirLbMiicVdio4qvUfM5KAg6Ct8VwpYzGff3uctyCc", "Orca Whirlpool", "amm", _SEEN),
        ("CAMMCzo5YL8w4VFF8KVHrK22GGUsp5VTaW7grrKgrWqK", "Raydium CLMM", "amm", _SEEN),
        ("LBUZKhRxPF3XUpBCjp4YzTKgLccjZhTSDM9YuVaPwxo", "Meteora DLMM", "amm", _SEEN),
        ("6EF8rrecthR5Dkzon8Nwu78hRvfCKubJ14M5uBEwF6P", "Pump.fun", "launch", _SEEN),
        ("pAMMBay6oceH9fJKBRHGP5D4bD4sWpmSwMn52FMfXEA", "PumpSwap", "amm", _SEEN),
    )
}
