"""OPENID_ISSUER and OPENID_CLIENT_SECRET: what they may look like."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from runtime.settings.parsing import http_url, is_loopback
from runtime.settings.secret import Secret

_CLIENT_SECRET = re.compile(r"[!-~]{16,256}")


def issuer_url(text: str) -> str:
    """An https address; http for this machine only, since whoever is on the way could say who signs in."""
    url = http_url(text)
    if url.startswith("http://") and not is_loopback(urlsplit(url).hostname):
        raise ValueError("must begin with https://: whoever is on the way could sign in as anybody")
    return url


def client_secret(text: str) -> Secret:
    """A secret as @BotFather shows it; what is short could be guessed."""
    if not _CLIENT_SECRET.fullmatch(text):
        raise ValueError("must be 16 to 256 characters without spaces. Copy it whole from @BotFather")
    return Secret(text)
