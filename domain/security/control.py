"""Control: what somebody can do to every holder, from the mint account alone. Pure."""

from domain.security.checks import Check, Family, Grade, NotRead, Source, Topic
from domain.security.facts import NotAMint, TokenFacts
from domain.security.issuers import is_minted_by
from domain.security.mints import Minter, MinterKind, MintFacts, TransferFee

NAMES = (
    "mint account",
    "mint authority",
    "freeze authority",
    "permanent delegate",
    "transfer fee",
    "transfer hook",
    "pause",
    "default state",
    "transferable",
    "close authority",
    "confidential amounts",
    "scaled amounts",
    "permissioned burn",
    "extensions",
)
"""The checks, in the order in which they are told."""
HIGH_FEE, SMALL_FEE = 500, 100
"""Hundredths of a per cent: above the first a token cannot be traded, up to the second it costs little."""


def control_checks(facts: TokenFacts) -> tuple[Check, ...]:
    """Who could do what to every holder; each unknown where the mint could not be read."""
    mint, source = facts.mint, facts.mint_source
    if isinstance(mint, NotAMint):
        bad = _topic("mint account", mint.source).failed(f"This is not a token: {mint.reason}.", Grade.F)
        return (bad, *(_unread(name, "There is no mint to read.", mint.source) for name in NAMES[1:]))
    if isinstance(mint, NotRead):
        return tuple(_unread(name, f"Not known: {mint.reason}.", source) for name in NAMES)
    return (
        _topic("mint account", source).passed(f"A mint of {program_name(mint)}.", is_permanent=True),
        _mint_authority(mint, facts.minter, source),
        _power("freeze authority", mint.freeze_authority, "can freeze any holder's tokens", Grade.D, source),
        _power(
            "permanent delegate",
            mint.permanent_delegate,
            "can take or burn anybody's tokens",
            Grade.F,
            source,
        ),
        _transfer_fee(mint.transfer_fee, source),
        _transfer_hook(mint, source),
        _pause(mint, source),
        _trait("default state", mint.default_frozen, "New accounts begin frozen: buyers cannot sell", source),
        _trait(
            "transferable", mint.non_transferable, "It cannot be transferred, so it cannot be sold", source
        ),
        _close_authority(mint, source),
        _amounts("confidential amounts", _hidden(mint), source),
        _amounts("scaled amounts", _scaled(mint), source),
        _burns(mint, source),
        _extensions(mint, source),
    )


def program_name(mint: MintFacts) -> str:
    """What people call the token program that owns a mint."""
    return "Token-2022" if mint.program.startswith("Tokenz") else "the token program"


def _topic(name: str, source: Source) -> Topic:
    return Topic(name=name, family=Family.CONTROL, source=source)


def _unread(name: str, reason: str, source: Source) -> Check:
    return _topic(name, source).unknown(reason, Grade.C)


def _power(name: str, holder: str | None, power: str, at_best: Grade, source: Source) -> Check:
    topic = _topic(name, source)
    if holder is None:
        return topic.passed(f"No {name}: nobody {power}.", is_permanent=True)
    return topic.failed(f"{holder} {power}.", at_best)


def _mint_authority(mint: MintFacts, minter: Minter | None, source: Source) -> Check:
    power = "can make more tokens at will"
    if minter is None or mint.mint_authority is None:
        return _power("mint authority", mint.mint_authority, power, Grade.D, source)
    topic = _topic("mint authority", source)
    if is_minted_by(mint, minter):
        against = "deposited SOL" if minter.kind is MinterKind.STAKE_POOL else "a token of another chain"
        return topic.warned(
            f"Only the program of {minter.name} {minter.account} mints it, against {against}.", Grade.A
        )
    if minter.kind is MinterKind.BRIDGE:
        return topic.failed(f"{mint.mint_authority} {power}.", Grade.D)
    return topic.failed(
        f"{mint.mint_authority} {power}: that is not the authority of its stake pool {minter.account}.",
        Grade.D,
    )


