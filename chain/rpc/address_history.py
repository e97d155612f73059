"""What an address did, as some providers list it by a method of their own: getTransactionsForAddress.

It lists what mentions an address or a token account that it owns, in a range of slots, the oldest first. It
is no part of Solana's JSON-RPC. Helius, Triton, QuickNode and Shyft have it; on Helius it costs 100 credits,
where getSignaturesForAddress costs 10, and a free plan is refused.
Sources: https://www.helius.dev/docs/api-reference/rpc/http/gettransactionsforaddress,
https://docs.triton.one/solana/rpc-methods/historical-data/gettransactionsforaddress.
"""

from typing import Any

import msgspec

from chain.rpc.blocks import at_least_confirmed
from chain.rpc.errors import ADDRESS_HISTORY, UnusableAnswer
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import ListedSignature
from domain.errors import WhaleWatcherError

PAGE = 1_000
"""Signatures that a provider lists at once."""
MAX_PAGES = 1_000
"""Of one address in one range; whoever continues beyond that goes round in circles."""


class _Page(msgspec.Struct, rename="camel"):
    """`{"data":[{"signature":"26LC","slot":9,"err":null}],"paginationToken":"9:4"}`."""

    data: list[ListedSignature]
    pagination_token: str | None = None
    """Asks for the next page; None: this is the last one."""


_PAGE = msgspec.json.Decoder(_Page)


async def history_between(
    rpc: RpcPool, address: str, *, after: int, upto: int, commitment: str
) -> list[ListedSignature]:
    """All transactions of an address and its token accounts in a range of slots, the oldest first.

    Args:
        rpc: the nodes.
        address: a wallet.
        after: the slot above which the range begins.
        upto: the last slot of the range.
        commitment: of the list; `confirmed` in place of `processed`.

    Raises:
        NodeUnavailable: no provider has the method, or none has come to `upto`.
        UnusableAnswer: the answer is not what was asked for.
    """
    found: dict[str, ListedSignature] = {}
    tokens: dict[str | None, None] = {None: None}
    for _ in range(MAX_PAGES):
        page = await _page(rpc, address, list(tokens)[-1], after, upto, commitment)
        _check_order([*list(found.values())[-1:], *page.data], after, upto)
        found |= {one.signature: one for one in page.data}
        if page.pagination_token is None:
            return list(found.values())
        if page.pagination_token in tokens:
            raise UnusableAnswer("a page of a history that was given before", provider="node")
        tokens[page.pagination_token] = None
    raise UnusableAnswer("a history without an end", provider="node")


async def latest_history(
    rpc: RpcPool, address: str, *, upto: int, number: int, commitment: str
) -> list[ListedSignature]:
    """The latest transactions of an address and its token accounts that took effect, the newest first.

    Args:
        rpc: the nodes.
        address: a wallet.
        upto: the last slot.
        number: of transactions, `PAGE` at most.
        commitment: of the list; `confirmed` in place of `processed`.

    Raises:
        NodeUnavailable: no provider has the method, or none has come to `upto`.
        UnusableAnswer: the answer is not what was asked for.
    """
    page = await _page(rpc, address, None, 0, upto, commitment, latest=number)
    _check_order(page.data[::-1], 0, upto)
    return page.data[:number]


async def offers_history(rpc: RpcPool, address: str, *, commitment: str) -> bool:
    """Return whether a provider answers the method, as it would be asked for a pass.

    Args:
        rpc: the nodes.
        address: a wallet.
        commitment: of the list.
    """
    try:
        await _page(rpc, address, None, 0, 1, commitment)
    except WhaleWatcherError:
        return False
    return True


async def _page(  # noqa: PLR0913 - the parts of one question
    rpc: RpcPool,
    address: str,
    token: str | None,
    after: int,
    upto: int,
    commitment: str,
    *,
    latest: int | None = None,
) -> _Page:
    """A page of the range, from its beginning; `latest`: so many from its end instead, the newest first."""
    config: dict[str, Any] = {
        "transactionDetails": "signatures",
        "sortOrder": "asc" if latest is None else "desc",
        "limit": PAGE if latest is None else latest,
        "commitment": at_least_confirmed(commitment),
        "minContextSlot": upto,
        "filters": {
            "slot": {"gt": after, "lte": upto},
            "status": "succeeded",
            "tokenAccounts": "all",
        },
    }
    if token is not None:
        config["paginationToken"] = token
    raw = await rpc.call(ADDRESS_HISTORY, [address, config])
    try:
        return _PAGE.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UnusableAnswer(f"a history of another shape: {error}", provider="node") from None


def _check_order(listed: list[ListedSignature], after: int, upto: int) -> None:
    """Refuse what is not in the range, or not in order: filters were not heeded, or something is left out.

    Raises:
        UnusableAnswer: so it is.
    """
    slots = [one.slot for one in listed]
    if slots != sorted(slots) or any(not after < slot <= upto for slot in slots):
        raise UnusableAnswer("a history that is not in order, or of other slots", provider="node")
