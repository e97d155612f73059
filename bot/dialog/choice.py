"""Disambiguation: one button for each wallet or token that a command may mean.

What the buttons stand for is kept in Redis for an hour; without Redis the person writes the words
themselves.
"""

from collections.abc import Sequence

import msgspec

from bot.dialog.request import Reply, Request
from domain.activity.activity import SOL, WRAPPED_SOL
from domain.activity.addresses import addresses_in
from domain.rules.rules import Watch, distinguish
from domain.tokens.well_known import mint_of
from messaging.telegram.keyboards.addresses import button_name
from messaging.telegram.keyboards.choice import choice_keyboard
from messaging.telegram.texts.choice import which_token, which_wallet, write_one_of
from services.services import Services

CHOICE_SECONDS = 3_600


class Option(msgspec.Struct, frozen=True):
    """One thing to choose.

    `{"value": "86xC…", "name": "Moby"}`.
    """

    value: str
    """The word in the command, such as an address."""
    name: str
    """The label of its button."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A command with a gap, and the options for it.

    `{"command": "mute", "options": [{"value": "86xC…", "name": "Moby"}], "before": "", "after": "1h"}`.
    """

    command: str
    """Without slash."""
    before: str = ""
    """The words before the gap."""
    after: str = ""
    options: tuple[Option, ...]

    def words(self, index: int) -> str:
        """The command's words with this option in the gap."""
        return " ".join(part for part in (self.before, self.options[index].value, self.after) if part)


async def ask_choice(request: Request, services: Services, question: str, choice: Choice) -> Reply:
    """Ask which one is meant, with a button for each.

    Args:
        request: what the person asked.
        services: keep the choice.
        question: Telegram HTML.
        choice: what there is to choose.
    """
    chat_id = request.target.chat_id
    key = await services.memos.keep(chat_id, msgspec.json.encode(choice).decode(), seconds=CHOICE_SECONDS)
    if key is None:
        return Reply(
            text=write_one_of(
                question, choice.command, [choice.words(0), choice.words(-1)], locale=request.locale
            )
        )
    names = [option.name for option in choice.options]
    return Reply(text=question, keyboard=choice_keyboard(services.callbacks, key, names, chat_id=chat_id))


async def read_choice(services: Services, key: str, *, chat_id: int) -> Choice | None:
    """The choice behind a button; None: it is too old.

    Args:
        services: whose memos keep choices for some minutes.
        key: as the button carries it.
        chat_id: where the button was pressed; the key is good in this chat alone.
    """
    text = await services.memos.read(chat_id, key)
    return None if text is None else msgspec.json.decode(text, type=Choice)


async def mints_named(request: Request, services: Services, word: str) -> list[str]:
    """The mints that a word stands for: the well-known token first, then those in recent alerts.

    Args:
        request: in whose chat the latest alerts are searched.
        services: what is known of them.
        word: an address, or a symbol with or without `$`.
    """
    if found := addresses_in(word):
        return found[:1]
    symbol = word.strip().removeprefix("$")
    known = mint_of(services.chain, symbol)
    recent_mints = await services.alert_history.mints_called(request.target, symbol) if symbol else []
    mints = [*([known] if known else []), *recent_mints]
    return list(dict.fromkeys(WRAPPED_SOL if mint == SOL else mint for mint in mints))


async def ask_token(
    request: Request, services: Services, symbol: str, mints: list[str], *, before: str = "", after: str = ""
) -> Reply:
    """Ask which of several tokens is meant, and carry on with the command.

    Args:
        request: the command.
        services: keep the choice.
        symbol: what the person wrote.
        mints: the tokens that bear it.
        before: the command's words before the symbol.
        after: those after it.
    """
    options = tuple(Option(value=mint, name=mint) for mint in mints)
    choice = Choice(command=request.command, before=before, after=after, options=options)
    return await ask_choice(request, services, which_token(symbol, locale=request.locale), choice)


async def ask_wallet(
    request: Request,
    services: Services,
    found: Sequence[Watch],
    *,
    among: Sequence[Watch],
    question: str = "",
    after: str = "",
) -> Reply:
    """Ask which wallet is meant, and carry on with the command.

    Args:
        request: the command.
        services: keep the choice.
        found: the wallets to choose from.
        among: all wallets of the chat.
        question: Telegram HTML; empty: that they bear one name.
        after: the command's words after the wallet.
    """
    options = tuple(
        Option(value=watch.wallet, name=button_name(distinguish(among, watch))) for watch in found
    )
    choice = Choice(command=request.command, after=after, options=options)
    return await ask_choice(
        request, services, question or which_wallet(found[0].label, locale=request.locale), choice
    )
