"""The people of every test, and how to make more.

Olive owns Acme, Oscar owns it too, Adam administers, Anna administers too, Lena leads Search, Mika uses, Vera views,
Gus is a guest, Sam is suspended, Rita was removed; Eve owns the other organization, Umbrella.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone

from orgs import adapter, grants
from orgs.actions.invitations import take_ordinal
from orgs.actors import Support
from orgs.keys import SHOWN, digest_of, new_key
from orgs.models import Department, Domain, IdentityProvider, Kind, Member, Organization, Scope, ServiceKey, Team, User
from workspaces.models import Workspace

PASSWORD = "correct horse battery staple"


@dataclass(slots=True)
class Cast:
    acme: Organization
    olive: Member
    oscar: Member
    adam: Member
    anna: Member
    lena: Member
    mika: Member
    vera: Member
    gus: Member
    sam: Member
    rita: Member
    research: Department
    search: Team
    ranking: Team
    lab: Workspace
    den: Workspace
    umbrella: Organization
    eve: Member
    lair: Workspace
    support: Support


def make_org(name: str = "Acme", **fields: Any) -> Organization:
    return Organization.objects.create(name=name, slug=fields.pop("slug", name.lower()), **fields)


def make_user(email: str, name: str = "", **fields: Any) -> User:
    user = User.objects.create_user(email, PASSWORD, name=name, **fields)
    adapter.verify_address(user)
    return user


def make_member(org: Organization, name: str, *, role: str = "user", plan: str = "advanced", **fields: Any) -> Member:
    """A member as rows alone: no entry, no mail. The address is <name>@<org>.example unless `email` says otherwise."""
    email = fields.pop("email", f"{name.lower().replace(' ', '.')}@{org.slug}.example")
    user = fields.pop("user", None) or make_user(email, name)
    fields.setdefault("joined_at", timezone.now() - timedelta(days=400))
    member = Member(org=org, user=user, ordinal=take_ordinal(org), role=role, plan=plan, **fields)
    member.relist()
    member.save(force_insert=True)
    return member


def make_key(org: Organization, *scopes: str, name: str = "platform", **fields: Any) -> tuple[ServiceKey, str]:
    secret = new_key()
    key = ServiceKey.objects.create(
        org=org,
        name=name,
        prefix=secret[:SHOWN],
        digest=digest_of(secret),
        scopes=list(scopes or Scope.values),
        **fields,
    )
    return key, secret


def make_domain(org: Organization, name: str = "acme", **fields: Any) -> Domain:
    return Domain.objects.create(org=org, name=f"{name}.example", token=f"token-of-{name}", **fields)


def make_provider(org: Organization, **fields: Any) -> IdentityProvider:
    """An organization's identity provider as rows alone: nobody is asked, and nobody is there."""
    app = adapter.make_app(org)
    url = "https://idp.example"
    found = {"issuer": url, "jwks_uri": url, "authorization_endpoint": url, "token_endpoint": url}
    adapter.describe(app, client_id="steward", secret="", trusts_addresses=False, discovered=found)
    return IdentityProvider.objects.create(org=org, app=app, **fields)


def make_workspace(owner: Member, name: str, *, visibility: str = "private", team: Team | None = None) -> Workspace:
    workspace = Workspace.objects.create(org=owner.org, name=name, visibility=visibility, team=team, owner=owner)
    grants.give(owner, "admin", workspace)
    return workspace


def again(row):
    """A row as the next request reads it; a member with their organization and their person."""
    rows = type(row).objects
    return (rows.select_related("org", "user") if isinstance(row, Member) else rows).get(pk=row.pk)


def make_cast() -> Cast:
    now = timezone.now()
    acme = make_org("Acme", edition="enterprise")
    research = Department.objects.create(org=acme, name="Research")
    search = Team.objects.create(org=acme, department=research, name="Search")
    ranking = Team.objects.create(org=acme, department=research, name="Ranking")
    olive = make_member(acme, "Olive", role="owner", plan="expert")
    oscar = make_member(acme, "Oscar", role="owner", plan="essential")
    adam = make_member(acme, "Adam", role="admin", plan="essential")
    anna = make_member(acme, "Anna", role="admin", plan="expert")
    lena = make_member(acme, "Lena", plan="expert", department=research, team=search)
    mika = make_member(acme, "Mika", plan="advanced", department=research, team=search)
    vera = make_member(acme, "Vera", role="viewer", plan="standard", department=research, team=ranking)
    end = now + timedelta(days=30)
    gus = make_member(acme, "Gus", kind=Kind.GUEST, sponsor=lena, ends_at=end, email="gus@elsewhere.example")
    sam = make_member(acme, "Sam", suspended_at=now - timedelta(days=3), suspension_reason="Left the building")
    rita = make_member(acme, "Rita", removed_at=now - timedelta(days=10), removal_reason="Contract ended")
    grants.give(lena, "lead", search)
    lab = make_workspace(olive, "Lab", visibility="public")
    den = make_workspace(lena, "Den", team=search)
    grants.give(gus, "user", den)
    umbrella = make_org("Umbrella")
    eve = make_member(umbrella, "Eve", role="owner", plan="expert")
    lair = make_workspace(eve, "Lair", visibility="public")
    helper = make_user("helper@steward.example", "Hal Helper", is_staff=True)
    return Cast(
        acme=acme,
        olive=olive,
        oscar=oscar,
        adam=adam,
        anna=anna,
        lena=lena,
        mika=mika,
        vera=vera,
        gus=gus,
        sam=sam,
        rita=rita,
        research=research,
        search=search,
        ranking=ranking,
        lab=lab,
        den=den,
        umbrella=umbrella,
        eve=eve,
        lair=lair,
        support=Support(helper, "asked for by mail"),
    )
