"""A route names the requests that have no name of their own."""

from bot.dialog.request import Reply, Request
from bot.permissions import Permission
from bot.route import Route
from domain.chats import ChatKind, ChatTarget
from services.services import Services

PRESSED = Request(
    update_id=1, target=ChatTarget(chat_id=1, kind=ChatKind.PRIVATE), user_id=1, message_id=1, verb="m"
)


async def answer(request: Request, services: Services) -> Reply:
    del request, services
    return Reply(text="")


def test_a_button_counts_as_a_part_of_its_command() -> None:
    assert Route(answer, command="mute").named(PRESSED).command == "mute"


def test_a_command_keeps_its_own_name() -> None:
    typed = Route(answer, command="start").named(PRESSED)
    assert Route(answer, command="mute").named(typed).command == "start"


def test_anybody_may_call_what_names_no_permission() -> None:
    assert Route(answer).permission is Permission.ANYBODY
