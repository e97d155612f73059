"""The yardstick: msgspec decoding a transaction's instructions and balances, and nothing done with them."""

import msgspec


class _Header(msgspec.Struct, gc=False):
    numRequiredSignatures: int  # noqa: N815 - the node's own names, as a bare decoder has them


class _Instruction(msgspec.Struct, gc=False):
    programIdIndex: int  # noqa: N815
    accounts: list[int]
    data: str
    stackHeight: int | None = None  # noqa: N815


class _Message(msgspec.Struct, gc=False):
    accountKeys: list[str]  # noqa: N815
    header: _Header
    instructions: list[_Instruction]


class _Signed(msgspec.Struct, gc=False):
    signatures: list[str]
    message: _Message


class _Amount(msgspec.Struct, gc=False):
    amount: str
    decimals: int


class _TokenBalance(msgspec.Struct, gc=False):
    accountIndex: int  # noqa: N815
    mint: str
    uiTokenAmount: _Amount  # noqa: N815
    owner: str | None = None


class _Inner(msgspec.Struct, gc=False):
    index: int
    instructions: list[_Instruction]


class _Loaded(msgspec.Struct, gc=False):
    writable: list[str]
    readonly: list[str]


class _Meta(msgspec.Struct, gc=False):
    err: msgspec.Raw
    fee: int
    preBalances: list[int]  # noqa: N815
    postBalances: list[int]  # noqa: N815
    preTokenBalances: list[_TokenBalance]  # noqa: N815
    postTokenBalances: list[_TokenBalance]  # noqa: N815
    innerInstructions: list[_Inner]  # noqa: N815
    loadedAddresses: _Loaded | None = None  # noqa: N815


class BareTransaction(msgspec.Struct, gc=False):
    """A getTransaction result in `json`, typed, with the fields that a decoder needs."""

    transaction: _Signed
    meta: _Meta
    slot: int = 0
    blockTime: int | None = None  # noqa: N815


decode_bare = msgspec.json.Decoder(BareTransaction).decode
