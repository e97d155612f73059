"""The largest holders by whatever way a node offers, and nodes that refuse, lie, or send nonsense."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest
from solders.keypair import Keypair
from solders.pubkey import Pubkey

from chain.rpc.accounts import Account
from chain.scans.holders import FoundHolders, read_holders
from domain.security.checks import NotRead, Source
from domain.security.facts import Holders, Liquidity, OwnerKind, Pool
from domain.security.mints import TOKEN_PROGRAM
from domain.sentences import sentence
from tests.chain import samples
from tests.chain.scans.tables import REFUSED, TableNode, account, token_account
from tests.chain.scans.token_accounts import (
    ADDRESSES,
    ANNA,
    BALANCES,
    BELA,
    INCINERATOR,
    LIST,
    MINT,
    OFTEN,
    SELDOM,
    balances,
)


def holders(found: FoundHolders) -> Holders:
    assert isinstance(found.holders, Holders)
    return found.holders


async def test_accounts_of_one_owner_count_together_with_what_the_accounts_say() -> None:
    node = TableNode(BALANCES, {"getTokenLargestAccounts": LIST})
    found = holders(await read_holders(node, MINT))
    assert [(one.owner, one.raw, one.kind, one.is_frozen) for one in found.top] == [
        (ANNA, 307, OwnerKind.WALLET, True),
        (INCINERATOR, 200, OwnerKind.BURNED, False),
    ]
    assert (found.source.name, found.source.slot) == ("getTokenLargestAccounts", 9)
    assert node.asked == ["getTokenLargestAccounts", "getMultipleAccounts"]


async def test_all_accounts_of_a_token_with_any_number_of_them_are_not_asked_for() -> None:
    node = TableNode(BALANCES, {"getProgramAccounts": []} | OFTEN)
    found = await read_holders(node, MINT)
    assert isinstance(found.holders, NotRead)
    assert str(found.holders.reason) == f"{REFUSED}, and the token has too many holders to be listed"
    assert "getProgramAccounts" not in node.asked


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("getTokenAccounts", {"token_accounts": [{"address": one, "amount": 5} for one in ADDRESSES[:3]]}),
        (
            "getProgramAccounts",
            [
                {"pubkey": one, "account": {"data": [base64.b64encode(bytes(8)).decode(), "base64"]}}
                for one in ADDRESSES[:3]
            ],
        ),
    ],
)
async def test_where_the_list_is_refused_another_way_is_taken(method: str, answer: Any) -> None:
    found = holders(await read_holders(TableNode(BALANCES, {method: answer} | SELDOM), MINT))
    assert found.source.name == method
    assert found.is_complete
    assert found.top[0].raw == 307


async def test_where_every_way_is_refused_the_first_refusal_is_the_reason() -> None:
    found = await read_holders(TableNode(BALANCES), MINT)
    assert found.holders == NotRead(reason=sentence(REFUSED))


@pytest.mark.parametrize(
    ("accounts", "answer", "reason"),
    [
        (BALANCES, {"value": "nonsense"}, "unreadable"),
        (balances((ANNA, 5), mint=BELA), LIST, "accounts of something else"),
        (balances((ANNA, 900), (BELA, 900)), LIST, "contradict the supply"),
        (None, LIST, REFUSED),
    ],
)
async def test_a_node_that_lies_or_sends_nonsense_is_not_believed(
    accounts: dict[str, Account | None] | None, answer: Any, reason: str
) -> None:
    found = await read_holders(TableNode(accounts, {"getTokenLargestAccounts": answer}), MINT)
    assert isinstance(found.holders, NotRead)
    assert reason in str(found.holders.reason)


async def test_a_list_without_anybody_is_no_proof_that_nobody_holds_it() -> None:
    found = await read_holders(TableNode(BALANCES, {"getTokenLargestAccounts": {"value": []}}), MINT)
    assert found.holders == NotRead(reason=sentence("the node knows no holder of this token"))


@pytest.mark.parametrize(
    ("number", "owner", "is_part"), [(4, ANNA, False), (5, ANNA, True), (5, INCINERATOR, False)]
)
async def test_an_owner_with_many_accounts_may_have_any_number_of_them(
    number: int, owner: str, *, is_part: bool
) -> None:
    """A node lists twenty: who has a thousand small ones would hold next to nothing."""
    names = [samples.address(f"account {at}") for at in range(20)]
    owners = [owner if at < number else str(Keypair().pubkey()) for at in range(20)]
    accounts = {
        name: account(name, token_account(MINT.address, of, 1))
        for name, of in zip(names, owners, strict=True)
    }
    listed = {"value": [{"address": name, "amount": "1"} for name in names]}
    found = holders(await read_holders(TableNode(accounts, {"getTokenLargestAccounts": listed}), MINT))
    assert found.is_lower_bound is is_part


async def test_an_owner_that_nobody_can_look_at_is_not_taken_for_a_holder() -> None:
    derived = str(Pubkey.find_program_address([b"pool"], Pubkey.from_string(TOKEN_PROGRAM))[0])
    node = Forgetful(balances((derived, 900)), {"getTokenLargestAccounts": {"value": LIST["value"][:1]}})
    found = await read_holders(node, MINT)
    assert found.holders == NotRead(reason=sentence("whose its largest accounts are is not recorded"))


class Forgetful(TableNode):
    """Has no record of what is in none of its tables."""

    async def accounts(self, addresses: Sequence[str]) -> Mapping[str, Account | None]:
        return {at: found for at, found in (await super().accounts(addresses)).items() if found is not None}


def liquidity(*vaults: str) -> Liquidity:
    pool = Pool(
        address="p", venue="v", quote="SOL", dollars=None, shares=NotRead(reason=sentence("x")), vaults=vaults
    )
    return Liquidity(pools=(pool,), source=Source(name="test"))


async def test_a_vault_of_a_pool_that_was_found_is_no_holder_whoever_owns_it() -> None:
    found = await read_holders(TableNode(BALANCES, {"getTokenLargestAccounts": LIST}), MINT)
    known = found.without_vaults(liquidity(ADDRESSES[0], "another"))
    assert isinstance(known, Holders)
    assert [(one.owner, one.raw, one.kind) for one in known.top] == [
        (ADDRESSES[0], 300, OwnerKind.POOL),
        (INCINERATOR, 200, OwnerKind.BURNED),
        (ANNA, 7, OwnerKind.WALLET),
    ]
    assert found.without_vaults(NotRead(reason=sentence("x"))) == found.holders
    assert found.without_vaults(liquidity("another")) == found.holders


async def test_a_list_without_some_of_the_supply_is_only_a_part() -> None:
    """Fewer than twenty accounts are all there are: whoever has the rest was left out."""
    node = TableNode(
        balances((ANNA, 5), (BELA, 3)), {"getTokenLargestAccounts": {"value": LIST["value"][:2]}}
    )
    assert holders(await read_holders(node, MINT)).is_lower_bound
    whole = TableNode(
        balances((ANNA, 600), (BELA, 395)), {"getTokenLargestAccounts": {"value": LIST["value"][:2]}}
    )
    assert not holders(await read_holders(whole, MINT)).is_lower_bound


async def test_where_amounts_can_be_hidden_what_is_seen_is_the_least() -> None:
    hidden = msgspec.structs.replace(MINT, confidential=True)
    node = TableNode(
        balances((ANNA, 600), (BELA, 400)), {"getTokenLargestAccounts": {"value": LIST["value"][:2]}}
    )
    assert holders(await read_holders(node, hidden)).is_lower_bound


@pytest.mark.parametrize(("raw", "expected"), [(11, True), (10, False), (None, False)])
async def test_a_list_without_a_vault_that_has_more_is_only_a_part(
    raw: int | None,
    *,
    expected: bool,
) -> None:
    node = TableNode(balances((ANNA, 700), (INCINERATOR, 293), (ANNA, 7)), {"getTokenLargestAccounts": LIST})
    found = await read_holders(node, MINT)
    pools = liquidity("unlisted", "quote")
    pool = msgspec.structs.replace(pools.pools[0], base_raw=raw)
    known = found.without_vaults(msgspec.structs.replace(pools, pools=(pool,)))
    assert isinstance(known, Holders)
    assert known.is_lower_bound is expected


async def test_where_every_way_is_refused_what_was_seen_here_is_the_least_that_they_have() -> None:
    found = holders(await read_holders(TableNode(BALANCES), MINT, seen={ANNA: 300, INCINERATOR: 5, BELA: 0}))
    assert [(one.owner, one.raw, one.kind) for one in found.top] == [
        (ANNA, 300, OwnerKind.WALLET),
        (INCINERATOR, 5, OwnerKind.BURNED),
    ]
    assert found.is_lower_bound
    assert found.source.name == "own ledger"


@pytest.mark.parametrize("seen", [{}, {ANNA: 0}, {ANNA: 5_000}])
async def test_what_was_seen_and_cannot_be_is_left_out(seen: dict[str, int]) -> None:
    found = await read_holders(TableNode(BALANCES), MINT, seen=seen)
    assert found.holders == NotRead(reason=sentence(REFUSED))
