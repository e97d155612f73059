"""The answer to a question about a paper campaign: its curve beside that of the whale."""

import asyncio

from domain.jobs import Question
from messaging.languages.choice import locale_for
from messaging.telegram.charts.campaign import CampaignCurve
from messaging.telegram.charts.png import campaign_png
from messaging.telegram.charts.shapes import Theme
from messaging.telegram.escaping import plain
from messaging.telegram.keyboards.paper import chart_keyboard
from messaging.telegram.texts import paper as texts
from storage.chats.watches import watches_of
from storage.paper.campaigns import campaign_of, campaign_points
from workers.process import Context
from workers.questions.handler import Answer, QuestionHandler


async def _answer(context: Context, question: Question) -> str | Answer:
    number, _, code = question.subject.partition(" ")
    theme = Theme.LIGHT if code == Theme.LIGHT else Theme.DARK
    database, chat_id, locale = context.database, question.chat_id, locale_for(question)
    campaign = await campaign_of(database, campaign_id=int(number), chat_id=chat_id)
    if campaign is None:
        return texts.no_such_campaign(locale=locale)
    points = await campaign_points(database, campaign_id=campaign.campaign_id, chat_id=chat_id)
    if not points:
        return texts.no_chart(locale=locale)
    watches = await watches_of(
        database, chat_id=chat_id, topic_id=question.topic_id, chain=context.settings.chain
    )
    labels = {watch.wallet: watch.label for watch in watches}
    curve = CampaignCurve(
        name=plain(texts.followed(campaign.wallets, labels, locale=locale)),
        points=points,
        holding=campaign.result.holding,
        theme=theme,
        is_one=len(campaign.wallets) == 1,
        locale=locale,
    )
    return Answer(
        text=texts.chart_caption(campaign, labels, locale=locale),
        photo=await asyncio.to_thread(campaign_png, curve),
        keyboard=chart_keyboard(
            context.callbacks,
            chat_id=chat_id,
            campaign_id=campaign.campaign_id,
            theme=theme,
            locale=locale,
        ),
    )


HANDLER = QuestionHandler(answer=_answer, give_up=texts.chart_failed)
