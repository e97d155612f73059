"""The card of a wallet: the worst first, hostile text harmless, addresses short."""

from datetime import UTC, datetime

from domain.security.checks import CheckName, Family, Grade, Source, Topic
from domain.sentences import sentence
from messaging.telegram.texts.wallet_scan import wallet_scan_card

NOW = datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
WALLET = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
TOPIC = Topic(name=CheckName.AGE, family=Family.IDENTITY, source=Source(name="node"))


def test_findings_stand_first_and_unknown_is_counted_as_such() -> None:
    checks = [
        TOPIC.passed(sentence("90 days old.")),
        TOPIC.unknown(sentence("The node refuses."), Grade.C),
        TOPIC.failed(sentence("{who} may close <it>.", who=WALLET), Grade.D),
    ]
    lines = wallet_scan_card(WALLET, checks, label="Ahab", read_at=NOW).splitlines()
    assert lines[0] == "🛡 <b>Ahab</b> · a wallet, not a token"
    assert lines[1] == "2 of 3 checks decided. Unknown ≠ safe."
    assert lines[2] == "🔴 age: 7vfC…voxs may close &lt;it&gt;."
    assert lines[3:5] == ["⚪ age: The node refuses.", "🟢 age: 90 days old."]
