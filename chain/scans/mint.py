"""The mint of a scan: its account, its metadata wherever they are, and the program that should mint it."""

from collections.abc import Mapping

import msgspec

from chain.market.mint import (
    METADATA_PROGRAM,
    UninitializedMint,
    read_mint,
    read_whole_metadata,
)
from chain.market.minters import bridge, is_wrapped, may_be_wrapped, minter_of, wrapped_meta_of
from chain.rpc.accounts import Account, AccountKind, is_token_account, kind_of
from chain.rpc.mints import metadata_address
from chain.scans.node import NotAnswered, ScanNode
from domain.errors import Undecodable
from domain.security.checks import NotRead, Source
from domain.security.facts import NotAMint, TokenFacts
from domain.security.mints import TOKEN_PROGRAMS, Metadata, Minter, MintFacts
from domain.sentences import Sentence, sentence

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
    """Return what the mint and its metadata say, in one question, or two if it keeps its metadata elsewhere.

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
        found = await node.accounts([mint, metadata_at, wrapped_meta_of(mint)])
    except NotAnswered as error:
        reason = NotRead(reason=error.reason)
        return msgspec.structs.replace(facts, mint=reason, metadata=reason)
    if mint not in found:
        return msgspec.structs.replace(facts, metadata=_metaplex(found, metadata_at, mint))
    facts = _with_mint(facts, found, now)
    return msgspec.structs.replace(facts, metadata=await _metadata(node, facts.mint, found, metadata_at))


def _with_mint(facts: TokenFacts, found: Accounts, now: int | None) -> TokenFacts:
    account = found[facts.subject]
    slot = account.slot if account is not None else None
    source = Source(name="mint account", slot=slot, read_at=now)
    mint = _mint_of(account, facts.subject, source)
    return msgspec.structs.replace(facts, mint=mint, mint_source=source, minter=_minter(facts, mint, found))


def _mint_of(account: Account | None, address: str, source: Source) -> MintFacts | NotAMint | NotRead:
    """A mint, something else, or what claims to be a mint and cannot be read, as only a bad node tells it."""
    if account is None or account.owner not in TOKEN_PROGRAMS or kind_of(account) is not AccountKind.MINT:
        return NotAMint(reason=_what_it_is(account), source=source)
    try:
        return read_mint(account.data, address=address, program=account.owner, slot=account.slot)
    except UninitializedMint:
        return NotAMint(reason=sentence("it is a mint that was never set up"), source=source)
    except Undecodable as error:
        return NotRead(reason=sentence("the node's answer cannot be read ({error})", error=str(error)))


def _what_it_is(account: Account | None) -> Sentence:
    """Return what is no mint; an account of a token program may also be a multisig, or cut short."""
    kind = kind_of(account)
    if kind is AccountKind.TOKEN_ACCOUNT and not is_token_account(account):
        return _SOMETHING
    return _KINDS.get(kind, _SOMETHING)


def _minter(facts: TokenFacts, mint: MintFacts | NotAMint | NotRead, found: Accounts) -> Minter | None:
    if facts.chain not in {"solana", "sandbox"} or not isinstance(mint, MintFacts):
        return None
    return minter_of(facts.subject) or (bridge() if _is_of_bridge(mint, found) else None)


def _is_of_bridge(mint: MintFacts, found: Accounts) -> bool:
    """Return whether the bridge made it; where its note is not recorded, whether that may be."""
    if mint.mint_authority != bridge().authority:
        return False
    note_at = wrapped_meta_of(mint.address)
    if note_at not in found:
        return may_be_wrapped(mint)
    note = found[note_at]
    return note is not None and is_wrapped(mint.address, note)


async def _metadata(
    node: ScanNode, mint: MintFacts | NotAMint | NotRead, found: Accounts, metadata_at: str
) -> Metadata | NotRead | None:
    """Return them with who can change them, be it by letting the mint point to others."""
    if not isinstance(mint, MintFacts):
        return NotRead(reason=sentence("there is no mint to read"))
    metadata = await _pointed_to(node, mint, found, metadata_at)
    if not isinstance(metadata, Metadata) or metadata.is_mutable or mint.pointer_authority is None:
        return metadata
    return msgspec.structs.replace(metadata, is_mutable=True, update_authority=mint.pointer_authority)


async def _pointed_to(
    node: ScanNode, mint: MintFacts, found: Accounts, metadata_at: str
) -> Metadata | NotRead | None:
    """Return them from where the mint points to; of one that does not, its own or Metaplex's metadata_at."""
    pointer = mint.metadata_pointer
    if mint.metadata is not None and pointer in {None, mint.address}:
        return _with_symbol(mint.metadata, _metaplex(found, metadata_at, mint.address))
    if pointer in {None, mint.address, metadata_at}:
        return _metaplex(found, metadata_at, mint.address)
    try:
        elsewhere = await node.accounts([str(pointer)])
    except NotAnswered as error:
        return NotRead(reason=error.reason)
    return _metaplex(elsewhere, str(pointer), mint.address)


def _with_symbol(own: Metadata, other: Metadata | NotRead | None) -> Metadata:
    """Return what stands in the mint; where that has no symbol, what Metaplex says: then that is shown."""
    has_another = own.symbol is None and isinstance(other, Metadata) and other.symbol is not None
    return other if has_another and isinstance(other, Metadata) else own


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
