"""Who may ask over HTTP, checked at each act: people on the page, and programs with keys of the API.

A key and a session carry no rights: what their person may do in a chat at that moment is what they may do.
"""

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.access import (
    KEY_PREFIX,
    MAX_KEY_DAYS,
    MAX_KEY_NAME,
    SECRET_CHARACTERS,
    SESSION_SECONDS,
    SHOWN_CHARACTERS,
    SIGN_IN_SECONDS,
    ApiKey,
    Caller,
    Scope,
    Standing,
    hash_of,
    is_key,
    is_secret,
)
from domain.chats import ChatKind, ChatTarget
from domain.errors import BadInput, NotAllowed, NotSignedIn, Unavailable
from domain.rules.tiers import NearLimit, near_limit
from services.members import GroupMembers
from services.people import PeopleStore
from storage.chats.chats import known_chat
from storage.postgres import Database
from storage.web import access, person_chats

_BYTES = SECRET_CHARACTERS * 3 // 4


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessStore:
    """Sign-in, sessions, keys, and what a caller may do."""

    database: Database
    members: GroupMembers
    people: PeopleStore
    operators: frozenset[int]

    async def offer_sign_in(self, user_id: int) -> str:
        """A token that lets whoever shows it sign in as this person, once, within a minute."""
        token = secrets.token_urlsafe(_BYTES)
        await access.offer_sign_in(
            self.database, token_hash=hash_of(token), user_id=user_id, seconds=SIGN_IN_SECONDS
        )
        return token

    async def sign_in(self, token: str) -> str:
        """The secret of a new session.

        Raises:
            NotSignedIn: the token is unknown, was used, or is too old.
        """
        session = secrets.token_urlsafe(_BYTES)
        user_id = None
        if is_secret(token):
            user_id = await access.use_sign_in(
                self.database,
                token_hash=hash_of(token),
                session_hash=hash_of(session),
                seconds=SESSION_SECONDS,
            )
        if user_id is None:
            raise NotSignedIn(
                "This link was used already or is over a minute old. Ask the bot for a new one."
            )
        return session

    async def sign_in_by(self, proof: access.Proof) -> str:
        """The secret of a new session, for a proof that others have signed and that was checked.

        Raises:
            NotSignedIn: it was shown before.
        """
        session = secrets.token_urlsafe(_BYTES)
        accepted = await access.accept_proof(
            self.database, proof, session_hash=hash_of(session), seconds=SESSION_SECONDS
        )
        if accepted is None:
            raise NotSignedIn("This start was used already. Open the page again.")
        return session

    async def person(self, session: str) -> int:
        """Return whose session it is.

        Raises:
            NotSignedIn: it is over, or the person is banned.
        """
        user_id = await access.session_user(self.database, hash_of(session)) if is_secret(session) else None
        if user_id is None:
            raise NotSignedIn("You are not signed in.")
        return user_id

    async def sign_out(self, session: str) -> bool:
        """End a session; return whether there was one."""
        return is_secret(session) and await access.end_session(self.database, hash_of(session))

    async def caller_of_session(self, session: str, chat_id: int | None = None) -> Caller:
        """The person on the page, for their private chat or for a chat that the bot knows.

        Raises:
            NotSignedIn: the session is over.
            NotAllowed: the chat is unknown.
        """
        user_id = await self.person(session)
        target = ChatTarget(chat_id=user_id, kind=ChatKind.PRIVATE)
        if chat_id is not None and chat_id != user_id:
            chat = await self.chat(chat_id)
            if chat is None:
                raise NotAllowed("You are not in this chat.")
            target = chat
        scopes = frozenset({Scope.READ, Scope.WRITE})
        return Caller(
            user_id=user_id,
            target=target,
            scopes=scopes | {Scope.ADMIN} if user_id in self.operators else scopes,
        )

    async def chat(self, chat_id: int) -> ChatTarget | None:
        """A chat that the bot knows, without a topic; None: it does not know it."""
        found = await known_chat(self.database, chat_id)
        if found is None:
            return None
        return ChatTarget(chat_id=found.chat_id, kind=found.kind, title=found.title)

    async def chats(self, user_id: int) -> list[tuple[ChatTarget, bool]]:
        """The groups and channels where a person was seen and may read now; whether they may change them.

        One of which Telegram does not say who is in it is left out.
        """
        seen = await person_chats.chats_of_person(self.database, user_id)
        standings = await asyncio.gather(*(self._standing_or_none(chat, user_id) for chat in seen))
        return [
            (chat, standing is Standing.ADMIN)
            for chat, standing in zip(seen, standings, strict=True)
            if standing is not Standing.NONE
        ]

    async def caller_of_key(self, secret: str) -> Caller:
        """The program with a key.

        Raises:
            NotSignedIn: the key does not hold.
        """
        key = await access.key_of(self.database, hash_of(secret)) if is_key(secret) else None
        if key is None:
            raise NotSignedIn("This key does not hold. /apikey in the bot shows yours.")
        return Caller(user_id=key.owner_id, target=key.target, scopes=key.scopes, key_id=key.key_id)

    async def allow(self, caller: Caller, scope: Scope) -> None:
        """Return if the caller may do so now.

        Raises:
            NotAllowed: with the reason as text.
            Unavailable: Telegram cannot be asked now who is in a group.
        """
        if scope not in caller.scopes:
            raise NotAllowed(f"This key has no scope {scope.value}.")
        if await self.people.ban_of(caller.user_id) is not None:
            raise NotAllowed("You are banned.")
        if await self.people.ban_of(caller.target.chat_id) is not None:
            raise NotAllowed("This chat is banned.")
        if scope is Scope.ADMIN:
            if caller.user_id not in self.operators:
                raise NotAllowed("Only operators may do that.")
            return
        standing = await self._standing(caller)
        if standing is Standing.NONE:
            raise NotAllowed("You are not in this chat.")
        if scope is Scope.WRITE and standing is not Standing.ADMIN:
            raise NotAllowed("Only admins of the group change what it follows.")

    async def make_key(
        self, caller: Caller, *, name: str, scopes: frozenset[Scope], days: int | None
    ) -> tuple[str, ApiKey]:
        """A new key for the caller's chat; its secret is shown now and never again.

        Args:
            caller: the owner, in the chat that the key is for.
            name: by which they know it again.
            scopes: what it may be used for.
            days: how long it holds; None: forever.

        Raises:
            BadInput: it cannot be so, or they have too many.
            NotAllowed: they may not do in the chat what the key is for.
        """
        if len(name) > MAX_KEY_NAME or (days is not None and not 1 <= days <= MAX_KEY_DAYS):
            raise BadInput(
                f"A name has up to {MAX_KEY_NAME} characters, a key holds 1 to {MAX_KEY_DAYS} days."
            )
        limit = (await self.people.tier(caller.user_id)).api_keys
        for scope in scopes:
            await self.allow(replace(caller, scopes=caller.scopes | scopes), scope)
        secret = KEY_PREFIX + secrets.token_urlsafe(_BYTES)
        new = access.NewKey(
            key_hash=hash_of(secret),
            prefix=secret[:SHOWN_CHARACTERS],
            name=name,
            owner_id=caller.user_id,
            target=caller.target,
            scopes=scopes,
            days=days,
        )
        key = await access.add_key(self.database, new, limit=limit)
        if key is None:
            raise BadInput("Your limit is {limit} keys; delete one first.", limit=limit)
        return secret, key

    async def keys(self, owner_id: int) -> Sequence[ApiKey]:
        """The keys of a person that hold, oldest first."""
        return await access.keys_of(self.database, owner_id)

    async def near_key_limit(self, owner_id: int) -> NearLimit | None:
        """Return how much of their limit of keys a person uses, if that is most of it."""
        return near_limit(len(await self.keys(owner_id)), (await self.people.tier(owner_id)).api_keys)

    async def delete_key(self, owner_id: int, key_id: int) -> bool:
        """Delete a key; return whether this person had it."""
        return await access.delete_key(self.database, key_id=key_id, owner_id=owner_id)

    async def _standing_or_none(self, chat: ChatTarget, user_id: int) -> Standing:
        """Return what a person is in a chat; NONE also while nobody can say."""
        try:
            return await self._standing(Caller(user_id=user_id, target=chat, scopes=frozenset()))
        except Unavailable:
            return Standing.NONE

    async def _standing(self, caller: Caller) -> Standing:
        if caller.target.is_private:
            return Standing.ADMIN if caller.target.chat_id == caller.user_id else Standing.NONE
        standing = await self.members.standing(caller.target.chat_id, caller.user_id)
        if caller.target.kind is ChatKind.CHANNEL and standing is not Standing.ADMIN:
            return Standing.NONE  # who reads a channel has no commands there, either
        return standing
