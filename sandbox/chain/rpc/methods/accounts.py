"""RPC methods about accounts and tokens."""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from solders.account import Account
from solders.pubkey import Pubkey

from sandbox.chain.encodings.accounts import AccountConfig, Decimals, account_json
from sandbox.chain.encodings.tokens import (
    TOKEN_PROGRAMS,
    Holding,
    MintFigures,
    holding_of,
    mint_of,
    ui_amount,
)
from sandbox.chain.errors import invalid_params
from sandbox.chain.node.blocks import Block
from sandbox.chain.rpc.methods.node import AtConfig
from sandbox.chain.rpc.params import Params, read_key
from sandbox.chain.rpc.view import View, with_context

_MAX_ACCOUNTS = 100
_MAX_HOLDERS = 20


class _Owned(msgspec.Struct, rename="camel"):
    """`{"programId":"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"}`."""

    mint: str | None = None
    program_id: str | None = None


def get_account_info(view: View, params: Params) -> dict[str, Any]:
    """One account, or null."""
    key, config = params.key(0), params.config(1, AccountConfig)
    tip = view.at(config.commitment, config.min_context_slot)
    return with_context(tip, account_json(view.account(tip, key), config, decimals_at(view, tip)))


def get_multiple_accounts(view: View, params: Params) -> dict[str, Any]:
    """Up to a hundred accounts, null for each missing one."""
    asked, config = params.required(0), params.config(1, AccountConfig)
    if not isinstance(asked, list):
        raise invalid_params("Invalid params: invalid type: expected a sequence.")
    if len(asked) > _MAX_ACCOUNTS:
        raise invalid_params(f"Too many inputs provided; max {_MAX_ACCOUNTS}")
    tip = view.at(config.commitment, config.min_context_slot)
    decimals = decimals_at(view, tip)
    keys = [read_key(str(one)) for one in asked]
    return with_context(tip, [account_json(view.account(tip, key), config, decimals) for key in keys])


def get_token_accounts_by_owner(view: View, params: Params) -> dict[str, Any]:
    """An owner's token accounts, of one mint or of one token program."""
    owner, wanted = str(params.key(0)), params.config(1, _Owned)
    config = params.config(2, AccountConfig)
    tip = view.at(config.commitment, config.min_context_slot)
    fits = _filter(view, tip, wanted)
    found = [
        {"account": account_json(account, config, decimals_at(view, tip)), "pubkey": str(key)}
        for key, account, holding in _holdings(view, tip, view.chain.token_accounts.of_owner(owner))
        if holding.owner == owner and fits(holding)
    ]
    return with_context(tip, found)


def _filter(view: View, tip: Block, wanted: _Owned) -> Callable[[Holding], bool]:
    if wanted.mint is not None:
        mint = read_key(wanted.mint)
        if mint_of(view.account(tip, mint)) is None:
            raise invalid_params("Invalid param: could not find mint")
        return lambda holding: holding.mint == str(mint)
    if wanted.program_id is None:
        raise invalid_params("Invalid params: expected `mint` or `programId`.")
    program = read_key(wanted.program_id)
    if program not in TOKEN_PROGRAMS:
        raise invalid_params("Invalid param: unrecognized Token program id")
    return lambda holding: holding.program == str(program)


def get_token_largest_accounts(view: View, params: Params) -> dict[str, Any]:
    """The twenty largest accounts of a mint."""
    mint, config = params.key(0), params.config(1, AtConfig)
    tip = view.at(config.commitment, config.min_context_slot)
    decimals = _mint(view, tip, mint).decimals
    rows = _holdings(view, tip, view.chain.token_accounts.of_mint(str(mint)))
    balances = [(key, holding.amount) for key, _, holding in rows if holding.mint == str(mint)]
    balances.sort(key=lambda row: row[1], reverse=True)
    value = [{"address": str(key)} | ui_amount(amount, decimals) for key, amount in balances[:_MAX_HOLDERS]]
    return with_context(tip, value)


def get_token_supply(view: View, params: Params) -> dict[str, Any]:
    """The supply of a token."""
    mint, config = params.key(0), params.config(1, AtConfig)
    tip = view.at(config.commitment, config.min_context_slot)
    return with_context(tip, ui_amount(*_mint(view, tip, mint)))


def _mint(view: View, tip: Block, key: Pubkey) -> MintFigures:
    account = view.account(tip, key)
    if account is None:
        raise invalid_params("Invalid param: could not find account")
    figures = mint_of(account)
    if figures is None:
        raise invalid_params("Invalid param: not a Token mint")
    return figures


def _holdings(view: View, tip: Block, keys: list[Pubkey]) -> Iterator[tuple[Pubkey, Account, Holding]]:
    for key in keys:
        account = view.account(tip, key)
        holding = holding_of(account)
        if account is not None and holding is not None:
            yield key, account, holding


def decimals_at(view: View, tip: Block) -> Decimals:
    """A function that looks up the decimals of a mint as it is after `tip`."""

    def known(mint: str) -> int | None:
        figures = mint_of(view.account(tip, Pubkey.from_string(mint)))
        return None if figures is None else figures.decimals

    return known
