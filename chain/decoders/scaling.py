"""Legs with the amounts that wallets show, where a token scales them. Pure."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from chain.parsing.shown_amounts import Ratio
from domain.activity.activity import Activity, Leg


def as_shown(activities: Sequence[Activity], ratios: Mapping[str, Ratio]) -> list[Activity]:
    """The same activities; legs of tokens with a ratio say what is shown for them."""
    if not ratios:
        return [*activities]
    return [
        replace(
            one,
            paid=_scaled(one.paid, ratios),
            received=_scaled(one.received, ratios),
            from_order=_scaled(one.from_order, ratios),
            elsewhere=_scaled(one.elsewhere, ratios),
        )
        for one in activities
    ]


def _scaled(legs: tuple[Leg, ...], ratios: Mapping[str, Ratio]) -> tuple[Leg, ...]:
    return tuple([_scaled_leg(leg, ratios[leg.mint]) if leg.mint in ratios else leg for leg in legs])


def _scaled_leg(leg: Leg, ratio: Ratio) -> Leg:
    displayed_raw, raw = ratio
    return replace(leg, scaled=leg.raw * displayed_raw // raw)
