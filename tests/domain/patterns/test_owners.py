"""Who is taken for one owner, and who never is."""

from domain.patterns.owners import MIN_TIE_LAMPORTS, Tie, owners_of, ties


def roots(*found: Tie, hubs: frozenset[str] = frozenset(), between: tuple[str, ...] = ()) -> dict[str, str]:
    return {wallet: one[0] for wallet, one in owners_of(("a", "b", "c"), found, hubs, between).items()}


def test_wallets_that_one_wallet_paid_are_one_owner_and_the_funder_is_named() -> None:
    found = owners_of(("a", "b", "c"), {Tie("f", "a"), Tie("f", "c")}, frozenset())
    assert found == {"a": ("a", "f"), "b": ("b", None), "c": ("a", "f")}


def test_wallets_that_paid_each_other_are_one_owner_also_over_a_third() -> None:
    assert roots(Tie("a", "b")) == {"a": "a", "b": "a", "c": "c"}
    assert roots(Tie("a", "x"), Tie("x", "c"), between=("x",)) == {"a": "a", "b": "b", "c": "a"}
    assert roots(Tie("a", "x"), Tie("c", "x")) == {"a": "a", "b": "b", "c": "c"}


def test_a_hub_ties_nobody() -> None:
    found = (Tie("f", "a"), Tie("f", "b"), Tie("b", "h"), Tie("c", "h"))
    assert roots(*found, hubs=frozenset({"f", "h"}), between=("h",)) == {"a": "a", "b": "b", "c": "c"}


def test_crumbs_tie_nobody() -> None:
    assert ties(None, MIN_TIE_LAMPORTS)
    assert ties(10.0, 0)
    assert not ties(9.99, MIN_TIE_LAMPORTS - 1)
    assert not ties(None, 0)
