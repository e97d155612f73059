"""Operators read of changes of SOL that no activity showed, many of them in one message."""

from datetime import UTC, datetime

from messaging.telegram.texts.unexplained import UnexplainedChange, unexplained_changes

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
USDC = "EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v"
OWNER = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
OTHER = "5Q544fKrFoe6tsEbD7S8EmxGTJYAKtTVhAW5Q5pge4j1"
MINT = "9Jt3ZxeoLnDEYmFgad9J5vFcPzyHwfMsNDXmKL2GKy6D"


def test_operators_read_of_many_unexplained_changes_in_one_message() -> None:
    changes = [
        UnexplainedChange(address=OWNER, lamports=lamports, slots=(10**9, 2 * 10**9), stored=stored)
        for lamports, stored in [(5, 0), (-7 * 10**9, 2), (2**64 - 1, None), *[(2**64 - 1, 100)] * 15]
    ]
    lines = unexplained_changes(changes).split("\n")
    assert lines[0] == (
        f"🟠 0.000000005 SOL came to <code>{OWNER}</code> in slots 1,000,000,000 to 2,000,000,000 without an"
        " activity. No node lists a transaction that was missed."
    )
    assert lines[1].startswith("🟠 7 SOL left ")
    assert lines[1].endswith("2 missed activities stored now.")
    assert lines[2].endswith("No node answers what it did.")
    assert lines[15:] == ["… and 3 more changes."]
    assert len(unexplained_changes(changes)) < 4_096
