"""What checks of a token or a wallet are called, and what they found, in the reader's words. Pure."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from domain.activity.addresses import short
from domain.security.checks import CheckName
from domain.sentences import Sentence
from messaging.languages.locale import ENGLISH, Locale, gettext_noop, rendered

_ADDRESS = re.compile(r"\b[1-9A-HJ-NP-Za-km-z]{32,44}\b")
NAMES: Mapping[str, str] = MappingProxyType(
    {
        CheckName.MINT_ACCOUNT: gettext_noop("mint account"),
        CheckName.MINT_AUTHORITY: gettext_noop("mint authority"),
        CheckName.FREEZE_AUTHORITY: gettext_noop("freeze authority"),
        CheckName.PERMANENT_DELEGATE: gettext_noop("permanent delegate"),
        CheckName.TRANSFER_FEE: gettext_noop("transfer fee"),
        CheckName.TRANSFER_HOOK: gettext_noop("transfer hook"),
        CheckName.PAUSE: gettext_noop("pause"),
        CheckName.DEFAULT_STATE: gettext_noop("default state"),
        CheckName.TRANSFERABLE: gettext_noop("transferable"),
        CheckName.CLOSE_AUTHORITY: gettext_noop("close authority"),
        CheckName.CONFIDENTIAL_AMOUNTS: gettext_noop("confidential amounts"),
        CheckName.SCALED_AMOUNTS: gettext_noop("scaled amounts"),
        CheckName.PERMISSIONED_BURN: gettext_noop("permissioned burn"),
        CheckName.EXTENSIONS: gettext_noop("extensions"),
        CheckName.METADATA: gettext_noop("metadata"),
        CheckName.LOOK_ALIKE: gettext_noop("look-alike"),
        CheckName.URL_IN_NAME: gettext_noop("URL in name"),
        CheckName.AGE: gettext_noop("age"),
        CheckName.SUPPLY: gettext_noop("supply"),
        CheckName.TOP_HOLDER: gettext_noop("top holder"),
        CheckName.TOP_10_HOLDERS: gettext_noop("top 10 holders"),
        CheckName.CREATORS_SHARE: gettext_noop("creator's share"),
        CheckName.INSIDERS: gettext_noop("insiders"),
        CheckName.COMMON_FUNDERS: gettext_noop("common funders"),
        CheckName.SUPPLY_IN_POOLS: gettext_noop("supply in pools"),
        CheckName.POOLS: gettext_noop("pools"),
        CheckName.LIQUIDITY: gettext_noop("liquidity"),
        CheckName.LIQUIDITY_LOCK: gettext_noop("liquidity lock"),
        CheckName.LIQUIDITY_WITHDRAWAL: gettext_noop("liquidity withdrawal"),
        CheckName.VOLUME_BOTS: gettext_noop("volume bots"),
        CheckName.BUMP_BOTS: gettext_noop("bump bots"),
        CheckName.BUNDLES: gettext_noop("bundles"),
        CheckName.SNIPERS: gettext_noop("snipers"),
        CheckName.TOP_TRADERS: gettext_noop("top traders"),
        CheckName.FREEZE_ABUSE: gettext_noop("freeze abuse"),
        CheckName.CREATOR_SOLD: gettext_noop("creator sold"),
        CheckName.PUMP_AND_DUMP: gettext_noop("pump and dump"),
        CheckName.EARLIER_TOKENS: gettext_noop("earlier tokens"),
        CheckName.OWNER: gettext_noop("owner"),
        CheckName.DELEGATIONS: gettext_noop("delegations"),
        CheckName.CLOSE_AUTHORITIES: gettext_noop("close authorities"),
        CheckName.BOT: gettext_noop("bot"),
        CheckName.DORMANT: gettext_noop("dormant"),
        CheckName.INFRASTRUCTURE: gettext_noop("infrastructure"),
        CheckName.DISTRIBUTOR: gettext_noop("distributor"),
        CheckName.SOLD_MORE_THAN_BOUGHT: gettext_noop("sold more than bought"),
        CheckName.NEVER_BOUGHT: gettext_noop("never bought"),
        CheckName.ADDRESS_POISONING: gettext_noop("poisoned addresses"),
    }
)
"""Of every check, by what programs know it by."""


def check_name(name: str, *, locale: Locale = ENGLISH) -> str:
    """What a check is called, as plain text."""
    return locale.gettext(NAMES.get(name, name))


def reason_words(said: Sentence, *, locale: Locale = ENGLISH) -> str:
    """What a check found, as plain text, with addresses shortened: the whole ones stand in explorers."""
    return _ADDRESS.sub(lambda found: short(found.group()), rendered(said, locale=locale))
