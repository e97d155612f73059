"""Hostile names everywhere a name is shown: nothing is linked, no line is forged, nothing is emptied."""

import random
import string
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from msgspec import structs

from bench.forged_symbols import Forgery, forgeries
from bench.fuzz_cases import Cases, Result
from bench.telegram_links import links
from domain.activity.activity import SOL, Activity, Kind, Leg
from domain.delivery.facts import DigestEntry
from domain.security.mints import TOKEN_PROGRAM, MintFacts
from domain.security.scan import Scan, scan_mint
from domain.tokens.look_alikes import imitated
from domain.tokens.well_known import PINNED
from messaging.telegram.escaping import MAX_CHAIN_TEXT, clean, plain
from messaging.telegram.names import TokenNames, wallet_name
from messaging.telegram.texts.alert import alert_text
from messaging.telegram.texts.alert_kind import AlertFacts
from messaging.telegram.texts.choice import which_token
from messaging.telegram.texts.digest import digest_text
from messaging.telegram.texts.scan import CardTimes, scan_card
from messaging.telegram.texts.whales import neutral
from sandbox.telegram.formatting.formatted_text import fix
from sandbox.telegram.formatting.html import parse_html

WALLET = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
MINT = "9Jt3ZxeoLnDEYmFgad9J5vFcPzyHwfMsNDXmKL2GKy6D"
WHEN = datetime(2026, 11, 22, 14, 3, 7, tzinfo=UTC)
HARMLESS = "Moby"
MAX_MISSED = 0.01
"""Of the forgeries."""
LIMITS = (4, 8, MAX_CHAIN_TEXT, 32, 64, 400)
BITS = (
    "t.me/", "airdrop-sol.com", "evil.xyz", "claim.zip", "x.co", "https://",
    "tg://resolve?domain=", "ton://", "@durov", "/start", "#tag", "$WIF", "$sol",
    "4111 1111 1111 1111", "4111111111111111", "+49 30 1234567", "415-555-0100", "a@b.co",
    "1.2.3.4", "12:34", "🟢 ", "✅", "⚠️ fake", " → ", " · ", "\n", "\u2028", "\u202e", "\u200b",
    "\ufeff", "\u3164", "\u0335", "\u20e3", "é", "И", "ж", "中", "ش", "न", "ि", "👨\u200d👩", "🫨",
    "🇺🇸", ".", "..", "…", "<b>", "</b>", "&amp;", "<a href='https://x.example'>", "\ud800",
    "\x00", "=", "+", "-", "’", "·", "٤", "１", "．", "。", "Toly", "USDC", "verified", " ", "  ",
    "_", "~", "(", ")", ":", "::",
)  # fmt: skip


def hostile(chance: random.Random) -> str:
    """A name as an attacker chooses it: bits that clients link, hidden and odd characters, anything."""
    kinds: tuple[Callable[[], str], ...] = (
        lambda: chance.choice(BITS),
        lambda: chance.choice(string.printable),
        lambda: chr(chance.randrange(0x110000)),
        lambda: chr(chance.randrange(0x3000)),
        lambda: chance.choice(string.digits) * chance.randint(1, 5),
    )
    return "".join(chance.choice(kinds)() for _ in range(chance.randint(1, 12)))


def shows_something(text: str) -> bool:
    """Return whether a reader sees anything of it: a letter, a digit, a sign that is not hidden."""
    return any(
        unicodedata.category(one)[0] in "LNPS" and one not in "\u115f\u1160\u2800\u3164\uffa0" for one in text
    )


