"""Who may what, written a second time and straight from product.md 1, 3, 6 and 8: what the engine is compared with.

Here: what role, lead, delegation and being oneself give. What places, mates and tools give is written in
tests/orgs/working.py, what plans, policies, rollouts and limits refuse in tests/orgs/governed.py.
"""

from tests.orgs import governed, working
from tests.orgs.working import WORK

PEOPLE = ("member.role", "member.plan", "member.suspend", "member.reactivate", "member.remove", "member.restore")
GUESTS = ("guest.extend", "guest.sponsor", "guest.end")
ADMINISTERED = {
    *("team.view", "member.place", *GUESTS),
    *("member.list", "member.view", "member.invite", "member.export", "department.manage", "team.manage", "team.lead"),
    "join.decide",
    *("key.manage", "ingest.view", "usage.view", "usage.export", "audit.view", "audit.export"),
    *(*PEOPLE, "session.end"),
}
ADMINISTERED |= {"plans.view", "account.reset", "account.factor_reset", "recovery.stop", "request.decide"}
ADMINISTERED |= {"announcement.manage", "access.explain", "access.lint", "catalogue.manage", "exception.grant"}
ADMINISTERED |= {"limit.set", "monitoring.view", "monitoring.review"}
ADMINISTERED |= {"policy.view", "policy.edit", "policy.publish", "policy.try", "rollout.manage", "rollout.export"}
ADMINISTERED |= {f"provisioning.{verb}" for verb in ("view", "tick", "plan", "remind", "welcome", "template")}
ADMINISTERED |= {"setup_guide.write", "training.manage", "introduction.confirm"}
ACCOUNTS = ("account.reset", "account.factor_reset")
ONES_OWN = ("member.leave", "account.change", "session.end", "ownership.answer", "request.make", "request.withdraw")
ONES_OWN += ("rollout.answer", "training.pass", "introduction.post", "provisioning.view", "access.explain")
OWNED = ADMINISTERED | {"organization.edit", "second_factor.remind", "domain.manage", "sso.manage", "usage.cost"}
OWNED |= {"plans.edit", "delegation.set", "billing.view", "seats.change", "budget.set", "ownership.offer"}
SUPPORTED = OWNED | {f"organization.{verb}" for verb in ("create", "terms", "suspend", "reopen")} | {"work.retry"}
SUPPORTED |= {"invoice.pay", "recovery.manage", *working.GOVERNED}
SCOPED = {"events.write": "events:write", "decisions.read": "decisions:read"}
SCOPED |= {"usage.view": "usage:read", "usage.cost": "usage:read"}
LED = {"team.view", "member.view", "access.explain", "usage.view", "usage.cost", "usage.export"}
LED |= {f"provisioning.{verb}" for verb in ("view", "tick", "plan", "remind", "welcome")} | {"introduction.confirm"}
DELEGATED = {"audit.view": "audit", "audit.export": "audit", "usage.view": "usage", "usage.export": "usage"}
DELEGATED |= dict.fromkeys(("monitoring.view", "monitoring.review", "monitoring.read"), "compliance")


def may(who, action, thing, gives="", console=False):
    if who.kind == "system":
        given_to_nobody = ("events.write", "decisions.read", "monitoring.read", *working.GIVEN_ONLY)
        return action not in given_to_nobody and not working.closed(action, thing)
    if who.shut_out or (who.kind != "support" and thing.foreign) or (console and who.factor_missing):
        return False
    if who.kind != "member":
        if working.closed(action, thing):
            return False
        support, directory = SUPPORTED, {*PEOPLE, "member.place", "member.invite", "member.join"}
        return (
            action in {"support": support, "directory": directory}.get(who.kind, ()) or SCOPED.get(action) in who.scopes
        )
    if governed.refuses(who, action, thing):
        return False
    if action in WORK:
        return working.may(who, action, thing)
    if action == "model.use":
        return who.role != "viewer" and not who.over_budget
    return _administers(who, action, thing, gives)


def _leads(who, thing):
    return bool(thing.team) and thing.team in who.leads


def _administers(who, action, thing, gives):
    """What role, lead and being oneself give (product.md 1); who sees cost is a setting (product.md 6)."""
    if action == "console.open" or (thing.own and action in ONES_OWN):
        return True
    if action in (*PEOPLE, *GUESTS, *ACCOUNTS, "session.end", "member.invite"):
        reach = {"owner": {"owner", "admin", "user", "viewer", ""}, "admin": {"user", "viewer", ""}}.get(
            who.role, set()
        )
        return (
            thing.role in reach
            and gives in reach
            and not (action in ("member.role", "account.factor_reset") and thing.own)
        )
    if action == "provisioning.tick" and thing.in_charge:
        return True
    led, by_role = _leads(who, thing), {"owner": OWNED | {"sso.recover"}, "admin": ADMINISTERED}.get(who.role, set())
    if action == "usage.cost" and who.role != "owner":
        return who.cost in {"admin": ("admins", "leads")}.get(who.role, ()) or (led and who.cost == "leads")
    if action in DELEGATED and DELEGATED[action] in who.delegated:
        return True
    return action in by_role or (thing.own and action in ("member.view", "usage.view")) or (led and action in LED)
