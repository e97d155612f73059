"""The laws of sharding: one owner each, whatever the order, and few wallets move."""

from hypothesis import given
from hypothesis import strategies as st

from domain.sharding import (
    ALL_BUCKETS,
    ALL_PARTITIONS,
    BUCKETS,
    PARTITIONS,
    bucket_of,
    buckets_of,
    owner_of,
    partition_of,
    partitions_of,
)

MEMBERS = st.sets(st.text(min_size=1, max_size=20), min_size=1, max_size=8)


@given(MEMBERS)
def test_each_bucket_is_owned_by_exactly_one_member(members: set[str]) -> None:
    owned = [bucket for member in members for bucket in buckets_of(member, members)]
    assert sorted(owned) == sorted(ALL_BUCKETS)


@given(st.text(max_size=50), MEMBERS)
def test_each_wallet_is_owned_by_exactly_one_member(wallet: str, members: set[str]) -> None:
    owners = [member for member in members if bucket_of(wallet) in buckets_of(member, members)]
    assert owners == [owner_of(bucket_of(wallet), members)]


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=8, unique=True))
def test_the_order_of_the_members_does_not_matter(members: list[str]) -> None:
    turned = members[::-1]
    assert [owner_of(bucket, members) for bucket in range(16)] == [owner_of(b, turned) for b in range(16)]


@given(MEMBERS, st.text(min_size=1, max_size=20))
def test_only_what_a_newcomer_wins_moves_and_only_what_a_leaver_had(members: set[str], newcomer: str) -> None:
    before = {bucket: owner_of(bucket, members) for bucket in ALL_BUCKETS}
    after = {bucket: owner_of(bucket, members | {newcomer}) for bucket in ALL_BUCKETS}
    moved = {bucket for bucket in ALL_BUCKETS if before[bucket] != after[bucket]}
    assert all(after[bucket] == newcomer for bucket in moved)


def test_about_one_in_n_moves_to_a_newcomer() -> None:
    shares = []
    for trial in range(50):
        members = {f"scanner-{trial}-{number}" for number in range(3)}
        shares.append(len(buckets_of("newcomer", members | {"newcomer"})) / BUCKETS)
    assert abs(sum(shares) / len(shares) - 1 / 4) < 0.03


def test_who_is_no_member_owns_nothing() -> None:
    assert buckets_of("stranger", {"scanner-1"}) == frozenset()
    assert buckets_of("scanner-1", {"scanner-1"}) == ALL_BUCKETS


def test_wallets_spread_evenly_over_four_members() -> None:
    members = {f"scanner-{number}" for number in range(4)}
    wallets = [f"wallet-{number}" for number in range(20_000)]
    owners = [owner_of(bucket, members) for bucket in range(BUCKETS)]
    counts = {member: sum(owners[bucket_of(wallet)] == member for wallet in wallets) for member in members}
    assert all(3_000 < count < 7_000 for count in counts.values())


@given(MEMBERS)
def test_each_partition_is_processed_by_exactly_one_member_in_even_shares(members: set[str]) -> None:
    shares = [partitions_of(member, members) for member in members]
    assert sorted(partition for share in shares for partition in share) == sorted(ALL_PARTITIONS)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_a_stranger_processes_nothing() -> None:
    assert partitions_of("stranger", {"a", "b"}) == frozenset()


@given(st.text(max_size=50))
def test_a_wallet_lies_in_the_partition_of_its_bucket(wallet: str) -> None:
    assert partition_of(wallet) == bucket_of(wallet) % PARTITIONS
    assert BUCKETS % PARTITIONS == 0
