"""The answer to a question about a token's security: what could go wrong with it."""

from datetime import datetime

import msgspec

from chain.rpc.mints import mint_facts
from domain.errors import Undecodable
from domain.questions import Question
from domain.security.scan import Family, Scan, Verdict, family_verdict, scan_mint
from messaging.telegram.texts.scan import not_a_mint, scan_card, scan_failed
from storage.scans.results import fresh_scan, save_scan
from workers.context import Context
from workers.questions.handler import QuestionHandler

LONG_SECONDS = 24 * 3600.0
"""A token over which nobody has power stays so: nobody can take a power back."""
SHORT_SECONDS = 300.0
"""Powers may be used or given up at any time."""


async def _answer(context: Context, question: Question) -> str:
    try:
        scan, read_at = await _scan(context, question.subject)
    except Undecodable as reason:
        return not_a_mint(question.subject, str(reason))
    return scan_card(scan, chain=context.settings.chain, read_at=read_at)


async def _scan(context: Context, mint: str) -> tuple[Scan, datetime]:
    chain = context.settings.chain
    stored = await fresh_scan(context.database, chain=chain, subject=mint)
    if stored is not None:
        return msgspec.json.decode(stored[0], type=Scan), stored[1]
    scan = scan_mint(await mint_facts(context.nodes, mint))
    return scan, await save_scan(
        context.database,
        chain=chain,
        subject=mint,
        result=msgspec.json.encode(scan).decode(),
        seconds=_good_for(scan),
    )


def _good_for(scan: Scan) -> float:
    return LONG_SECONDS if family_verdict(scan, Family.CONTROL) is Verdict.PASS else SHORT_SECONDS


HANDLER = QuestionHandler(answer=_answer, give_up=scan_failed)
