"""What the tables name: people, workspaces, keys, a job, an entry and a batch of both organizations; invitations."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import parse_qsl

from django.apps import apps
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from analytics.models import InboxBatch, Verification
from orgs import domains, links, mails
from orgs.actions import members
from orgs.forms.files import Line
from orgs.jobs import invitations as on_invitations
from orgs.jobs import members as on_members
from orgs.jobs import places as on_places
from orgs.jobs import verification
from orgs.models import (
    AccessRequest,
    Announcement,
    AuditEntry,
    Department,
    Introduction,
    Invitation,
    InvitationTemplate,
    Invoice,
    JoinRequest,
    Mail,
    Member,
    Organization,
    OwnershipTransfer,
    PlanPrice,
    ProvisioningItem,
    Recovery,
    Team,
    TrainingModule,
)
from tests.cast import make_domain, make_key, make_provider, make_user
from tests.matrix.governing import governing
from tests.matrix.urls import doors
from tests.talking import talks
from tests.workspaces.mates import mates_and_tools
from workspaces.conversations import outside
from workspaces.models import SharedLink

DOORS = {door.name: door for door in doors() if not door.name.endswith(":")}
PEOPLE = ("olive", "adam", "lena", "mika", "vera", "gus", "sam", "rita", "eve", "nobody")
# The admin's pages that are about no kind of row: they lead to those that are, or to nothing.
FRAME = {f"admin:{name}" for name in ("password_change", "password_change_done", "autocomplete", "jsi18n")}
FRAME |= {"admin:view_on_site", "admin:app_list"}


@dataclass(frozen=True, slots=True)
class Things:
    """The value of a URL's parameter by the word that a table has for it."""

    known: dict[str, dict[str, object]]

    def value(self, param, about):
        return self.known.get(param, {}).get(about, about)

    def url(self, name, about, *, slug="acme"):
        params = {param: self.value(param, about) for param in DOORS[name].params}
        return reverse(name, kwargs=params | ({"slug": slug} if "slug" in params else {}))

    def fields(self, row):
        found = {}
        for name, value in parse_qsl(row.fields, keep_blank_values=True):
            into = "department_id" if "department" in row.name else "team_id"
            params = {"ids": "member_id", "team": "team_id", "department": "department_id", "into": into}
            params |= {
                "workspaces": "workspace_id",
                "sponsor": "member_id",
                "ends_on": "day",
                "due_day": "day",
                "last_day": "day",
            }
            params |= {"template": "template_id", "fill": "template_id", "tool": "tool_id", "mate": "mate_id"}
            params |= {"ids": "invitation_id"} if row.name == "invitations_bulk" else {}
            params |= {"ids": "flagged_id"} if row.name == "monitoring_bulk" else {}
            kind, colon, word = value.partition(":")  # what a question is about: `workspace:den`
            params |= {"who": "member_id", "with": "member_id"}
            asked = f"{kind}:{self.value(f'{kind}_id', word)}" if colon and name in ("on", "place") else None
            found.setdefault(name, []).append(asked or self.value(params.get(name, ""), value))
        return found


