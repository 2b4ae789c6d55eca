"""A log with something in it, and a file as it was streamed."""

from orgs.actions import keys, members


def body(response):
    return b"".join(response.streaming_content).decode()


def some_history(cast):
    members.suspend(cast.olive, cast.mika, reason="asked for it")
    members.set_role(cast.oscar, cast.lena, role="admin")
    keys.make(cast.adam, cast.acme, name="gateway", scopes=["events:write"], ends_at=None)
