"""What a scan of a wallet finds, one trait after the other."""

from typing import Any

import msgspec
import pytest

from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.activity.amounts import Holding
from domain.security.checks import Check, NotRead, Source, Verdict
from domain.security.wallet_facts import History, TokenAccount, WalletAccount, WalletFacts
from domain.security.wallets import DAY, SYSTEM_PROGRAM, imitators, wallet_checks

NOW = 1_760_000_000
SOURCE = Source(name="node")
ME = "Me11111111111111111111111111111111111111Me11"
FRIEND = "Frnd1111111111111111111111111111111111111end"
FAKE = "Frnd2222222222222222222222222222222222211end"
PLAIN = WalletFacts(
    address=ME,
    account=WalletAccount(owner=SYSTEM_PROGRAM, source=SOURCE),
    history=History(
        times=tuple(NOW - 40_000 * number for number in range(30)), is_complete=True, source=SOURCE
    ),
    token_accounts=(),
    activities=(),
    activities_complete=True,
    now=NOW,
    source=SOURCE,
)


def facts(**changes: object) -> WalletFacts:
    return msgspec.structs.replace(PLAIN, **changes)


def check(name: str, given: WalletFacts) -> Check:
    return next(one for one in wallet_checks(given) if one.name == name)


def history(*times: int, is_complete: bool = True) -> History:
    return History(times=times, is_complete=is_complete, source=SOURCE)


def done(kind: Kind, number: int = 0, **more: Any) -> Activity:
    values: dict[str, Any] = {"paid": (), "received": ()} | more
    return Activity(
        chain="solana", signature=f"s{number}", slot=number, block_time=None, wallet=ME, kind=kind, **values
    )


def leg(mint: str, raw: int) -> tuple[Leg, ...]:
    return (Leg(mint=mint, raw=raw, decimals=0),)


def account(**powers: Any) -> TokenAccount:
    return TokenAccount(address="account", holding=Holding(mint="mint", raw=5, decimals=0), **powers)


def test_a_plain_wallet_passes_everything() -> None:
    assert {one.verdict for one in wallet_checks(PLAIN)} == {Verdict.PASS}


def test_what_could_not_be_read_is_unknown_with_the_reason_and_never_safe() -> None:
    missing = NotRead(reason="The node refuses.")
    given = facts(account=missing, history=missing, token_accounts=missing, activities=missing)
    assert {(one.verdict, one.reason) for one in wallet_checks(given)} == {
        (Verdict.UNKNOWN, "The node refuses.")
    }


@pytest.mark.parametrize(
    ("owned", "verdict", "words"),
    [
        ({"owner": None}, Verdict.PASS, "plain wallet"),
        ({"owner": "Thief", "has_data": False}, Verdict.FAIL, "Its owner was changed to program Thief"),
        ({"owner": "Squads", "has_data": True}, Verdict.WARN, "a vault or a multisig"),
        ({"owner": "Loader", "is_program": True}, Verdict.WARN, "It is a program"),
    ],
)
def test_the_account_must_be_the_wallets_own(owned: dict[str, Any], verdict: Verdict, words: str) -> None:
    found = check("owner", facts(account=WalletAccount(source=SOURCE, **owned)))
    assert found.verdict is verdict
    assert words in found.reason


def test_delegates_and_close_authorities_of_others_are_reported() -> None:
    given = facts(
        token_accounts=(
            account(delegate="Spender", delegated=4),
            account(delegate="Spent", delegated=0),
            account(close_authority=ME),
            account(close_authority="Closer"),
        )
    )
    assert check("delegations", given).reason.startswith("Spender may move tokens of 1 of its accounts")
    assert check("close authorities", given).verdict is Verdict.FAIL
    assert "Closer may close 1" in check("close authorities", given).reason


def test_age_is_exact_only_if_the_list_reaches_back_to_the_first() -> None:
    old = history(NOW - DAY, NOW - 90 * DAY)
    assert check("age", facts(history=old)).reason == "90 days old."
    partial = msgspec.structs.replace(old, is_complete=False)
    assert check("age", facts(history=partial)).reason == "At least 90 days old."
    assert check("age", facts(history=history(NOW - 60))).verdict is Verdict.WARN
    assert check("age", facts(history=history())).reason == "It has no transaction yet."


def test_pace_and_sleepless_hours_show_a_bot() -> None:
    quick = history(*(NOW - 3 * number for number in range(100)))
    assert check("bot", facts(history=quick)).verdict is Verdict.WARN
    sleepless = history(*(NOW - 1_801 * number for number in range(100)))
    assert "24 of 24 hours" in check("bot", facts(history=sleepless)).reason
    few = history(*(NOW - 3 * number for number in range(10)))
    assert check("bot", facts(history=few)).verdict is Verdict.UNKNOWN


def test_a_burst_after_a_long_sleep_is_reported() -> None:
    burst = [NOW - 60 * number for number in range(12)]
    woken = history(*burst, NOW - 100 * DAY)
    assert "slept for 99 days" in check("dormant", facts(history=woken)).reason
    calm = history(NOW, NOW - 100 * DAY)
    assert check("dormant", facts(history=calm)).verdict is Verdict.PASS


def payments(number: int, size: int = 100) -> tuple[Activity, ...]:
    return tuple(
        done(Kind.TRANSFER_OUT, one, paid=leg(SOL, size + one % 3), counterparty=f"payee{one}")
        for one in range(number)
    )


def test_near_equal_sums_to_many_show_a_distributor() -> None:
    assert check("distributor", facts(activities=payments(12))).verdict is Verdict.WARN
    assert check("distributor", facts(activities=payments(9))).verdict is Verdict.PASS
    uneven = tuple(
        done(Kind.TRANSFER_OUT, one, paid=leg(SOL, 3**one), counterparty=f"payee{one}") for one in range(12)
    )
    assert check("distributor", facts(activities=uneven)).verdict is Verdict.PASS


def test_very_many_counterparties_show_a_service() -> None:
    assert check("infrastructure", facts(activities=payments(60))).verdict is Verdict.WARN


def test_what_was_sold_without_having_been_bought_is_reported_only_of_a_whole_history() -> None:
    sale = done(Kind.SELL, 1, paid=leg("given", 50), received=leg(SOL, 5))
    bought = done(Kind.BUY, 2, paid=leg(SOL, 5), received=leg("other", 10))
    more = done(Kind.SELL, 3, paid=leg("other", 30), received=leg(SOL, 5))
    given = facts(activities=(more, bought, sale))
    assert "sold 1 token that it never bought" in check("never bought", given).reason
    assert "sold more than it bought of 1 token," in check("sold more than bought", given).reason
    partial = msgspec.structs.replace(given, activities_complete=False)
    assert check("never bought", partial).verdict is Verdict.UNKNOWN
    assert check("never bought", facts(activities=(bought,))).verdict is Verdict.PASS


def test_dust_from_a_look_alike_of_somebody_it_paid_is_suspicious() -> None:
    paid = done(Kind.TRANSFER_OUT, 1, paid=leg(SOL, 10**9), counterparty=FRIEND)
    dust = done(Kind.TRANSFER_IN, 2, received=leg(SOL, 1), counterparty=FAKE)
    assert imitators(ME, [dust, paid]) == {FAKE: FRIEND}
    assert check("poisoned addresses", facts(activities=(dust, paid))).verdict is Verdict.FAIL
    real = done(Kind.TRANSFER_IN, 3, received=leg(SOL, 10**9), counterparty=FAKE)
    assert not imitators(ME, [real, paid])
    assert not imitators(ME, [dust])