def make_things(cast):
    people = {name: getattr(cast, name).pk for name in (*PEOPLE[:-1], "oscar", "anna")}
    known = {"member_id": people | {"foreign": cast.eve.pk}}
    known["workspace_id"] = {"lab": cast.lab.pk, "den": cast.den.pk, "foreign": cast.lair.pk}
    known["mate_id"], known["tool_id"] = mates_and_tools(cast)
    theirs = Department.objects.create(org=cast.umbrella, name="Theirs")
    known |= talks(cast)
    known["department_id"] = {"research": cast.research.pk, "foreign": theirs.pk}
    known["team_id"] = {"search": cast.search.pk, "ranking": cast.ranking.pk}
    known["team_id"]["foreign"] = Team.objects.create(org=cast.umbrella, department=theirs, name="Theirs too").pk
    acmes, umbrellas = _rows(cast.adam, cast.mika), _rows(cast.eve, cast.eve)
    for param, own in {"job_id": "adams", "entry_id": "mika", "batch_id": "acmes", "key_id": "feed"}.items():
        known[param] = {own: acmes[param], "foreign": umbrellas[param]}
    known["job_id"]["walk"] = verification.start(cast.adam).pk
    known["job_id"]["placed"] = on_places.FILE.look_through(cast.adam, []).pk
    known["token"] = {"open": _invited(cast, "open"), "used": _invited(cast, "used", accepted_at=timezone.now())}
    known["token"]["lab"] = outside.token(SharedLink.objects.get(pk=known["link_id"]["lab"]))
    claimed, foreign = (make_domain(org, name) for org, name in ((cast.acme, "claimed"), (cast.umbrella, "foreign")))
    proven = make_domain(cast.acme, "proven", verified_at=timezone.now(), verified_by="dns")
    known["domain_id"] = {"claimed": claimed.pk, "proven": proven.pk, "foreign": foreign.pk}
    make_provider(cast.acme)
    nils = make_user("nils@proven.example", "Nils")
    waiting = {
        name: JoinRequest.objects.create(org=org, user=nils).pk
        for name, org in (("nils", cast.acme), ("foreign", cast.umbrella))
    }
    known["request_id"] = waiting
    known["asked_id"] = {
        name: AccessRequest.objects.create(org=member.org, member=member, kind=kind, wanted=wanted).pk
        for name, member, kind, wanted in (
            ("mikas", cast.mika, "plan", "expert"),
            ("veras", cast.vera, "role", "admin"),
            ("foreign", cast.eve, "plan", "standard"),
        )
    }
    outsider = {"kind": "invitation", "wanted": "user", "target_id": cast.den.pk, "email": "kim@outside.example"}
    known["asked_id"]["lenas"] = AccessRequest.objects.create(org=cast.acme, member=cast.lena, **outsider).pk
    soon = timezone.now() + timedelta(days=1)
    known["announcement_id"] = {
        name: Announcement.objects.create(
            org=org, text="Closed", starts_at=timezone.now(), ends_at=soon, about=about
        ).pk
        for name, org, about in (
            ("closed", cast.acme, ""),
            ("foreign", cast.umbrella, "monitoring"),
            ("news", cast.acme, "monitoring"),
        )
    }
    known["transfer_id"] = {
        name: OwnershipTransfer.objects.create(
            org=by.org, offered_by=by, offered_to=to, expires_at=soon, accepted_at=accepted
        ).pk
        for name, by, to, accepted in (
            ("mikas", cast.oscar, cast.mika, None),
            ("veras", cast.olive, cast.vera, timezone.now()),
            ("foreign", cast.eve, cast.eve, None),
        )
    }
    known["recovery_id"] = {
        name: Recovery.objects.create(org=one.org, user=one.user, reason="lost", asked_by=cast.support.user).pk
        for name, one in (("olives", cast.olive), ("foreign", cast.eve))
    }
    known["provider_id"] = {"foreign": cast.umbrella.pk}
    known["secret"] = {"claimed": domains.proof_url(claimed).rstrip("/").rpartition("/")[2]}
    known["invitation_id"] = {"nora": _invitation(cast.adam), "owners": _invitation(cast.olive, role="owner")}
    known["invitation_id"] |= {"closed": _invitation(cast.olive, revoked_at=timezone.now())}
    known["invitation_id"]["foreign"] = _invitation(cast.eve)
    known["day"] = {"soon": (timezone.now() + timedelta(days=9)).date().isoformat()}
    known["template_id"] = {"interns": _template(cast.acme), "foreign": _template(cast.umbrella)}
    known["job_id"]["file"] = _looked_through(cast.adam)
    for param, rows in governing(cast).items():
        known.setdefault(param, {}).update(rows)
    known["item_id"], known["module_id"] = _newcomers(cast)
    known["session_id"] = {"own": 1, "foreign": 999_999}
    known["invoice_id"] = {"paid": _invoice(cast.acme), "foreign": _invoice(cast.umbrella)}
    mails.queue("restored", ["rita@acme.example"], cast.acme, name="Rita")
    Verification.objects.create(org=cast.acme, differences=0)
    return Things(known)


