"""Resolves .sol names: the address is shown and confirmed before it is followed."""

from bot.dialog.choice import Choice, Option, ask_choice
from bot.dialog.request import Reply, Request
from bot.parsing.labels import parse_label
from chain.parsing.names import NameFault
from domain.activity.addresses import short
from messaging.telegram.texts import names as texts
from services.services import Services


async def offer_name(request: Request, services: Services, name: str, label: str) -> Reply:
    """Offer to follow whom a name stands for, under that name or another.

    Args:
        request: what the person asked.
        services: know names.
        name: as `name_in` gives it.
        label: what the wallet is to be called; empty: by its name.

    Raises:
        BadInput: the label cannot be used.
    """
    called = parse_label(label) if label else name
    outcome = await services.names.resolve(name)
    if outcome is None:
        return Reply(text=texts.not_read(name, locale=request.locale))
    if isinstance(outcome, NameFault):
        return Reply(text=texts.fault(name, outcome.value, locale=request.locale))
    button = request.locale.gettext("🐋 Follow {wallet}", wallet=short(outcome.address))
    option = Option(value=f"{outcome.address} {called}", name=button)
    question = texts.found(name, outcome.address, outcome.source.value, locale=request.locale)
    return await ask_choice(request, services, question, Choice(command="watch", options=(option,)))
