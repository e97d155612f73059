"""A test's own connection to the Chromium of its process; only tests that need its client import it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

from tests.chromium import END_SECONDS


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Browser]:
    """A connection to the Chromium at this address, whose pages end with the block."""
    playwright = await async_playwright().start()
    try:
        browser = await playwright.chromium.connect_over_cdp(url)
        try:
            yield browser
        finally:
            async with asyncio.timeout(END_SECONDS):
                await browser.close()
    finally:
        async with asyncio.timeout(END_SECONDS):
            await playwright.stop()
