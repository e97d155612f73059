"""A language in which everything that is looked up stands in brackets, so that what is not is seen."""

from dataclasses import replace

from messaging.languages.locale import ENGLISH


class Brackets:
    """Every message is translated by itself in brackets."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"

    def pgettext(self, context: str, message: str) -> str:
        return f"⟦{message}⟧"


PSEUDO = replace(ENGLISH, language="pseudo", catalogue=Brackets())
