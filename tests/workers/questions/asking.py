"""A person who asks, a worker's context, and the placeholder that waits for the answer."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from chain.rpc.pool import open_rpc
from domain.chats import Chat, ChatKind
from domain.jobs import Question, QuestionKind
from messaging.sending.rate_limiter import Limiter
from messaging.telegram.callbacks import Callbacks
from messaging.telegram.channel import ChatLimits, Replies
from messaging.telegram.methods import Message, Methods
from runtime.settings.loading import load_settings
from runtime.settings.secret import Secret
from runtime.settings.settings import SANDBOX_BOT_TOKEN
from sandbox.local import LocalConfig, LocalSandbox
from sandbox.telegram.config import FloodLimits, TelegramConfig
from storage.chats.chats import saw_chat
from storage.chats.questions import ask, claim_questions
from storage.postgres import open_database
from tests.messaging.limits import Counted
from tests.workers.cached import facts_without_redis
from workers.delivery_store import StoredDestinations
from workers.process import Context
from workers.questions.handler import QuestionHandler
from workers.questions.job import answer_question

QUIET = LocalConfig(
    slot_seconds=0.02, active=False, telegram=TelegramConfig(limits=FloodLimits(enabled=False))
)
"""A town that does nothing by itself, and a Telegram without limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A sandbox with somebody in it, and a worker that can answer them."""

    sandbox: LocalSandbox
    context: Context
    chat_id: int

    async def ask(self, kind: QuestionKind, subject: str, *, update_id: int = 1) -> int:
        """Store a question with its placeholder; its id."""
        placeholder = await self.context.telegram.send(Message(chat_id=self.chat_id, text="…"))
        assert placeholder.message_id is not None
        question = Question(
            question_id=0,
            kind=kind,
            chat_id=self.chat_id,
            topic_id=0,
            message_id=placeholder.message_id,
            subject=subject,
            attempts=0,
        )
        return await ask(self.context.database, question, update_id=update_id)

    async def attempt(self, question_id: int, handler: QuestionHandler) -> None:
        """Let the question be due, and answer it if it is open still."""
        database = self.context.database
        await database.execute("UPDATE questions SET due_at = now() WHERE question_id = $1", question_id)
        for question in await claim_questions(
            database, list(QuestionKind), owner=self.context.owner, limit=1
        ):
            await answer_question(self.context, question, handler)

    def last_edit(self) -> str:
        """Return what stands in place of the last placeholder that was answered."""
        edits = self.sandbox.telegram.ledger.since(kind="edit", chat_id=self.chat_id)
        return (edits[-1].text or "") if edits else ""

    async def state(self, question_id: int) -> str:
        found: str = await self.context.database.fetchval(
            "SELECT state FROM questions WHERE question_id = $1", question_id
        )
        return found


@asynccontextmanager
async def asking(postgres_url: str, config: LocalConfig = QUIET) -> AsyncIterator[Asking]:
    """Everything running; the chain has some confirmed blocks."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(LocalSandbox(config))
        database = await open_database(postgres_url)
        stack.push_async_callback(database.close)
        telegram = Methods(SANDBOX_BOT_TOKEN.reveal(), sandbox.telegram.url)
        await telegram.open()
        stack.push_async_callback(telegram.close)
        limiter = Limiter(Counted(), rate=1000)
        rpc = await stack.enter_async_context(open_rpc([Secret(sandbox.chain.rpc_url)]))
        chat_id = sandbox.telegram.people.add_user("Alice", started=True).id
        await saw_chat(database, Chat(chat_id=chat_id, kind=ChatKind.PRIVATE, title="Alice"))
        context = Context(
            settings=load_settings({"CHAIN": "sandbox"}),
            owner="worker",
            database=database,
            telegram=Replies(telegram, ChatLimits(limiter=limiter), StoredDestinations(database)),
            cached=facts_without_redis(database),
            callbacks=Callbacks(SANDBOX_BOT_TOKEN.reveal()),
            rpc=rpc,
        )
        for _ in range(5):
            await sandbox.next_block()
        yield Asking(sandbox=sandbox, context=context, chat_id=chat_id)
