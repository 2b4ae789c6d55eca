"""Which items of the board are true by now: read from what happened, for everybody at once."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime

from orgs import adapter, grants, hooks
from orgs.models import Introduction, Item, Mail, Member, Organization, ProvisioningItem, TrainingModule, TrainingPass


def true_now(org: Organization, items: Iterable[ProvisioningItem]) -> list[ProvisioningItem]:
    """Those automatic items, of members of `org`, whose fact holds now. At most 24 queries, however many items.

    `items` come with `member__user` read.
    """
    by_item: dict[str, dict[int, ProvisioningItem]] = defaultdict(dict)
    for item in items:
        by_item[item.item][item.member_id] = item
    found = []
    for name, waiting in by_item.items():
        if name in _FACTS:
            true = _FACTS[name](org, [item.member for item in waiting.values()])
            found += [item for member_id, item in waiting.items() if member_id in true]
    return found


def _by_user(members: list[Member], user_ids: set[int]) -> set[int]:
    return {member.pk for member in members if member.user_id in user_ids}


def _email_verified(org: Organization, members: list[Member]) -> set[int]:
    return _by_user(members, adapter.with_verified_address(member.user_id for member in members))


def _sign_on_linked(org: Organization, members: list[Member]) -> set[int]:
    return _by_user(members, adapter.came_by_single_sign_on(org.pk, (member.user_id for member in members)))


def _has_role(org: Organization, members: list[Member]) -> set[int]:
    return {member.pk for member in members if member.role}


def _placed(org: Organization, members: list[Member]) -> set[int]:
    return {member.pk for member in members if member.department_id or member.team_id}


def _permitted(org: Organization, members: list[Member]) -> set[int]:
    """A plan says what they may use, from the invitation on; grants in workspaces add where."""
    return {member.pk for member in members if member.plan}


def _welcomed(org: Organization, members: list[Member]) -> set[int]:
    sent = Mail.objects.filter(org=org, kind="welcome", state=Mail.State.SENT, to__in=[m.user.email for m in members])
    return {params.get("member", 0) for params in sent.values_list("params", flat=True)}


def _trained(org: Organization, members: list[Member]) -> set[int]:
    """Who has confirmed every required module that applies to them. 2 queries."""
    modules = list(TrainingModule.objects.filter(org=org, required=True, archived_at=None))
    passes = TrainingPass.objects.filter(module__in=modules, member__in=members)
    confirmed = set(passes.values_list("member_id", "module_id"))
    return {
        member.pk
        for member in members
        if all((member.pk, module.pk) in confirmed for module in modules if module.applies_to(member))
    }


def untrained_again(org: Organization) -> list[ProvisioningItem]:
    """Ticked training of those still on the board to whom a required module came since. At most 3 queries.

    Whoever has left the board is no newcomer any more: the module waits for them under Needs you alone.
    """
    ticked = ProvisioningItem.objects.filter(org=org, item=Item.TRAINING, member__removed_at=None)
    ticked = ticked.filter(done_at__isnull=False, member__onboarded_at=None).select_related("org", "member__user")
    items = list(ticked)
    trained = _trained(org, [item.member for item in items]) if items else set()
    return [item for item in items if item.member_id not in trained]


def _introduced(org: Organization, members: list[Member]) -> set[int]:
    read = Introduction.objects.filter(member__in=members, confirmed_at__isnull=False)
    return set(read.values_list("member_id", flat=True))


def _has_written(org: Organization, members: list[Member]) -> set[int]:
    return {pk for found in hooks.call("members_who_wrote", org, [member.pk for member in members]) for pk in found}


def _given(item: Item) -> Callable[[Organization, list[Member]], set[int]]:
    """Who was given what an item is about: the floors above know."""

    def given(org: Organization, members: list[Member]) -> set[int]:
        return {pk for found in hooks.call("items_given", org, item, members) for pk in found}

    return given


_FACTS: dict[str, Callable[[Organization, list[Member]], set[int]]] = {
    Item.EMAIL_VERIFIED: _email_verified,
    Item.SIGN_ON_LINKED: _sign_on_linked,
    Item.ROLE_LEVEL: _has_role,
    Item.DEPARTMENT_AND_TEAM: _placed,
    Item.INITIAL_PERMISSIONS: _permitted,
    Item.WELCOME_MAIL: _welcomed,
    Item.TRAINING: _trained,
    Item.INTRODUCTION: _introduced,
    Item.FIRST_CONVERSATION: _has_written,
    **{item: _given(item) for item in (Item.MODELS, Item.INTEGRATIONS, Item.STORAGE, Item.LIMITS)},
}
# The items that Steward ticks where it sees them; those that are not `automatic` are ticked by hand meanwhile.
SEEN: tuple[str, ...] = tuple(_FACTS)


def who_reads(member: Member, at: datetime) -> list[Member]:
    """The leads of a newcomer's team who can confirm their introduction; nobody: an Owner or Admin does. 2 queries."""
    if member.team is None:
        return []
    pairs = grants.holders([member.team])[member.team.pk]
    return [lead for lead, _level in pairs if lead.is_active(at) and lead.pk != member.pk]
