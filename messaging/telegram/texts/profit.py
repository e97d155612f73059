"""What wallets have made together, in a line, with coverage beside each figure. Pure."""

from decimal import Decimal

from domain.positions.profit import Profit
from messaging.telegram.texts.market import change, percent, short_dollars
from messaging.telegram.texts.records import lamports

_ALL = Decimal("0.995")


def profit_line(profit: Profit) -> str:
    """`Made: +3.2 SOL realised (92% of sales with a known cost) · +$180 (+18%) unrealised`; else empty."""
    parts = []
    if profit.coverage is not None:
        known = "" if profit.coverage >= _ALL else f" ({percent(profit.coverage)} of sales with a known cost)"
        parts.append(f"{lamports(profit.realised_sol)} realised{known}")
    if profit.cost_usd and profit.costed is not None:
        sign = "−" if profit.unrealised_usd < 0 else "+"
        share = change(profit.unrealised_usd / profit.cost_usd)
        of = "" if profit.costed >= _ALL else f" on the {percent(profit.costed)} with a known cost"
        parts.append(f"{sign}{short_dollars(abs(profit.unrealised_usd))} ({share}) unrealised{of}")
    return "📒 Made: " + " · ".join(parts) if parts else ""
