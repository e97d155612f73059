"""/import, a file that somebody sends, and the answer to the question for a list."""

from functools import partial

from bot.dialog.awaited_input import Awaiting, ask_follow_up
from bot.dialog.request import Reply, Request
from bot.dialog.update import SentFile
from domain.errors import BadInput
from messaging.telegram.texts import imports as texts
from messaging.telegram.texts import refusals
from services.acts import following
from services.acts.imports import usable
from services.services import Services
from services.wallet_lists import MAX_FILE_BYTES, WalletList, read_file, read_text

_ENDINGS = (".csv", ".tsv", ".txt", ".json")
_MIMES = ("text/", "application/json", "application/csv")
_MAX_NAME = 64


async def import_list(request: Request, services: Services) -> Reply:
    """Follow what the file or the lines name; without both ask for them.

    Raises:
        BadInput: it cannot be read, or holds too many.
    """
    if request.file is not None:
        if request.file.size > MAX_FILE_BYTES:
            raise BadInput(texts.too_large(MAX_FILE_BYTES, locale=request.locale))
        return Reply(
            text=texts.reading(locale=request.locale),
            then=partial(_import_file, request, services, request.file),
        )
    if not request.words.strip():
        return await ask_follow_up(request, services, Awaiting.IMPORT, texts.ask_list(locale=request.locale))
    found = usable(read_text(request.words), locale=request.locale)
    return Reply(
        text=texts.importing(len(found.wallets), locale=request.locale),
        then=partial(_import, request, services, found),
    )


def may_be_list(file: SentFile) -> bool:
    """Return whether a file that somebody sends without a word may be a list of wallets."""
    return file.name.lower().endswith(_ENDINGS) or file.mime.startswith(_MIMES)


async def _import_file(request: Request, services: Services, file: SentFile) -> Reply:
    content = await services.read_file(file.file_id)
    found = usable(read_file(content, name=file.name[-_MAX_NAME:]), locale=request.locale)
    return await _import(request, services, found)


async def _import(request: Request, services: Services, found: WalletList) -> Reply:
    done = await following.follow_many(services, request.target, found.wallets, by=request.user_id)
    refused = [
        (one.address, refusals.reason_refused(one.reason, one.limit, locale=request.locale))
        for one in done.refused
    ]
    near = refusals.near_limit(done.near, locale=request.locale)
    report = texts.report(done.new, done.known, refused, are_checked=done.are_checked, locale=request.locale)
    return Reply(text=report + near)
