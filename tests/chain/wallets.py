"""What a wallet did in a made-up or a recorded transaction, as the tests of decoders compare it.

Alice, Bob and a pool trade MINT; HERS, HIS, VAULT and HER_OTHER are token accounts of theirs.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

from chain.decoders.activities import activities
from chain.decoders.balances import change_of, legs_of
from chain.decoders.quote_mints import QUOTE_MINTS
from chain.decoders.route import route_of
from chain.decoders.wallet_view import CallReading, WalletView
from chain.parsing.transaction import Transaction, read_transaction
from domain.activity.activity import Activity, Kind, Leg
from tests.chain import recorded, samples
from tests.chain.samples import RENT, TOKEN, address, call, token_balance, transaction

ALICE, BOB, POOL, MINT = address("alice"), address("bob"), address("pool"), address("mint")
HERS, HIS, VAULT, HER_OTHER = address("hers"), address("his"), address("vault"), address("her other")
SOL = 1_000_000_000
FEE = 5000
SQUADS = "SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf"
PUMP = "6EF8rrecthR5Dkzon8Nwu78hRvfCKubJ14M5uBEwF6P"
MSOL = "mSoLzYCxHdYgdzU16g5QSh3i5K3z3KZK7ytfqcJm7So"


def anchor_data(name: str) -> bytes:
    """The data of an Anchor instruction of this name."""
    return hashlib.sha256(f"global:{name}".encode()).digest()[:8] + b"arguments"


def activity_of(sample: dict[str, Any], wallet: str, quote_mints: frozenset[str] = QUOTE_MINTS) -> Activity:
    """Return what the wallet did in a made-up transaction."""
    transaction = read_transaction(samples.raw(sample))
    (found,) = activities(transaction, chain="solana", wallets={wallet}, quote_mints=quote_mints)
    return found


def amounts(legs: Sequence[Leg]) -> dict[str, int]:
    """By mint."""
    return {leg.mint: leg.raw for leg in legs}


def kind_and_amounts(activity: Activity) -> tuple[Kind, dict[str, int], dict[str, int]]:
    """The kind, what was paid and what was received."""
    return activity.kind, amounts(activity.paid), amounts(activity.received)


def exchange(gave: str, got: str, *, signers: int = 1, program: str | None = None) -> dict[str, Any]:
    """Alice gives 100 of one token to Bob for 7 of another."""
    return transaction(
        {
            ALICE: (SOL, SOL - FEE),
            BOB: (SOL, SOL),
            HERS: (RENT, RENT),
            HIS: (RENT, RENT),
            HER_OTHER: (RENT, RENT),
            VAULT: (RENT, RENT),
        },
        tokens=(
            (
                token_balance(HERS, ALICE, gave, 500),
                token_balance(HIS, BOB, gave, 0),
                token_balance(HER_OTHER, ALICE, got, 0),
                token_balance(VAULT, BOB, got, 50),
            ),
            (
                token_balance(HERS, ALICE, gave, 400),
                token_balance(HIS, BOB, gave, 100),
                token_balance(HER_OTHER, ALICE, got, 7),
                token_balance(VAULT, BOB, got, 43),
            ),
        ),
        calls=((call(program or TOKEN), (call(TOKEN, depth=2),) if program else ()),),
        signers=signers,
    )


def recorded_transaction(signature: str) -> Transaction:
    """A transaction of the ledger."""
    return read_transaction(recorded.transactions()[signature])


def view_of(transaction: Transaction, wallet: str) -> WalletView:
    """Return a wallet's side of a transaction as its balances show it, before anything is set apart."""
    paid, received = legs_of(change_of(transaction, wallet))
    return WalletView(CallReading(transaction), wallet, paid, received, route_of(transaction), QUOTE_MINTS)


def recorded_activity(signature: str, wallet: str) -> Activity:
    """Return what a wallet did in a transaction of the ledger."""
    found = activities(recorded_transaction(signature), chain="solana", wallets={wallet})
    return found[0]


def fault_activity(name: str, wallet: str) -> Activity:
    """Return what a wallet, named by the first letters of its address, did in one of the recorded faults."""
    done = activities(read_transaction(recorded.fault(name)), chain="solana", wallets=None)
    (found,) = [one for one in done if one.wallet.startswith(wallet)]
    return found
