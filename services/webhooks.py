"""The webhooks of a chat: who may have how many, what is done with them, and what was pushed."""

import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from domain.chats import ChatTarget
from domain.errors import BadInput, NotFound, SecretUnreadable, Unavailable
from domain.rules.tiers import NearLimit, near_limit
from domain.webhooks import OWNER_GONE, SECRET_BYTES, Webhook, WebhookForm
from messaging.webhook.addresses import HTTPS_PORT, PushAddress, form_of, parse_url
from messaging.webhook.connections import AddressRefused, PortRefused, PushConnections
from messaging.webhook.look_ups import NameUnknown, NotTried
from messaging.webhook.signing import secret_text
from services.people import ChatStore, PeopleStore
from storage.webhooks import owners, pushes
from storage.webhooks.pushes import PushRecord
from storage.webhooks.webhooks import MovedWebhook, NewWebhook, WebhookChange, WebhookTable

BY_HAND = "switched off by hand"
MAX_LISTED = 100
OWNER_SECONDS = 6 * 3600.0
"""How often it is looked whether the owner of a group's webhook is an admin there."""
MAX_OWNERS_CHECKED = 20
"""In one go, as Telegram is asked for each."""
_NONE = "There is no such webhook."
_NO_KEY = "Webhooks cannot be made: this bot has no SECRETS_KEY to keep their secrets with. Ask its operator."


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWebhook:
    """A webhook whose secret is shown now and never again."""

    webhook: Webhook
    secret: str
    """Empty: its form has none but its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookStore:
    """Webhooks, as people and programs use them. Every method with a number raises NotFound."""

    table: WebhookTable
    people: PeopleStore
    chats: ChatStore
    connections: PushConnections
    """Look addresses up."""
    call_senders: Callable[[], Awaitable[object]]

    async def make(
        self, target: ChatTarget, *, owner_id: int, url: str, form: WebhookForm | None = None
    ) -> MadeWebhook:
        """Push the alerts of a chat to an address from now on.

        Args:
            target: the chat.
            owner_id: who asks for it.
            url: the address.
            form: what is understood there; None: as the address shows.

        Raises:
            BadInput: it cannot be so, or the chat has as many as its tier allows.
        """
        address = await self._checked(url)
        if not self.table.sealer.is_ready:
            raise BadInput(_NO_KEY)
        await self.chats.open(target)
        tier = await self.people.tier(target.chat_id)
        secret = secrets.token_bytes(SECRET_BYTES)
        new = NewWebhook(
            chat_id=target.chat_id,
            owner_id=owner_id,
            form=form or form_of(address),
            host=address.host_header,
            url=url,
            secret=secret,
        )
        made = await self.table.add(new, limit=tier.webhooks)
        if made is None:
            raise BadInput(f"Your limit is {tier.webhooks} webhooks a chat; delete one first.")
        return MadeWebhook(webhook=made, secret=_secret_text(made, secret))

    async def near_limit(self, target: ChatTarget) -> NearLimit | None:
        """Return how much of its limit of webhooks a chat uses, if that is most of it."""
        tier = await self.people.tier(target.chat_id)
        return near_limit(len(await self.of(target)), tier.webhooks)

    async def of(self, target: ChatTarget) -> list[Webhook]:
        """The webhooks of a chat, oldest first."""
        return await self.table.of_chat(target.chat_id)

    async def one(self, target: ChatTarget, webhook_id: int) -> Webhook:
        """One of them."""
        return _found(await self.table.one(target.chat_id, webhook_id))

    async def change(
        self, target: ChatTarget, webhook_id: int, *, by: int, url: str | None = None, on: bool | None = None
    ) -> Webhook:
        """Change a webhook as a whole or not at all.

        Args:
            target: the chat.
            webhook_id: which.
            by: who asks for it; one that they switch on is theirs.
            url: another address: what waits goes there, and the secret stays; None: as it is.
            on: push again from now on, or nothing more; None: as it is.

        Raises:
            BadInput: it cannot be so.
        """
        before = await self.one(target, webhook_id)
        moved = None if url is None else _moved(before, await self._checked(url), url)
        change = WebhookChange(by=by, moved=moved, on=on, reason=BY_HAND)
        return _found(await self.table.change(target.chat_id, webhook_id, change))

    async def owner_left(self, chat_id: int, user_id: int) -> None:
        """Switch off what a person made in a chat whose admin they are no longer; the chat is notified."""
        if await owners.disable_webhooks_of(self.table.database, user_id, OWNER_GONE, chat_id=chat_id):
            await self.call_senders()

    async def check_owners(self, is_admin: Callable[[int, int], Awaitable[bool]]) -> None:
        """Look whether the owners of some webhooks are admins of their chats still; the longest unseen first.

        Args:
            is_admin: by the ids of chat and person; raises Unavailable.
        """
        due = await owners.due_owners(self.table.database, older_than=OWNER_SECONDS, limit=MAX_OWNERS_CHECKED)
        for chat_id, owner_id in due:
            with suppress(Unavailable):  # Telegram does not say: the next time
                if not await is_admin(chat_id, owner_id):
                    await self.owner_left(chat_id, owner_id)

    async def delete(self, target: ChatTarget, webhook_id: int) -> None:
        """Forget a webhook."""
        if not await self.table.delete(target.chat_id, webhook_id):
            raise NotFound(_NONE)

    async def rotate(self, target: ChatTarget, webhook_id: int) -> MadeWebhook:
        """Sign by a new secret; for a day those before sign as well, so it may be asked for again.

        Raises:
            BadInput: the webhook has no secret, or none that can be opened.
        """
        before = await self.one(target, webhook_id)
        if before.form is not WebhookForm.STANDARD:
            raise BadInput("The secret of this webhook is its address: make a new one there, and change it.")
        secret = secrets.token_bytes(SECRET_BYTES)
        try:
            rotated = await self.table.rotate(target.chat_id, webhook_id, secret)
        except SecretUnreadable as error:
            raise BadInput(
                "Its secret cannot be opened any more. Delete this webhook, make another."
            ) from error
        return MadeWebhook(webhook=_found(rotated), secret=_secret_text(before, secret))

    async def test(self, target: ChatTarget, webhook_id: int) -> int:
        """Push a test; the number of its delivery.

        Raises:
            BadInput: the webhook is off.
        """
        await self._on(target, webhook_id)
        number = await pushes.push_test(self.table.database, chat_id=target.chat_id, webhook_id=webhook_id)
        await self.call_senders()
        if number is None:
            raise NotFound(_NONE)
        return number

    async def replay(self, target: ChatTarget, webhook_id: int, delivery_id: int) -> None:
        """Push something once more, by the same id.

        Args:
            target: the chat that has the webhook.
            webhook_id: any number.
            delivery_id: any number; it counts only as a push to that webhook.

        Raises:
            BadInput: the webhook is off.
        """
        await self._on(target, webhook_id)
        was_there = await pushes.replay(
            self.table.database, chat_id=target.chat_id, webhook_id=webhook_id, delivery_id=delivery_id
        )
        if not was_there:
            raise NotFound("There is no such delivery, or it is under way.")
        await self.call_senders()

    async def pushed(
        self, target: ChatTarget, webhook_id: int, *, before: int, limit: int = MAX_LISTED
    ) -> Sequence[PushRecord]:
        """Return what was pushed, the latest first: deliveries numbered below `before`.

        Args:
            target: the chat that has the webhook.
            webhook_id: any number.
            before: a delivery id, exclusive: the last one of the page before.
            limit: how many at most.
        """
        await self.one(target, webhook_id)
        return await pushes.pushes_of(
            self.table.database,
            chat_id=target.chat_id,
            webhook_id=webhook_id,
            before=before,
            limit=limit,
        )

    async def _on(self, target: ChatTarget, webhook_id: int) -> None:
        if not (await self.one(target, webhook_id)).is_on:
            raise BadInput("This webhook is off; switch it on first.")

    async def _checked(self, url: str) -> PushAddress:
        """The parts of an address to which pushes may go, as far as can be told now."""
        address = parse_url(url)
        try:
            await self.connections.check(address)
        except PortRefused as error:
            raise BadInput("Nothing is pushed to this port. Use 443 or 8443.") from error
        except (AddressRefused, NameUnknown) as error:
            raise BadInput(
                "Nobody knows {host}, or it is not public. Check the address.", host=address.host
            ) from error
        except NotTried as error:
            raise BadInput("Too many names are looked up just now. Try again in a minute.") from error
        return address


def _found(webhook: Webhook | None) -> Webhook:
    if webhook is None:
        raise NotFound(_NONE)
    return webhook


def _moved(before: Webhook, address: PushAddress, url: str) -> MovedWebhook:
    """A form that the old address told goes with it; one asked for stays, unless the new one tells."""
    old = form_of(PushAddress(host=before.host, port=HTTPS_PORT, target="/"))
    form = form_of(address)
    if form is WebhookForm.STANDARD and before.form is not old:
        form = before.form
    return MovedWebhook(form=form, host=address.host_header, url=url)


def _secret_text(webhook: Webhook, secret: bytes) -> str:
    return secret_text(secret) if webhook.form is WebhookForm.STANDARD else ""
