"""What the teams of a department used, on its page."""

from tests.analytics.sending import event, send
from tests.cast import make_key
from tests.doors import console


def _usage(reader, cast):
    return console(reader).get(f"/o/acme/departments/{cast.research.pk}/").context["shown"].usage


def test_a_department_page_tells_what_each_of_its_teams_used(cast, client):
    _, secret = make_key(cast.acme)
    mika, vera = "mika@acme.example", "vera@acme.example"
    events = [event(n, member=mika, conversation=f"c{n}") for n in range(3)]
    events += [event("r", "response", member=mika, conversation="c0", cost="0.50"), event("v", member=vera)]
    events.append(event("o", member="olive@acme.example"))

    assert send(client, secret, events)["new"] == 6
    (table,) = _usage(cast.olive, cast)

    assert table.heads == ("Active members", "Conversations", "Messages", "AI responses", "Cost, USD")
    assert table.rows == (
        (
            "Search",
            f"/o/acme/?team={cast.search.pk}",
            tuple(zip(table.heads, ("1", "3", "3", "1", "0.50"), strict=True)),
        ),
        (
            "Ranking",
            f"/o/acme/?team={cast.ranking.pk}",
            tuple(zip(table.heads, ("1", "0", "1", "0", "0.00"), strict=True)),
        ),
    )


def test_who_does_not_see_cost_sees_usage_without_it(cast):
    (table,) = _usage(cast.adam, cast)

    assert "Cost, USD" not in table.heads
    assert {len(figures) for _name, _url, figures in table.rows} == {4}
