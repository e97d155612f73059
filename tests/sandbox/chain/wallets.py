"""People with keys for the tests of the chain, and the transactions they sign."""

from __future__ import annotations

from dataclasses import dataclass, field

from solders.instruction import AccountMeta, Instruction
from solders.keypair import Keypair
from solders.message import Message, MessageV0, MessageV1
from solders.pubkey import Pubkey
from solders.system_program import CreateAccountParams, TransferParams, create_account, transfer
from solders.transaction import VersionedTransaction
from spl.token import instructions as spl
from spl.token import models

from sandbox.chain.chain_api import ChainApi
from sandbox.chain.config import ChainConfig
from sandbox.chain.encodings.tokens import TOKEN
from sandbox.chain.faults import Faults
from sandbox.chain.node.chain import Chain
from sandbox.chain.transactions.landed import Json

SOL = 10**9


def by_hand(**settings: object) -> ChainConfig:
    """A chain without clock, whose blocks settle soon, in a time that stands still."""
    chosen: dict[str, object] = {
        "slot_seconds": None,
        "confirmed_lag": 1,
        "finalized_lag": 4,
        "block_subscription": True,
        "now": lambda: 1_700_000_000.0,
    }
    return ChainConfig(**{**chosen, **settings})  # type: ignore[arg-type]


def new_chain(**settings: object) -> Chain:
    """A chain alone, with no faults."""
    return Chain(by_hand(**settings), Faults())


def key(number: int) -> Keypair:
    """The same keypair for the same number."""
    return Keypair.from_seed(number.to_bytes(32, "big"))


def pay(payer: Keypair, to: Pubkey, lamports: int) -> Instruction:
    """A transfer of lamports."""
    return transfer(TransferParams(from_pubkey=payer.pubkey(), to_pubkey=to, lamports=lamports))


def signed(
    api: ChainApi, signers: list[Keypair], *instructions: Instruction, version: int | None = 0
) -> VersionedTransaction:
    """A transaction paid by the first signer; version None is legacy."""
    payer, blockhash = signers[0].pubkey(), api.latest_blockhash()
    if version is None:
        legacy = Message.new_with_blockhash(list(instructions), payer, blockhash)
        return VersionedTransaction(legacy, signers)
    if version == 1:
        return VersionedTransaction(MessageV1.try_compile(payer, list(instructions), blockhash), signers)
    return VersionedTransaction(MessageV0.try_compile(payer, list(instructions), [], blockhash), signers)


@dataclass(slots=True)
class TokenIssuer:
    """A mint with an issuer, and instructions around it."""

    chain: Chain
    program: Pubkey = TOKEN
    decimals: int = 6
    issuer: Keypair = field(default_factory=lambda: key(900))
    mint: Keypair = field(default_factory=lambda: key(901))
    size: int = 82

    def open_mint(self, *before: Instruction) -> None:
        """Create the mint; `before` are the initializers of its extensions."""
        self.chain.airdrop(self.issuer.pubkey(), 10 * SOL)
        rent = self.chain.minimum_balance(self.size)
        made = create_account(
            CreateAccountParams(
                from_pubkey=self.issuer.pubkey(),
                to_pubkey=self.mint.pubkey(),
                lamports=rent,
                space=self.size,
                owner=self.program,
            )
        )
        begun = spl.initialize_mint2(
            models.InitializeMint2Params(
                decimals=self.decimals,
                program_id=self.program,
                mint=self.mint.pubkey(),
                mint_authority=self.issuer.pubkey(),
                freeze_authority=self.issuer.pubkey(),
            )
        )
        self.chain.send(signed(self.chain, [self.issuer, self.mint], made, *before, begun))

    def account_of(self, owner: Pubkey) -> Pubkey:
        """The associated token account of an owner."""
        return spl.get_associated_token_address(owner, self.mint.pubkey(), self.program)

    def give(self, owner: Pubkey, amount: int) -> str:
        """Mint tokens to an owner, opening the account where needed; the signature."""
        opened = spl.create_idempotent_associated_token_account(
            self.issuer.pubkey(), owner, self.mint.pubkey(), self.program
        )
        minted = spl.mint_to(
            models.MintToParams(
                program_id=self.program,
                mint=self.mint.pubkey(),
                dest=self.account_of(owner),
                mint_authority=self.issuer.pubkey(),
                amount=amount,
            )
        )
        return str(self.chain.send(signed(self.chain, [self.issuer], opened, minted)))

    def move(self, owner: Keypair, to: Pubkey, amount: int) -> Instruction:
        """A checked transfer between associated accounts."""
        return spl.transfer_checked(
            models.TransferCheckedParams(
                program_id=self.program,
                source=self.account_of(owner.pubkey()),
                mint=self.mint.pubkey(),
                dest=self.account_of(to),
                owner=owner.pubkey(),
                amount=amount,
                decimals=self.decimals,
            )
        )


def meta_of(chain: Chain, signature: object) -> Json:
    """The meta of a transaction in the open slot or in any block, as encoding json has it."""
    one = chain.open.transactions.get(str(signature)) or chain.history.transaction(str(signature))
    assert one is not None
    return one.body.full("json")[1]


def note(text: bytes, signer: Pubkey) -> Instruction:
    """A memo."""
    program = Pubkey.from_string("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr")
    return Instruction(program, text, [AccountMeta(signer, is_signer=True, is_writable=False)])
