"""/web and /apikey: a link that opens the page, and keys for programs; in private chats alone."""

import re
from dataclasses import dataclass, replace

from bot.dialog.request import Reply, Request
from domain.access import Caller, Scope
from domain.chats import ChatTarget
from domain.errors import BadInput, NotAllowed
from messaging.telegram.texts import web as texts
from services.services import Services

_DAYS = re.compile(r"(\d{1,4})d")
_GROUP = re.compile(r"-\d{6,18}")
_SCOPES = {
    "read": frozenset({Scope.READ}),
    "write": frozenset({Scope.READ, Scope.WRITE}),
    "admin": frozenset({Scope.READ, Scope.WRITE, Scope.ADMIN}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedKey:
    """The key that somebody asks for."""

    name: str = ""
    scopes: frozenset[Scope] = _SCOPES["read"]
    days: int | None = None
    group: int | None = None


async def web(request: Request, services: Services) -> Reply:
    """A link that signs in the caller, once."""
    if not request.target.is_private:
        return Reply(text=texts.only_in_private(locale=request.locale))
    token = await services.access.offer_sign_in(request.user_id)
    return Reply(text=texts.sign_in_link(f"{services.web_address}/signin#{token}", locale=request.locale))


async def apikey(request: Request, services: Services) -> Reply:
    """List the keys of the caller, make one, or delete one."""
    if not request.target.is_private:
        return Reply(text=texts.only_in_private(locale=request.locale))
    verb, *words = request.words.split() or [""]
    if not verb:
        keys = await services.access.keys(request.user_id)
        return Reply(text=texts.keys_text(keys, services.web_address, locale=request.locale))
    if verb.lower() == "new":
        return await _new(request, services, parse_requested_key(words))
    if verb.lower() == "delete" and len(words) == 1 and words[0].isascii() and words[0].isdigit():
        return await _delete(request, services, int(words[0][:18]))
    return Reply(text=texts.usage(locale=request.locale))


def parse_requested_key(words: list[str]) -> RequestedKey:
    """The key that the words ask for; what is no scope, no time and no group is its name. Pure."""
    requested = RequestedKey()
    names: list[str] = []
    for word in words:
        if word.lower() in _SCOPES:
            requested = replace(requested, scopes=_SCOPES[word.lower()])
        elif found := _DAYS.fullmatch(word.lower()):
            requested = replace(requested, days=int(found[1]))
        elif _GROUP.fullmatch(word):
            requested = replace(requested, group=int(word))
        else:
            names.append(word)
    return replace(requested, name=" ".join(names))


async def _new(request: Request, services: Services, requested: RequestedKey) -> Reply:
    target = request.target
    await services.chats.open(target)
    if requested.group is not None:
        target = await _group(services, requested.group)
    caller = Caller(user_id=request.user_id, target=target, scopes=requested.scopes)
    try:
        secret, key = await services.access.make_key(
            caller, name=requested.name, scopes=requested.scopes, days=requested.days
        )
    except NotAllowed as error:
        raise BadInput(str(error)) from error
    near = texts.near_limit(await services.access.near_key_limit(request.user_id), locale=request.locale)
    return Reply(text=texts.new_key(secret, key, locale=request.locale) + near)


async def _group(services: Services, chat_id: int) -> ChatTarget:
    known = await services.access.chat(chat_id)
    if known is None:
        raise BadInput("You are not in this chat.")
    return known


async def _delete(request: Request, services: Services, number: int) -> Reply:
    if await services.access.delete_key(request.user_id, number):
        return Reply(text=texts.key_deleted(number, locale=request.locale))
    return Reply(text=texts.no_such_key(number, locale=request.locale))
