"""Who may what where people work, written a second time and straight from product.md 1 and 3."""

from tests.orgs import governed

# Action → what it can be about; nothing where it is about oneself alone.
IN_PLACES = {
    "workspace.view": 1,
    "workspace.leave": 1,
    "workspace.manage": 3,
    "workspace.archive": 3,
    "room.create": 3,
    "mate.add": 2,
    "room.view": 1,
    "room.manage": 3,
    "conversation.read": 1,
    "conversation.share": 3,
    "conversation.delete": 3,
    "conversation.publish": 2,
    "message.send": 2,
    "file.upload": 2,
    "link.revoke": 3,
}
AUTHORIZED = {f"{kind}.view": 1 for kind in ("mate", "tool")} | {"tool.attach": 2, "mate.bring": 2}
AUTHORIZED |= {f"{kind}.{verb}": least for kind in ("mate", "tool") for verb, least in (("manage", 3), ("grant", 3))}
AUTHORIZED |= {"mate.delete": 4, "tool.delete": 4}
MADE = {
    "workspace.create": "create_workspaces",
    "mate.onboard": "onboard_mates",
    "mate.create": "create_mates",
    "tool.create": "manage_tools",
}
USED = ("mate.use", "tool.use")
TALKED = ("message.send", "file.upload", "conversation.publish", *USED)
CLOSED_BY_ARCHIVING = {
    *TALKED,
    "workspace.join",
    "room.create",
    "mate.add",
    "conversation.share",
    "conversation.delete",
}
SETTINGS = {"mate.add", "file.upload", "conversation.publish"}
CONFIGURES = {"mate.manage": "create_mates", "tool.manage": "manage_tools"}
# What an Owner or Admin of the organization may by role; conversations are not among it.
GOVERNED = {"workspace.view", "workspace.manage", "workspace.archive", "room.view", "room.create", "room.manage"}
GOVERNED |= {"mate.add", "link.revoke", "link.list", *AUTHORIZED}
WORK = dict.fromkeys(("workspace.view", "workspace.leave", "workspace.join"), ("workspace",))
WORK |= dict.fromkeys(("workspace.manage", "workspace.archive", "room.create", "mate.add"), ("workspace",))
WORK |= dict.fromkeys(("room.view", "room.manage"), ("room",))
WORK |= {f"conversation.{verb}": ("conversation",) for verb in ("read", "share", "publish", "delete")}
WORK |= dict.fromkeys(("message.send", "file.upload"), ("", "workspace", "room", "conversation"))
WORK |= {"link.revoke": ("link",), "link.list": ("organization",)}
WORK |= {action: (action.partition(".")[0],) for action in AUTHORIZED}
WORK |= dict.fromkeys(MADE, ("organization",)) | dict.fromkeys(USED, ("use",))

# What no role gives: it comes with what one holds, leads or finds open.
GIVEN_ONLY = ("workspace.join", "workspace.leave", "conversation.share", "conversation.publish", *USED)


def closed(action, thing):
    """Shut to everybody there, whoever they are: archived, for nobody, or the day's messages used up."""
    if thing.name and thing.archived and action in CLOSED_BY_ARCHIVING:
        return True
    return bool(thing.name) and (
        (action in SETTINGS and thing.circle == "nobody") or (action == "message.send" and thing.full)
    )


def may(who, action, thing):
    if action == "link.list":
        return who.role in ("owner", "admin")
    if action in MADE:
        return who.role != "viewer" and not who.guest and MADE[action] in _open(who)
    if action in USED:
        return _uses(who, action, thing)
    return _authorized(who, action, thing) if action in AUTHORIZED else _in_place(who, action, thing)


def _open(who):
    """The features of the plan that no training module and no rollout keeps closed (product.md 2 and 4)."""
    return who.features - who.untrained - governed.shut_features(who)


def _holds(who, *what):
    """A Viewer of the organization is no more than a viewer of anything."""
    held = max((who.holds.get(one, 0) for one in what), default=0)
    return min(held, 1) if who.role == "viewer" else held


