"""Who made a token, by the transaction that made its mint. Pure.

Launchpads may pay for what their customers make. So the customer counts whom the launchpad's program names,
if they signed: anybody may name a stranger, but nobody can sign for one. Sources of the order of accounts:
`pump-public-docs` (`create`, `create_v2`), `raydium-sdk-V2` (LaunchLab, `initialize`) and Meteora's
`dynamic-bonding-curve` (`initialize_virtual_pool_with_spl_token`, `initialize_virtual_pool_with_token2022`).
"""

import hashlib

from chain.market.curves import PUMP
from chain.market.pools import METEORA_DBC, RAYDIUM_LAUNCHLAB
from chain.parsing.calls import calls_of
from chain.parsing.transaction import Transaction

_MAKERS = {
    (program, hashlib.sha256(f"global:{name}".encode()).digest()[:8]): at
    for program, names in (
        (PUMP, {"create": 7, "create_v2": 5}),
        (
            RAYDIUM_LAUNCHLAB,
            {"initialize": 1, "initialize_v2": 1, "initialize_with_token_2022": 1},
        ),
        (
            METEORA_DBC,
            {"initialize_virtual_pool_with_spl_token": 2, "initialize_virtual_pool_with_token2022": 2},
        ),
    )
    for name, at in names.items()
}
"""Where a call names who makes the token, among its accounts."""


def maker_of(made: Transaction) -> str:
    """Whom a launchpad names as maker of what this transaction made, if they signed; else who paid."""
    named = (
        call.accounts[at]
        for call in calls_of(made)
        if (at := _MAKERS.get((call.program, call.prefix))) is not None and at < len(call.accounts)
    )
    return next((one for one in named if one in made.signers), made.payer)
