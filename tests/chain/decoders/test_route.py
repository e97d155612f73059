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


def _route(*calls: tuple[dict[str, Any], tuple[dict[str, Any], ...]]) -> Route:
    sample = samples.transaction({samples.address("payer"): (9000, 4000)}, calls=calls)
    return route_of(read_transaction(samples.raw(sample)))


def test_it_tells_the_router_and_the_pools_in_order() -> None:
    route = _route(
        (call(JUPITER), (call(RAYDIUM_CLMM, depth=2), call(TOKEN, depth=3), call(WHIRLPOOL, depth=2)))
    )
    assert (route.venue, route.role, route.venues) == (
        "Jupiter v6",
        Role.ROUTER,
        ("Jupiter v6", "Raydium CLMM", "Orca Whirlpool"),
    )


def test_a_program_that_calls_itself_counts_once() -> None:
    route = _route((call(JUPITER), (call(WHIRLPOOL, depth=2), call(TOKEN, depth=3), call(JUPITER, depth=2))))
    assert route.venues == ("Jupiter v6", "Orca Whirlpool")


def test_the_same_venue_twice_in_a_row_counts_once() -> None:
    route = _route(
        (call(JUPITER), (call(WHIRLPOOL, depth=2), call(TOKEN, depth=3), call(WHIRLPOOL, depth=2)))
    )
    assert route.venues == ("Jupiter v6", "Orca Whirlpool")


def test_plumbing_is_no_venue() -> None:
    assert _route((call(SYSTEM), ()), (call(TOKEN), ())) == Route(
        None, None, ordered=False, bridge=None, has_assets=False, venues=()
    )


def test_an_unknown_program_around_a_known_venue_is_part_of_the_route_but_does_not_name_it() -> None:
    route = _route((call(STRANGER), (call(WHIRLPOOL, depth=2), call(TOKEN, depth=3))))
    assert (route.venue, route.venues) == ("Orca Whirlpool", (short(STRANGER), "Orca Whirlpool"))


def test_a_stranger_alone_is_named_by_its_short_address() -> None:
    assert _route((call(STRANGER), (call(TOKEN, depth=2),))).venue == short(STRANGER)
    assert _route((call(STRANGER), ())).venue == short(STRANGER)


def test_an_unknown_program_that_called_nobody_is_no_part_of_the_route_of_a_known_venue() -> None:
    route = _route((call(STRANGER), ()), (call(WHIRLPOOL), (call(TOKEN, depth=2),)))
    assert route.venues == ("Orca Whirlpool",)


def test_a_vault_that_trades_is_part_of_the_route_and_the_venue_is_where_it_trades() -> None:
    squads = "SQDS4ep65T869zMMBKyuUq6aD6EgTu8psMjkvj52pCf"
    route = _route((call(squads), (call(JUPITER, depth=2), call(WHIRLPOOL, depth=3), call(TOKEN, depth=4))))
    assert (route.venue, route.role) == ("Jupiter v6", Role.ROUTER)
    assert route.venues == ("Squads v4", "Jupiter v6", "Orca Whirlpool")


def test_it_copes_with_ledgers_without_depths() -> None:
    route = _route((call(JUPITER), (call(WHIRLPOOL), call(TOKEN), call(RAYDIUM_CLMM), call(TOKEN))))
    assert route.venues == ("Jupiter v6", "Orca Whirlpool", "Raydium CLMM")


def test_a_program_that_is_no_account_of_the_transaction_is_undecodable() -> None:
    sample = samples.swap()
    sample["transaction"]["message"]["instructions"][0]["programIdIndex"] = 200
    with pytest.raises(Undecodable):
        route_of(read_transaction(samples.raw(sample)))


def test_the_table_holds_addresses_with_name_and_source() -> None:
    assert all(
        is_address(address) and program.name and program.source for address, program in PROGRAMS.items()
    )
