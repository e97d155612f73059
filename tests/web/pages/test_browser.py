"""The page in a real browser: signed in, alerts as they come, and usable by everybody."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import axe_core_python
import pytest
from msgspec import structs
from playwright.async_api import Browser, Page, ViewportSize, expect

from domain.access import Scope, Standing
from domain.activity.activity import Kind, Leg
from domain.activity.addresses import short
from domain.chats import Chat, ChatKind
from domain.tokens.candles import SeenPrice
from runtime.settings.settings import SANDBOX_OPENID_SECRET, Settings
from sandbox.telegram import SandboxTelegram, TelegramConfig
from storage.chats.chats import saw_chat
from storage.coordination.wake_ups import wake
from storage.keys import DELIVERIES_CHANNEL
from storage.market.candles import note_prices_read
from storage.paper.advance import read_stored_next
from storage.redis import open_redis
from tests.bot.conftest import OTHER_WHALE
from tests.browsers import connected
from tests.chromium import PROGRAM
from tests.domain.positions.entries import USDC
from tests.storage.paper.history import generated_activities, moment, set_clock, stored
from tests.storage.patterns.samples import AHAB, BELA, CORA, found_after, trade
from tests.storage.sample_data import ALICE, CHAIN, MINT, WHALE, fan_out_all, follow, happened, purchase
from tests.web.conftest import GROUP, OPERATOR, Web

pytestmark = [
    pytest.mark.browser,
    pytest.mark.services,
    pytest.mark.enable_socket,
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium, which is not installed"),
]
expect.set_options(timeout=15_000)  # a busy machine draws late
AXE = Path(axe_core_python.__file__).parent / "axe.min.js"
GRAVE = frozenset({"serious", "critical"})
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
VIEWS = (
    "live",
    "wallets",
    f"wallet/{WHALE}",
    "import",
    f"token/{MINT}",
    "rules",
    "whales",
    "status",
    "paper",
    "webhooks",
)
REFUSED = ("403", "404")
"""What a browser says of a page that not everybody may see, and of a token that was never scanned."""


@pytest.fixture
async def browser(chromium_url: str, web: Web) -> AsyncIterator[Browser]:
    """Ends before the web, which would wait for open pages."""
    async with connected(chromium_url) as connection:
        yield connection


async def act(web: Web, *numbers: int, kind: Kind = Kind.BUY) -> None:
    await happened(web.connections.database, *(purchase(number, kind=kind) for number in numbers))
    await fan_out_all(web.connections.database)
    client = open_redis(web.redis_url)
    await wake(client, DELIVERIES_CHANNEL)
    await client.aclose()


async def furnish(web: Web) -> None:
    """A whale that bought a token, whose price is known for two days; and what a search has found."""
    database = web.connections.database
    await follow(database, ALICE, label="Moby")
    await act(web, 1, 2)
    await database.execute("UPDATE alerts SET block_time = now() - interval '5 hours' * alert_id")
    await database.execute(
        "INSERT INTO tokens (chain, mint, symbol, name, decimals) VALUES ($1, $2, 'BONK', 'Bonk', 5)",
        CHAIN,
        MINT,
    )
    await database.execute(
        "INSERT INTO whale_addresses VALUES ($1, $2, 3, 9e12, 4e12, '{buy}', '{Jupiter}', now(), now(), 5)",
        CHAIN,
        WHALE,
    )
    now = datetime.now(UTC)
    prices = [
        SeenPrice(chain=CHAIN, mint=MINT, usd=Decimal(20 + hour % 7) / 10**6, at=now - timedelta(hours=hour))
        for hour in range(48, 0, -1)
    ]
    await note_prices_read(database, prices)


async def signed_in(browser: Browser, web: Web, user_id: int = ALICE, **options: Any) -> Page:
    page = await browser.new_page(**options)
    token = await web.services.access.offer_sign_in(user_id)
    await page.goto(f"{web.url}/signin#{token}")
    await expect(page.get_by_role("heading", name="Live")).to_be_visible()
    return page


async def grave_faults(page: Page) -> list[str]:
    """Return what axe finds that keeps somebody from using the page."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    found = await page.evaluate("axe.run()")
    return [
        f"{one['id']}: {one['nodes'][0]['html']}" for one in found["violations"] if one["impact"] in GRAVE
    ]


