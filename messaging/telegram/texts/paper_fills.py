"""The orders of a paper campaign that were filled, newest first. Pure.

🔴 KRILL for 0.25 SOL · −0.25 SOL · stop · 14:03
🟢 KRILL for 0.5 SOL · 13:58
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from domain.paper.stored import StoredFill
from domain.paper.trades import Cause
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.paper import sol_text
from messaging.telegram.texts.times import moment

_CAUSES = {Cause.TAKE_PROFIT: gettext_noop("profit"), Cause.STOP: gettext_noop("stop")}


def fills_text(
    fills: Sequence[StoredFill],
    symbols: Mapping[str, str | None],
    chain: str,
    now: datetime,
    *,
    locale: Locale = ENGLISH,
) -> str:
    """The latest fills of a campaign, newest first.

    Args:
        fills: in that order.
        symbols: what their tokens are called, by mint.
        chain: of the tokens.
        now: when it is read.
        locale: of who reads it.
    """
    if not fills:
        return locale.gettext("No order of it was filled yet.")
    names = TokenNames(chain=chain, symbols=symbols, locale=locale)
    return "\n".join(f"{_fill(one, names)} · {_at(one, now)}" for one in fills)


def _at(fill: StoredFill, now: datetime) -> str:
    return moment(datetime.fromtimestamp(fill.filled_at, UTC), now)


def _fill(fill: StoredFill, names: TokenNames) -> str:
    locale = names.locale
    words = {"token": names.of(fill.token), "sol": sol_text(fill.lamports, locale)}
    if fill.gain is None:
        return locale.gettext("🟢 {token} for {sol} SOL", **words)
    gain = f"{'−' if fill.gain < 0 else '+'}{sol_text(abs(fill.gain), locale)}"
    why = f" · {locale.gettext(_CAUSES[fill.cause])}" if fill.cause in _CAUSES else ""
    return locale.gettext("🔴 {token} for {sol} SOL · {gain} SOL", gain=gain, **words) + why
