"""Signatures of Standard Webhooks: HMAC-SHA256 over id, time and body. Pure.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hmac
from base64 import b64encode
from collections.abc import Sequence

from domain.webhooks import SECRET_PREFIX


def secret_text(secret: bytes) -> str:
    """A secret as its owner gets it."""
    return SECRET_PREFIX + b64encode(secret).decode()


def signatures(secrets: Sequence[bytes], *, message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: one signature by each secret, so that a rotation breaks nothing.

    Args:
        secrets: the newest first.
        message_id: the header `webhook-id`.
        timestamp: the header `webhook-timestamp`, in Unix seconds.
        body: as it is sent.
    """
    signed = b"%b.%d.%b" % (message_id.encode(), timestamp, body)
    return " ".join(f"v1,{b64encode(hmac.digest(secret, signed, 'sha256')).decode()}" for secret in secrets)
