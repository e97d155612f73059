"""Checks and their findings in every language: each is translated, and none is kinder than in English."""

import re

import pytest

from domain.security.checks import Check, CheckName, NotRead
from domain.security.wallets import wallet_checks
from domain.sentences import sentence
from messaging.languages.choice import LANGUAGES, locale_of
from messaging.telegram.texts.check_words import NAMES, check_name, reason_words
from tests.domain.security.tokens import of_mint, scanned
from tests.domain.security.wallets import facts

AUTHORITY = "7vfCXTUXx5WJV5JADk17DUJ4ksgau7utNKj4b963voxs"
MISSING = NotRead(reason=sentence("the node refuses this method"))
UNKNOWN = facts(account=MISSING, history=MISSING, token_accounts=MISSING, activities=MISSING)
CHECKS: tuple[Check, ...] = (
    *scanned().checks,
    *scanned(
        mint=MISSING, metadata=MISSING, holders=MISSING, liquidity=MISSING, market=MISSING, creation=MISSING
    ).checks,
    *of_mint(mint_authority=AUTHORITY, freeze_authority=AUTHORITY, permanent_delegate=AUTHORITY).checks,
    *wallet_checks(facts()),
    *wallet_checks(UNKNOWN),
)
OTHERS = sorted(set(LANGUAGES) - {"en"})
ENGLISH_WORDS = re.compile(r"\b(?:the|its|not|nobody|can|was|were|of the)\b")


def test_each_check_has_a_name_that_is_looked_up() -> None:
    assert {check.name for check in CHECKS} <= set(NAMES) == set(CheckName)


def test_a_check_of_a_newer_version_is_called_what_it_is_stored_as() -> None:
    assert check_name("phase of the moon", locale=locale_of("es")) == "phase of the moon"


@pytest.mark.parametrize("language", OTHERS)
def test_names_and_findings_are_in_the_readers_language(language: str) -> None:
    locale = locale_of(language)
    names = {check.name for check in CHECKS} - SAME
    assert [name for name in names if check_name(name, locale=locale) == name] == []
    findings = [reason_words(check.said, locale=locale) for check in CHECKS]
    assert [text for text in findings if ENGLISH_WORDS.search(text)] == []


SAME = {"pools", "insiders", "snipers", "bump bots", "pump and dump", "bot"}
"""Words that Spanish has taken over."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_addresses_are_shortened(language: str) -> None:
    frozen = next(check for check in CHECKS if check.name == "freeze authority" and AUTHORITY in check.reason)
    text = reason_words(frozen.said, locale=locale_of(language))
    assert "7vfC…voxs" in text
    assert AUTHORITY not in text
