"""Whom an id token names, and to which sign-in an answer belongs; decided without asking anybody."""

import time
from collections.abc import Mapping
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt import PyJWK

from runtime.settings.secret import Secret
from web.signin.openid import Audience, Reason, SignInRefused, begin, key_id_of, resume, user_of

SECRET = Secret("a client secret of the tests")
AUDIENCE = Audience(issuer="https://issuer.example", client_id="7000000001")
NONCE = "n" * 43
NOW = 1_790_000_000.0
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
OTHER_KEY = ec.generate_private_key(ec.SECP256R1())


def jwk(key: Any, algorithm: str) -> PyJWK:
    public = jwt.get_algorithm_by_name(algorithm).to_jwk(key.public_key(), as_dict=True)
    return PyJWK({**public, "alg": algorithm})


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    whole = {
        "iss": AUDIENCE.issuer,
        "aud": AUDIENCE.client_id,
        "sub": "12345",
        "id": 12345,
        "iat": now,
        "exp": now + 600,
        "nonce": NONCE,
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def token(changes: Mapping[str, Any] | None = None, key: Any = EC_KEY, algorithm: str = "ES256") -> str:
    return jwt.encode(claims(**(changes or {})), key, algorithm, headers={"kid": "one"})


@pytest.mark.parametrize(("key", "algorithm"), [(RSA_KEY, "RS256"), (EC_KEY, "ES256")])
def test_a_token_names_the_person_by_telegrams_number(key: Any, algorithm: str) -> None:
    signed = token(key=key, algorithm=algorithm)
    assert key_id_of(signed) == "one"
    assert user_of(signed, jwk(key, algorithm), AUDIENCE, NONCE) == 12345


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://evil.example"},
        {"aud": "7000000002"},
        {"aud": ["7000000001", "7000000002"]},
        {"aud": None},
        {"azp": "7000000002"},
        {"exp": int(time.time()) - 600},
        {"exp": None},
        {"iat": int(time.time()) + 600},
        {"iat": None},
        {"sub": None},
        {"nonce": "m" * 43},
        {"nonce": None},
        {"nonce": 5},
        {"id": None},
        {"id": "12345"},
        {"id": True},
        {"id": 0},
        {"id": -5},
        {"id": 1.5},
        {"id": 2**60},
    ],
)
def test_a_token_with_one_claim_that_is_not_as_it_has_to_be_names_nobody(changes: Mapping[str, Any]) -> None:
    with pytest.raises(SignInRefused) as caught:
        user_of(token(changes), jwk(EC_KEY, "ES256"), AUDIENCE, NONCE)
    assert caught.value.reason is Reason.UNPROVED


def test_a_token_of_another_key_or_of_none_names_nobody() -> None:
    public = jwk(EC_KEY, "ES256")
    unsigned = jwt.encode(claims(), "", "none")
    by_secret = jwt.encode(claims(), "a secret that is long enough for it", "HS256")
    for forged in (token(key=OTHER_KEY), unsigned, by_secret, token(key=RSA_KEY, algorithm="RS256"), "a.b.c"):
        with pytest.raises(SignInRefused):
            user_of(forged, public, AUDIENCE, NONCE)


@pytest.mark.parametrize("text", ["", "a", "a.b.c", "ä.ö.ü", "x" * 20_000, "e30.e30."])
def test_what_is_no_token_names_no_key(text: str) -> None:
    with pytest.raises(SignInRefused):
        user_of(text, jwk(EC_KEY, "ES256"), AUDIENCE, NONCE) if key_id_of(text) == "" else None


def test_the_way_back_belongs_to_the_browser_that_began() -> None:
    mine, other = begin(SECRET, NOW), begin(SECRET, NOW)
    again = resume(SECRET, mine.cookie, mine.state, NOW + 599)
    assert (again.nonce, again.verifier) == (mine.nonce, mine.verifier)
    for cookie, state in [
        (other.cookie, mine.state),
        (mine.cookie, other.state),
        (mine.cookie, ""),
        ("", mine.state),
        (mine.cookie, "ä"),
        (mine.cookie[1:], mine.state),
    ]:
        with pytest.raises(SignInRefused) as caught:
            resume(SECRET, cookie, state, NOW)
        assert caught.value.reason is Reason.OLD


@pytest.mark.parametrize("seconds", [601, -1])
def test_a_sign_in_takes_ten_minutes_at_most(seconds: float) -> None:
    mine = begin(SECRET, NOW)
    with pytest.raises(SignInRefused):
        resume(SECRET, mine.cookie, mine.state, NOW + seconds)


def test_state_nonce_and_verifier_are_different_secrets() -> None:
    mine = begin(SECRET, NOW)
    secrets = {mine.state, mine.nonce, mine.verifier, mine.challenge}
    assert len(secrets) == 4
    assert all(len(one) == 43 for one in secrets)
    assert begin(Secret("another client secret"), NOW).state not in secrets
