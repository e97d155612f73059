"""What checks of a token or a wallet are called, and what they found, in the reader's words. Pure."""

import re

from domain.activity.addresses import short
from domain.sentences import Sentence
from messaging.languages.locale import ENGLISH, Locale, gettext_noop, rendered

_ADDRESS = re.compile(r"\b[1-9A-HJ-NP-Za-km-z]{32,44}\b")
NAMES = frozenset(
    {
        gettext_noop("mint account"),
        gettext_noop("mint authority"),
        gettext_noop("freeze authority"),
        gettext_noop("permanent delegate"),
        gettext_noop("transfer fee"),
        gettext_noop("transfer hook"),
        gettext_noop("pause"),
        gettext_noop("default state"),
        gettext_noop("transferable"),
        gettext_noop("close authority"),
        gettext_noop("confidential amounts"),
        gettext_noop("scaled amounts"),
        gettext_noop("permissioned burn"),
        gettext_noop("extensions"),
        gettext_noop("metadata"),
        gettext_noop("look-alike"),
        gettext_noop("URL in name"),
        gettext_noop("age"),
        gettext_noop("supply"),
        gettext_noop("top holder"),
        gettext_noop("top 10 holders"),
        gettext_noop("creator's share"),
        gettext_noop("insiders"),
        gettext_noop("common funders"),
        gettext_noop("supply in pools"),
        gettext_noop("pools"),
        gettext_noop("liquidity"),
        gettext_noop("liquidity lock"),
        gettext_noop("liquidity withdrawal"),
        gettext_noop("volume bots"),
        gettext_noop("bump bots"),
        gettext_noop("bundles"),
        gettext_noop("snipers"),
        gettext_noop("top traders"),
        gettext_noop("freeze abuse"),
        gettext_noop("creator sold"),
        gettext_noop("pump and dump"),
        gettext_noop("earlier tokens"),
        gettext_noop("owner"),
        gettext_noop("delegations"),
        gettext_noop("close authorities"),
        gettext_noop("bot"),
        gettext_noop("dormant"),
        gettext_noop("infrastructure"),
        gettext_noop("distributor"),
        gettext_noop("sold more than bought"),
        gettext_noop("never bought"),
        gettext_noop("poisoned addresses"),
    }
)
"""Of every check; programs know checks by these."""


def check_name(name: str, *, locale: Locale = ENGLISH) -> str:
    """What a check is called, as plain text."""
    return locale.gettext(name)


def reason_words(said: Sentence, *, locale: Locale = ENGLISH) -> str:
    """What a check found, as plain text, with addresses shortened: the whole ones stand in explorers."""
    return _ADDRESS.sub(lambda found: short(found.group()), rendered(said, locale=locale))
