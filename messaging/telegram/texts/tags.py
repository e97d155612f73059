"""Tags of wallets, as followers see them. Pure."""

from collections.abc import Sequence

from domain.rules.rules import Watch
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.names import wallet_name

_MAX_ECHO = 20


def hashtags(tags: Sequence[str]) -> str:
    """`#degen #kol`; a tag has no sign that needs escaping."""
    return " ".join(f"#{tag}" for tag in tags)


def tags_of(watch: Watch, tags: Sequence[str], *, locale: Locale = ENGLISH) -> str:
    """The tags of one wallet, and how to change them.

    Args:
        watch: the wallet.
        tags: as they are now, which may differ from those in `watch`.
        locale: of the reader.
    """
    name = wallet_name(watch.label, watch.wallet)
    if tags:
        line = f"🏷 <b>{name}</b> {hashtags(tags)}"
    else:
        line = locale.gettext("🏷 <b>{name}</b> has no tags.", name=name)
    how = locale.gettext("/tag {name} degen adds one, /tag {name} -degen removes it.", name=name)
    return f"{line}\n{how}"


def tags(counts: Sequence[tuple[str, int]], *, locale: Locale = ENGLISH) -> str:
    """All tags of a chat, and what they are good for."""
    if not counts:
        return locale.gettext(
            "🏷 No tags yet. /tag WALLET degen files a wallet under #degen; then /rules #degen, /mute #degen."
        )
    lines = [
        f"#{tag} · {locale.ngettext('{number} wallet', '{number} wallets', number)}" for tag, number in counts
    ]
    example = counts[0][0]
    uses = f"/wallets #{example} · /rules #{example} · /mute #{example}"
    return "\n".join([locale.gettext("🏷 <b>Tags</b>"), *lines, "", uses])


def bad_tag(word: str, max_characters: int, *, locale: Locale = ENGLISH) -> str:
    """A word can be no tag; plain text.

    Args:
        word: as it was written; a note has room for its first _MAX_ECHO characters.
        max_characters: of a tag.
        locale: of the reader.
    """
    return locale.gettext(
        "“{word}” can't be a tag. Use up to {max_characters} of a-z, 0-9 and _.",
        word=word[:_MAX_ECHO],
        max_characters=max_characters,
    )


def too_many_tags(limit: int, *, locale: Locale = ENGLISH) -> str:
    """A wallet would have too many; plain text."""
    return locale.gettext("A wallet can have up to {limit} tags.", limit=limit)


def no_wallet_tagged(tag: str, *, locale: Locale = ENGLISH) -> str:
    """No wallet bears it; plain text."""
    return locale.gettext("No wallet is tagged #{tag}. /tag WALLET {tag} does that.", tag=tag)
