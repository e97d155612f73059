"""Intents become exact plans."""

from solders.pubkey import Pubkey

from domain.activity.activity import SOL, Kind
from sandbox.actors.building import plans
from sandbox.actors.intents import Buy, Oversell, Sell, SendSol, SendSolToMany, SendToken, Swap
from sandbox.actors.market.pools import Reserves, lamports_for, tokens_for
from sandbox.actors.market.tokens import LAMPORTS
from tests.sandbox.actors.samples import ALL, FRIENDS

TRADER = Pubkey(b"t" * 32)
RESERVES = Reserves(lamports=1_000 * LAMPORTS, tokens=10**12)
QUOTE_MINTS = frozenset({str(ALL["USDC"].mint)})


def test_a_buy_receives_what_the_pool_gives_without_the_transfer_fee() -> None:
    token = ALL["TITHE"]
    plan = plans.buy(TRADER, Buy(token=token, lamports=LAMPORTS), RESERVES, QUOTE_MINTS)
    assert plan.received is not None
    assert plan.received.raw == token.arriving(tokens_for(RESERVES, LAMPORTS))
    assert (plan.kind, plan.paid.mint, plan.paid.raw) == (Kind.BUY, SOL, LAMPORTS)
    assert plan.cosigners == (token.pool.authority,)


def test_a_sale_is_priced_by_what_arrives_at_the_pool() -> None:
    token = ALL["TITHE"]
    plan = plans.sell(TRADER, Sell(token=token, amount=10**6), RESERVES, QUOTE_MINTS)
    assert plan.received is not None
    assert plan.received.raw == lamports_for(RESERVES, 990_000)
    assert plan.paid.raw == 10**6


def test_plain_pools_need_no_wrapping() -> None:
    plain = plans.buy(TRADER, Buy(token=ALL["KRILL"], lamports=1), RESERVES, QUOTE_MINTS)
    wrapped = plans.buy(TRADER, Buy(token=ALL["MITTEN"], lamports=1), RESERVES, QUOTE_MINTS)
    assert len(plain.instructions) == 3
    assert len(wrapped.instructions) == 7


def test_leaving_closes_the_account_after_fees_are_harvested() -> None:
    for symbol, more in (("KRILL", 1), ("TITHE", 2)):
        staying, leaving = (
            plans.sell(
                TRADER, Sell(token=ALL[symbol], amount=9, close_account=close_account), RESERVES, QUOTE_MINTS
            )
            for close_account in (False, True)
        )
        assert len(leaving.instructions) == len(staying.instructions) + more


def test_a_swap_is_a_sale_and_a_purchase_for_just_what_it_brought() -> None:
    swap = Swap(token_in=ALL["KRILL"], token_out=ALL["MITTEN"], amount=10**6)
    plan = plans.swap(TRADER, swap, RESERVES, RESERVES, QUOTE_MINTS)
    assert plan.received is not None
    assert plan.received.raw == tokens_for(RESERVES, lamports_for(RESERVES, 10**6))
    assert (plan.kind, len(plan.cosigners)) == (Kind.SWAP, 2)


def test_an_oversell_is_more_than_is_owned() -> None:
    plan = plans.oversell(TRADER, Oversell(token=ALL["KRILL"], amount=0), 50, RESERVES)
    assert plan.paid.raw == 51


def test_gifts_tell_who_gets_what() -> None:
    sol = plans.send_sol(TRADER, SendSol(to=FRIENDS[0], lamports=5, memo="hi"))
    token = plans.send_token(TRADER, SendToken(to=FRIENDS[1], token=ALL["TITHE"], amount=200))
    many = plans.send_sol_to_many(TRADER, SendSolToMany(to=FRIENDS, lamports=3))
    assert [(gift.to, gift.leg.raw) for gift in (*sol.recipients, *token.recipients)] == [
        (FRIENDS[0], 5),
        (FRIENDS[1], 198),
    ]
    assert len(sol.instructions) == 2
    assert token.paid.raw == 200
    assert (many.paid.raw, len(many.recipients)) == (3 * len(FRIENDS), len(FRIENDS))


def test_an_unnamed_gift_is_one_bare_transfer() -> None:
    gift = SendToken(to=FRIENDS[0], token=ALL["KRILL"], amount=1, unchecked=True)
    assert len(plans.send_token(TRADER, gift).instructions) == 1


def test_a_memo_stands_behind_the_rest() -> None:
    plan = plans.send_sol(TRADER, SendSol(to=FRIENDS[0], lamports=5))
    with_memo = plans.with_memo(plan, TRADER, "so")
    assert with_memo.instructions[:-1] == plan.instructions
    assert plans.with_memo(plan, TRADER, "") == plan
