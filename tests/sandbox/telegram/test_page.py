"""The chat page in a real browser, talking to a real bot: python-telegram-bot polling the sandbox."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllGroupChats,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    Update,
)

from sandbox.telegram import SandboxTelegram
from tests.browsers import connected
from tests.chromium import PROGRAM
from tests.sandbox.telegram.stage import client

pytestmark = [
    pytest.mark.browser,
    pytest.mark.enable_socket,
    pytest.mark.skipif(PROGRAM is None, reason="needs Chromium, which is not installed"),
]
expect.set_options(timeout=15_000)  # a busy machine draws late
ALERT = "🟢 <b>Toly bought</b> 5 &lt;SOL&gt; · <a href='https://example.com/tx'>tx</a> /wallets"
KEYS = InlineKeyboardMarkup(
    [
        [
            InlineKeyboardButton("Mute 1 h", callback_data="mute"),
            InlineKeyboardButton("Why", callback_data="why"),
        ],
        [
            InlineKeyboardButton("Chart", url="https://example.com/chart"),
            InlineKeyboardButton("Copy mint", copy_text=CopyTextButton("EKpQ-mint")),
        ],
    ]
)


async def answer(bot: Bot, update: Update) -> None:
    if update.message is not None and update.message.text:
        thread_id = update.message.message_thread_id
        await bot.send_message(
            update.message.chat_id, ALERT, parse_mode="HTML", reply_markup=KEYS, message_thread_id=thread_id
        )
    elif update.callback_query is not None and isinstance(update.callback_query.message, Message):
        query, message = update.callback_query, update.callback_query.message
        if query.data == "why":
            await query.answer("Because you follow Toly", show_alert=True)
        else:
            await query.answer("Muted for an hour")
            await message.edit_text("🔕 Muted")


async def poll(bot: Bot) -> None:
    offset = 0
    while True:
        for update in await bot.get_updates(offset=offset, timeout=5):
            offset = update.update_id + 1
            await answer(bot, update)


@pytest.fixture
async def bot(telegram: SandboxTelegram) -> AsyncIterator[Bot]:
    async with client(telegram) as running, asyncio.TaskGroup() as tasks:
        await running.set_my_commands(
            [BotCommand("start", "say hello"), BotCommand("watch", "follow a wallet")]
        )
        groups = BotCommandScopeAllGroupChats()
        await running.set_my_commands([BotCommand("status", "how fresh the feed is")], scope=groups)
        polling = tasks.create_task(poll(running))
        yield running
        polling.cancel()


@pytest.fixture
async def browser(chromium_url: str, telegram: SandboxTelegram) -> AsyncIterator[Browser]:
    """Ends before the sandbox, which would wait for open pages."""
    async with connected(chromium_url) as connection:
        yield connection


async def opened(browser: Browser, telegram: SandboxTelegram, width: int, height: int) -> Page:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, permissions=["clipboard-read", "clipboard-write"]
    )
    page = await context.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: pytest.fail(f"error in the page: {error}"))
    await page.goto(telegram.url)
    await expect(page.locator("#link-state")).to_have_text("local sandbox")
    return page


async def overflow(page: Page) -> int:
    return int(await page.evaluate("document.documentElement.scrollWidth - innerWidth"))


async def test_a_person_chats_with_the_bot(browser: Browser, bot: Bot, telegram: SandboxTelegram) -> None:
    page = await opened(browser, telegram, 1200, 800)
    await page.get_by_role("button", name=re.compile("^Alice")).click()
    await page.get_by_role("button", name="START").click()
    bubble = page.locator(".theirs").last
    await expect(bubble.locator("b")).to_have_text("Toly bought")
    await expect(bubble.locator(".words")).to_contain_text("5 <SOL>")
    await expect(bubble.get_by_role("link", name="tx")).to_have_attribute("href", "https://example.com/tx")
    await expect(page.locator(".mine").last).to_contain_text("/start")

    await page.get_by_role("button", name="Why").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Because you follow Toly")
    await page.get_by_role("button", name="OK").click()

    await page.get_by_role("button", name="Copy mint").click()
    await expect(page.locator("#toast")).to_have_text("Copied to clipboard")
    assert await page.evaluate("navigator.clipboard.readText()") == "EKpQ-mint"
    chart = page.get_by_role("link", name="Chart")
    await expect(chart).to_have_attribute("rel", re.compile("noopener"))

    await page.get_by_role("button", name="Mute 1 h").click()
    await expect(page.locator("#toast")).to_have_text("Muted for an hour")
    await expect(bubble).to_contain_text("🔕 Muted")
    await expect(bubble.locator(".edited")).to_be_visible()
    await expect(bubble.locator(".key")).to_have_count(0)


async def test_news_arrive_live_and_elsewhere_are_counted(
    browser: Browser, bot: Bot, telegram: SandboxTelegram
) -> None:
    page = await opened(browser, telegram, 1200, 800)
    people = telegram.people
    alice, bob = (user for user in telegram.known_users() if user.first_name in ("Alice", "Bob"))
    people.send(alice.id, "hello")
    await expect(page.locator(".theirs .words")).to_contain_text("Toly bought")
    message = await bot.send_message(alice.id, "one")
    await expect(page.locator(".theirs").last).to_contain_text("one")
    await bot.edit_message_text("two", alice.id, message.message_id)
    await expect(page.locator(".theirs").last).to_contain_text("two")
    await bot.delete_message(alice.id, message.message_id)
    await expect(page.locator(".theirs")).to_have_count(1)
    await bot.send_chat_action(alice.id, "typing")
    await expect(page.locator("#chat-status")).to_have_text("typing")
    people.send(bob.id, "hi")
    await expect(page.locator(f"[data-chat='{bob.id}'] .badge")).to_have_text("2")


AT_END = "scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 3"


async def test_the_page_follows_a_message_that_grows_by_an_edit_until_its_reader_scrolls_up(
    browser: Browser, bot: Bot, telegram: SandboxTelegram
) -> None:
    page = await opened(browser, telegram, 360, 500)
    alice, *_ = telegram.known_users()
    await page.get_by_role("button", name=re.compile("^Alice")).click()
    for number in range(12):
        await bot.send_message(alice.id, f"line {number}")
    card = await bot.send_message(alice.id, "scanning…")
    await bot.edit_message_text("\n".join(f"check {n}" for n in range(40)), alice.id, card.message_id)
    await expect(page.locator(".theirs").last).to_contain_text("check 39")
    await page.wait_for_function(AT_END)
    await expect(page.locator("#down")).to_be_hidden()
    await bot.edit_message_text("\n".join(f"part {n}" for n in range(80)), alice.id, card.message_id)
    await expect(page.locator(".theirs").last).to_contain_text("part 79")
    await page.wait_for_function(AT_END)
    await page.locator("#scroller").hover()
    await page.mouse.wheel(0, -900)
    await expect(page.locator("#down")).to_be_visible()
    await bot.edit_message_text("\n".join(f"more {n}" for n in range(120)), alice.id, card.message_id)
    await expect(page.locator(".theirs").last).to_contain_text("more 119")
    assert not await page.evaluate(AT_END)


async def test_a_sandbox_that_is_away_is_said_in_words_and_the_text_stays(
    browser: Browser, telegram: SandboxTelegram
) -> None:
    page = await opened(browser, telegram, 1200, 800)
    alice, *_ = telegram.known_users()
    telegram.people.send(alice.id, "hello")
    await expect(page.locator(".mine")).to_contain_text("hello")
    await expect(page.locator("#composer")).to_be_visible()
    await telegram.stop()
    await page.locator("#text").fill("are you there?")
    await page.keyboard.press("Enter")
    await expect(page.locator("#toast")).to_contain_text("The sandbox does not answer")
    await expect(page.locator("#text")).to_have_value("are you there?")
    await expect(page.locator("#link-state")).to_have_text("waiting for the sandbox…")


async def test_the_page_is_at_home_on_a_phone(browser: Browser, bot: Bot, telegram: SandboxTelegram) -> None:
    page = await opened(browser, telegram, 360, 740)
    assert await overflow(page) == 0
    await expect(page.locator("#chat")).to_be_hidden()
    await page.get_by_role("button", name="Research Desk").click()
    await expect(page.locator("#sidebar")).to_be_hidden()
    await page.get_by_role("tab", name="Smart money").click()
    await page.get_by_label("Write as").select_option("Alice")
    await page.get_by_role("tab", name="Smart money").click()
    await page.get_by_role("button", name="Commands").click()
    await page.get_by_role("option", name="/status").click()
    await expect(page.locator(".theirs .words")).to_contain_text("Toly bought")
    sent = telegram.ledger.messages()[-1]
    assert sent.thread_id is not None
    await page.get_by_role("tab", name="Alerts").click()
    await expect(page.locator(".theirs .words")).to_have_count(0)
    assert await overflow(page) == 0
    await page.get_by_role("button", name="Back to the chats").click()
    await expect(page.locator("#sidebar")).to_be_visible()


async def test_hostile_text_stays_text(browser: Browser, bot: Bot, telegram: SandboxTelegram) -> None:
    page = await opened(browser, telegram, 360, 740)
    mallory = telegram.people.add_user("<img src=x onerror=alert(1)>", started=True)
    await page.locator(f"[data-chat='{mallory.id}']").click()
    hostile = "<script>alert(1)</script> " + "W" * 400
    await bot.send_message(mallory.id, hostile, reply_markup=KEYS)
    await expect(page.locator(".theirs .words")).to_contain_text("<script>alert(1)</script>")
    assert await page.locator("#chat script, #chats img, #messages img").count() == 0
    assert await overflow(page) == 0


async def test_the_bot_is_blocked_in_two_clicks(
    browser: Browser, bot: Bot, telegram: SandboxTelegram
) -> None:
    page = await opened(browser, telegram, 360, 740)
    await page.get_by_role("button", name="Carol").click()
    await page.get_by_role("button", name="START").click()
    await expect(page.locator(".theirs .words")).to_contain_text("Toly bought")
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("menuitem", name="Block the bot").click()
    await page.get_by_role("button", name="UNBLOCK").click()
    await expect(page.locator("#composer")).to_be_visible()


async def test_digits_and_spaces_come_from_a_text_font(browser: Browser, telegram: SandboxTelegram) -> None:
    page = await opened(browser, telegram, 1200, 800)
    families = await page.evaluate("getComputedStyle(document.body).fontFamily")
    assert [name for name in families.replace('"', "").split(", ") if "Emoji" in name] == ["Emoji"]
    (ranges,) = await page.evaluate("[...document.fonts].map(font => font.unicodeRange)")
    code_points = [int(text, 16) for text in re.findall(r"[0-9A-F]+", ranges.replace("U+", ""))]
    assert min(code_points) > ord("9")

    width = "document.querySelector('#link-state').getBoundingClientRect().width"
    await page.evaluate("document.querySelector('#link-state').textContent = '0 1 2 3 4 5 6 7 8 9'")
    await page.evaluate("document.querySelector('#link-state').style.display = 'inline-block'")
    before = await page.evaluate(width)
    await page.evaluate(
        """async () => {
            const font = new FontFace("Noto Color Emoji", 'local("DejaVu Sans Mono")');
            await font.load();
            document.fonts.add(font);
        }"""
    )
    assert await page.evaluate(width) == before
