"""The kinds of questions, and how a worker answers each: a new kind is one more row."""

from domain.jobs import QuestionKind
from workers.questions import balance, security_scan
from workers.questions.handler import QuestionHandler

HANDLERS: dict[QuestionKind, QuestionHandler] = {
    QuestionKind.BALANCE: balance.HANDLER,
    QuestionKind.SECURITY_SCAN: security_scan.HANDLER,
}
