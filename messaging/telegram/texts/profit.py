"""What wallets have made together, in a line, with coverage beside each figure. Pure."""

from decimal import Decimal

from domain.positions.profit import Profit
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.texts.made import lamports, signed_dollars
from messaging.telegram.texts.market import change, percent, short_dollars

_ALL = Decimal("0.995")


def profit_line(profit: Profit, *, locale: Locale = ENGLISH) -> str:
    """`Made: +3.2 SOL realised before fees (92% of sales with a known cost) · …`; empty: nothing is known."""
    parts = []
    if profit.coverage is not None:
        usd = profit.realised_usd
        realised = lamports(profit.realised_sol, locale=locale)
        if usd is not None:
            realised = signed_dollars(usd, locale=locale)
        if not profit.coverage:
            parts.append(locale.gettext("cost of what was sold not known"))
        elif profit.coverage >= _ALL:
            parts.append(locale.gettext("{sol} realised before fees", sol=realised))
        else:
            known = percent(profit.coverage, locale=locale)
            parts.append(
                locale.gettext(
                    "{sol} realised before fees ({percent} of sales with a known cost)",
                    sol=realised,
                    percent=known,
                )
            )
    if not profit.is_whole:
        parts.append(locale.gettext("some sales are not in the sum"))
    if profit.from_claims_sol:
        claims = lamports(profit.from_claims_sol, locale=locale)
        parts.append(locale.gettext("{sol} from airdrops and rewards", sol=claims))
    if words := _unrealised(profit, locale=locale):
        parts.append(words)
    return locale.gettext("📒 Made: {list}", list=" · ".join(parts)) if parts else ""


def unrealised_line(profit: Profit, *, locale: Locale = ENGLISH) -> str:
    """`📒 Held now: +$180 (+18%) unrealised`; empty: nothing that is held has both a cost and a price."""
    words = _unrealised(profit, locale=locale)
    return locale.gettext("📒 Held now: {gain}", gain=words) if words else ""


def _unrealised(profit: Profit, *, locale: Locale) -> str:
    if profit.cost_usd and profit.costed is not None:
        sign = "−" if profit.unrealised_usd < 0 else "+"
        share = change(profit.unrealised_usd / profit.cost_usd, locale=locale)
        gain = f"{sign}{short_dollars(abs(profit.unrealised_usd), locale=locale)} ({share})"
        if profit.costed >= _ALL:
            return locale.gettext("{gain} unrealised", gain=gain)
        known = percent(profit.costed, locale=locale)
        return locale.gettext(
            "{gain} unrealised on the {percent} with a known cost", gain=gain, percent=known
        )
    return ""
