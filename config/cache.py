"""The cache that web processes share, and what holds while its server is gone."""

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError


def surviving(name: str) -> Callable[..., Any]:
    """The method of that name: Redis' own, and the process's own where Redis does not answer."""

    def method(self: "SurvivingCache", *args: Any, **kwargs: Any) -> Any:
        try:
            return getattr(RedisCache, name)(self, *args, **kwargs)
        except RedisError:
            return getattr(self.own, name)(*args, **kwargs)

    return method


class SurvivingCache(RedisCache):
    """Redis, and memory of this process while Redis is gone: people still sign in, and limits count per process."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.own = LocMemCache("while-redis-is-gone", {})

    add = surviving("add")
    get = surviving("get")
    set = surviving("set")
    touch = surviving("touch")
    delete = surviving("delete")
    get_many = surviving("get_many")
    has_key = surviving("has_key")
    incr = surviving("incr")
    set_many = surviving("set_many")
    delete_many = surviving("delete_many")
    clear = surviving("clear")