def _transfer_fee(fee: TransferFee | None, source: Source) -> Check:
    topic = _topic("transfer fee", source)
    if fee is None:
        return topic.passed("No fee is taken at transfers, and none can be.", is_permanent=True)
    now = _fee_text(fee)
    if fee.basis_points > HIGH_FEE:
        return topic.failed(f"{now}{_who_raises(fee)}.", Grade.F)
    if fee.authority is not None or fee.basis_points > SMALL_FEE:
        return topic.failed(f"{now}{_who_raises(fee)}.", Grade.D)
    if fee.basis_points:
        return topic.warned(f"{now}{_who_raises(fee)}.", Grade.C)
    return topic.passed("No fee is taken at transfers, and nobody can set one.", is_permanent=True)


def _fee_text(fee: TransferFee) -> str:
    """`2 % fee on each transfer`, with the change that is scheduled."""
    if fee.before is None or fee.after is None or fee.before == fee.after:
        return f"{_percent(fee.basis_points)} fee on each transfer"
    return (
        f"{_percent(fee.before)} fee on each transfer, {_percent(fee.after)} from epoch {fee.from_epoch} on"
    )


def _percent(basis_points: int) -> str:
    return f"{basis_points / 100:g} %"


def _who_raises(fee: TransferFee) -> str:
    return f"; {fee.authority} can raise it up to 100 %" if fee.authority else "; nobody can raise it"


def _transfer_hook(mint: MintFacts, source: Source) -> Check:
    hook, topic = mint.transfer_hook, _topic("transfer hook", source)
    if hook is None or (hook.program is None and hook.authority is None):
        return topic.passed("No program is asked at transfers, and none can be.", is_permanent=True)
    if hook.program is None:
        return topic.failed(f"{hook.authority} can set a program that refuses sales; none is set.", Grade.D)
    changes = f"; {hook.authority} can set another" if hook.authority else ""
    return topic.failed(f"Program {hook.program} may refuse any transfer{changes}.", Grade.F)


def _pause(mint: MintFacts, source: Source) -> Check:
    state, topic = mint.pausable, _topic("pause", source)
    if state is None:
        return topic.passed("Nobody can stop all transfers.", is_permanent=True)
    if state.paused:
        return topic.failed(
            f"All transfers are stopped now; by {state.authority or 'nobody any more'}.", Grade.F
        )
    if state.authority is not None:
        return topic.failed(f"{state.authority} can stop all transfers.", Grade.D)
    return topic.passed("Nobody can stop all transfers any more.", is_permanent=True)


def _trait(name: str, is_bad: bool, reason: str, source: Source) -> Check:  # noqa: FBT001 - a fact, not a switch
    topic = _topic(name, source)
    return topic.failed(f"{reason}.", Grade.F) if is_bad else topic.passed("As usual.")


def _close_authority(mint: MintFacts, source: Source) -> Check:
    topic = _topic("close authority", source)
    if mint.close_authority is None:
        return topic.passed("Nobody can close the mint.", is_permanent=True)
    power = f"{mint.close_authority} can close the mint once no token is left, and make another in its place."
    return topic.failed(power, Grade.D) if mint.supply else topic.warned(power, Grade.C)


def _hidden(mint: MintFacts) -> str | None:
    if mint.hidden_supply:
        return "Tokens can be made and burned in hidden amounts: the supply says too little."
    return "Holders can hide how much they hold and move." if mint.confidential else None


def _scaled(mint: MintFacts) -> str | None:
    return "Amounts are shown by interest or a multiplier, which can change." if mint.rescaled else None


def _amounts(name: str, finding: str | None, source: Source) -> Check:
    topic = _topic(name, source)
    return topic.passed("As usual.") if finding is None else topic.warned(finding, Grade.C)


def _burns(mint: MintFacts, source: Source) -> Check:
    topic = _topic("permissioned burn", source)
    if mint.burn_authority is None:
        return topic.passed("Holders can burn their own tokens.")
    return topic.warned(f"{mint.burn_authority} must agree to each burn.", Grade.C)


def _extensions(mint: MintFacts, source: Source) -> Check:
    """An extension that is not known may move or block tokens, so it is the worst that it can be."""
    topic = _topic("extensions", source)
    if mint.unknown_extensions:
        numbers = ", ".join(map(str, mint.unknown_extensions))
        return topic.unknown(
            f"It has extensions that this version does not know, which may move or block tokens: {numbers}.",
            Grade.F,
        )
    return topic.passed(f"All known: {', '.join(mint.extensions)}." if mint.extensions else "It has none.")
