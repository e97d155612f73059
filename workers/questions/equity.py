"""The answer to a question about a wallet's profit over time: a curve of its round trips."""

import asyncio

from domain.jobs import Question
from domain.positions.equity import steps_of
from domain.rules.rules import distinguish
from messaging.languages.choice import locale_for
from messaging.telegram.charts.equity import Equity
from messaging.telegram.charts.png import equity_png
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.escaping import plain
from messaging.telegram.keyboards.records import equity_keyboard
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.equity import equity_caption, equity_failed, no_equity
from storage.chats.watches import watches_of
from storage.market.positions import positions_of
from workers.process import Context
from workers.questions.handler import Answer, QuestionHandler


async def _answer(context: Context, question: Question) -> str | Answer:
    wallet, _, code = question.subject.partition(" ")
    theme = Theme.LIGHT if code == Theme.LIGHT else Theme.DARK
    chain = context.settings.chain
    followed = await watches_of(
        context.database, chat_id=question.chat_id, topic_id=question.topic_id, chain=chain
    )
    watch = next((one for one in followed if one.wallet == wallet), None)
    name = wallet_name("" if watch is None else distinguish(followed, watch).label, wallet)
    if watch is None:
        return no_equity(name, locale=locale_for(question))
    steps = steps_of((await positions_of(context.database, chain=chain, wallets=[wallet]))[wallet].values())
    if not steps:
        return no_equity(name, locale=locale_for(question))
    equity = Equity(name=plain(name), steps=steps, theme=theme, locale=locale_for(question))
    return Answer(
        text=equity_caption(name, locale=locale_for(question)),
        photo=await asyncio.to_thread(equity_png, equity),
        keyboard=equity_keyboard(
            context.callbacks,
            chat_id=question.chat_id,
            wallet=wallet,
            theme=theme,
            locale=locale_for(question),
        ),
    )


HANDLER = QuestionHandler(answer=_answer, give_up=equity_failed)
