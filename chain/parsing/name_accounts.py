"""The accounts of names that end with .sol, and whom a name stands for by them, by SNS-IP 5. Pure.

https://github.com/Bonfida/sns-ip/blob/master/proposals/sns-ip-5.md; layouts as js/src/resolve/resolve.ts of
SolanaNameService/sns-sdk reads them.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from solders.pubkey import Pubkey
from solders.signature import Signature

from chain.parsing.names import NameFault, NameSource, Resolved, Tokenised

NAMES_PROGRAM = "namesLPneVptA9Z5rqUDD9tMTWEJwofgaYwp8cawRkX"
TOKENIZER_PROGRAM = "nftD3vbNkNqfj2Sd3HZwbpw4BxxKWr4AjGb9X38JeZk"
_NAMES = Pubkey.from_string(NAMES_PROGRAM)
_TOKENIZER = Pubkey.from_string(TOKENIZER_PROGRAM)
_SOL_PARENT = Pubkey.from_string("58PwtjSDuFHuUkYjH9BYnnQKHfwo9reZhC2zMJv9JPkx")
_RECORDS_CLASS = Pubkey.from_string("2pMnqHvei2N5oDcVGCRdZx48gqti199wr5CsyTTafsbo")
"""The authority of records of the second version."""
_PREFIX = b"SPL Name Service"
_KEY = 32
_HEADER = 96
"""Parent, owner and class, before what a name's account holds."""
_OWNER = slice(32, 64)
_ACTIVE = 2
_MINT = slice(66, 98)
_SIGNATURE = 64
_BY_SOLANA = 1
"""The kind of validation of a record: by a signature of Solana."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameKeys:
    """The accounts of a name."""

    registry: str
    token_record: str
    mint: str
    record_v1: str
    record_v2: str

    @property
    def to_read(self) -> tuple[str, ...]:
        """Those that decide."""
        return self.registry, self.token_record, self.record_v1, self.record_v2


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAccount:
    """One of them, as a node gave it."""

    owner: str
    """The program."""
    data: bytes


def keys_of(name: str) -> NameKeys:
    """The accounts of a name as `name_in` gives it."""
    *sub, domain, _ = name.split(".")
    registry = _derived(domain.encode(), _SOL_PARENT)
    if sub:
        registry = _derived(b"\0" + sub[0].encode(), registry)
    return NameKeys(
        registry=str(registry),
        token_record=str(_of_tokenizer(b"nft_record", registry)),
        mint=str(_of_tokenizer(b"tokenized_name", registry)),
        record_v1=str(_derived(b"\x01SOL", registry)),
        record_v2=str(_derived(b"\x02SOL", registry, _RECORDS_CLASS)),
    )


def resolve(keys: NameKeys, accounts: Mapping[str, NameAccount]) -> Resolved | Tokenised | NameFault:
    """Whom a name stands for, by its accounts; one that does not exist is missing."""
    registry = _of(accounts, keys.registry, NAMES_PROGRAM)
    if registry is None or len(registry) < _HEADER:
        return NameFault.NOT_REGISTERED
    token = _of(accounts, keys.token_record, TOKENIZER_PROGRAM)
    if token is not None and token[:1] == bytes([_ACTIVE]):
        is_ours = token[_MINT] == bytes(Pubkey.from_string(keys.mint))
        return Tokenised(mint=keys.mint) if is_ours else NameFault.NO_HOLDER
    owner = registry[_OWNER]
    second = _of(accounts, keys.record_v2, NAMES_PROGRAM)
    if second is not None:
        found = _second_record(second, owner)
        return found if found is not None else _by_owner(owner)
    first = _of(accounts, keys.record_v1, NAMES_PROGRAM)
    named = None if first is None else _first_record(first, owner, keys.record_v1)
    return named or _by_owner(owner)


def by_holder(owner: str) -> Resolved | NameFault:
    """Whom a name stands for whose token this address holds."""
    return _on_curve(bytes(Pubkey.from_string(owner)), NameSource.HOLDER)


def _second_record(data: bytes, owner: bytes) -> Resolved | NameFault | None:
    """Return what a record of the second version says; None: an earlier owner set it."""
    staleness = int.from_bytes(data[_HEADER : _HEADER + 2], "little")
    association = int.from_bytes(data[_HEADER + 2 : _HEADER + 4], "little")
    length = int.from_bytes(data[_HEADER + 4 : _HEADER + 8], "little")
    begin = _HEADER + 8
    set_by, agreed, content = (data[begin + at * _KEY : begin + (at + 1) * _KEY] for at in range(3))
    if staleness != _BY_SOLANA or association != _BY_SOLANA or length != _KEY or len(content) < _KEY:
        return NameFault.BAD_RECORD
    if set_by != owner:
        return None
    return _on_curve(content, NameSource.RECORD) if agreed == content else NameFault.BAD_RECORD


def _first_record(data: bytes, owner: bytes, record: str) -> Resolved | NameFault | None:
    """Return what a record of the first version says; None: its owner has not signed it."""
    content = data[_HEADER : _HEADER + _KEY]
    signature = data[_HEADER + _KEY : _HEADER + _KEY + _SIGNATURE]
    if len(signature) < _SIGNATURE:
        return None
    signed = (content + bytes(Pubkey.from_string(record))).hex().encode()
    if not Signature.from_bytes(signature).verify(Pubkey(owner), signed):
        return None
    return _on_curve(content, NameSource.RECORD)


def _by_owner(owner: bytes) -> Resolved | NameFault:
    return _on_curve(owner, NameSource.OWNER)


def _on_curve(key: bytes, source: NameSource) -> Resolved | NameFault:
    """Only somebody with a key can be followed by name: a program's address may be anybody's escrow."""
    pubkey = Pubkey(key)
    return Resolved(address=str(pubkey), source=source) if pubkey.is_on_curve() else NameFault.PROGRAM


def _of(accounts: Mapping[str, NameAccount], address: str, program: str) -> bytes | None:
    """Return what an account holds; None: it does not exist, or is another program's."""
    account = accounts.get(address)
    return account.data if account is not None and account.owner == program else None


def _derived(name: bytes, parent: Pubkey, name_class: Pubkey | None = None) -> Pubkey:
    hashed = hashlib.sha256(_PREFIX + name).digest()
    authority = bytes(_KEY) if name_class is None else bytes(name_class)
    return Pubkey.find_program_address([hashed, authority, bytes(parent)], _NAMES)[0]


def _of_tokenizer(seed: bytes, registry: Pubkey) -> Pubkey:
    return Pubkey.find_program_address([seed, bytes(registry)], _TOKENIZER)[0]
