"""What /mine says."""

from messaging.telegram.texts.mine import mine_forgotten, mine_refused, mine_text
from storage.chats.own_wallets import OwnWallet

ADDRESS = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"


def test_the_list_says_of_how_many_tokens_each_holds_something() -> None:
    assert "up to 10" in mine_text([], 10)
    wallets = [OwnWallet(address=ADDRESS, read_at=None, tokens=0)]
    assert f"<code>{ADDRESS}</code> · being read" in mine_text(wallets, 10)
    assert "10" in mine_refused(10)
    assert mine_forgotten(ADDRESS) == "7vfC…voxs is forgotten"
