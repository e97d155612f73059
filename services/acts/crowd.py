"""Crowd mute: when several members of a group call a wallet noise, it is silent for a day."""

from dataclasses import dataclass
from datetime import datetime

from domain.rules.rules import Watch
from services.services import Services

NEEDED = 3
"""Different members."""
MUTE_SECONDS = 86_400
COUNT_SECONDS = 86_400
"""How long a call counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledNoise:
    """What came of a call."""

    callers: int
    """Different members so far."""
    until: datetime | None = None
    """Until when the wallet is muted now; None: not enough have called."""


async def call_noise(services: Services, watch: Watch, *, by: int) -> CalledNoise:
    """Count a member's call; enough of them mute the wallet for a day. Admins lift that as any mute.

    Args:
        services: whose memos count, without Redis nobody.
        watch: the wallet, in its group.
        by: user id of a member, who counts once a day.
    """
    callers = await services.memos.count_members(
        watch.chat_id, f"noise:{watch.watch_id}", str(by), seconds=COUNT_SECONDS
    )
    if callers < NEEDED:
        return CalledNoise(callers=callers)
    until = await services.watches.mute(watch, MUTE_SECONDS)
    await services.memos.forget(watch.chat_id, f"noise:{watch.watch_id}")
    return CalledNoise(callers=callers, until=until)
