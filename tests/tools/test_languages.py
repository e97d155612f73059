"""What `make languages` finds, and what it keeps."""

from babel.messages.catalog import Catalog

from tools.languages import messages_in, updated, written

SOURCE = """
COMMANDS: Sequence[tuple[str, str, str]] = (
    ("watch", "ADDRESS", "follow a wallet"),
    ("top", "", "best wallets"),
)
_NAMES = {1: gettext_noop("Buy")}
class OldCallback(Exception):
    def __init__(self) -> None:
        super().__init__("Too old.")
def text(locale, number):
    raise BadInput("A long " "error {what}.", what=1)
    stored = sentence("{who} can sell.", who=name), counted("{number} pool", "{number} pools", number)
    return locale.ngettext("{number} sale", "{number} sales", number, name=locale.gettext("inner"))
def other(locale):
    return locale.pgettext("a switch", "off") + locale.gettext(_NAMES[1]) + "not said so"
"""


def test_messages_are_found_where_they_are_said() -> None:
    found = {(one.context, one.one, one.many) for one in messages_in("module.py", SOURCE)}
    assert found == {
        ("", "ADDRESS", ""),
        ("", "follow a wallet", ""),
        ("", "best wallets", ""),
        ("", "Buy", ""),
        ("", "Too old.", ""),
        ("", "A long error {what}.", ""),
        ("", "{number} sale", "{number} sales"),
        ("", "inner", ""),
        ("", "{who} can sell.", ""),
        ("", "{number} pool", "{number} pools"),
        ("a switch", "off", ""),
    }


def test_a_catalogue_brought_up_to_date_says_the_same_each_time() -> None:
    template = Catalog()
    template.add(("{number} sale", "{number} sales"), locations=[("b.py", 0)])
    template.add("A message of its own", locations=[("a.py", 0)])
    first = written(updated("es", template))
    assert first == written(updated("es", template))
    assert "nplurals=2" in first
    assert first.index("A message") < first.index("{number} sale")


def test_a_message_that_has_no_forms_any_more_is_without_a_translation() -> None:
    template = Catalog()
    template.add("{number} wallet", locations=[("a.py", 0)])  # has two forms in the catalogues
    message = updated("es", template).get("{number} wallet")
    assert message is not None
    assert message.string == ""
