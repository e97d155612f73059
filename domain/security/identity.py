"""Identity: whether a token is what it says it is. Pure. Names from the chain are hostile."""

import re

from domain.security.checks import Check, CheckName, Family, Grade, NotRead, Source, Topic, not_known
from domain.security.facts import Creation, TokenFacts
from domain.security.issuers import issuer_of
from domain.security.mints import Metadata, MintFacts
from domain.sentences import Figure, Sentence, clauses, counted, sentence
from domain.tokens.look_alikes import MAX_READ, imitated
from domain.tokens.well_known import pinned

DAY_SECONDS = 86_400
OLD_SECONDS = 30 * DAY_SECONDS
"""A token that lived so long with names that can be changed has not lived by changing them."""
_SITE = re.compile(
    r"https?:|www\.|\bt\.me\b|discord\.gg|[\w-]\s?[.․。]\s?(?:com|net|org|io|xyz|fun|app|gg|me|co|ai|site|online|live|"
    r"finance|money|claims?|rewards?|vip|top|ru|cc|info|pro|lol|gift|airdrop|events?|link|click|network|xn--\w+)\b",
    re.IGNORECASE,
)
_METAPLEX = "metadata account"
_NO_NAME = sentence("Its name is not known: {why}.").text


def identity_checks(facts: TokenFacts) -> tuple[Check, ...]:
    """Return what the token's name, its age and its supply tell of it."""
    return (_metadata(facts), _look_alike(facts), _site_in_name(facts), _age(facts), _reminted(facts))


def names_website(text: str) -> bool:
    """Return whether a name or a symbol names a website, as those of bait tokens do."""
    return _SITE.search(text[:MAX_READ]) is not None


def age_seconds(facts: TokenFacts) -> tuple[int, bool] | None:
    """Return how old the token is at least, and whether it is exactly so old; None: not known."""
    age = facts.creation.age if isinstance(facts.creation, Creation) else None
    if age is None or facts.now is None:
        return None
    return max(0, facts.now - age.created_at), age.is_exact


def _topic(name: CheckName, source: Source) -> Topic:
    return Topic(name=name, family=Family.IDENTITY, source=source)


def _metadata_source(facts: TokenFacts) -> Source:
    is_own = isinstance(facts.mint, MintFacts) and facts.mint.metadata is not None
    return Source(
        name=facts.mint_source.name if is_own else _METAPLEX,
        slot=facts.mint_source.slot,
        read_at=facts.mint_source.read_at,
    )


def _metadata(facts: TokenFacts) -> Check:
    topic, metadata = _topic(CheckName.METADATA, _metadata_source(facts)), facts.metadata
    if pinned(facts.chain, facts.subject) is not None or issuer_of(facts) is not None:
        return topic.passed(sentence("It is known by its address, whatever it calls itself."))
    if isinstance(metadata, NotRead):
        return topic.unknown(not_known(metadata.reason), Grade.B)
    if metadata is None or not (metadata.name or metadata.symbol):
        return topic.warned(sentence("It has no name."), Grade.C)
    if metadata.mint is not None and metadata.mint != facts.subject:
        return topic.failed(
            sentence("Its name belongs to another token, {mint}.", mint=metadata.mint), Grade.D
        )
    if not metadata.is_mutable:
        return topic.passed(sentence("Nobody can change its name or its links."), is_permanent=True)
    return _changeable(topic, metadata, age_seconds(facts))


