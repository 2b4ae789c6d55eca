"""Who may what: the one table. Reading `TABLE` is reading the product's permission model (product.md 1, 3 and 5).

What follows from data (a lead of the team that owns a workspace administers it) is said by the layers.
"""

from dataclasses import dataclass
from typing import Any

from orgs.access.actions import Action
from orgs.models import Feature, Role, Scope


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: who is given an action, and what else it asks for.

    `by` names roles (and kinds of actors) that administer with it; `use` names roles that may use it where no object
    with grants decides. Plan features bind what is used, never what is administered. `level` is the least level on
    the target that gives it, `lead` whether leading the target's team does, `public` whether a public workspace does,
    `in_charge` whether looking after an item of the provisioning board does, `delegated` what of an organization can
    be delegated that does. `inside`: done inside a workspace, for which its feature is needed whatever else is.
    `insiders`: guests do not. `live`: not where it is archived. `setting`: the collaboration setting that says who.
    `through`: in the place, and with the tool, that the target names. `spends`: it costs money, so a budget that is
    used up refuses it.
    """

    meaning: str
    by: frozenset[str] = frozenset()
    use: frozenset[str] = frozenset()
    level: str = ""
    lead: bool = False
    public: bool = False
    own: bool = False
    in_charge: bool = False
    delegated: str = ""
    scope: str = ""
    feature: str = ""
    alone_feature: str = ""
    inside: bool = False
    insiders: bool = False
    live: bool = False
    setting: str = ""
    through: bool = False
    sends: bool = False
    ranked: bool = False
    not_self: bool = False
    cost: bool = False
    spends: bool = False
    raises_version: bool = False


OWNERS = frozenset({Role.OWNER, "support"})
ADMINS = OWNERS | {Role.ADMIN}
PROVISIONERS = ADMINS | {"directory"}
STAFF = frozenset({"support"})
EVERYBODY = frozenset(Role.values)
PARTICIPANTS = frozenset({Role.OWNER, Role.ADMIN, Role.USER})
# What rows about where people work have in common.
INSIDE: dict[str, Any] = {"inside": True, "feature": Feature.WORKSPACE_ACCESS}
ADMINISTERED: dict[str, Any] = {"by": ADMINS, "level": "admin", "lead": True, "raises_version": True}
TALK: dict[str, Any] = {"lead": True, "sends": True, "live": True}
MAKING: dict[str, Any] = {"use": PARTICIPANTS, "sends": True, "insiders": True, "raises_version": True}

TABLE: dict[Action, Rule] = {
    Action.CONSOLE_OPEN: Rule("open the console", use=EVERYBODY),
    # People
    Action.MEMBER_LIST: Rule("see the members of the organization", by=ADMINS),
    Action.MEMBER_VIEW: Rule("see a member's page", by=ADMINS, lead=True, own=True),
    Action.MEMBER_INVITE: Rule("invite people", by=PROVISIONERS, ranked=True),
    Action.MEMBER_JOIN: Rule("take in who was invited", by=frozenset({"system", "directory"}), raises_version=True),
    Action.MEMBER_DECLINE: Rule("decline for who was invited", by=frozenset({"system"})),
    Action.MEMBER_ROLE: Rule("change a role", by=PROVISIONERS, ranked=True, not_self=True, raises_version=True),
    Action.MEMBER_PLAN: Rule("change a plan", by=PROVISIONERS, ranked=True, raises_version=True),
    Action.MEMBER_SUSPEND: Rule("suspend a member", by=PROVISIONERS, ranked=True, raises_version=True),
    Action.MEMBER_REACTIVATE: Rule("reactivate a member", by=PROVISIONERS, ranked=True, raises_version=True),
    Action.MEMBER_REMOVE: Rule("remove a member", by=PROVISIONERS, ranked=True, raises_version=True),
    Action.MEMBER_RESTORE: Rule("restore a removed member", by=PROVISIONERS, ranked=True, raises_version=True),
    Action.MEMBER_LEAVE: Rule("leave the organization", own=True, raises_version=True),
    Action.MEMBER_EXPORT: Rule("export the list of members", by=ADMINS),
    Action.MEMBER_PLACE: Rule("place a member in a department and a team", by=PROVISIONERS, raises_version=True),
    Action.GUEST_EXTEND: Rule("set the end of a guest's stay", by=ADMINS, ranked=True, raises_version=True),
    Action.GUEST_SPONSOR: Rule("change who vouches for a guest", by=ADMINS, ranked=True),
    Action.GUEST_END: Rule("end a guest's stay", by=ADMINS, ranked=True, raises_version=True),
    # From joining to the first conversation
    Action.PROVISIONING_VIEW: Rule("see how newcomers get on", by=ADMINS, lead=True, own=True),
    Action.PROVISIONING_SEE: Rule("tick what was seen to happen", by=frozenset({"system"})),
    Action.PROVISIONING_TICK: Rule("tick items of the provisioning board", by=ADMINS, lead=True, in_charge=True),
    Action.PROVISIONING_PLAN: Rule("say who looks after an item and until when", by=ADMINS, lead=True),
    Action.PROVISIONING_REMIND: Rule("remind people of open items", by=ADMINS | {"system"}, lead=True),
    Action.PROVISIONING_WELCOME: Rule("send a newcomer's welcome again", by=ADMINS, lead=True),
    Action.PROVISIONING_TEMPLATE: Rule("set the template of the provisioning board", by=ADMINS),
    Action.SETUP_GUIDE_WRITE: Rule("write the setup guide", by=ADMINS),
    Action.TRAINING_MANAGE: Rule("manage training modules", by=ADMINS, raises_version=True),
    Action.TRAINING_PASS: Rule("confirm a training module", own=True, raises_version=True),
    Action.INTRODUCTION_POST: Rule("introduce oneself", own=True),
    Action.INTRODUCTION_CONFIRM: Rule("confirm that an introduction was read", by=ADMINS, lead=True),
    Action.SESSION_END: Rule("end somebody's sessions", by=ADMINS, ranked=True, own=True),
    Action.ACCOUNT_CHANGE: Rule("change one's own account", own=True, raises_version=True),
    # The organization
    Action.ORGANIZATION_CREATE: Rule("create an organization", by=STAFF | {"system"}),
    Action.ORGANIZATION_EDIT: Rule("change the organization's settings", by=OWNERS, raises_version=True),
    Action.SECOND_FACTOR_REMIND: Rule("remind people of the second factor", by=OWNERS),
    Action.DOMAIN_MANAGE: Rule("claim and manage e-mail domains", by=OWNERS),
    Action.JOIN_REQUEST: Rule("note who asks to join", by=frozenset({"system"})),
    Action.JOIN_DECIDE: Rule("answer who asks to join", by=ADMINS, raises_version=True),
    Action.SSO_MANAGE: Rule("set up single sign-on", by=OWNERS),
    Action.SSO_LINK: Rule("know somebody by single sign-on", by=frozenset({"system"})),
    Action.SSO_REFUSED: Rule("turn away a single sign-on", by=frozenset({"system"})),
    Action.SSO_RECOVER: Rule("come in without the enforced single sign-on", by=frozenset({Role.OWNER})),
    Action.ORGANIZATION_TERMS: Rule("set edition, seats and prices", by=STAFF, raises_version=True),
    Action.ORGANIZATION_SUSPEND: Rule("suspend an organization", by=STAFF, raises_version=True),
    Action.ORGANIZATION_REOPEN: Rule("reopen an organization", by=STAFF, raises_version=True),
    # Plans and money
    Action.PLANS_VIEW: Rule("see what each plan gives", by=ADMINS),
    Action.PLANS_EDIT: Rule("choose what each plan gives", by=OWNERS, raises_version=True),
    Action.BILLING_VIEW: Rule("see billing", by=OWNERS),
    Action.SEATS_CHANGE: Rule("buy and give back seats", by=OWNERS),
    Action.BUDGET_SET: Rule("set the monthly budget", by=OWNERS, raises_version=True),
    Action.BUDGET_WATCH: Rule("hold the month's cost against the budget", by=frozenset({"system"})),
    Action.INVOICE_ISSUE: Rule("issue an invoice", by=frozenset({"system"})),
    Action.INVOICE_PAY: Rule("note that an invoice is paid", by=STAFF),
    Action.DEPARTMENT_MANAGE: Rule("manage departments", by=ADMINS, raises_version=True),
    Action.TEAM_VIEW: Rule("see a team", by=ADMINS, lead=True),
    Action.TEAM_MANAGE: Rule("manage teams", by=ADMINS, raises_version=True),
    Action.TEAM_LEAD: Rule("give and take the lead of a team", by=ADMINS, raises_version=True),
    # Handing over, getting back in, asking for it
    Action.OWNERSHIP_OFFER: Rule("offer ownership to another member", by=OWNERS),
    Action.OWNERSHIP_ANSWER: Rule("answer an offer of ownership", own=True, raises_version=True),
    Action.ACCOUNT_RESET: Rule("send a member a password reset", by=ADMINS, ranked=True),
    Action.ACCOUNT_FACTOR_RESET: Rule(
        "reset a member's second factor", by=ADMINS, ranked=True, not_self=True, raises_version=True
    ),
    Action.RECOVERY_MANAGE: Rule("ask for and approve the recovery of a sole Owner", by=STAFF),
    Action.RECOVERY_STOP: Rule("stop the recovery of an Owner", by=ADMINS),
    Action.RECOVERY_FINISH: Rule("let a recovered Owner in again", by=frozenset({"system"}), raises_version=True),
    Action.REQUEST_MAKE: Rule("ask for access", own=True),
    Action.REQUEST_WITHDRAW: Rule("take a request back", own=True),
    Action.REQUEST_DECIDE: Rule("decide on requests for access", by=ADMINS, raises_version=True),
    Action.REQUEST_END: Rule("end what was granted for a while", by=frozenset({"system"}), raises_version=True),
    Action.ANNOUNCEMENT_MANAGE: Rule("announce something to all members", by=ADMINS),
    # Machines
    Action.KEY_MANAGE: Rule("make and revoke service keys", by=ADMINS),
    Action.INGEST_VIEW: Rule("see what became of usage that was sent", by=ADMINS),
    Action.WORK_RETRY: Rule("try work again that was stopped after three failures", by=STAFF),
    Action.EVENTS_WRITE: Rule("send usage events", scope=Scope.EVENTS_WRITE),
    Action.DECISIONS_READ: Rule("ask for decisions", scope=Scope.DECISIONS_READ),
    # Usage and audit
    Action.USAGE_VIEW: Rule("see usage", by=ADMINS, lead=True, own=True, delegated="usage", scope=Scope.USAGE_READ),
    Action.USAGE_COST: Rule("see cost", by=ADMINS, lead=True, scope=Scope.USAGE_READ, cost=True),
    Action.USAGE_EXPORT: Rule("export usage", by=ADMINS, lead=True, delegated="usage"),
    Action.AUDIT_VIEW: Rule("read the audit log", by=ADMINS, delegated="audit"),
    Action.AUDIT_EXPORT: Rule("export the audit log", by=ADMINS, delegated="audit"),
    Action.ACCESS_EXPLAIN: Rule("see why somebody may or may not", by=ADMINS, lead=True, own=True),
    Action.ACCESS_LINT: Rule("see what is set up against itself", by=ADMINS),
    Action.DELEGATION_SET: Rule("delegate single permissions", by=OWNERS, raises_version=True),
    # Where people work
    Action.WORKSPACE_CREATE: Rule(
        "create a workspace", use=PARTICIPANTS, insiders=True, feature=Feature.CREATE_WORKSPACES, raises_version=True
    ),
    Action.WORKSPACE_VIEW: Rule("see a workspace", by=ADMINS, level="viewer", lead=True, public=True, **INSIDE),
    Action.WORKSPACE_JOIN: Rule(
        "join a workspace", public=True, insiders=True, live=True, raises_version=True, **INSIDE
    ),
    Action.WORKSPACE_LEAVE: Rule("leave a workspace", level="viewer", raises_version=True),
    Action.WORKSPACE_MANAGE: Rule("manage a workspace", **ADMINISTERED, **INSIDE),
    Action.WORKSPACE_ARCHIVE: Rule("archive and reopen a workspace", **ADMINISTERED, **INSIDE),
    Action.ROOM_VIEW: Rule("see a room", by=ADMINS, level="viewer", lead=True, public=True, **INSIDE),
    Action.ROOM_CREATE: Rule("make a room", live=True, **ADMINISTERED, **INSIDE),
    Action.ROOM_MANAGE: Rule("manage a room", **ADMINISTERED, **INSIDE),
    # Administering opens no conversation (product.md 3)
    Action.CONVERSATION_READ: Rule("read a conversation", level="viewer", lead=True, public=True, own=True, **INSIDE),
    Action.CONVERSATION_SHARE: Rule(
        "show a conversation to a member who is not in its workspace",
        level="admin",
        lead=True,
        live=True,
        raises_version=True,
        **INSIDE,
    ),
    Action.CONVERSATION_PUBLISH: Rule(
        "share a conversation outside", level="user", setting="sharing_by", insiders=True, **TALK, **INSIDE
    ),
    Action.CONVERSATION_DELETE: Rule(
        "delete a conversation", level="admin", lead=True, own=True, live=True, raises_version=True, **INSIDE
    ),
    Action.LINK_LIST: Rule("see which conversations are shared outside", by=ADMINS),
    Action.LINK_REVOKE: Rule("revoke a link to a conversation", by=ADMINS, level="admin", lead=True, own=True),
    Action.MESSAGE_SEND: Rule(
        "send a message",
        use=PARTICIPANTS,
        level="user",
        own=True,
        alone_feature=Feature.PERSONAL_CHATS,
        spends=True,
        **TALK,
        **INSIDE,
    ),
    Action.FILE_UPLOAD: Rule(
        "upload a file",
        use=PARTICIPANTS,
        level="user",
        own=True,
        setting="files_by",
        inside=True,
        feature=Feature.FILE_UPLOADS,
        alone_feature=Feature.FILE_UPLOADS,
        **TALK,
    ),
    # Mates and tools: authorization on a tool decides who configures and attaches it, on a mate who uses it
    Action.MATE_ONBOARD: Rule("onboard a mate from the store", feature=Feature.ONBOARD_MATES, **MAKING),
    Action.MATE_CREATE: Rule("create a mate", feature=Feature.CREATE_MATES, **MAKING),
    Action.MATE_VIEW: Rule("know of a mate", by=ADMINS, level="list", lead=True),
    Action.MATE_MANAGE: Rule("configure a mate", feature=Feature.CREATE_MATES, **ADMINISTERED),
    Action.MATE_GRANT: Rule("say who may use a mate", **ADMINISTERED),
    Action.MATE_DELETE: Rule("delete a mate", **(ADMINISTERED | {"level": "owner"})),
    Action.MATE_BRING: Rule("bring a mate along to a workspace", by=ADMINS, level="user", lead=True),
    Action.MATE_ADD: Rule(
        "add a mate to a workspace", by=ADMINS, level="user", lead=True, setting="mates_by", live=True, **INSIDE
    ),
    Action.MATE_USE: Rule("use a mate", level="user", spends=True, through=True, **TALK),
    Action.TOOL_CREATE: Rule("connect a tool", feature=Feature.MANAGE_TOOLS, **MAKING),
    Action.TOOL_VIEW: Rule("know of a tool", by=ADMINS, level="list", lead=True),
    Action.TOOL_ATTACH: Rule("attach a tool to a mate", by=ADMINS, level="user", lead=True),
    Action.TOOL_MANAGE: Rule("configure a tool", feature=Feature.MANAGE_TOOLS, **ADMINISTERED),
    Action.TOOL_GRANT: Rule("say who may attach a tool", **ADMINISTERED),
    Action.TOOL_DELETE: Rule("delete a tool", **(ADMINISTERED | {"level": "owner"})),
    Action.TOOL_USE: Rule("use a tool through a mate", level="user", spends=True, through=True, **TALK),
    Action.MODEL_USE: Rule("use a model", use=PARTICIPANTS, sends=True, spends=True),
    # What the organization allows its platform
    Action.CATALOGUE_MANAGE: Rule("manage the model catalogue", by=ADMINS, raises_version=True),
    Action.POLICY_VIEW: Rule("see the policy and its versions", by=ADMINS),
    Action.POLICY_EDIT: Rule("write the policy's draft", by=ADMINS),
    Action.POLICY_TRY: Rule("let a policy run report-only", by=ADMINS, raises_version=True),
    Action.POLICY_PUBLISH: Rule("publish a policy", by=ADMINS, raises_version=True),
    Action.EXCEPTION_GRANT: Rule("grant and end exceptions to the policy", by=ADMINS, raises_version=True),
    # Of what was written, a role shows that it is there; reading it is a permission of its own (product.md 3, 4)
    Action.MONITORING_VIEW: Rule("see which messages were flagged", by=ADMINS, delegated="compliance"),
    Action.MONITORING_REVIEW: Rule("review flagged messages", by=ADMINS, delegated="compliance"),
    Action.MONITORING_READ: Rule("read what monitoring kept", delegated="compliance"),
    Action.LIMIT_SET: Rule("set limits", by=ADMINS, raises_version=True),
    Action.ROLLOUT_MANAGE: Rule("manage rollouts", by=ADMINS, raises_version=True),
    Action.ROLLOUT_WATCH: Rule("take rollouts on by date and gates", by=frozenset({"system"}), raises_version=True),
    Action.ROLLOUT_EXPORT: Rule("export whom a rollout reached", by=ADMINS),
    Action.ROLLOUT_ANSWER: Rule("say how a rollout is", own=True),
}

# What using a feature of the plans asks for, wherever it is used: the answer to "what can they do?" (product.md 1).
FEATURES: dict[str, Rule] = {
    Feature.PERSONAL_CHATS: Rule(
        "chat personally", use=PARTICIPANTS, sends=True, feature=Feature.PERSONAL_CHATS, spends=True
    ),
    Feature.FILE_UPLOADS: Rule("upload files", use=PARTICIPANTS, sends=True, feature=Feature.FILE_UPLOADS),
    Feature.WORKSPACE_ACCESS: Rule("take part in workspaces", use=EVERYBODY, feature=Feature.WORKSPACE_ACCESS),
    Feature.ONBOARD_MATES: Rule("onboard mates", use=PARTICIPANTS, sends=True, feature=Feature.ONBOARD_MATES),
    Feature.CREATE_MATES: Rule("create mates", use=PARTICIPANTS, sends=True, feature=Feature.CREATE_MATES),
    Feature.MANAGE_TOOLS: Rule("manage tools", use=PARTICIPANTS, sends=True, feature=Feature.MANAGE_TOOLS),
    Feature.CREATE_WORKSPACES: Rule("create workspaces", use=PARTICIPANTS, feature=Feature.CREATE_WORKSPACES),
}
