"""The page in a real browser: signed in by a link, alerts as they come, and usable by everybody."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from domain.access import Scope, Standing
from domain.chats import Chat, ChatKind
from domain.tokens.candles import SeenPrice
from storage.chats.chats import saw_chat
from storage.coordination.wake_ups import wake
from storage.keys import DELIVERIES_CHANNEL
from storage.market.candles import note_prices_read
from storage.redis import open_redis
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase
from tests.web.conftest import GROUP, OPERATOR, Web

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.enable_socket,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, which is not installed"),
]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
]
AXE = Path(axe_core_python.__file__).parent / "axe.min.js"
GRAVE = frozenset({"serious", "critical"})
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
VIEWS = ("live", "wallets", f"wallet/{WHALE}", f"token/{MINT}", "rules", "whales")


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        await running.close()


async def act(web: Web, *numbers: int) -> None:
    await happened(web.connections.database, *(purchase(number) for number in numbers))
    await fan_out_all(web.connections.database)
    client = open_redis(web.redis_url)
    await wake(client, DELIVERIES_CHANNEL)
    await client.aclose()


async def furnish(web: Web) -> None:
    """A whale that bought a token, whose price is known for two days."""
    await follow(web.connections.database, ALICE, label="Moby")
    await act(web, 1, 2)
    await web.connections.database.execute(
        "INSERT INTO tokens (chain, mint, symbol, name, decimals) VALUES ($1, $2, 'BONK', 'Bonk', 5)",
        CHAIN,
        MINT,
    )
    now = datetime.now(UTC)
    prices = [
        SeenPrice(chain=CHAIN, mint=MINT, usd=Decimal(20 + hour % 7) / 10**6, at=now - timedelta(hours=hour))
        for hour in range(48, 0, -1)
    ]
    await note_prices_read(web.connections.database, prices)


async def signed_in(browser: Browser, web: Web, user_id: int = ALICE, **options: Any) -> Page:
    page = await browser.new_page(**options)
    token = await web.services.access.offer_sign_in(user_id)
    await page.goto(f"{web.url}/signin#{token}")
    await expect(page.get_by_role("heading", name="Live")).to_be_visible()
    return page


async def grave_faults(page: Page) -> list[str]:
    """What axe finds that keeps somebody from using the page."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run()")
    return [
        f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"] if one["impact"] in GRAVE
    ]


async def test_alerts_come_as_they_appear_without_a_reload(browser: Browser, web: Web) -> None:
    await follow(web.connections.database, ALICE, label="Moby")
    await act(web, 1)
    page = await signed_in(browser, web)
    items = page.get_by_role("listitem")
    await expect(items).to_have_count(1)
    await act(web, 2)
    await expect(items).to_have_count(2)
    await expect(items.first).to_contain_text("Moby · buy · 84.2 SOL")
    await expect(page.get_by_role("status")).to_have_text("A new alert.")


async def test_a_wallet_is_followed_and_left_with_the_keyboard_alone(browser: Browser, web: Web) -> None:
    page = await signed_in(browser, web)
    await page.goto(f"{web.url}/#wallets")
    await page.get_by_label("Address").focus()
    await page.keyboard.type(WHALE)
    await page.keyboard.press("Tab")
    await page.keyboard.type("Moby & Dick")
    await page.keyboard.press("Enter")
    link = page.get_by_role("link", name="Moby & Dick")
    await link.focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Unfollow").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("status")).to_have_text("You follow no wallet yet.")


async def test_a_member_sees_the_page_of_a_group_and_does_not_change_it(browser: Browser, web: Web) -> None:
    web.standings[GROUP, ALICE] = Standing.MEMBER
    await saw_chat(web.connections.database, Chat(chat_id=GROUP, kind=ChatKind.SUPERGROUP, title="Club"))
    page = await signed_in(browser, web)
    await page.goto(f"{web.url}/?chat={GROUP}#wallets")
    await page.get_by_label("Address").fill(WHALE)
    await page.get_by_role("button", name="Follow").click()
    await expect(page.get_by_role("status")).to_contain_text("Only admins of the group")


async def test_a_link_that_was_used_shows_how_to_get_another(browser: Browser, web: Web) -> None:
    page = await browser.new_page()
    await page.goto(f"{web.url}/signin#{'A' * 43}")
    await expect(page.get_by_text("Send /web to the bot")).to_be_visible()
    await expect(page.get_by_role("status")).to_contain_text("used already")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_view_can_be_used_by_everybody_and_fits_a_phone(
    browser: Browser, web: Web, scheme: str, tmp_path: Path
) -> None:
    await furnish(web)
    page = await signed_in(browser, web, color_scheme=scheme, viewport=PHONE)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    for view in VIEWS:
        await page.goto(f"{web.url}/#{view}")
        await expect(page.get_by_text("Loading …")).to_have_count(0)
        if view.startswith("token"):
            await expect(page.locator("canvas")).to_be_visible()
        assert await grave_faults(page) == []
        assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await page.screenshot(path=tmp_path / f"{scheme}-{view.partition('/')[0]}.png", full_page=True)
    await expect(page.get_by_role("link", name="Operators")).to_have_count(0)
    await page.goto(f"{web.url}/api")
    assert await grave_faults(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    await page.screenshot(path=tmp_path / f"{scheme}-api.png")
    assert [one for one in errors if "403" not in one and "404" not in one] == []


async def test_operators_see_how_the_system_is(browser: Browser, web: Web, tmp_path: Path) -> None:
    await web.key(OPERATOR, Scope.ADMIN)
    page = await signed_in(browser, web, OPERATOR, viewport=DESKTOP)
    await page.get_by_role("link", name="Operators").click()
    await expect(page.get_by_role("cell", name="PostgreSQL")).to_be_visible()
    await page.get_by_role("button", name="Start a search").click()
    await expect(page.get_by_text("running: 0 slots")).to_be_visible()
    assert await grave_faults(page) == []
    await page.screenshot(path=tmp_path / "operators.png", full_page=True)
