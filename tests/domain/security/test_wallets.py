"""What a scan of a wallet finds, one trait after the other."""

from typing import Any

import msgspec
import pytest

from domain.activity.activity import SOL, Activity, Kind
from domain.security.checks import NotRead, Verdict
from domain.security.wallet_facts import WalletAccount
from domain.security.wallets import DAY, wallet_checks
from domain.sentences import sentence
from tests.domain.security.wallets import ME, NOW, PLAIN, SOURCE, account, check, done, facts, history, leg


def test_a_plain_wallet_passes_everything() -> None:
    assert {one.verdict for one in wallet_checks(PLAIN)} == {Verdict.PASS}


def test_what_could_not_be_read_is_unknown_with_the_reason_and_never_safe() -> None:
    missing = NotRead(reason=sentence("The node refuses."))
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
