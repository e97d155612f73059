"""The answer to a question about a token's security: its card, which grows while the chain is read."""

import asyncio

from chain.rpc.accounts import AccountKind, account_kind
from domain.errors import Unavailable
from domain.jobs import Question
from domain.security.checks import CheckName
from domain.security.facts import TokenFacts
from domain.security.scan import scan_token
from messaging.languages.choice import locale_for
from messaging.telegram.methods import Message
from messaging.telegram.texts.scan import CardTimes, not_a_mint, scan_card, scan_failed, scan_unreadable
from runtime import clock
from storage.scans.cached import ScanReading
from workers.process import Context
from workers.questions.handler import QuestionHandler, receiver_of
from workers.token_scans import token_scan
from workers.wallet_scans import wallet_answer

_WALLETS = frozenset({AccountKind.WALLET, AccountKind.ABSENT})


async def _answer(context: Context, question: Question) -> str:
    async with asyncio.TaskGroup() as edits:  # it waits for them, so that none comes after the whole card
        reading = await _reading_or_fault(context, question, GrowingCard(context, question, edits))
    if isinstance(reading, Unavailable):
        raise reading
    if not reading.scan.is_token:
        if await account_kind(context.nodes, question.subject) in _WALLETS:
            return await wallet_answer(context, question)
        why = reading.scan.why(CheckName.MINT_ACCOUNT)
        return not_a_mint(question.subject, why, locale=locale_for(question))
    times = CardTimes(read_at=reading.read_at, now=clock.now(), earlier_at=reading.earlier_at)
    return scan_card(
        reading.scan,
        chain=context.settings.chain,
        times=times,
        news=reading.news,
        locale=locale_for(question),
    )


async def _reading_or_fault(
    context: Context, question: Question, card: "GrowingCard"
) -> ScanReading | Unavailable:
    """The reading, or its error as a value, since a task group would wrap it."""
    try:
        return await token_scan(context, question.subject, on_part=card.show)
    except Unavailable as fault:
        return fault
    finally:
        card.finish()


PATIENCE_SECONDS = 0.4
"""A scan that takes longer shows what it has: a person sees something within a second."""


class GrowingCard:
    """Replaces the placeholder by what is known so far, without delaying the scan.

    One edit is under way at a time, with the newest facts; what comes meanwhile is shown by the next one, or
    by the whole card. A scan that is over within a moment has no other card than the whole one.

    Args:
        context: of this worker.
        question: whose placeholder is replaced; without one, nothing is shown before the end.
        edits: the group in which edits run, so that none outlives the answer.
    """

    def __init__(self, context: Context, question: Question, edits: asyncio.TaskGroup) -> None:
        self._context = context
        self._question = question
        self._edits = edits
        self._edit: asyncio.Task[None] | None = None
        self._facts: TokenFacts | None = None
        self._over = asyncio.Event()

    async def show(self, facts: TokenFacts) -> None:
        """Show the card of these facts in a moment, or of newer ones."""
        self._facts = facts
        if self._question.message_id > 0 and (self._edit is None or self._edit.done()):
            self._edit = self._edits.create_task(self._put())

    def finish(self) -> None:
        """Stop: the whole card follows."""
        self._over.set()

    async def _put(self) -> None:
        """Edit the message; the result does not matter, since the whole card follows."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self._over.wait()
        except TimeoutError:
            await self._put_immediately()

    async def _put_immediately(self) -> None:
        if self._facts is None:
            return
        now = clock.now()
        times = CardTimes(read_at=now, now=now)
        scan = scan_token(self._facts)
        text = scan_card(
            scan,
            chain=self._context.settings.chain,
            times=times,
            is_partial=True,
            locale=locale_for(self._question),
        )
        question = self._question
        message = Message(
            chat_id=question.chat_id,
            topic_id=question.topic_id,
            text=text,
            receiver=receiver_of(question),
        )
        await self._context.telegram.edit(message, question.message_id)


HANDLER = QuestionHandler(answer=_answer, give_up=scan_failed, unreadable=scan_unreadable)
