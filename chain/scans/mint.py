"""The mint of a scan: its account, its metadata wherever they are, and the program that should mint it."""

from collections.abc import Mapping

import msgspec
from solders.pubkey import Pubkey

from chain.market.mint import METADATA_PROGRAM, NeverSetUp, read_mint, read_whole_metadata
from chain.market.minters import bridge, minter_of
from chain.rpc.accounts import Account, AccountKind, kind_of
from chain.scans.node import NotAnswered, ScanNode
from domain.errors import Undecodable
from domain.security.checks import NotRead, Source
from domain.security.facts import NotAMint, TokenFacts
from domain.security.mints import TOKEN_PROGRAMS, Metadata, Minter, MintFacts
from domain.sentences import sentence

Accounts = Mapping[str, Account | None]
_KINDS = {
    AccountKind.TOKEN_ACCOUNT: sentence("it is the account in which somebody holds tokens"),
    AccountKind.PROGRAM: sentence("it is a program"),
    AccountKind.ABSENT: sentence("there is no account at this address"),
    AccountKind.WALLET: sentence("no token program owns it"),
}
_SOMETHING = sentence("it is something else")
_UNREADABLE = sentence("the metadata of {mint} cannot be read").text


async def read_mint_facts(node: ScanNode, mint: str, *, chain: str, now: int | None = None) -> TokenFacts:
    """What the mint and its metadata say, in one question, or two if it keeps its metadata elsewhere.

    Args:
        node: whom to ask.
        mint: the address, whatever is there.
        chain: on which it is.
        now: Unix seconds; None: not known.
    """
    metadata_at = metadata_address(mint)
    facts = TokenFacts(
        subject=mint,
        chain=chain,
        mint=NotRead(reason=sentence("it is not recorded")),
        mint_source=Source(name="mint account", read_at=now),
        now=now,
    )
    try:
        found = await node.accounts([mint, metadata_at])
    except NotAnswered as error:
        reason = NotRead(reason=error.reason)
        return msgspec.structs.replace(facts, mint=reason, metadata=reason)
    if mint not in found:
        return msgspec.structs.replace(facts, metadata=_metaplex(found, metadata_at, mint))
    facts = _with_mint(facts, found[mint], now)
    return msgspec.structs.replace(facts, metadata=await _metadata(node, facts.mint, found, metadata_at))


def metadata_address(mint: str) -> str:
    """Where Metaplex keeps a mint's metadata: an address derived from its own and the mint's."""
    program, key = Pubkey.from_string(METADATA_PROGRAM), Pubkey.from_string(mint)
    return str(Pubkey.find_program_address([b"metadata", bytes(program), bytes(key)], program)[0])


def _with_mint(facts: TokenFacts, account: Account | None, now: int | None) -> TokenFacts:
    slot = account.slot if account is not None else None
    source = Source(name="mint account", slot=slot, read_at=now)
    mint = _mint_of(account, facts.subject, source)
    return msgspec.structs.replace(facts, mint=mint, mint_source=source, minter=_minter(facts, mint))


def _mint_of(account: Account | None, address: str, source: Source) -> MintFacts | NotAMint | NotRead:
    """A mint, something else, or what claims to be a mint and cannot be read, as only a bad node tells it."""
    if account is None or account.owner not in TOKEN_PROGRAMS or kind_of(account) is not AccountKind.MINT:
        return NotAMint(reason=_KINDS.get(kind_of(account), _SOMETHING), source=source)
    try:
        return read_mint(account.data, address=address, program=account.owner, slot=account.slot)
    except NeverSetUp:
        return NotAMint(reason=sentence("it is a mint that was never set up"), source=source)
    except Undecodable as error:
        return NotRead(reason=sentence("the node's answer cannot be read ({error})", error=str(error)))


def _minter(facts: TokenFacts, mint: MintFacts | NotAMint | NotRead) -> Minter | None:
    if facts.chain not in {"solana", "sandbox"} or not isinstance(mint, MintFacts):
        return None
    return minter_of(facts.subject) or (bridge() if mint.mint_authority == bridge().authority else None)


async def _metadata(
    node: ScanNode, mint: MintFacts | NotAMint | NotRead, found: Accounts, metadata_at: str
) -> Metadata | NotRead | None:
    """From the mint itself, from where it points to, or from Metaplex's metadata_at."""
    if not isinstance(mint, MintFacts):
        return NotRead(reason=sentence("there is no mint to read"))
    if mint.metadata is not None:
        return mint.metadata
    if mint.metadata_pointer in {None, mint.address, metadata_at}:
        return _metaplex(found, metadata_at, mint.address)
    try:
        elsewhere = await node.accounts([str(mint.metadata_pointer)])
    except NotAnswered as error:
        return NotRead(reason=error.reason)
    return _metaplex(elsewhere, str(mint.metadata_pointer), mint.address)


def _metaplex(found: Accounts, metadata_at: str, mint: str) -> Metadata | NotRead | None:
    if metadata_at not in found:
        return NotRead(reason=sentence("it is not recorded"))
    account = found[metadata_at]
    if account is None:
        return None
    if account.owner != METADATA_PROGRAM:
        return NotRead(reason=sentence("its metadata are of a form that is not known"))
    metadata = read_whole_metadata(account.data)
    return metadata if metadata is not None else NotRead(reason=sentence(_UNREADABLE, mint=mint))