def views(name: str) -> Mapping[str, str]:
    """Return what people read where this is the name of a wallet and of a token, as plain text by place."""
    activity = Activity(
        chain="solana",
        signature="5sig",
        slot=341_220_118,
        block_time=1,
        wallet=WALLET,
        kind=Kind.BUY,
        paid=(Leg(mint=SOL, raw=84_200_000_000, decimals=9),),
        received=(Leg(mint=MINT, raw=38_410_250_000, decimals=6),),
        route=("Jupiter", "Raydium"),
    )
    symbols = {MINT: name}
    facts = AlertFacts(event=activity, label=name, symbols=symbols, happened_at=WHEN, age=1.0)
    entry = DigestEntry(
        label=name, subject=WALLET, sort=Kind.BUY.value, number=1, event=activity, happened_at=WHEN
    )
    texts = {
        "wallet": wallet_name(name, WALLET),
        "token": TokenNames(chain="solana", symbols=symbols).of(MINT),
        "alert": alert_text(facts),
        "digest": digest_text([entry, entry], symbols=symbols),
        "scan": scan_card(_named(name), chain="solana", times=CardTimes(read_at=WHEN, now=WHEN)),
        "choice": which_token(name),
    }
    return {surface: _read(text) for surface, text in texts.items()}


def _named(name: str) -> Scan:
    return structs.replace(_SCAN, name=name, symbol=name)


_SCAN = scan_mint(
    MintFacts(
        address=MINT,
        program=TOKEN_PROGRAM,
        decimals=6,
        supply=10**15,
        mint_authority=None,
        freeze_authority=None,
        slot=341_220_118,
    )
)
"""Without a name, so that what is found of a name adds no line to the card."""


def _read(text: str) -> str:
    """Return what Telegram shows of its HTML; names of it are no tags, or there would be a difference."""
    visible, _ = parse_html(text)
    if visible != plain(text):
        raise AssertionError(f"Telegram shows {visible!r}, and we think {plain(text)!r}")
    return visible


_EXPECTED = {surface: (Counter(links(text)), text.count("\n")) for surface, text in views(HARMLESS).items()}


def faults_of(name: str) -> list[str]:
    """Return what is wrong with how a name is shown; empty: nothing."""
    found = [fault for limit in LIMITS for fault in _faults_of_cleaning(name, limit)]
    for surface, text in views(name).items():
        expected, lines = _EXPECTED[surface]
        if added := Counter(links(text)) - expected:
            found.append(f"{surface}: links {sorted(added)}")
        if text.count("\n") != lines:
            found.append(f"{surface}: {text.count(chr(10))} line breaks instead of {lines}")
    cell = neutral(clean(name))
    if cell.lstrip()[:1] in tuple("=+-@＝＋－＠") and cell:
        found.append(f"a cell of a CSV file begins with {cell[:2]!r}")
    return found


def _faults_of_cleaning(name: str, limit: int) -> list[str]:
    cleaned = clean(name, limit=limit)
    found = []
    if clean(cleaned, limit=limit) != cleaned:
        found.append(f"cut to {limit}: cleaning {cleaned!r} again makes {clean(cleaned, limit=limit)!r}")
    if len(cleaned) > limit:
        found.append(f"cut to {limit}: {len(cleaned)} characters")
    if shows_something(name[:limit]) and not cleaned:
        found.append(f"cut to {limit}: emptied")
    text = f"84 {cleaned} for"
    if linked := links(text) or fix(text, []).entities:
        found.append(f"cut to {limit}: {text!r} links {linked}")
    return found


def run(seconds: float, seed: int, cases: Cases | None = None) -> Result:
    """Hostile names until the time is over, those that failed before first; and 2,000 forged symbols."""
    cases = cases or Cases(part="names")
    end = time.monotonic() + seconds
    tried = 0
    for name in cases.inputs(hostile, seed):
        if faults := faults_of(name):
            cases.fail(name, "; ".join(faults))
        tried += 1
        if time.monotonic() > end:
            break
    missed = missed_forgeries(2_000, seed)
    if len(missed) > MAX_MISSED * 2_000:
        cases.failures.append(f"{len(missed)} of 2,000 forgeries passed")
    return {"tried": tried, "failures": len(cases.failures), "forgeries_missed": len(missed)}


def missed_forgeries(number: int, seed: int) -> list[Forgery]:
    """The forgeries of well-known symbols that are taken for something else or nothing."""
    symbols = tuple(dict.fromkeys(token.symbol for token in PINNED.values()))
    return [one for one in forgeries(symbols, number, seed) if imitated("solana", MINT, one.symbol) != one.of]
