"""What a published policy refuses, written a second time and straight from product.md 4."""

from tests.orgs import limited

SPEND = ("model.use", "message.send", "mate.use", "tool.use")
CATALOGUE = {"fast": "fast", "quick": "fast", "deep": "deep", "old": "old"}  # a name → the model; `quick` is an alias
RETIRED = ("old",)
IN_DEPARTMENT = 7
VERSIONS = ("policy/2", "policy/7/2")  # on their way: the organization's, and the department's


def refuses(who, action, thing):
    return (
        rolled_out_to_others(who, action, thing)
        or policy_refuses(who, action, thing)
        or limited.refuses(who, action, thing)
    )


def has(who, what):
    """Whether they may have what is being rolled out: a stage reached them, or its date came while it runs."""
    return who.rollouts.get(what, "reached") in ("reached", "begun", "due")


def shut_features(who):
    """What the plan includes and a rollout still keeps from them."""
    return frozenset(
        what.partition("/")[2] for what in who.rollouts if what.startswith("feature/") and not has(who, what)
    )


def rolled_out_to_others(who, action, thing):
    """A model or a tool on its way to everybody that has not come to this member; features: see `working._open`."""
    if action not in SPEND:
        return False
    model = bool(thing.model) and not has(who, f"model/{CATALOGUE.get(thing.model, thing.model)}")
    return model or (thing.tool and action in ("mate.use", "tool.use") and not has(who, "tool/205"))


def policy_refuses(who, action, thing):
    policies = policies_of(who)
    if action not in SPEND or not policies:
        return False
    if thing.model and (
        CATALOGUE.get(thing.model) in RETIRED or not all(allows(p, who, thing.model) for p in policies)
    ):
        return True
    return any(blocks(p, who, use_case) for p in policies for use_case in thing.use_cases)


def policies_of(who):
    """The organization's and their department's: of each the version that has reached them, else the one in force."""
    return [policy for policy in (policy_of(who, 0), policy_of(who, IN_DEPARTMENT)) if policy]


def policy_of(who, scope):
    if scope == 0:
        return on_its_way(who, VERSIONS[0], who.rolled) or who.policy
    own = on_its_way(who, VERSIONS[1], who.rolled_narrower) or who.narrower
    return own if who.department == IN_DEPARTMENT else None


def on_its_way(who, what, version):
    return version if what in who.rollouts and has(who, what) else None


def allows(policy, who, model):
    if model not in CATALOGUE and policy.get("unknown_models") == "allowed":
        return True
    name = CATALOGUE.get(model, model)
    return any(name in policy["allowed_models"].get(group, ()) for group in groups(policy, who))


def groups(policy, who):
    inside = [name for name, rule in policy["groups"].items() if belongs(rule, who)]
    exclusive = [name for name in inside if policy["groups"][name].get("exclusive")]
    return exclusive or ["general_staff", *inside]


def belongs(rule, who):
    return (
        who.role in rule.get("roles", ())
        or who.department in rule.get("departments", ())
        or (rule.get("leads") and bool(who.leads))
        or (rule.get("guests") and who.guest)
        or "me" in rule.get("members", ())
    )


def blocks(policy, who, use_case):
    if use_case not in policy["restricted_use_cases"]:
        return False
    effect = policy["use_cases"].get(use_case, {}).get("effect", "block")
    return effect == "block" or (effect == "approve" and use_case not in who.excepted and not given(who, use_case))


def given(who, use_case):
    """An exception of a group is that of one policy's group, whatever another policy calls so."""
    scope, group = who.given.get(use_case, (0, ""))
    policy = policy_of(who, scope)
    return bool(policy) and group in groups(policy, who)
