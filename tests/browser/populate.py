"""Fills an empty database with the cast and prints what a browser needs of it: run as a process of its own."""

import json
import os
import sys
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.utils import timezone  # noqa: E402 (Django first)

from orgs import months  # noqa: E402
from orgs.actions import announcements, billing, invitations, members, ownership, requests  # noqa: E402
from orgs.actors import SYSTEM  # noqa: E402
from orgs.forms.files import Line  # noqa: E402
from orgs.jobs import invitations as on_invitations  # noqa: E402
from orgs.jobs import members as on_members  # noqa: E402
from orgs.jobs import places as on_places  # noqa: E402
from orgs.jobs import verification  # noqa: E402
from orgs.models import FeatureOverride, InvitationTemplate, JoinRequest, Member, Plan, PlanPrice  # noqa: E402
from tests.browser.newcomers import newcomers  # noqa: E402
from tests.browser.rolled_out import rolled_out  # noqa: E402
from tests.browser.used import used  # noqa: E402
from tests.browser.watched import watched  # noqa: E402
from tests.browser.written import policy  # noqa: E402
from tests.cast import (  # noqa: E402
    PASSWORD,
    make_cast,
    make_domain,
    make_key,
    make_member,
    make_provider,
    make_user,
    make_workspace,
)
from tests.talking import attach, make_conversation, make_link  # noqa: E402
from tests.ways_in import invite  # noqa: E402
from tests.workspaces.mates import mates_and_tools  # noqa: E402
from workspaces.actions import rooms  # noqa: E402

if __name__ == "__main__":
    cast = make_cast()
    _, secret = make_key(cast.acme)
    people = {name: getattr(cast, name).pk for name in ("olive", "oscar", "adam", "lena", "mika", "vera", "sam")}
    long = make_member(cast.umbrella, "Maximiliana" * 10, plan="expert", email="long@umbrella.example")
    people |= {"long": long.pk, "wide": make_workspace(long, "W" * 80, visibility="public").pk}
    for plan in Plan.values:
        PlanPrice.objects.create(org=cast.acme, plan=plan, price_nanos=19 * 10**9)
    FeatureOverride.objects.create(org=cast.acme, plan="essential", feature="file_uploads", enabled=True)
    last_month = months.before(months.month_of(cast.acme, timezone.now()))
    people["invoice"] = billing.issue(SYSTEM, cast.acme, month=last_month, dated=timezone.now()).pk
    anna = Member.objects.filter(pk=cast.anna.pk)
    job = on_members.start(cast.olive, anna, deed="plan", values={"plan": "essential"})
    people |= {"job": job.pk, "walk": verification.start(cast.olive).pk}
    proven = make_domain(cast.acme, verified_at=timezone.now(), verified_by="mail", admission="request")
    people |= {"domain": proven.pk, "claimed": make_domain(cast.acme, "claimed").pk}
    make_provider(cast.acme)
    JoinRequest.objects.create(org=cast.acme, user=make_user("nils@acme.example", "Nils"))
    people |= newcomers(cast)
    roadmap = rooms.create(cast.lena, cast.den, name="Roadmap")
    rooms.describe(cast.lena, roadmap, name="Roadmap", progress="at_risk", note="The venue fell through.")
    stone = rooms.add_milestone(cast.lena, roadmap, title="Beta", due_on=date(2026, 1, 2), percent=40)
    rooms.add_milestone(cast.lena, roadmap, title="M" * 120)
    people |= {"roadmap": roadmap.pk, "stone": stone.pk}
    people |= used(cast)
    members.suspend(cast.eve, long, reason="x" * 300)
    asked = invite(cast.olive, "asked@new.example", name="Ada Asked", message="Glad that you come")
    invitations.revoke(cast.olive, invite(cast.olive, "gone@new.example", name="Lou Gone"))
    template = InvitationTemplate.objects.create(org=cast.acme, name="Interns", role="viewer")
    file = on_invitations.FILE.look_through(
        cast.olive, [Line(2, {"email": "ok@new.example"}), Line(3, {"email": "bad"})]
    )
    people |= {"invitation": asked.pk, "template": template.pk, "file": file.pk}
    lines = [Line(2, {"email": "vera@acme.example", "team": "Search"}), Line(3, {"email": "nobody@x.example"})]
    people |= {"lab": cast.lab.pk, "gus": cast.gus.pk, "search": cast.search.pk, "research": cast.research.pk}
    people["placing"] = on_places.FILE.look_through(cast.olive, lines).pk
    ask = {"kind": "plan", "wanted": "expert", "reason": "For the launch in March"}
    people["asked"] = requests.ask(cast.mika, cast.mika, **ask).pk
    outsider = {"kind": "invitation", "wanted": "user", "target_id": cast.den.pk, "email": "kim@outside.example"}
    people["outsider"] = requests.ask(cast.lena, cast.lena, reason="Reviews our ranking", **outsider).pk
    declined = requests.ask(cast.vera, cast.vera, kind="role", wanted="admin", reason="y" * 300)
    requests.decline(cast.olive, declined, note="z" * 300)
    people["offer"] = ownership.offer(cast.oscar, cast.mika, keeps="admin").pk
    talk = make_conversation(cast.lena, cast.den, title="Launch in March")
    make_link(talk)
    people |= {"talk": talk.pk, "file": attach(talk).pk}
    people |= {"chat": make_conversation(cast.mika, title="Notes").pk}
    scouts, integrations = mates_and_tools(cast)
    people |= {"scout": scouts["scout"], "crm": integrations["crm"], "wiki": integrations["wiki"]}
    people |= rolled_out(cast)
    people |= watched(cast)
    now = timezone.now()
    told = {"text": "Maintenance on Sunday from 6 to 8", "severity": "warning", "starts_at": now}
    announcements.announce(cast.adam, cast.acme, **told, ends_at=now + timedelta(days=30))
    people |= policy(cast)
    print(json.dumps({"password": PASSWORD, "key": secret, "people": people, "den": cast.den.pk}))
