"""The rule of withdrawn liquidity, counted over rows as SolRPDS has them."""

from bench.rugs import figures, matrix


def row(added: str, removed: str, status: str) -> dict[str, str]:
    return {
        "TOTAL_ADDED_LIQUIDITY": added,
        "TOTAL_REMOVED_LIQUIDITY": removed,
        "INACTIVITY_STATUS": status,
    }


def test_rows_are_counted_by_what_the_rule_says_and_by_their_state() -> None:
    counts = matrix(
        [
            row("100.5", "90", "Inactive"),
            row("100", "79.99", "Inactive"),
            row("100", "140", "Active"),
            row("100", "0", "Active"),
            row("0", "5", "Active"),
        ]
    )
    found = figures(counts)
    assert (found["withdrawn_inactive"], found["kept_inactive"]) == (1, 1)
    assert (found["withdrawn_active"], found["kept_active"]) == (1, 2)
    assert found["recall_of_inactive"] == 0.5