async def check(page: Page, picture: Path, width: int) -> None:
    """Whether everybody can use what is there, and it fits its screen."""
    await expect(page.get_by_text("Loading …")).to_have_count(0)
    words = [] if picture.stem == "api" else (await page.inner_text("main")).split()
    assert not {"null", "undefined", "NaN"} & {*words}, picture.stem
    assert await grave_faults(page) == [], picture.stem
    assert await page.evaluate("document.documentElement.scrollWidth") <= width, picture.stem
    await page.screenshot(path=picture, full_page=True)


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


async def test_a_sale_of_all_that_a_wallet_had_says_so(browser: Browser, web: Web) -> None:
    database = web.connections.database
    await follow(database, ALICE, wallet=AHAB, label="Ahab")
    await happened(database, *(trade(AHAB, 10 - after, Kind.SELL, after=after) for after in (6, 0)))
    await fan_out_all(database)
    page = await signed_in(browser, web)
    items = page.get_by_role("listitem")
    await expect(items.first).to_contain_text("Ahab · sold ALL · ")
    await expect(items.nth(1)).to_contain_text("Ahab · sell · ")


async def test_a_cost_that_is_not_known_is_no_cost_of_zero(browser: Browser, web: Web) -> None:
    """Sold and sent without a purchase that was seen; then all of it is bought for dollars."""
    database, page = web.connections.database, await signed_in(browser, web)
    await follow(database, ALICE, label="Moby")
    bought = purchase(3)
    sold = structs.replace(purchase(1), kind=Kind.SELL, paid=bought.received, received=bought.paid)
    sent = structs.replace(purchase(2), kind=Kind.TRANSFER_IN, paid=())
    await happened(database, sold, sent)
    await fan_out_all(database)
    await page.goto(f"{web.url}/#wallets")
    row = page.locator("tbody tr")
    await expect(row.get_by_role("cell")).to_have_text(["Moby", "–", "–", "not known", "–"])
    await page.goto(f"{web.url}/#wallet/{WHALE}")
    await expect(page.get_by_text("What it has made is not known · win rate –")).to_be_visible()
    await expect(row.get_by_role("cell").nth(2)).to_have_text("not known")
    dollars = (Leg(mint=USDC, raw=40_000_000, decimals=6),)
    await happened(database, structs.replace(bought, paid=dollars))
    await fan_out_all(database)
    await page.reload()
    await expect(row.get_by_role("cell").nth(2)).to_have_text("$40 for 50% of it")


async def test_a_followed_whale_is_not_offered_again(browser: Browser, web: Web) -> None:
    await furnish(web)
    await web.connections.database.execute(
        "INSERT INTO whale_addresses VALUES ($1, $2, 3, 8e12, 4e12, '{buy}', '{Jupiter}', now(), now(), 5)",
        CHAIN,
        OTHER_WHALE,
    )
    page = await signed_in(browser, web, viewport=PHONE)
    await page.goto(f"{web.url}/#whales")
    rows = page.locator("tbody tr")
    await expect(rows.first).to_contain_text("Followed")
    await expect(rows.get_by_role("button")).to_have_count(1)
    await expect(rows.nth(1).get_by_role("button")).to_be_in_viewport(ratio=1)
    await rows.nth(1).get_by_role("button").click()
    await expect(rows.nth(1)).to_contain_text("Followed")


