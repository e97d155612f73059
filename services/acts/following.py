"""What a chat may follow, and what became of it: one wallet or a list. Programs say it in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from chain.rpc.accounts import AccountKind
from domain.activity.addresses import short
from domain.chats import ChatTarget
from domain.rules.rules import Watch, namesakes
from domain.rules.tiers import NearLimit, near_limit
from services.accounts import Account
from services.services import Services
from services.wallet_lists import NamedWallet, fitting_label
from storage.chats.watches import StoredWatches


class Refusal(StrEnum):
    """Why an address is not followed."""

    PROGRAM = "program"
    MINT = "mint"
    TOKEN_ACCOUNT = "token_account"  # noqa: S105 - a kind
    LIMIT = "limit"
    """The chat follows as many wallets as it may."""
    BANNED = "banned"
    """Operators let nobody follow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An address that is not followed."""

    address: str
    reason: Refusal
    owner: str | None = None
    """The wallet that a token account belongs to; None: it is none, or not known."""
    limit: int = 0
    """Wallets that the chat may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """A wallet that is followed now."""

    watch: Watch
    is_new: bool
    """Whether it was not followed before."""
    old_label: str | None = None
    """What it was called before; None: the same, or it is new."""
    resembles: Watch | None = None
    """A followed wallet that looks like it."""
    namesakes: tuple[Watch, ...] = ()
    is_checked: bool = True
    """Whether the chain said in time what the address is."""
    near: NearLimit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedMany:
    """What became of a list."""

    new: tuple[Watch, ...]
    known: int
    """How many were followed already."""
    refused: tuple[Refused, ...]
    are_checked: bool = True
    """Whether the chain said in time what the addresses are."""
    near: NearLimit | None = None


_REFUSALS: Mapping[AccountKind | None, Refusal] = {
    AccountKind.PROGRAM: Refusal.PROGRAM,
    AccountKind.MINT: Refusal.MINT,
    AccountKind.TOKEN_ACCOUNT: Refusal.TOKEN_ACCOUNT,
}


async def follow(
    services: Services, target: ChatTarget, wallet: NamedWallet, *, by: int
) -> Followed | Refused:
    """Follow one wallet, if it may be followed.

    Args:
        services: know the chain, the chat and its limits.
        target: the chat and topic that get the alerts.
        wallet: with its name as it is to be kept.
        by: the person who asks; 0: nobody in particular.
    """
    account = await services.accounts.kind(wallet.address)
    if account.kind in _REFUSALS:
        return Refused(address=wallet.address, reason=_REFUSALS[account.kind], owner=account.owner)
    before = await services.watches.of(target)
    known = next((watch for watch in before if watch.wallet == wallet.address), None)
    limit = await services.people.watch_limit(target.chat_id)
    await services.chats.open(target)
    stored = await services.watches.follow_many(target, [wallet], by=by, limit=limit)
    if stored.banned:
        return Refused(address=wallet.address, reason=Refusal.BANNED)
    if stored.left_out:
        return Refused(address=wallet.address, reason=Refusal.LIMIT, limit=limit)
    watch = next(one for one in await services.watches.of(target) if one.wallet == wallet.address)
    return Followed(
        watch=watch,
        is_new=wallet.address in stored.new,
        old_label=known.label if known is not None and known.label != watch.label else None,
        resembles=look_alike(before, wallet.address),
        namesakes=tuple(namesakes(before, watch)),
        is_checked=account.kind is not None,
        near=_near(stored, limit),
    )


async def follow_many(
    services: Services, target: ChatTarget, wallets: Sequence[NamedWallet], *, by: int
) -> FollowedMany:
    """Follow each wallet of a list that may be followed; names are cut to what a name may be.

    Args:
        services: know the chain, the chat and its limits.
        target: the chat and topic that get the alerts.
        wallets: each address once.
        by: the person who asks; 0: nobody in particular.
    """
    accounts = await services.accounts.kinds([wallet.address for wallet in wallets])
    refused = {one.address: refusal for one in wallets if (refusal := _refused(one, accounts[one.address]))}
    allowed = [
        NamedWallet(address=one.address, name=fitting_label(one.name))
        for one in wallets
        if one.address not in refused
    ]
    limit = await services.people.watch_limit(target.chat_id)
    await services.chats.open(target)
    stored = await services.watches.follow_many(target, allowed, by=by, limit=limit)
    for address in stored.left_out:
        refused[address] = Refused(address=address, reason=Refusal.LIMIT, limit=limit)
    for address in stored.banned:
        refused[address] = Refused(address=address, reason=Refusal.BANNED)
    watches = {watch.wallet: watch for watch in await services.watches.of(target)}
    return FollowedMany(
        new=tuple(watches[one.address] for one in allowed if one.address in stored.new),
        known=len(wallets) - len(stored.new) - len(refused),
        refused=tuple(refused[one.address] for one in wallets if one.address in refused),
        are_checked=all(account.kind is not None for account in accounts.values()),
        near=_near(stored, limit),
    )


def look_alike(watches: Sequence[Watch], wallet: str) -> Watch | None:
    """A followed wallet with the same shortened address that is another wallet."""
    twins = (watch for watch in watches if watch.wallet != wallet and short(watch.wallet) == short(wallet))
    return next(twins, None)


def _near(stored: StoredWatches, limit: int) -> NearLimit | None:
    """Return how much of the limit is used, if that is to be said: most of it, and more than before."""
    return near_limit(stored.used, limit) if stored.new else None


def _refused(wallet: NamedWallet, account: Account) -> Refused | None:
    reason = _REFUSALS.get(account.kind)
    return None if reason is None else Refused(address=wallet.address, reason=reason, owner=account.owner)
