"""Reply markup: reads and checks the keyboard of a call as Telegram does."""

from typing import Any

from sandbox.telegram.bot_api.params import Params
from sandbox.telegram.errors import bad_request
from sandbox.telegram.formatting.links import checked_link, mentioned_user
from sandbox.telegram.shapes import Button, InlineKeyboard

_MAX_IN_ROW = 8
_MAX_BUTTONS = 100
_MAX_DATA_BYTES = 64  # bytes
_MAX_COPY = 256  # characters
_STYLES = {None, "danger", "success", "primary"}
_UNREAD = "can't parse reply keyboard markup JSON object"
_OTHER_KINDS = ("keyboard", "remove_keyboard", "force_reply")
_ACTS = (
    "callback_data",
    "url",
    "copy_text",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "pay",
)


def read_inline_keyboard(params: Params) -> InlineKeyboard | None:
    """The inline keyboard of a call; None: there is none, it is empty, or it is of another kind.

    Raises:
        ApiError: 400, Telegram refuses such a keyboard.
    """
    raw = params.shaped("reply_markup", dict[str, Any], _UNREAD)
    if not raw:
        return None
    if "inline_keyboard" not in raw:
        if any(kind in raw for kind in _OTHER_KINDS):
            return None
        raise bad_request(_UNREAD)
    markup = Params({"reply_markup": raw}).shaped(
        "reply_markup", InlineKeyboard, "can't parse inline keyboard button"
    )
    return None if markup is None else _checked(markup)


def _checked(markup: InlineKeyboard) -> InlineKeyboard | None:
    rows = tuple(row for row in markup.inline_keyboard if row)
    if sum(len(row) for row in rows) > _MAX_BUTTONS or any(len(row) > _MAX_IN_ROW for row in rows):
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    for row in rows:
        for button in row:
            _check_button(button)
    return InlineKeyboard(inline_keyboard=rows) if rows else None


def _check_button(button: Button) -> None:
    if not button.text.strip():
        raise bad_request("can't parse inline keyboard button: text must be non-empty")
    if button.callback_data is not None:  # by far the most frequent kind
        _check_data(button.callback_data)
    acts = sum(getattr(button, act) is not None for act in _ACTS)
    if acts != 1:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
            if acts == 0
            else "can't parse inline keyboard button: exactly one of the optional fields must be used"
        )
    if button.style not in _STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    _check_links(button)


def _check_data(data: str) -> None:
    if not 1 <= len(data.encode()) <= _MAX_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")


def _check_links(button: Button) -> None:
    if button.copy_text is not None and not 1 <= len(button.copy_text.text) <= _MAX_COPY:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    url = button.url
    if url is not None and mentioned_user(url) is None and checked_link(url) is None:
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
    if button.web_app is not None and not button.web_app.url.startswith("https://"):
        raise bad_request(
            f"inline keyboard button Web App URL '{button.web_app.url}' is invalid: "
            "Only HTTPS links are allowed"
        )
