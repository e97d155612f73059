"""The table of endpoints: no path twice, and what the issue of a key promises is there."""

from web.api.table import ENDPOINTS


def test_no_endpoint_stands_twice() -> None:
    assert len({(one.method, one.path) for one in ENDPOINTS}) == len(ENDPOINTS)


def test_each_thing_that_people_see_has_its_resource() -> None:
    roots = {one.path.split("/")[1] for one in ENDPOINTS}
    assert roots >= {
        "wallets",
        "watches",
        "rules",
        "alerts",
        "deliveries",
        "tokens",
        "prices",
        "scans",
        "positions",
        "whale-searches",
        "admin",
    }
    assert ("GET", "/deliveries/{delivery_id}/why") in {(one.method, one.path) for one in ENDPOINTS}
