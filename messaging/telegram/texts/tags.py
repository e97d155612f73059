"""Tags of wallets, as followers see them. Pure."""

from collections.abc import Sequence

from domain.rules.rules import Watch
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.kinds import counted

_MAX_ECHO = 20


def hashtags(tags: Sequence[str]) -> str:
    """`#degen #kol`; a tag has no sign that needs escaping."""
    return " ".join(f"#{tag}" for tag in tags)


def tags_of(watch: Watch, tags: Sequence[str]) -> str:
    """The tags of one wallet, and how to change them."""
    name = wallet_name(watch.label, watch.wallet)
    line = f"🏷 <b>{name}</b> {hashtags(tags)}" if tags else f"🏷 <b>{name}</b> has no tags."
    return f"{line}\n/tag {name} degen adds one, /tag {name} -degen removes it."


def tags(counts: Sequence[tuple[str, int]]) -> str:
    """All tags of a chat, and what they are good for."""
    if not counts:
        return (
            "🏷 No tags yet. /tag WALLET degen files a wallet under #degen; then /rules #degen, /mute #degen."
        )
    lines = [f"#{tag} · {counted(number, 'wallet')}" for tag, number in counts]
    example = counts[0][0]
    uses = f"/wallets #{example} · /rules #{example} · /mute #{example}"
    return "\n".join(["🏷 <b>Tags</b>", *lines, "", uses])


def bad_tag(word: str, max_characters: int) -> str:
    """A word can be no tag; plain text."""
    return f"“{word[:_MAX_ECHO]}” can't be a tag. Use up to {max_characters} of a-z, 0-9 and _."


def too_many_tags(limit: int) -> str:
    """A wallet would have too many; plain text."""
    return f"A wallet can have up to {limit} tags."


def no_wallet_tagged(tag: str) -> str:
    """No wallet bears it; plain text."""
    return f"No wallet is tagged #{tag}. /tag WALLET {tag} does that."
