"""Control: what somebody can do to every holder, from the mint account alone. Pure."""

import msgspec

from domain.security.checks import Check, CheckName, Family, Grade, NotRead, Source, Topic, not_known
from domain.security.facts import NotAMint, TokenFacts
from domain.security.issuers import is_minted_by
from domain.security.mints import Minter, MinterKind, MintFacts, TransferFee
from domain.sentences import Figure, Sentence, clauses, sentence

NAMES = (
    CheckName.MINT_ACCOUNT,
    CheckName.MINT_AUTHORITY,
    CheckName.FREEZE_AUTHORITY,
    CheckName.PERMANENT_DELEGATE,
    CheckName.TRANSFER_FEE,
    CheckName.TRANSFER_HOOK,
    CheckName.PAUSE,
    CheckName.DEFAULT_STATE,
    CheckName.TRANSFERABLE,
    CheckName.CLOSE_AUTHORITY,
    CheckName.CONFIDENTIAL_AMOUNTS,
    CheckName.SCALED_AMOUNTS,
    CheckName.PERMISSIONED_BURN,
    CheckName.EXTENSIONS,
)
"""The checks, in the order in which they are shown."""
HIGH_FEE, SMALL_FEE = 500, 100
"""Hundredths of a per cent: above the first a token cannot be traded, up to the second it costs little."""


def control_checks(facts: TokenFacts) -> tuple[Check, ...]:
    """Return who could do what to every holder; each unknown where the mint could not be read."""
    mint, source = facts.mint, facts.mint_source
    if isinstance(mint, NotAMint):
        bad = _topic(CheckName.MINT_ACCOUNT, mint.source).failed(
            sentence(NOT_A_TOKEN, why=mint.reason), Grade.F
        )
        return (
            bad,
            *(_unread(name, sentence("There is no mint to read."), mint.source) for name in NAMES[1:]),
        )
    if isinstance(mint, NotRead):
        return tuple(_unread(name, not_known(mint.reason), source) for name in NAMES)
    return (
        _topic(CheckName.MINT_ACCOUNT, source).passed(
            sentence("A mint of {program}.", program=program_name(mint)), is_permanent=True
        ),
        _mint_authority(mint, facts.minter, source),
        _freeze_authority(mint.freeze_authority, source),
        _permanent_delegate(mint.permanent_delegate, source),
        _transfer_fee(_fee_at(mint.transfer_fee, facts.chain, source.slot), source),
        _transfer_hook(mint, source),
        _pause(mint, source),
        _trait(CheckName.DEFAULT_STATE, mint.default_frozen, _BEGIN_FROZEN, source),
        _trait(CheckName.TRANSFERABLE, mint.non_transferable, _STUCK, source),
        _close_authority(mint, source),
        _amounts(CheckName.CONFIDENTIAL_AMOUNTS, _hidden(mint), source),
        _amounts(CheckName.SCALED_AMOUNTS, _scaled(mint), source),
        _burns(mint, source),
        _extensions(mint, source),
    )


NOT_A_TOKEN = sentence("This is not a token: {why}.").text
_BEGIN_FROZEN = sentence("New accounts begin frozen: buyers cannot sell.")
_STUCK = sentence("It cannot be transferred, so it cannot be sold.")
_AS_USUAL = sentence("As usual.")


def program_name(mint: MintFacts) -> Sentence | str:
    """Return what people call the token program that owns a mint."""
    return "Token-2022" if mint.program.startswith("Tokenz") else sentence("the token program")


def _topic(name: CheckName, source: Source) -> Topic:
    return Topic(name=name, family=Family.CONTROL, source=source)


def _unread(name: CheckName, reason: Sentence, source: Source) -> Check:
    return _topic(name, source).unknown(reason, Grade.C)


