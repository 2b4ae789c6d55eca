"""What a process keeps stays under its bound, and only the oldest makes room."""

from orgs.keeping import Keeper


def test_the_oldest_makes_room_wherever_it_lies_and_the_rest_stays():
    keeper, ours, theirs = Keeper(3), {}, {}

    for among, key in ((ours, 1), (theirs, 1), (ours, 2), (ours, 3)):
        keeper.keep(among, key, str(key))

    assert (ours, theirs) == ({2: "2", 3: "3"}, {1: "1"})


def test_what_is_gone_already_makes_room_too():
    keeper, kept = Keeper(2), {}
    keeper.keep(kept, 1, "gone")
    kept.clear()

    for key in (2, 3):
        keeper.keep(kept, key, str(key))

    assert kept == {2: "2", 3: "3"}


def test_what_is_kept_anew_is_the_newest_and_counts_once():
    keeper, kept = Keeper(3), {}
    for key in (1, 2, 3):
        keeper.keep(kept, key, "stale")

    for key in (1, 1, 1, 4):
        keeper.keep(kept, key, "fresh")

    assert kept == {1: "fresh", 3: "stale", 4: "fresh"}
