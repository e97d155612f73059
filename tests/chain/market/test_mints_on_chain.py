"""Mints with each extension, made by the real Token-2022 program of the sandbox, are read and graded."""

import struct

import pytest
from solders.hash import Hash
from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import Message
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, create_account
from solders.transaction import VersionedTransaction
from solders.transaction_metadata import FailedTransactionMetadata

from chain.market.mint import EXTENSION_NAMES, read_mint
from domain.security.checks import Grade, worst_grade
from domain.security.control import control_checks
from domain.security.mints import TOKEN_2022_PROGRAM, MintFacts
from domain.security.scan import scan_mint
from sandbox.chain.node.bank import new_machine
from tests.domain.security.tokens import KNOWN

PROGRAM = Pubkey.from_string(TOKEN_2022_PROGRAM)
BOSS, OTHER = bytes(Keypair().pubkey()), bytes(Keypair().pubkey())
EXTENSIONS: dict[int, tuple[int, bytes]] = {
    1: (108, bytes([26, 0]) + (b"\1" + BOSS) * 2 + struct.pack("<HQ", 50, 10**6)),
    3: (32, bytes([25, 1]) + BOSS),
    4: (65, bytes([27, 0]) + BOSS + b"\1" + bytes(32)),
    6: (1, bytes([28, 0, 2])),
    9: (0, bytes([32])),
    10: (52, bytes([33, 0]) + BOSS + struct.pack("<h", 300)),
    12: (32, bytes([35]) + BOSS),
    14: (64, bytes([36, 0]) + BOSS + OTHER),
    16: (129, bytes([37, 0]) + BOSS + bytes(32)),
    18: (64, bytes([39, 0]) + BOSS + OTHER),
    20: (64, bytes([40, 0]) + BOSS + OTHER),
    22: (64, bytes([41, 0]) + BOSS + OTHER),
    24: (196, bytes([42, 0]) + bytes(32) + bytes(36)),
    25: (56, bytes([43, 0]) + BOSS + struct.pack("<d", 2.0)),
    26: (33, bytes([44, 0]) + BOSS),
    28: (32, bytes([46, 0]) + BOSS),
}
"""Of mints: the bytes of each, and the instruction that sets it up."""
NEEDED = {16: (1, 4), 24: (4,)}
"""Extensions without which the program refuses another one."""
MADE_LATER = {19, 21, 23}
"""What is written into a mint that stands already: metadata, groups and members."""


def made(kind: int) -> MintFacts:
    """A mint with the extension, as it stands after the transaction that makes it."""
    kinds = (*NEEDED.get(kind, ()), kind)
    machine, payer, mint = new_machine(3_480), Keypair(), Keypair()
    machine.airdrop(payer.pubkey(), 10**12)
    account = CreateAccountParams(
        from_pubkey=payer.pubkey(),
        to_pubkey=mint.pubkey(),
        lamports=10**9,
        space=166 + sum(4 + EXTENSIONS[one][0] for one in kinds),
        owner=PROGRAM,
    )
    metas = [AccountMeta(mint.pubkey(), is_signer=False, is_writable=True)]
    set_up = [EXTENSIONS[one][1] for one in kinds] + [bytes([20, 6]) + BOSS + b"\1" + BOSS]
    calls = [create_account(account), *(Instruction(PROGRAM, data, metas) for data in set_up)]
    message = Message.new_with_blockhash(calls, payer.pubkey(), Hash.default())
    result = machine.send_transaction(VersionedTransaction(message, [payer, mint]))
    assert not isinstance(result, FailedTransactionMetadata), result
    found = machine.get_account(mint.pubkey())
    assert found is not None
    return read_mint(bytes(found.data), address=str(mint.pubkey()), program=TOKEN_2022_PROGRAM)


GRADES = {
    1: Grade.D,
    4: Grade.C,
    6: Grade.F,
    9: Grade.F,
    10: Grade.C,
    12: Grade.F,
    14: Grade.F,
    16: Grade.D,
    24: Grade.C,
    25: Grade.C,
    26: Grade.D,
    28: Grade.C,
    3: Grade.C,
}
"""What each leaves open by itself; the others give no power over the token."""
ABOUT_AUTHORITIES = {"mint authority", "freeze authority"}


@pytest.mark.parametrize("kind", EXTENSIONS)
def test_each_extension_is_named_and_limits_the_grade(kind: int) -> None:
    facts = made(kind)
    assert EXTENSION_NAMES[kind] in facts.extensions
    assert facts.unknown_extensions == ()
    checks = [check for check in scan_mint(facts).checks if check.name not in ABOUT_AUTHORITIES]
    names = {check.name for check in control_checks(KNOWN)}
    assert worst_grade(one.at_best for one in checks if one.name in names) is GRADES.get(kind, Grade.A)


def test_these_are_all_extensions_that_a_mint_can_have() -> None:
    of_accounts = {2, 5, 7, 8, 11, 13, 15, 17, 27}
    assert set(EXTENSIONS) | MADE_LATER | of_accounts == set(EXTENSION_NAMES)