def _leads(who, team, least):
    return bool(team) and team in who.leads and not (who.role == "viewer" and least > 1)


def _in_place(who, action, thing):
    alone = thing.kind in ("", "conversation") and not thing.name
    if alone:
        return _alone(who, action, thing)
    nearest = "q4" if thing.narrowed and thing.kind != "workspace" else thing.name
    at = ("talk", nearest) if thing.kind in ("conversation", "link") else (nearest,)
    least, given = IN_PLACES.get(action, 9), any(one in who.holds for one in at)
    led = _leads(who, thing.team, least) and action not in ("workspace.join", "workspace.leave")
    by_role = who.role in ("owner", "admin") and action in GOVERNED
    if who.role == "viewer" and action in TALKED:
        return False
    if who.guest and (action in ("workspace.join", "conversation.publish") or not given):
        return False
    if closed(action, thing) or (action == "message.send" and who.over_budget):
        return False
    admin = _holds(who, *at) == 3 or by_role or (bool(thing.team) and thing.team in who.leads)
    if action in SETTINGS and not _set(who, action, thing, admin):
        return False
    if not by_role and not _has_the_feature(who, action, thing, given):
        return False
    public = thing.public and nearest != "q4" and not who.guest
    opens = public and action in ("workspace.view", "workspace.join", "room.view", "conversation.read")
    made = action == "link.revoke" and thing.mine
    return by_role or led or opens or made or _holds(who, *at) >= least


def _set(who, action, thing, admin):
    if action == "conversation.publish" and not who.sharing:
        return False
    return thing.circle == "users" or admin


def _has_the_feature(who, action, thing, given):
    """`workspace_access` for whoever takes part; leading asks for none, nor does a Viewer's reading what they have."""
    if action in ("link.revoke", "workspace.leave"):
        return True
    if "workspace_access" not in _open(who):
        leads = bool(thing.team) and thing.team in who.leads
        reads = action not in TALKED and action != "workspace.join"
        return reads and (leads or (who.role == "viewer" and given))
    return action != "file.upload" or "file_uploads" in _open(who)


def _alone(who, action, thing):
    """A personal chat: its author's alone."""
    if thing.kind == "conversation" and not thing.mine:
        return False
    if action in ("conversation.read", "conversation.delete"):
        return True
    feature = {"message.send": "personal_chats", "file.upload": "file_uploads"}.get(action)
    if feature is None or who.role == "viewer" or (action == "message.send" and who.over_budget):
        return False
    return feature in _open(who)


def _authorized(who, action, thing):
    least, what = AUTHORIZED[action], {"mate": "scout", "tool": "crm"}[thing.kind]
    if who.role in ("owner", "admin"):
        return True
    if who.guest and what not in who.holds:
        return False
    led = bool(thing.mates_team) and thing.mates_team in who.leads
    if action in CONFIGURES and CONFIGURES[action] not in _open(who) and not led:
        return False
    return _leads(who, thing.mates_team, least) or _holds(who, what) >= least or _for_all(who, thing) >= least


def _for_all(who, thing):
    return 0 if who.guest else min(thing.everyone, 1) if who.role == "viewer" else thing.everyone


def _uses(who, action, thing):
    """Authorization on the mate, and a place where one may write; on the tool nothing is asked for."""
    if who.role == "viewer" or who.over_budget or (who.guest and "scout" not in who.holds):
        return False
    place = type(thing)(**(vars(thing) | {"kind": ("room" if thing.narrowed else "workspace") if thing.name else ""}))
    if (thing.name and "added" in thing.lacks) or not may(who, "message.send", place):
        return False
    if thing.tool and ("attached" in thing.lacks or ("switched_on" in thing.lacks)):
        return False
    return _leads(who, thing.mates_team, 2) or _holds(who, "scout") >= 2 or _for_all(who, thing) >= 2
