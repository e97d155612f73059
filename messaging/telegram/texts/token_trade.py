"""The alert of a trade of a token that a chat follows, by whomever; and what /trades says. Pure.

🔎 🟢 7vfC…voxs bought $15.9K of WIF
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.activity.activity import Activity
from domain.alerts.kinds import AlertKind
from domain.tokens.token_trades import MAX_FOLLOWED_TOKENS, FollowedToken, TokenTraded
from messaging.languages.locale import ENGLISH, Locale, gettext_noop, ngettext_noop
from messaging.telegram.names import TokenNames
from messaging.telegram.texts.activity import ACTIVITY_TEXTS
from messaging.telegram.texts.alert_kind import COUNT, AlertFacts, AlertTexts
from messaging.telegram.texts.market import short_dollars
from messaging.telegram.texts.times import slot_words


def _of_activity(facts: AlertFacts[TokenTraded]) -> AlertFacts[Activity]:
    """The same as of a wallet that the chat followed without a name."""
    market = facts.market
    if market.usd is None:
        market = type(market)(usd=facts.event.usd)
    return replace(facts, event=facts.event.activity, label="", market=market)  # type: ignore[arg-type, return-value]


def _name(facts: AlertFacts[TokenTraded]) -> str:
    return TokenNames(chain=facts.event.chain, symbols=facts.symbols, locale=facts.locale).of(
        facts.event.mint
    )


TOKEN_TRADE_TEXTS: AlertTexts[TokenTraded] = AlertTexts(
    headline=lambda facts: f"🔎 {ACTIVITY_TEXTS.headline(_of_activity(facts))}",
    details=lambda facts: ACTIVITY_TEXTS.details(_of_activity(facts)),
    line=lambda facts: ACTIVITY_TEXTS.line(_of_activity(facts)),
    words=lambda facts: f"🔎 <b>{_name(facts)}</b>: {COUNT} × {facts.locale.gettext('traded by somebody')}",
    sort=lambda _, locale: locale.gettext("trade of a token"),
    seen=lambda event, locale: slot_words(event.activity.slot, locale=locale),
    why_urgent=lambda _, locale: locale.gettext("another wallet that you follow holds this token"),
    who=lambda _, __: "",
    lamports=lambda event: ACTIVITY_TEXTS.lamports(event.activity),
    mint=lambda event: event.mint,
    counted={
        AlertKind.TOKEN_TRADE.value: ngettext_noop("{number} trade by somebody", "{number} trades by anybody")
    },
)

_WHERE = gettext_noop(
    "All are seen while this bot reads whole blocks. While few wallets are followed in it, it may read less:"
    " then those in the largest pool are seen, of a very busy one only a part. Of a stablecoin its mints and"
    " burns are told, and only from whole blocks."
)
_SETTING = gettext_noop(
    "Operators: RECONCILE=blocks reads every block, auto only while many wallets are followed."
)


def trades_text(
    tokens: Sequence[FollowedToken],
    names: Mapping[str, str],
    *,
    is_operator: bool = False,
    locale: Locale = ENGLISH,
) -> str:
    """The list; `names`: of tokens, as Telegram HTML.

    Args:
        tokens: in the order of the buttons below.
        names: by mint, of every token in it, as Telegram HTML.
        is_operator: who reads it can change the setting that decides what is seen.
        locale: of the reader.
    """
    where = [locale.gettext(_WHERE), *([locale.gettext(_SETTING)] if is_operator else [])]
    if not tokens:
        usage = locale.gettext(
            "🔎 Hear of all large trades of a token, whoever trades: <code>/trades WIF 10k</code>"
        )
        return "\n".join([usage, *where])
    lines = [
        locale.gettext(
            "{token} from {dollars} on",
            token=f"<b>{names[one.mint]}</b>",
            dollars=short_dollars(one.min_usd, locale=locale),
        )
        for one in tokens
    ]
    title = locale.gettext("🔎 <b>Trades by anybody</b>")
    return "\n".join([title, *lines, *where, locale.gettext("A button ends it.")])


def trades_refused(*, locale: Locale = ENGLISH) -> str:
    """The chat follows as many as it may, or asks for too little."""
    return locale.gettext(
        "From $100 on, and {limit} tokens a chat at most: <code>/trades WIF 10k</code>",
        limit=MAX_FOLLOWED_TOKENS,
    )


def trades_full(*, locale: Locale = ENGLISH) -> str:
    """All chats together follow as many tokens as they may."""
    return locale.gettext(
        "This bot watches as many tokens as it can for all its chats together; one that another chat follows"
        " already can be followed. Please try again once somebody has ended one."
    )
