"""In which topic of a group its alerts come. Pure."""

from messaging.languages.locale import ENGLISH, Locale


def only_in_groups(*, locale: Locale = ENGLISH) -> str:
    """The command was written where there are no topics."""
    return locale.gettext(
        "🧵 /topic is for groups: it brings all their alerts to the topic in which you write it."
    )


def spread(here: int, elsewhere: int, *, locale: Locale = ENGLISH) -> str:
    """In the group; a button follows below where other topics follow some.

    Args:
        here: wallets that alert in this topic.
        elsewhere: wallets that alert in others.
        locale: of the reader.
    """
    if not elsewhere:
        return locale.ngettext(
            "🧵 {number} wallet alert here, none in another topic.",
            "🧵 {number} wallets alert here, none in another topic.",
            here,
        )
    return locale.ngettext(
        "🧵 {number} wallet alert here, {elsewhere} in other topics. Alerts come where a wallet "
        "was followed; the button brings all of them here.",
        "🧵 {number} wallets alert here, {elsewhere} in other topics. Alerts come where a "
        "wallet was followed; the button brings all of them here.",
        here,
        elsewhere=locale.number(elsewhere),
    )


def moved(number: int, differing: int, *, locale: Locale = ENGLISH) -> str:
    """They alert here now; what became of those of which topics had different names or rules.

    Args:
        number: wallets that alert here now.
        differing: those of which topics had different names or rules.
        locale: of the reader.
    """
    here = locale.ngettext(
        "🧵 {number} wallet alert here now, none in another topic.",
        "🧵 {number} wallets alert here now, none in another topic.",
        number,
    )
    if not differing:
        return here
    kept = locale.gettext(
        "Where topics had different names or rules for a wallet, those of this topic stay, else those of the "
        "oldest topic."
    )
    return f"{here}\n{kept}"