def _freeze_authority(holder: str | None, source: Source) -> Check:
    topic = _topic(CheckName.FREEZE_AUTHORITY, source)
    if holder is None:
        nobody = sentence("No freeze authority: nobody can freeze any holder's tokens.")
        return topic.passed(nobody, is_permanent=True)
    return topic.failed(sentence("{who} can freeze any holder's tokens.", who=holder), Grade.D)


def _permanent_delegate(holder: str | None, source: Source) -> Check:
    topic = _topic(CheckName.PERMANENT_DELEGATE, source)
    if holder is None:
        nobody = sentence("No permanent delegate: nobody can take or burn anybody's tokens.")
        return topic.passed(nobody, is_permanent=True)
    return topic.failed(sentence("{who} can take or burn anybody's tokens.", who=holder), Grade.F)


def _mint_authority(mint: MintFacts, minter: Minter | None, source: Source) -> Check:
    topic, who = _topic(CheckName.MINT_AUTHORITY, source), mint.mint_authority
    if who is None:
        nobody = sentence("No mint authority: nobody can make more tokens at will.")
        return topic.passed(nobody, is_permanent=True)
    if minter is not None and is_minted_by(mint, minter):
        text = _MINTED[minter.kind].text
        return topic.warned(sentence(text, name=minter.name, account=minter.account), Grade.A)
    if minter is None or minter.kind is MinterKind.BRIDGE:
        return topic.failed(sentence("{who} can make more tokens at will.", who=who), Grade.D)
    forged = sentence(
        "{who} can make more tokens at will: that is not the authority of its stake pool {pool}.",
        who=who,
        pool=minter.account,
    )
    return topic.failed(forged, Grade.D)


_MINTED = {
    MinterKind.STAKE_POOL: sentence("Only the program of {name} {account} mints it, against deposited SOL."),
    MinterKind.BRIDGE: sentence(
        "Only the program of {name} {account} mints it, against a token of another chain."
    ),
}


_EPOCH_SLOTS = {"solana": 432_000}
"""Of one epoch, on chains of which it is known that none was shorter."""


def _fee_at(fee: TransferFee | None, chain: str, slot: int | None) -> TransferFee | None:
    """The fee without the one before it, once the slot shows that the change which was scheduled is past."""
    slots = _EPOCH_SLOTS.get(chain)
    if fee is None or fee.after is None or fee.from_epoch is None or slots is None or slot is None:
        return fee
    if slot < fee.from_epoch * slots:
        return fee
    return msgspec.structs.replace(fee, basis_points=fee.after, before=None)


def _transfer_fee(fee: TransferFee | None, source: Source) -> Check:
    topic = _topic(CheckName.TRANSFER_FEE, source)
    if fee is None:
        return topic.passed(sentence("No fee is taken at transfers, and none can be."), is_permanent=True)
    found = clauses(_fee_text(fee), _who_raises(fee))
    if fee.basis_points > HIGH_FEE:
        return topic.failed(found, Grade.F)
    if fee.authority is not None or fee.basis_points > SMALL_FEE:
        return topic.failed(found, Grade.D)
    if fee.basis_points:
        return topic.warned(found, Grade.C)
    return topic.passed(sentence("No fee is taken at transfers, and nobody can set one."), is_permanent=True)


def _fee_text(fee: TransferFee) -> Sentence:
    """`2 % fee on each transfer`, with the change that is scheduled."""
    if fee.before is None or fee.after is None or fee.before == fee.after:
        return sentence("{percent} fee on each transfer", percent=_percent(fee.basis_points))
    return sentence(
        "{before} fee on each transfer, {after} from epoch {epoch} on",
        before=_percent(fee.before),
        after=_percent(fee.after),
        epoch=str(fee.from_epoch),
    )


def _percent(basis_points: int) -> Figure:
    return Figure(f"{basis_points / 100:g} %")


def _who_raises(fee: TransferFee) -> Sentence:
    if fee.authority is None:
        return sentence("nobody can raise it")
    return sentence("{who} can raise it up to {percent}", who=fee.authority, percent=Figure("100 %"))


