"""Mints in the making."""

from dataclasses import replace

import pytest
from spl.token.constants import TOKEN_PROGRAM_ID

from sandbox.actors.config import TOKENS, Population, TokenPlan
from sandbox.actors.genesis.minting import MINT_SIZE, Birth, creation, mint_account_data, wrapped_sol_data
from sandbox.actors.genesis.tokens import token_of, treasury
from tests.sandbox.actors.conftest import QUIET, Settle


def birth_of(plan: TokenPlan) -> Birth:
    return Birth(plan=plan, token=token_of(1, plan), treasury=treasury(1).pubkey())


@pytest.mark.parametrize(
    "plan", [plan for plan in TOKENS if plan.is_2022], ids=lambda plan: ascii(plan.symbol)
)
def test_the_rent_of_a_named_mint_is_exact_from_the_start(settle: Settle, plan: TokenPlan) -> None:
    place, birth = settle(Population(pace=QUIET), active=False), birth_of(plan)
    account = place.chain.account(birth.token.mint)
    assert account is not None
    assert len(account.data) == birth.final_size
    assert account.lamports == place.chain.minimum_balance(birth.final_size)


def test_a_plain_mint_takes_two_instructions() -> None:
    birth = birth_of(next(plan for plan in TOKENS if plan.symbol == "KRILL"))
    assert (birth.size, birth.final_size) == (MINT_SIZE, MINT_SIZE)
    assert len(creation(birth, 1)) == 2
    assert birth.token.program == TOKEN_PROGRAM_ID


def test_a_mint_put_in_place_is_as_long_as_a_real_one() -> None:
    assert len(mint_account_data(6, treasury(1).pubkey())) == MINT_SIZE
    assert len(wrapped_sol_data()) == MINT_SIZE


def test_a_name_can_be_made_final(settle: Settle) -> None:
    plans = tuple(replace(plan, mutable=False) for plan in TOKENS)
    place = settle(Population(tokens=plans), active=False)
    token = place.town.token("TITHE")
    account = place.chain.account(token.mint)
    assert account is not None
    named = bytes(account.data).rindex(bytes(token.mint))
    assert bytes(account.data)[named - 32 : named] == bytes(32)
