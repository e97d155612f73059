"""The answer to a question about a token's security: what could go wrong with it."""

import msgspec

from chain.rpc.mints import mint_facts
from domain.errors import Undecodable
from domain.jobs import Question
from domain.security.scan import Scan, scan_mint
from messaging.telegram.texts.scan import CardTimes, not_a_mint, scan_card, scan_failed, scan_unreadable
from runtime import clock
from storage.scans.results import fresh_scan, save_scan
from workers.cached_facts import ScanReading, scan_seconds
from workers.process import Context
from workers.questions.handler import QuestionHandler


async def _answer(context: Context, question: Question) -> str:
    try:
        reading = await context.cached.scans.get_or_load(
            question.subject, lambda: _scan(context, question.subject)
        )
    except Undecodable as reason:
        return not_a_mint(question.subject, str(reason))
    times = CardTimes(read_at=reading.read_at, now=clock.now())
    return scan_card(reading.scan, chain=context.settings.chain, times=times)


async def _scan(context: Context, mint: str) -> ScanReading:
    chain = context.settings.chain
    stored = await fresh_scan(context.database, chain=chain, subject=mint)
    if stored is not None:
        return ScanReading(scan=msgspec.json.decode(stored[0], type=Scan), read_at=stored[1])
    scan = scan_mint(await mint_facts(context.nodes, mint))
    read_at = await save_scan(
        context.database,
        chain=chain,
        subject=mint,
        result=msgspec.json.encode(scan).decode(),
        seconds=scan_seconds(scan),
    )
    return ScanReading(scan=scan, read_at=read_at)


HANDLER = QuestionHandler(answer=_answer, give_up=scan_failed, unreadable=scan_unreadable)