def _changeable(topic: Topic, metadata: Metadata, age: tuple[int, bool] | None) -> Check:
    who = metadata.update_authority or sentence("Somebody")
    changes = sentence("{who} can change its name and its links", who=who)
    if age is not None and age[0] >= OLD_SECONDS:
        days = counted("it is {number} day old", "it is {number} days old", age[0] // DAY_SECONDS)
        return topic.warned(clauses(changes, days), Grade.B)
    return topic.warned(clauses(changes), Grade.C)


def _names(facts: TokenFacts) -> tuple[str, ...]:
    """All that it calls itself: programs differ in whether they show what stands in the mint or elsewhere."""
    places = [one for one in (facts.metadata, facts.mint) if isinstance(one, Metadata | MintFacts)]
    names = (text for one in places for text in (one.symbol, one.name))
    return tuple(text[:MAX_READ] for text in names if text)


def _look_alike(facts: TokenFacts) -> Check:
    topic = _topic(CheckName.LOOK_ALIKE, _metadata_source(facts))
    if pinned(facts.chain, facts.subject) is not None:
        return topic.passed(sentence("It is the token that is known by this symbol."), is_permanent=True)
    alike = next(
        (found for text in _names(facts) if (found := imitated(facts.chain, facts.subject, text))), None
    )
    if alike is not None:
        return topic.failed(
            sentence("It looks like {symbol}, which is another token.", symbol=alike), Grade.F
        )
    if isinstance(facts.metadata, NotRead):
        return topic.unknown(sentence(_NO_NAME, why=facts.metadata.reason), Grade.B)
    return topic.passed(sentence("It looks like no well-known token."))


def _site_in_name(facts: TokenFacts) -> Check:
    topic = _topic(CheckName.URL_IN_NAME, _metadata_source(facts))
    if any(names_website(text) for text in _names(facts)):
        return topic.warned(sentence("Its name leads to a website, as those of bait tokens do."), Grade.C)
    if isinstance(facts.metadata, NotRead):
        return topic.unknown(sentence(_NO_NAME, why=facts.metadata.reason), Grade.B)
    return topic.passed(sentence("Its name leads nowhere."))


def _age(facts: TokenFacts) -> Check:
    age = age_seconds(facts)
    source = facts.creation.source if isinstance(facts.creation, Creation) else Source(name="transactions")
    topic = _topic(CheckName.AGE, source)
    if pinned(facts.chain, facts.subject) is not None:
        return topic.passed(sentence("It stands on the shipped list of well-known tokens: it is not new."))
    if age is None:
        missing = sentence("its first transaction was not found")
        why = facts.creation.reason if isinstance(facts.creation, NotRead) else missing
        return topic.unknown(not_known(why), Grade.B)
    seconds, is_exact = age
    if seconds >= DAY_SECONDS:
        return topic.passed(_old(seconds // DAY_SECONDS, is_exact=is_exact), is_permanent=True)
    if not is_exact:
        return topic.unknown(
            sentence("Its first transaction lies too far back to be found in a few pages."), Grade.B
        )
    return topic.warned(_young(seconds // 3600), Grade.C)


def _old(days: int, *, is_exact: bool) -> Sentence:
    if is_exact:
        return counted("It is {number} day old.", "It is {number} days old.", days)
    return counted("It is {number} day old at least.", "It is {number} days old at least.", days)


def _young(hours: int) -> Sentence:
    if not hours:
        return sentence("It is less than an hour old.")
    return counted("It is an hour old.", "It is {number} hours old.", hours)


def _reminted(facts: TokenFacts) -> Check:
    """Evidence that the supply grew, apart from the power to make it grow."""
    topic, mint = _topic(CheckName.SUPPLY, facts.mint_source), facts.mint
    if not isinstance(mint, MintFacts):
        return topic.unknown(sentence("Its supply is not known."), Grade.B)
    if mint.mint_authority is None:
        return topic.passed(sentence("Nobody can add to its supply."), is_permanent=True)
    before = facts.earlier.supply if facts.earlier is not None else None
    if before is None:
        return topic.unknown(
            sentence("This is the first look at its supply, to which somebody can add."), Grade.A
        )
    if mint.supply <= before:
        return topic.passed(sentence("Nothing was added to its supply since the first look."))
    if issuer_of(facts) is not None:
        return topic.warned(
            sentence("Its supply grew since the first look, as its issuer makes it."), Grade.A
        )
    return topic.failed(_grown(before, mint.supply), Grade.D)


def _grown(before: int, now: int) -> Sentence:
    if not before:
        return sentence("Its supply grew since the first look: from nothing.")
    more = Figure(f"{(now - before) * 100 // before} %")
    return sentence("Its supply grew since the first look: {more}.", more=more)
