"""What a check of a token or a wallet says, and the grades that it leaves open. Pure.

A check is one question with its answer, its reason, and the source and time of the facts behind it. It says
which grade a token may get at best while this is so: the grade of a scan is the worst of these.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from domain.sentences import Sentence, sentence


class Verdict(StrEnum):
    """What a check found."""

    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"
    """The facts are missing. Unknown is never safe."""


class Family(StrEnum):
    """What a check is about. In a family the worst finding counts."""

    CONTROL = "control"
    """What somebody can do to every holder."""
    IDENTITY = "identity"
    """Whether the token is what it says it is."""
    HOLDERS = "holders"
    LIQUIDITY = "liquidity"
    TRADING = "trading"
    CREATOR = "creator"


class CheckName(StrEnum):
    """Which question a check answers: what is stored, printed by command lines, and known to programs.

    What people read stands in messaging/telegram/texts/check_words.py.
    """

    MINT_ACCOUNT = "mint account"
    MINT_AUTHORITY = "mint authority"
    FREEZE_AUTHORITY = "freeze authority"
    PERMANENT_DELEGATE = "permanent delegate"
    TRANSFER_FEE = "transfer fee"
    TRANSFER_HOOK = "transfer hook"
    PAUSE = "pause"
    DEFAULT_STATE = "default state"
    TRANSFERABLE = "transferable"
    CLOSE_AUTHORITY = "close authority"
    CONFIDENTIAL_AMOUNTS = "confidential amounts"
    SCALED_AMOUNTS = "scaled amounts"
    PERMISSIONED_BURN = "permissioned burn"
    EXTENSIONS = "extensions"
    METADATA = "metadata"
    LOOK_ALIKE = "look-alike"
    URL_IN_NAME = "URL in name"
    AGE = "age"
    SUPPLY = "supply"
    TOP_HOLDER = "top holder"
    TOP_10_HOLDERS = "top 10 holders"
    CREATORS_SHARE = "creator's share"
    INSIDERS = "insiders"
    COMMON_FUNDERS = "common funders"
    SUPPLY_IN_POOLS = "supply in pools"
    POOLS = "pools"
    LIQUIDITY = "liquidity"
    LIQUIDITY_LOCK = "liquidity lock"
    LIQUIDITY_WITHDRAWAL = "liquidity withdrawal"
    VOLUME_BOTS = "volume bots"
    BUMP_BOTS = "bump bots"
    BUNDLES = "bundles"
    SNIPERS = "snipers"
    TOP_TRADERS = "top traders"
    FREEZE_ABUSE = "freeze abuse"
    CREATOR_SOLD = "creator sold"
    PUMP_AND_DUMP = "pump and dump"
    EARLIER_TOKENS = "earlier tokens"
    OWNER = "owner"
    DELEGATIONS = "delegations"
    CLOSE_AUTHORITIES = "close authorities"
    BOT = "bot"
    DORMANT = "dormant"
    INFRASTRUCTURE = "infrastructure"
    DISTRIBUTOR = "distributor"
    SOLD_MORE_THAN_BOUGHT = "sold more than bought"
    NEVER_BOUGHT = "never bought"
    ADDRESS_POISONING = "poisoned addresses"


class Grade(StrEnum):
    """How safe a token looks, best first; the last one stands outside the order."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    F = "F"
    IC = "IC"
    """Issuer-controlled: an issuer or a staking pool has powers by design; they are spelled out."""


_ORDER = tuple(Grade)


def worst_grade(grades: Iterable[Grade]) -> Grade:
    """The worst of these, A if there is none."""
    return max(grades, key=_ORDER.index, default=Grade.A)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where facts come from, and when they were read.

    `{"name":"mint account","slot":341220118,"read_at":1764435787}`.
    """

    name: str
    """In a few words: `mint account`, `getTokenLargestAccounts`, `own ledger`."""
    slot: int | None = None
    """The chain's slot at the reading; None: not said."""
    read_at: int | None = None
    """Unix seconds; None: not known, as with recorded answers."""


class GradeSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A scan in one line: its grade with its coverage, and the families that matter most.

    `{"grade":"B","decided":15,"of":17,"control":"pass","holders":"warn","liquidity":"unknown"}`.
    """

    grade: Grade
    decided: int
    """Checks with an answer."""
    of: int
    control: Verdict
    holders: Verdict
    liquidity: Verdict


class NotRead(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """Facts that could not be had, with the reason for the reader: `the node refuses this method`."""

    reason: Sentence


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One question about a token or a wallet, with its answer and reason.

    `{"name": "mint authority", "family": "control", "verdict": "pass", "said": {"type": "sentence", "text":
    "nobody can mint"}, "at_best": "A", "source": {"name": "mint account"}, "is_permanent": true}`.
    """

    name: str
    """A CheckName; one that a newer version stored may be none that is known here."""
    family: Family
    verdict: Verdict
    said: Sentence
    """The reason, for the reader in any language; foreign text in it is hostile until escaped."""
    at_best: Grade = Grade.A
    """The best grade that a token with this finding may have."""
    source: Source
    is_permanent: bool = False
    """What it found can never change, such as an authority that was given up."""

    @property
    def reason(self) -> str:
        """The reason in English."""
        return str(self.said)


def not_known(why: Sentence) -> Sentence:
    """The reason of a check whose facts could not be had."""
    return sentence(NOT_KNOWN, why=why)


NOT_KNOWN = sentence("Not known: {why}.").text


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """What a check asks, and where it looks; its methods make the check with the answer."""

    name: CheckName
    family: Family
    source: Source

    def passed(self, reason: Sentence, *, is_permanent: bool = False) -> Check:
        """Nothing speaks against the token here."""
        return self._check(Verdict.PASS, reason, Grade.A, is_permanent=is_permanent)

    def warned(self, reason: Sentence, at_best: Grade) -> Check:
        """Something to know, which alone makes the token no trap."""
        return self._check(Verdict.WARN, reason, at_best)

    def failed(self, reason: Sentence, at_best: Grade) -> Check:
        """Something by which holders lose, or can be made to lose."""
        return self._check(Verdict.FAIL, reason, at_best)

    def unknown(self, reason: Sentence, at_best: Grade) -> Check:
        """The answer is not known."""
        return self._check(Verdict.UNKNOWN, reason, at_best)

    def _check(
        self, verdict: Verdict, reason: Sentence, at_best: Grade, *, is_permanent: bool = False
    ) -> Check:
        return Check(
            name=self.name,
            family=self.family,
            verdict=verdict,
            said=reason,
            at_best=at_best,
            source=self.source,
            is_permanent=is_permanent,
        )
