"""In which topic of a group its alerts come. Pure."""

from messaging.telegram.texts.kinds import counted


def only_in_groups() -> str:
    """The command was written where there are no topics."""
    return "🧵 /topic is for groups: it brings all their alerts to the topic in which you write it."


def spread(here: int, elsewhere: int) -> str:
    """In the group; a button stands below where other topics follow some."""
    if not elsewhere:
        return f"🧵 {counted(here, 'wallet')} alert here, none in another topic."
    return (
        f"🧵 {counted(here, 'wallet')} alert here, {elsewhere:,} in other topics. Alerts come where a wallet"
        " was followed; the button brings all of them here."
    )


def moved(number: int) -> str:
    """They alert here now."""
    return f"🧵 {counted(number, 'wallet')} alert here now, none in another topic."
