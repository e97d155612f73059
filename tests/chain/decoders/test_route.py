"""The way through the venues, from the tree of program calls."""

from typing import Any

import pytest

from chain.decoders.programs import PROGRAMS, Role
from chain.decoders.route import Route, route_of
from chain.parsing.transaction import read_transaction
from domain.activity.addresses import is_address, short
from domain.errors import Undecodable
from tests.chain import samples
from tests.chain.samples import JUPITER, RAYDIUM_CLMM, SYSTEM, TOKEN, WHIRLPOOL, call

STRANGER = samples.address("a program nobody knows")


def _way(*calls: tuple[dict[str, Any], tuple[dict[str, Any], ...]]) -> Route:
    told = samples.transaction({samples.address("payer"): (9000, 4000)}, calls=calls)
    return route_of(read_transaction(samples.raw(told)))


def test_it_tells_the_router_and_the_pools_in_order() -> None:
    route = _way(
        (call(JUPITER), (call(RAYDIUM_CLMM, depth=2), call(TOKEN, depth=3), call(WHIRLPOOL, depth=2)))
    )
    assert (route.venue, route.role, route.venues) == (
        "Jupiter v6",
        Role.ROUTER,
        ("Jupiter v6", "Raydium CLMM", "Orca Whirlpool"),
    )


def test_a_program_that_calls_itself_is_told_once() -> None:
    route = _way((call(JUPITER), (call(WHIRLPOOL, depth=2), call(TOKEN, depth=3), call(JUPITER, depth=2))))
    assert route.venues == ("Jupiter v6", "Orca Whirlpool")


def test_the_same_venue_twice_in_a_row_is_told_once() -> None:
    route = _way((call(JUPITER), (call(WHIRLPOOL, depth=2), call(TOKEN, depth=3), call(WHIRLPOOL, depth=2))))
    assert route.venues == ("Jupiter v6", "Orca Whirlpool")


def test_plumbing_is_no_venue() -> None:
    assert _way((call(SYSTEM), ()), (call(TOKEN), ())) == Route(None, None, ordered=False, venues=())


def test_a_stranger_around_a_known_venue_stands_on_the_way_but_gives_no_name_to_it() -> None:
    route = _way((call(STRANGER), (call(WHIRLPOOL, depth=2), call(TOKEN, depth=3))))
    assert (route.venue, route.venues) == ("Orca Whirlpool", (short(STRANGER), "Orca Whirlpool"))


def test_a_stranger_alone_is_named_by_its_short_address() -> None:
    assert _way((call(STRANGER), (call(TOKEN, depth=2),))).venue == short(STRANGER)
    assert _way((call(STRANGER), ())).venue == short(STRANGER)


def test_a_stranger_beside_a_known_venue_that_called_nobody_is_not_on_the_way() -> None:
    route = _way((call(STRANGER), ()), (call(WHIRLPOOL), (call(TOKEN, depth=2),)))
    assert route.venues == ("Orca Whirlpool",)


def test_a_vault_that_trades_is_on_the_way_and_the_venue_is_where_it_trades() -> None:
    squads = "SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf"
    route = _way((call(squads), (call(JUPITER, depth=2), call(WHIRLPOOL, depth=3), call(TOKEN, depth=4))))
    assert (route.venue, route.role) == ("Jupiter v6", Role.ROUTER)
    assert route.venues == ("Squads v4", "Jupiter v6", "Orca Whirlpool")


def test_it_copes_with_ledgers_that_do_not_tell_depths() -> None:
    route = _way((call(JUPITER), (call(WHIRLPOOL), call(TOKEN), call(RAYDIUM_CLMM), call(TOKEN))))
    assert route.venues == ("Jupiter v6", "Orca Whirlpool", "Raydium CLMM")


def test_a_program_that_is_no_account_of_the_transaction_is_undecodable() -> None:
    told = samples.swap()
    told["transaction"]["message"]["instructions"][0]["programIdIndex"] = 200
    with pytest.raises(Undecodable):
        route_of(read_transaction(samples.raw(told)))


def test_the_table_holds_addresses_with_name_and_source() -> None:
    assert all(
        is_address(address) and program.name and program.source for address, program in PROGRAMS.items()
    )
