"""Mints in the making."""

from dataclasses import replace

import pytest
from spl.token.constants import TOKEN_PROGRAM_ID

from sandbox.actors.config import TOKENS, SimulationConfig, TokenPlan
from sandbox.actors.genesis.minting import (
    MINT_SIZE,
    MintCreation,
    creation_instructions,
    mint_account_data,
    wrapped_sol_data,
)
from sandbox.actors.genesis.tokens import token_of, treasury
from tests.sandbox.actors.running import QUIET, SetUp


def creation_of(plan: TokenPlan) -> MintCreation:
    return MintCreation(plan=plan, token=token_of(1, plan), treasury=treasury(1).pubkey())


@pytest.mark.parametrize(
    "plan", [plan for plan in TOKENS if plan.is_2022], ids=lambda plan: ascii(plan.symbol)
)
def test_the_rent_of_a_named_mint_is_exact_from_the_start(set_up: SetUp, plan: TokenPlan) -> None:
    running, creation = set_up(SimulationConfig(timing=QUIET), active=False), creation_of(plan)
    account = running.chain.account(creation.token.mint)
    assert account is not None
    assert len(account.data) == creation.final_size
    assert account.lamports == running.chain.minimum_balance(creation.final_size)


def test_a_plain_mint_takes_two_instructions() -> None:
    creation = creation_of(next(plan for plan in TOKENS if plan.symbol == "KRILL"))
    assert (creation.size, creation.final_size) == (MINT_SIZE, MINT_SIZE)
    assert len(creation_instructions(creation, 1)) == 2
    assert creation.token.program == TOKEN_PROGRAM_ID


def test_a_mint_put_in_place_is_as_long_as_a_real_one() -> None:
    assert len(mint_account_data(6, treasury(1).pubkey())) == MINT_SIZE
    assert len(wrapped_sol_data()) == MINT_SIZE


def test_a_name_can_be_made_final(set_up: SetUp) -> None:
    plans = tuple(replace(plan, mutable=False) for plan in TOKENS)
    running = set_up(SimulationConfig(tokens=plans), active=False)
    token = running.simulation.token("TITHE")
    account = running.chain.account(token.mint)
    assert account is not None
    named = bytes(account.data).rindex(bytes(token.mint))
    assert bytes(account.data)[named - 32 : named] == bytes(32)
