"""The receiver of the tests keeps what it gets and answers as it is told."""

import aiohttp

from sandbox.receiver import Receiver, answers


async def test_it_keeps_what_it_gets_and_answers_in_order() -> None:
    seen: list[bytes] = []
    receiver = Receiver(
        behaviours=[answers(429, Retry_After="7", body=b"later")], on_push=lambda push: seen.append(push.body)
    )
    async with receiver, aiohttp.ClientSession() as session:
        for status in (429, 204):
            async with session.post(
                receiver.url, data=b"body", headers={"webhook-id": "msg_1"}, ssl=receiver.trust
            ) as answer:
                assert answer.status == status
                assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)
    assert [(got.path, got.headers["webhook-id"]) for got in receiver.received] == [
        ("/hook?from=whale", "msg_1")
    ] * 2
    assert seen == [b"body"] * 2
    assert b"BEGIN CERTIFICATE" in receiver.tls.certificate
