"""Rate limits hold with Redis and without it."""

import pytest

from config.cache import SurvivingCache

NOWHERE = "redis://127.0.0.1:1/0"  # nothing ever listens there


def counted(cache) -> list[object]:
    cache.clear()
    first, second = cache.add("tries", 1, timeout=60), cache.add("tries", 1, timeout=60)
    return [first, second, cache.incr("tries"), cache.get("tries"), cache.get("others", "none")]


def test_a_cache_whose_server_is_gone_counts_in_this_process():
    assert counted(SurvivingCache(NOWHERE, {})) == [True, False, 2, 2, "none"]


@pytest.mark.redis
def test_a_cache_with_its_server_counts_for_every_process(redis_url):
    ours, theirs = SurvivingCache(redis_url, {}), SurvivingCache(redis_url, {})

    assert counted(ours) == [True, False, 2, 2, "none"]
    assert theirs.get("tries") == 2
