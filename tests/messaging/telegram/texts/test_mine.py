"""What /mine says."""

from datetime import UTC, datetime

from domain.chats import OwnWallet
from messaging.telegram.texts.mine import mine_forgotten, mine_refused, mine_text

ADDRESS = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


def test_the_list_says_of_how_many_tokens_each_holds_something() -> None:
    assert "up to 10" in mine_text([], 10)
    wallets = [OwnWallet(address=ADDRESS, read_at=None, tokens=0)]
    assert f"<code>{ADDRESS}</code> · being read" in mine_text(wallets, 10)
    assert "10" in mine_refused(10)
    assert mine_forgotten(ADDRESS) == "7vfC…voxs is forgotten"


def test_the_list_says_which_address_could_not_be_read() -> None:
    never = OwnWallet(address=ADDRESS, read_at=None, tokens=0, is_failing=True)
    once = OwnWallet(address=ADDRESS, read_at=datetime(2026, 7, 30, tzinfo=UTC), tokens=2, is_failing=True)
    assert "· could not be read, tried again" in mine_text([never], 10)
    assert "· 2 tokens, could not be read again since" in mine_text([once], 10)
