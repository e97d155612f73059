"""Followed tokens by their service."""

from decimal import Decimal

import pytest

from domain.chats import ChatTarget
from domain.tokens.token_trades import FollowedToken
from services.services import Services

pytestmark = pytest.mark.services


async def test_one_is_followed_listed_and_ended(services: Services, target: ChatTarget) -> None:
    token = FollowedToken(mint="WIF", min_usd=Decimal(500))
    assert await services.token_trades.follow(target, token)
    assert await services.token_trades.of(target) == [token]
    assert not await services.token_trades.is_full_for("BONK")
    assert await services.token_trades.end(target, "WIF")