async def test_a_third_of_the_alerts_is_not_most_of_them(browser: Browser, web: Web) -> None:
    database, wallets = web.connections.database, (AHAB, BELA, CORA)
    for wallet in wallets:
        await follow(database, ALICE, wallet=wallet, label="Moby")
    now = int(datetime.now(UTC).timestamp())
    await happened(database, *(structs.replace(trade(one, 1), block_time=now - 60) for one in wallets))
    await fan_out_all(database)
    page = await signed_in(browser, web)
    await page.goto(f"{web.url}/#rules")
    await expect(page.get_by_text("3 alerts would have come.", exact=True)).to_be_visible()


async def test_a_pattern_says_who_did_what_with_which_token(browser: Browser, web: Web) -> None:
    database, wallets = web.connections.database, (AHAB, BELA, CORA)
    for wallet, label in zip(wallets, ("Ahab", "Bela", "Cora"), strict=True):
        await follow(database, ALICE, wallet=wallet, label=label)
    await found_after(database, *(trade(wallet, second) for second, wallet in enumerate(wallets)))
    await found_after(database, *(trade(AHAB, second) for second in range(10, 50, 10)))
    await fan_out_all(database)
    page = await signed_in(browser, web)
    together = page.get_by_role("listitem").filter(has_text="bought together")
    await expect(together).to_contain_text(f"bought together · {short(MINT)}")
    for wallet in wallets:
        await expect(together.get_by_role("link", name=short(wallet))).to_have_count(1)
    slices = page.get_by_role("listitem").filter(has_text="slices")
    await expect(slices).to_contain_text(f"Ahab · buying in slices · {short(MINT)}")


async def test_wallets_are_followed_imported_and_left_with_the_keyboard_alone(
    browser: Browser, web: Web
) -> None:
    page = await signed_in(browser, web)
    await page.goto(f"{web.url}/#wallets")
    await page.get_by_label("Address").focus()
    await page.keyboard.type(WHALE)
    await page.keyboard.press("Tab")
    await page.keyboard.type("Moby & Dick")
    await page.keyboard.press("Enter")
    await page.get_by_role("link", name="Moby & Dick").focus()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Unfollow").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name="Wallets")).to_be_visible()
    await page.get_by_role("link", name="Import a list").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Addresses").focus()
    await page.keyboard.type(f"Moby: {WHALE}")
    await page.get_by_role("button", name="Follow all").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#status")).to_have_text("1 followed, 0 were followed already, 0 refused.")


async def test_rules_are_rehearsed_before_they_are_saved(browser: Browser, web: Web) -> None:
    await follow(web.connections.database, ALICE, label="Moby")
    await act(web, 1, 2)
    page = await signed_in(browser, web)
    await page.goto(f"{web.url}/#rules")
    await expect(page.get_by_text("2 alerts would have come. Most of them, 2, of Moby.")).to_be_visible()
    await page.get_by_label("At least so many dollars").fill("90000000")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#status")).to_contain_text("Saved.")
    assert (await web.get("/rules", await web.key(ALICE)))["min_usd"] == "90000000"
    await page.goto(f"{web.url}/#wallet/{WHALE}")
    await page.get_by_text("Rules of this wallet alone").click()
    await expect(page.get_by_label("At least so many dollars")).to_have_attribute(
        "placeholder", "90000000, as for all wallets"
    )
    await page.get_by_label("transfer in").uncheck()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#status")).to_contain_text("Saved.")
    (watch,) = (await web.get("/watches", await web.key(ALICE)))["data"]
    assert watch["rules"] == {"kinds_off": ["transfer_in"]}


