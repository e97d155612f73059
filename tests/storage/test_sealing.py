"""Sealed secrets: they open in their own column, with their own key, and say what to do otherwise."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Misconfigured, SecretUnreadable
from runtime.settings.sealing_keys import sealing_keys
from runtime.settings.secret import Secret
from storage.sealing import MIN_SEALED, Sealer, key_id, make_sealer

OLD, NEW = bytes(range(32)), bytes(range(1, 33))
COLUMN, ROW = "webhooks.secret", "7"


@dataclass(frozen=True, kw_only=True)
class Keys:
    secrets_key: tuple[Secret, ...]


@given(st.binary(max_size=300), st.text(max_size=30), st.text(max_size=30))
def test_what_is_sealed_opens_in_its_place(plain: bytes, column: str, row: str) -> None:
    sealer = Sealer([NEW])
    assert sealer.unseal(sealer.seal(plain, column=column, row=row), column=column, row=row) == plain


def test_the_same_secret_looks_different_each_time_and_nothing_of_it_is_seen() -> None:
    sealer = Sealer([NEW])
    first, second = (sealer.seal(b"whsec_abc", column=COLUMN, row=ROW) for _ in range(2))
    assert first != second
    assert b"whsec" not in first
    assert len(first) == MIN_SEALED + len(b"whsec_abc")


@pytest.mark.parametrize(
    ("column", "row"),
    [
        (COLUMN, "8"),
        ("webhooks.url", ROW),
        ("webhooks.secret7", ""),
        ("webhooks.secre", "t7"),
        ("", COLUMN + ROW),
    ],
)
def test_it_does_not_open_in_another_row_or_column(column: str, row: str) -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal(b"secret", column=COLUMN, row=ROW)
    with pytest.raises(SecretUnreadable, match="it was changed, or moved there"):
        sealer.unseal(sealed, column=column, row=row)


def test_a_change_of_any_byte_is_seen() -> None:
    sealer = Sealer([NEW])
    sealed = sealer.seal(b"secret", column=COLUMN, row=ROW)
    for at in range(len(sealed)):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(SecretUnreadable):
            sealer.unseal(changed, column=COLUMN, row=ROW)


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"whsec_in_clear_text_that_nobody_has_ever_sealed"])
def test_what_was_never_sealed_is_no_secret(sealed: bytes) -> None:
    with pytest.raises(SecretUnreadable, match="holds nothing that was sealed"):
        Sealer([NEW]).unseal(sealed, column=COLUMN, row=ROW)


def test_older_keys_open_and_the_first_one_seals() -> None:
    sealed = Sealer([OLD]).seal(b"secret", column=COLUMN, row=ROW)
    both = Sealer([NEW, OLD])
    assert both.unseal(sealed, column=COLUMN, row=ROW) == b"secret"
    assert not both.is_newest(sealed)
    assert both.is_newest(both.seal(b"secret", column=COLUMN, row=ROW))


def test_a_lost_key_is_named_by_its_id_with_what_to_do_and_nothing_of_any_key() -> None:
    sealed = Sealer([OLD]).seal(b"secret", column=COLUMN, row=ROW)
    with pytest.raises(SecretUnreadable) as caught:
        Sealer([NEW]).unseal(sealed, column=COLUMN, row=ROW)
    text = str(caught.value)
    assert "webhooks.secret of row 7 was sealed with the key " + key_id(OLD).hex() in text
    assert key_id(NEW).hex() in text
    assert "SECRETS_KEY=newest,older" in text
    assert not any(key.hex()[:8] in text for key in (OLD, NEW))


def test_without_a_key_it_says_which_setting_to_make() -> None:
    sealer = make_sealer(Keys(secrets_key=()))
    assert not sealer.is_ready
    with pytest.raises(Misconfigured, match=r"SECRETS_KEY is not set.*openssl rand -base64 32"):
        sealer.seal(b"secret", column=COLUMN, row=ROW)
    with pytest.raises(Misconfigured, match="SECRETS_KEY is not set"):
        sealer.unseal(bytes(MIN_SEALED), column=COLUMN, row=ROW)


def test_a_sealer_is_made_of_the_setting_and_prints_no_key() -> None:
    sealer = make_sealer(Keys(secrets_key=sealing_keys(f"{NEW.hex()},{OLD.hex()}")))
    sealed = Sealer([OLD]).seal(b"secret", column=COLUMN, row=ROW)
    assert sealer.unseal(sealed, column=COLUMN, row=ROW) == b"secret"
    assert NEW.hex() not in repr(sealer)
