"""How nodes name the one who signs a token instruction: one authority, or a multisig and its signers."""

from collections.abc import Sequence
from typing import Any, TypeAlias

Accounts: TypeAlias = Sequence[str]
Info: TypeAlias = dict[str, Any]


def with_signers(info: Info, accounts: Accounts, at: int, name: str) -> Info:
    """`info` with the authority that stands at index `at`, alone or followed by a multisig's signers."""
    if len(accounts) > at + 1:
        multisig = f"multisig{name[0].upper()}{name[1:]}"
        return info | {multisig: accounts[at], "signers": list(accounts[at + 1 :])}
    return info | {name: accounts[at]}