async def test_a_member_sees_the_page_of_a_group_and_does_not_change_it(browser: Browser, web: Web) -> None:
    web.standings[GROUP, ALICE] = Standing.MEMBER
    await saw_chat(web.connections.database, Chat(chat_id=GROUP, kind=ChatKind.SUPERGROUP, title="Club"))
    await web.key(ALICE, Scope.READ, chat_id=GROUP)
    page = await signed_in(browser, web)
    await page.get_by_label("Chat").select_option("chat")
    await page.wait_for_url(f"**/?chat={GROUP}#live")
    await page.get_by_role("link", name="Wallets").click()
    await page.get_by_label("Address").fill(WHALE)
    await page.get_by_role("button", name="Follow").click()
    await expect(page.locator("#status")).to_contain_text("Only admins of the group")


async def test_a_link_that_was_used_shows_how_to_get_another(browser: Browser, web: Web) -> None:
    page = await browser.new_page()
    await page.goto(f"{web.url}/signin#{'A' * 43}")
    await expect(page.get_by_text("Send /web to the bot")).to_be_visible()
    await expect(page.locator("#status")).to_contain_text("used already")


@pytest.mark.parametrize(("scheme", "size"), [("light", PHONE), ("dark", DESKTOP)])
async def test_every_view_can_be_used_by_everybody_and_fits_its_screen(
    browser: Browser, web: Web, scheme: str, size: ViewportSize, tmp_path: Path
) -> None:
    await furnish(web)
    page = await signed_in(browser, web, color_scheme=scheme, viewport=size)
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    for view in VIEWS:
        name = view.partition("/")[0]
        await page.goto(f"{web.url}/#{view}")
        await expect(page.locator(f'main[data-view="{name}"]')).to_be_visible()
        if name == "token":
            await expect(page.locator("canvas")).to_be_visible()
            await expect(page.get_by_label("2 entries and 0 exits")).to_be_visible()
        await check(page, tmp_path / f"{name}.png", size["width"])
    await page.get_by_role("link", name="Live").click()
    await page.get_by_role("link", name="Why").first.click()
    await expect(page.get_by_role("heading", name="Why this alert")).to_be_visible()
    await check(page, tmp_path / "why.png", size["width"])
    await expect(page.get_by_role("link", name="Operators")).to_have_count(0)
    assert [one for one in errors if not any(number in one for number in REFUSED)] == []


_SHORTENED = """
const main = document.querySelector("main"), heads = [...main.querySelectorAll("h2, h3")];
for (const level of ["H2", "H3"]) heads.filter((one) => one.tagName === level).slice(4).forEach((head) => {
  const next = () => head.nextElementSibling;
  while (next() && !/^H[23]$/.test(next().tagName)) next().remove();
  head.remove();
});
"""


async def test_the_reading_page_of_the_api_can_be_used_by_everybody(
    browser: Browser, web: Web, tmp_path: Path
) -> None:
    page = await browser.new_page(viewport=PHONE)
    await page.goto(f"{web.url}/api")
    await page.evaluate(_SHORTENED)  # what comes repeatedly is checked once
    await check(page, tmp_path / "api.png", PHONE["width"])


async def test_operators_run_the_system_from_the_page(browser: Browser, web: Web, tmp_path: Path) -> None:
    await web.key(OPERATOR, Scope.ADMIN)
    page = await signed_in(browser, web, OPERATOR, viewport=PHONE)
    await page.get_by_role("link", name="Operators").click()
    await expect(page.get_by_role("cell", name="PostgreSQL")).to_be_visible()
    await page.get_by_label("Command").fill("scan")
    await page.get_by_role("button", name="Switch off").click()
    await expect(page.get_by_role("button", name="Switch /scan on")).to_be_visible()
    await check(page, tmp_path / "operators.png", PHONE["width"])
    await page.get_by_role("link", name="Whales").click()
    await page.get_by_role("button", name="Start a search").click()
    await expect(page.get_by_text("running: 0 slots")).to_be_visible()
    await page.get_by_role("button", name="Stop it").click()
    await expect(page.get_by_text("stopped: 0 slots")).to_be_visible()
    await check(page, tmp_path / "searches.png", PHONE["width"])


