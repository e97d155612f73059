"""Links lead to named sites only."""

from messaging.telegram.explorers import transaction_links
from sandbox.telegram.formatting.html import parse_html


def test_a_known_chain_has_links() -> None:
    links = transaction_links("solana", "5abc")
    assert links[0] == '<a href="https://solscan.io/tx/5abc">Solscan</a>'
    assert next(parse_html(link)[1][0].url for link in links) == "https://solscan.io/tx/5abc"


def test_the_sandbox_and_unknown_chains_have_none() -> None:
    assert transaction_links("sandbox", "5abc") == transaction_links("x1", "5abc") == ()


def test_a_hostile_signature_stays_inside_its_link() -> None:
    (entity,) = parse_html(transaction_links("solana", '"><b>')[0])[1]
    assert entity.type == "text_link"
