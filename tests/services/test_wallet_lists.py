"""Lists of wallets: pasted, in tables, in JSON; whatever somebody sends."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.rules import MAX_LABEL
from services.wallet_lists import (
    MAX_FILE_BYTES,
    MAX_IMPORT,
    LabelFault,
    ListFault,
    NamedWallet,
    checked_label,
    fitting_label,
    pasted_wallets,
    read_file,
    read_text,
)
from tests.bot.conftest import OTHER_WHALE, WHALE
from tests.services.wallets import addresses

(THIRD,) = addresses(1)
LINK = f"https://solscan.io/account/{WHALE}"
MOBY, DICK = NamedWallet(address=WHALE, name="Moby"), NamedWallet(address=OTHER_WHALE, name="Dick")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", f"{WHALE},Moby\n{OTHER_WHALE},Dick\n"),
        ("a.csv", f"address,label\r\n{WHALE},Moby\r\n{OTHER_WHALE},Dick\r\n"),
        ("a.csv", f"Group,Name,Wallet\nA,Moby,{WHALE}\nB,Dick,{OTHER_WHALE}\n"),
        ("a.csv", f'"{WHALE}";"Moby";"x"\n"{OTHER_WHALE}";"Dick";"y"\n'),
        ("a.tsv", f"Moby\t{WHALE}\nDick\t{OTHER_WHALE}\n"),
        ("a.txt", f"{WHALE} Moby\n{OTHER_WHALE} Dick\n"),
        ("a.txt", f"{WHALE}:Moby\n{OTHER_WHALE}:Dick\n"),
        ("a.txt", f"{WHALE},Moby\n{OTHER_WHALE},Dick\n"),
        ("a.txt", f"Moby: {WHALE}\nDick: {OTHER_WHALE}\n"),
        ("a.json", json.dumps([f"{WHALE} Moby", f"{OTHER_WHALE}:Dick"])),
        ("a.json", json.dumps([[WHALE, "Moby"], [OTHER_WHALE, "Dick"]])),
        ("a.json", json.dumps([{"address": WHALE, "name": "Moby"},
                               {"wallet": OTHER_WHALE, "label": "Dick"}])),
        ("a.json", json.dumps({"wallets": [{"trackedWalletAddress": WHALE, "name": "Moby"},
                                           {"trackedWalletAddress": OTHER_WHALE, "name": "Dick"}]})),
        ("a.json", json.dumps({WHALE: "Moby", OTHER_WHALE: {"name": "Dick", "alerts": True}})),
        ("no ending", json.dumps([{"publicKey": WHALE, "nickname": "Moby"},
                                  {"pubkey": OTHER_WHALE, "alias": "Dick"}])),
    ],
)  # fmt: skip
def test_what_other_trackers_write_is_read(name: str, content: str) -> None:
    assert read_file(content.encode(), name=name).wallets == (MOBY, DICK)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_in_any_common_encoding(encoding: str) -> None:
    content = f"{WHALE},Möby".encode(encoding)
    assert read_file(content).wallets == (NamedWallet(address=WHALE, name="Möby"),)


def test_an_address_counts_once_under_its_first_name() -> None:
    assert read_text(f"{WHALE} Moby\n{OTHER_WHALE} Dick\n{WHALE} Ahab").wallets == (MOBY, DICK)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"x" * (MAX_FILE_BYTES + 1), ListFault.TOO_LARGE),
        (b"%PDF\0\1", ListFault.BINARY),
        (b"[1, 2", ListFault.BAD_JSON),
        (b"[" * 100_000, ListFault.BAD_JSON),
        (b"", ListFault.NO_ADDRESS),
        (b"0x52908400098527886E0F7030069857D2E4169EE7,Vitalik", ListFault.NO_ADDRESS),
        ("\n".join(addresses(MAX_IMPORT + 1)).encode(), ListFault.TOO_MANY),
    ],
)
def test_what_cannot_be_taken_says_why(content: bytes, fault: ListFault) -> None:
    assert read_file(content).fault is fault


def test_as_many_as_may_be_imported_are_taken() -> None:
    found = read_text("\n".join(f"{one},Whale {index}" for index, one in enumerate(addresses(MAX_IMPORT))))
    assert (found.fault, len(found.wallets)) == (None, MAX_IMPORT)
    assert found.wallets[499].name == "Whale 499"


@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.json", "a.txt", ""]))
def test_any_file_is_read_or_refused(content: bytes, name: str) -> None:
    found = read_file(content, name=name)
    assert bool(found.wallets) == (found.fault in {None, ListFault.TOO_MANY})


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_refused(value: object) -> None:
    read_text(json.dumps(value), name="a.json")


@pytest.mark.parametrize("name", ["a.csv", "a.txt"])
@pytest.mark.parametrize(
    "unit",
    ["\t", ",", '"', "\n", "[", " ", "x\n", ",\n", "1\t", "2", "2" * 44 + " ", "http://a ", f"{WHALE} "],
)
def test_no_file_holds_up_a_bot(unit: str, name: str) -> None:
    content = (unit * MAX_FILE_BYTES)[:MAX_FILE_BYTES].encode()
    began = process_time()
    read_file(content, name=name)
    assert process_time() - began < 1


@pytest.mark.parametrize("value", [["x"] * 60_000, [{"x": "y"}] * 25_000, "x\n" * 80_000])
def test_no_json_holds_up_a_bot(value: object) -> None:
    content = json.dumps(value, separators=(",", ":")).encode()
    began = process_time()
    assert read_file(content, name="a.json").fault is ListFault.NO_ADDRESS
    assert process_time() - began < 1


@pytest.mark.parametrize("label", ["toly.sol", "ansem.eth"])
def test_domains_are_names(label: str) -> None:
    name, fault = checked_label(label)
    assert (name, fault) == (label.replace(".", "․"), None)
    assert read_text(f"{WHALE},{label}").wallets[0].name == label
    assert pasted_wallets(f"{WHALE} {label}")[0].name == label


def test_a_name_that_is_too_long_is_cut_or_refused() -> None:
    assert checked_label("x" * (MAX_LABEL + 1))[1] is LabelFault.TOO_LONG
    assert checked_label("\u202e")[1] is LabelFault.EMPTY
    assert len(fitting_label("x" * 1_000)) == MAX_LABEL


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (WHALE, ""),
        (f"{WHALE} My whale", "My whale"),
        (f"{WHALE}\tMy whale", "My whale"),
        (f"{WHALE}, My whale", "My whale"),
        (f"{WHALE}\u00a0My whale", "My whale"),
        (f"`{WHALE}` My whale", "My whale"),
        (f"{LINK} My whale", "My whale"),
        (f"1. {WHALE} My whale", "My whale"),
        (f"My whale: {WHALE}", "My whale"),
        (f"My whale - {WHALE}", "My whale"),
        (f"look at {WHALE} please", ""),
        (f"look at {WHALE}", ""),
    ],
)
def test_the_name_next_to_an_address_is_taken(text: str, name: str) -> None:
    assert pasted_wallets(text) == [NamedWallet(address=WHALE, name=name)]


def test_several_lines_are_several_wallets_each_with_its_name() -> None:
    text = f"my list\n{WHALE} Moby\n\n{OTHER_WHALE} Dick\r\n{WHALE} again"
    assert pasted_wallets(text) == [
        NamedWallet(address=WHALE, name="Moby"),
        NamedWallet(address=OTHER_WHALE, name="Dick"),
    ]


@pytest.mark.parametrize("text", [f"{WHALE} Moby\n{OTHER_WHALE}, Dick", f"{WHALE} Moby\n{OTHER_WHALE} ;Dick"])
def test_a_first_line_with_an_address_is_no_header(text: str) -> None:
    assert read_text(text).wallets == (MOBY, DICK)


def test_several_addresses_on_one_line_have_no_names() -> None:
    assert pasted_wallets(f"{WHALE} {OTHER_WHALE}") == [
        NamedWallet(address=WHALE),
        NamedWallet(address=OTHER_WHALE),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{WHALE},Moby,{OTHER_WHALE},Dick",
        f"Moby,{WHALE},Dick,{OTHER_WHALE}",
        f"{WHALE},Moby,{OTHER_WHALE},Dick,12.5,true",
        f"wallet,label,wallet 2\n{WHALE},Moby,\n{OTHER_WHALE},Dick,",
    ],
)
def test_each_address_of_a_row_is_a_wallet_with_the_name_next_to_it(text: str) -> None:
    assert read_text(text, name="list.csv").wallets == (MOBY, DICK)


def test_a_row_of_addresses_alone_is_a_list_of_them() -> None:
    assert read_text(f"{WHALE},{OTHER_WHALE}").wallets == (
        NamedWallet(address=WHALE),
        NamedWallet(address=OTHER_WHALE),
    )


def test_where_the_header_names_the_column_of_wallets_other_addresses_are_none() -> None:
    text = f"name,funder,wallet,token\nMoby,{THIRD},{WHALE},{THIRD}\nDick,{THIRD},{OTHER_WHALE},{THIRD}"
    assert read_text(text, name="list.csv").wallets == (MOBY, DICK)


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert all(wallet.name == wallet.name.strip() for wallet in pasted_wallets(text))
