"""Why a paper campaign cannot be as it was asked for. Pure."""

from messaging.languages.locale import gettext_noop

TOO_MANY = gettext_noop(
    "The limit is {limit} campaigns, counted over all chats of the account. Stop one of them: /paper"
)

WRONG_WALLETS = gettext_noop("A campaign follows 1 to {limit} wallets.")

WHOLE_NUMBER = gettext_noop("{word} takes a whole number, such as {word} 5.")

STATED_TWICE = gettext_noop("{word} is said twice: once is enough.")

TOO_MANY_OPEN = gettext_noop("A campaign has {limit} positions at a time at most.")

TOO_EARLY = gettext_noop("A campaign begins {days} days back at the earliest.")

TOO_FAR_AHEAD = gettext_noop("A campaign begins and ends within a year.")

ENDS_FIRST = gettext_noop("A campaign ends after it begins.")

NO_SUCH_CAMPAIGN = gettext_noop("There is no such campaign.")