@pytest.fixture
async def telegram() -> AsyncIterator[SandboxTelegram]:
    async with SandboxTelegram(TelegramConfig()) as running:
        running.people.add_user("Alice Whale", user_id=ALICE)
        yield running


class TestWithTelegram:
    """Signing in by the sandbox's issuer, in the browser."""

    @pytest.fixture
    def web_settings(self, web_settings: Settings, telegram: SandboxTelegram) -> Settings:
        return replace(web_settings, openid_issuer=telegram.url, openid_client_secret=SANDBOX_OPENID_SECRET)

    async def test_one_click_at_telegrams_opens_the_page(
        self, browser: Browser, web: Web, tmp_path: Path
    ) -> None:
        page = await browser.new_page(viewport=PHONE)
        await page.goto(web.url)
        await check_signed_out(page, tmp_path)
        await page.get_by_role("link", name="Sign in with Telegram").click()
        await page.get_by_role("button", name="Nobody").click()
        await expect(page.get_by_text("You told Telegram not to sign you in.")).to_be_visible()
        await page.get_by_role("link", name="Sign in with Telegram").click()
        await page.get_by_role("button", name="Alice Whale").click()
        await expect(page.get_by_role("heading", name="Live")).to_be_visible()


async def check_signed_out(page: Page, folder: Path) -> None:
    await expect(page.get_by_role("link", name="Sign in with Telegram")).to_be_visible()
    await check(page, folder / "signed-out.png", PHONE["width"])


async def test_a_campaign_with_virtual_money_is_started_drawn_and_paused(
    browser: Browser, web: Web, tmp_path: Path
) -> None:
    database = web.connections.database
    await follow(database, ALICE, label="Moby")
    await stored(database, [one for one in generated_activities(1, 300) if one.wallet == WHALE])
    await set_clock(database, 10_000)
    page = await signed_in(browser, web, viewport=PHONE)
    await page.goto(f"{web.url}/#paper")
    await page.get_by_label("Wallets").select_option(label="Moby")
    await page.get_by_label("SOL for each purchase").fill("0.25")
    await page.get_by_label("From").fill(f"{moment(0).astimezone():%Y-%m-%dT%H:%M}")
    await page.get_by_role("button", name="Start").click()
    await expect(page.get_by_text("reads what is stored")).to_be_visible()
    while await read_stored_next(database, chain=CHAIN):
        pass
    await page.reload()
    await expect(page.locator("canvas")).to_be_visible()
    await expect(page.get_by_text("0.25 SOL each")).to_be_visible()
    await check(page, tmp_path / "campaign.png", PHONE["width"])
    await page.get_by_role("button", name="Pause").click()
    await expect(page.get_by_text("paused")).to_be_visible()
    await page.get_by_role("link", name="Paper").click()
    await expect(page.get_by_role("link", name="Moby")).to_be_visible()
    await check(page, tmp_path / "paper.png", PHONE["width"])


async def test_a_webhook_is_made_tried_and_switched_off_and_its_secret_is_there_once(
    browser: Browser, web: Web
) -> None:
    page = await signed_in(browser, web)
    await page.goto(f"{web.url}/#webhooks")
    await page.get_by_label("Address").fill("https://127.0.0.1:8443/hook")
    await page.get_by_role("button", name="Push to it").click()
    await expect(page.get_by_text("whsec_")).to_be_visible()
    assert await grave_faults(page) == []
    await page.get_by_role("button", name="I have it").click()
    await expect(page.get_by_text("whsec_")).to_have_count(0)
    await page.get_by_role("link", name="127.0.0.1:8443").click()
    await page.get_by_role("button", name="Test").click()
    await expect(page.get_by_text("on its way")).to_be_visible()
    await page.get_by_role("button", name="Switch off").click()
    await expect(page.get_by_text("switched off by hand")).to_be_visible()
    await expect(page.get_by_role("cell", name="webhook.test")).to_be_visible()
    assert await grave_faults(page) == []