def _transfer_hook(mint: MintFacts, source: Source) -> Check:
    hook, topic = mint.transfer_hook, _topic(CheckName.TRANSFER_HOOK, source)
    if hook is None or (hook.program is None and hook.authority is None):
        return topic.passed(sentence("No program is asked at transfers, and none can be."), is_permanent=True)
    if hook.program is None:
        return topic.failed(
            sentence("{who} can set a program that refuses sales; none is set.", who=hook.authority or ""),
            Grade.D,
        )
    refuses = sentence("Program {program} may refuse any transfer", program=hook.program)
    changes = sentence("{who} can set another", who=hook.authority) if hook.authority else None
    return topic.failed(clauses(refuses, changes), Grade.F)


def _pause(mint: MintFacts, source: Source) -> Check:
    state, topic = mint.pausable, _topic(CheckName.PAUSE, source)
    if state is None:
        return topic.passed(sentence("Nobody can stop all transfers."), is_permanent=True)
    if state.paused:
        by = sentence(_STOPPED_BY, who=state.authority) if state.authority else _STOPPED
        return topic.failed(by, Grade.F)
    if state.authority is not None:
        return topic.failed(sentence("{who} can stop all transfers.", who=state.authority), Grade.D)
    return topic.passed(sentence("Nobody can stop all transfers any more."), is_permanent=True)


_STOPPED_BY = sentence("All transfers are stopped now; by {who}.").text
_STOPPED = sentence("All transfers are stopped now; by nobody any more.")


def _trait(name: CheckName, is_bad: bool, reason: Sentence, source: Source) -> Check:  # noqa: FBT001 - a fact, not a switch
    topic = _topic(name, source)
    return topic.failed(reason, Grade.F) if is_bad else topic.passed(_AS_USUAL)


def _close_authority(mint: MintFacts, source: Source) -> Check:
    topic = _topic(CheckName.CLOSE_AUTHORITY, source)
    if mint.close_authority is None:
        return topic.passed(sentence("Nobody can close the mint."), is_permanent=True)
    power = sentence(
        "{who} can close the mint once no token is left, and make another in its place.",
        who=mint.close_authority,
    )
    return topic.failed(power, Grade.D) if mint.supply else topic.warned(power, Grade.C)


def _hidden(mint: MintFacts) -> Sentence | None:
    if mint.hidden_supply:
        return sentence("Tokens can be made and burned in hidden amounts: the supply says too little.")
    return sentence("Holders can hide how much they hold and move.") if mint.confidential else None


def _scaled(mint: MintFacts) -> Sentence | None:
    changes = sentence("Amounts are shown by interest or a multiplier, which can change.")
    return changes if mint.rescaled else None


def _amounts(name: CheckName, finding: Sentence | None, source: Source) -> Check:
    topic = _topic(name, source)
    return topic.passed(_AS_USUAL) if finding is None else topic.warned(finding, Grade.C)


def _burns(mint: MintFacts, source: Source) -> Check:
    topic = _topic(CheckName.PERMISSIONED_BURN, source)
    if mint.burn_authority is None:
        return topic.passed(sentence("Holders can burn their own tokens."))
    return topic.warned(sentence("{who} must agree to each burn.", who=mint.burn_authority), Grade.C)


def _extensions(mint: MintFacts, source: Source) -> Check:
    """An extension that is not known may move or block tokens, so it is the worst that it can be."""
    topic = _topic(CheckName.EXTENSIONS, source)
    if mint.unknown_extensions:
        numbers = ", ".join(map(str, mint.unknown_extensions))
        found = sentence(
            "It has extensions that this version does not know, which may move or block tokens: {numbers}.",
            numbers=numbers,
        )
        return topic.unknown(found, Grade.F)
    if not mint.extensions:
        return topic.passed(sentence("It has none."))
    return topic.passed(sentence("All known: {names}.", names=", ".join(mint.extensions)))
