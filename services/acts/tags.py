"""Tags of wallets: what they may be called, and how a wallet is filed under them."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from domain.rules.rules import MAX_TAG, MAX_TAGS, Watch
from services.services import Services

_TAG = re.compile(rf"[a-z0-9_]{{1,{MAX_TAG}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TagChange:
    """What somebody asks for."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    removes_all: bool = False
    refused: tuple[str, ...] = ()
    """Words that can be no tag, as they were written."""


def tag_of(word: str) -> str | None:
    """The tag that a word is, with or without #; None: it can be none."""
    name = word.strip().removeprefix("#").lower()
    return name if _TAG.fullmatch(name) else None


def read_change(words: str) -> TagChange:
    """`degen #kol -old` adds two and removes one; `none` removes all."""
    added: list[str] = []
    removed: list[str] = []
    refused: list[str] = []
    parts = words.replace(",", " ").split()
    removes_all = [part.lower() for part in parts] == ["none"]
    for part in [] if removes_all else parts:
        tag = tag_of(part.removeprefix("-"))
        if tag is None:
            refused.append(part)
        else:
            (removed if part.startswith("-") else added).append(tag)
    return TagChange(
        added=tuple(dict.fromkeys(added)),
        removed=tuple(removed),
        removes_all=removes_all,
        refused=tuple(refused),
    )


def changed_tags(before: Sequence[str], change: TagChange) -> tuple[str, ...]:
    """The tags after a change, the older first."""
    kept = () if change.removes_all else [tag for tag in before if tag not in change.removed]
    return tuple(dict.fromkeys((*kept, *change.added)))


async def change_tags(services: Services, watch: Watch, change: TagChange) -> tuple[str, ...] | None:
    """File a wallet under other tags; the new ones, None: it may not have so many, or is not followed.

    Args:
        services: stores them.
        watch: with the tags that it has now.
        change: what is added and what is removed.
    """
    tags = changed_tags(watch.tags, change)
    if len(tags) > MAX_TAGS or not await services.watches.set_tags(watch, tags):
        return None
    return tags


def tagged(watches: Collection[Watch], tag: str) -> list[Watch]:
    """The watches that bear a tag."""
    return [watch for watch in watches if tag in watch.tags]


def counted_tags(watches: Collection[Watch]) -> list[tuple[str, int]]:
    """The tags of a chat and how many wallets bear each, the most first."""
    counts = Counter(tag for watch in watches for tag in watch.tags)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
