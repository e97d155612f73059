"""When a token was made, as far as nodes tell."""

import json
from collections.abc import Mapping

import msgspec
import pytest

from chain.rpc.signatures import PAGE
from chain.rpc.token_age import token_age
from domain.security.mints import TokenAge

MINT = "EKpQGSJtjMFqKZ9KQanSqYXRcF8fBopzLHYxdM65zcjm"


class Node:
    """Answers what it was given."""

    def __init__(self, listed: object, transaction: object = None) -> None:
        self._answers: Mapping[str, object] = {
            "getSignaturesForAddress": listed,
            "getTransaction": transaction,
        }
        self.asked: list[str] = []

    async def call(self, method: str, params: object) -> msgspec.Raw:
        del params
        self.asked.append(method)
        return msgspec.Raw(json.dumps(self._answers[method]).encode())


def transaction(had: int, *, loaded: bool = False) -> object:
    keys = ["payer", *([] if loaded else [MINT])]
    addresses = {"writable": [MINT] if loaded else [], "readonly": []}
    return {
        "transaction": {"message": {"accountKeys": keys}},
        "meta": {"preBalances": [10, had], "loadedAddresses": addresses},
    }


LISTED = [{"signature": "new", "blockTime": 900}, {"signature": "old", "blockTime": 500}]


@pytest.mark.parametrize(
    ("listed", "transaction_answer", "age"),
    [
        (LISTED, transaction(0), TokenAge(created_at=500, is_exact=True)),
        (LISTED, transaction(0, loaded=True), TokenAge(created_at=500, is_exact=True)),
        (LISTED, transaction(1_461_600), TokenAge(created_at=500, is_exact=False)),
        (LISTED, None, TokenAge(created_at=500, is_exact=False)),
        ([{"signature": "s", "blockTime": 500}] * PAGE, None, TokenAge(created_at=500, is_exact=False)),
        ([{"signature": "s", "blockTime": None}], None, None),
        ([], None, None),
        ({"no": "list"}, None, None),
    ],
)
async def test_it_is_exact_only_where_the_creation_was_read(
    listed: object, transaction_answer: object, age: TokenAge | None
) -> None:
    assert await token_age(Node(listed, transaction_answer), MINT) == age  # type: ignore[arg-type]


async def test_of_a_token_with_many_transactions_one_request_is_enough() -> None:
    node = Node([{"signature": "s", "blockTime": 500}] * PAGE)
    await token_age(node, MINT)  # type: ignore[arg-type]
    assert node.asked == ["getSignaturesForAddress"]
