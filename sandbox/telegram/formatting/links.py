"""The links that Telegram accepts, in text and on buttons."""

import re

_LINK = re.compile(
    r"(?:(?P<scheme>https?|ton|tg|tonsite)://)?(?P<host>[^\s/?#:@<>\"]+)(?::\d{1,5})?(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_DOMAIN = re.compile(r"(?:[^\W_](?:[\w\-]{0,61}[^\W_])?\.)+[^\W\d_][\w\-]{1,62}")
_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|localhost")
_USER = re.compile(r"tg://user\?id=(\d{1,19})", re.IGNORECASE)


def mentioned_user(url: str) -> int | None:
    """The id in a tg://user?id=… link; None: it is another link."""
    found = _USER.fullmatch(url.strip())
    return int(found.group(1)) if found else None


def checked_link(url: str) -> str | None:
    """The link as Telegram keeps it (with scheme, and a slash behind a bare host); None: it is no link."""
    url = url.strip()
    found = _LINK.fullmatch(url)
    if found is None:
        return None
    scheme, host = found.group("scheme"), found.group("host")
    if scheme is not None and scheme.lower() in ("tg", "ton", "tonsite"):
        return url
    if _DOMAIN.fullmatch(host) is None and _ADDRESS.fullmatch(host) is None:
        return None
    link = url if scheme else f"http://{url}"
    return f"{link}/" if link.endswith(host) else link