def _newcomers(cast):
    """Mika and Vera on the board, somebody of Umbrella too; a training module of either organization."""
    day = timezone.now().date()

    def item(member, name, **fields):
        return ProvisioningItem.objects.create(org=member.org, member=member, item=name, due_day=day, **fields).pk

    items = {"mikas": item(cast.mika, "storage", owner=cast.adam), "mikas_mail": item(cast.mika, "email_verified")}
    shown = {"evidence": ContentFile(b"seen", "seen.txt"), "evidence_name": "seen.txt"}
    items |= {"mikas_check": item(cast.mika, "background_check", **shown)}
    items |= {"veras": item(cast.vera, "storage"), "foreign": item(cast.eve, "storage")}
    Introduction.objects.create(member=cast.vera, text="Hello, I am Vera.")
    unsent = {"kind": "welcome", "to": "mika@acme.example", "params": {"member": cast.mika.pk}, "state": "failed"}
    Mail.objects.create(org=cast.acme, **unsent)
    text = {"title": "Safe use", "text": "Read *this*.", "required": True, "audience": "everyone"}
    modules = {name: TrainingModule.objects.create(org=org, **text).pk for name, org in _orgs(cast)}
    return items, modules


def _orgs(cast):
    return ("safe", cast.acme), ("foreign", cast.umbrella)


def _rows(actor, member):
    org = actor.org
    job = on_members.start(actor, Member.objects.filter(pk=member.pk), deed="plan", values={"plan": "essential"})
    members.set_plan(actor, member, plan="advanced")
    return {
        "job_id": job.pk,
        "entry_id": AuditEntry.objects.filter(org=org, target_id=member.pk).latest("seq").pk,
        "batch_id": InboxBatch.objects.create(org=org, source="api").pk,
        "key_id": make_key(org, name="feed")[0].pk,
    }


def _invoice(org):
    """An invoice, and the price that more seats need."""
    PlanPrice.objects.create(org=org, plan="expert", price_nanos=10**9)
    month = date(2026, 1, 1)
    day = {"first_day": month, "last_day": date(2026, 1, 31), "due_day": date(2026, 2, 14)}
    return Invoice.objects.create(org=org, number=f"{org.slug}-2026-01", total_nanos=1, **day).pk


def _invited(cast, name, **fields):
    later = timezone.now() + timedelta(days=1)
    invitation = Invitation(org=cast.acme, email=f"{name}@new.example", expires_at=later, **fields)
    invitation.digest = links.digest(links.token(invitation))
    invitation.save(force_insert=True)
    return links.token(invitation)


def _invitation(by, **fields):
    later = timezone.now() + timedelta(days=1)
    invitation = Invitation(org=by.org, invited_by=by, expires_at=later, **fields)
    invitation.email = f"{invitation.pk}@new.example"
    invitation.digest = links.digest(links.token(invitation))
    invitation.save(force_insert=True)
    return invitation.pk


def _template(org):
    return InvitationTemplate.objects.create(org=org, name="Interns", role="viewer").pk


def _looked_through(actor):
    return on_invitations.FILE.look_through(actor, [Line(2, {"email": "file@new.example"})]).pk


def digest(org):
    """Every row of an organization, in every table that says whose it is."""
    found = {}
    for model in apps.get_models():
        if any(field.name == "org" for field in model._meta.fields):
            found[model._meta.label] = sorted(map(str, model._default_manager.filter(org=org).values_list()))
    return found | {"organization": list(Organization.objects.filter(pk=org.pk).values_list())}
