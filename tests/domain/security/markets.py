"""A market with a small volume bot, whose traits a test may spoil one by one."""

from domain.security.market import Market, Payment, Trade

CREW = ("a", "b", "c", "d", "e", "f")
PART = 2_000


def market_with_bot(
    *,
    parts: tuple[int, ...] = (PART,) * 6,
    sizes: tuple[int, ...] = (1_500,) * 6,
    slots: tuple[int, ...] = (10, 20, 30, 40, 50, 60),
    returned: int = 6,
) -> Market:
    paid = [
        Payment(at=0.0, slot=1, payer="funder", payee=wallet, lamports=part)
        for wallet, part in zip(CREW, parts, strict=True)
    ]
    trades = [
        Trade(at=0.0, slot=slot + later, trader=wallet, is_buy=not later, lamports=size, tokens=size)
        for wallet, slot, size in zip(CREW, slots, sizes, strict=True)
        for later in (0, 5)
    ]
    back = [
        Payment(at=0.0, slot=200, payer=wallet, payee="funder", lamports=1_400) for wallet in CREW[:returned]
    ]
    return Market(mint="mint", trades=tuple(trades), payments=(*paid, *back))
