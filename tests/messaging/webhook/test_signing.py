"""Signatures that the reference library accepts."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from messaging.webhook.signing import secret_text, signatures
from runtime.clock import unix

SECRETS = st.binary(min_size=24, max_size=64)


@given(SECRETS, st.dictionaries(st.text(), st.text()))
def test_the_reference_library_accepts_whatever_is_signed(secret: bytes, content: dict[str, str]) -> None:
    body, timestamp = json.dumps(content).encode(), int(unix())
    signed = signatures([secret], message_id="msg_7", timestamp=timestamp, body=body)
    headers = {"webhook-id": "msg_7", "webhook-timestamp": str(timestamp), "webhook-signature": signed}
    assert Webhook(secret_text(secret)).verify(body.decode(), headers) == content


def test_the_example_of_the_specification_is_signed_alike() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    body = b'{"test": 2432232314}'
    signed = signatures(
        [secret], message_id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1_614_265_330, body=body
    )
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert secret_text(secret) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_while_a_rotation_lasts_both_secrets_are_believed_and_no_third() -> None:
    new, old, other = b"n" * 32, b"o" * 32, b"x" * 32
    body, timestamp = b'{"a":1}', int(unix())
    signed = signatures([new, old], message_id="msg_1", timestamp=timestamp, body=body)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(timestamp), "webhook-signature": signed}
    for secret in (new, old):
        Webhook(secret_text(secret)).verify(body.decode(), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_text(other)).verify(body.decode(), headers)
