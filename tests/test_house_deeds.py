"""House rules for deeds: one act each, the actor first, a promise, and none calls another."""

import ast

from django.utils.module_loading import import_string

from tests.source import FLOORS, lines_matching, named, public, python, rooms, tree

# Public functions among the deeds that are none, and why they live there.
NO_DEEDS = {
    "orgs.actions.invitations.accepting.find": "reads the invitation that a link belongs to, before there is an actor",
    "orgs.actions.members.changes.hand_over": "a step of whoever ends a membership, under the act's lock",
    "orgs.actions.members.changes.senior_owner": "reads who takes over what somebody owned",
    "orgs.actions.members.changes.shut_out": "what follows when somebody loses access, in the deed's transaction",
    "orgs.actions.members.changes.tell_reactivated": "puts mails into the outbox, in the deed's transaction",
    "orgs.actions.members.changes.tell_restored": "puts mails into the outbox, in the deed's transaction",
    "orgs.actions.invitations.inviting.put_out": "a step of whoever invites, under the act's lock",
    "orgs.actions.invitations.accepting.take_ordinal": "a step of whoever makes a member, under the act's lock",
}
# Deeds whose actor is not their first argument.
OTHER_ACTORS = {
    "orgs.actions.invitations.accepting.accept": "whoever accepts is no member yet: the system takes them in",
    "orgs.actions.invitations.accepting.accept_as_new": "whoever accepts has not even an account yet",
    "orgs.actions.joining.come_in": "whoever joins by a domain is no member yet",
    "orgs.actions.domains.confirm": "whoever reads a postmaster's mail needs no account",
    "orgs.actions.sso.take_in": "whoever comes by single sign-on is no member yet",
    "orgs.actions.sso.link": "whoever comes by single sign-on may have no account yet",
    "orgs.actions.sso.refuse": "whoever was turned away is nobody",
    "orgs.actions.invitations.accepting.decline": "whoever declines never becomes a member",
}


def _is_a_rule(function):
    return (ast.get_docstring(function) or "").startswith("Raises Refused when")


def _acts(function):
    """The calls of `act`, `act_on` and `act_everywhere` in a function."""
    calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [call for call in calls if call.func.id in ("act", "act_on", "act_everywhere")]


def deeds():
    for path in rooms("actions"):
        module = named(path).removesuffix(".py").replace("/", ".")
        for function in public(path):
            if f"{module}.{function.name}" not in NO_DEEDS and not _is_a_rule(function):
                yield module, function


def test_every_deed_is_one_act_with_the_actor_first():
    wrong = []
    for module, function in deeds():
        name, calls = f"{module}.{function.name}", _acts(function)
        first = function.args.args[0].arg if function.args.args else ""
        if len(calls) != 1:
            wrong.append(f"{name} has {len(calls)} acts")
        elif name not in OTHER_ACTORS and (first != "actor" or ast.unparse(calls[0].args[0]) != "actor"):
            wrong.append(f"{name} does not take and pass the actor first")
        elif len(function.args.args) - len(function.args.defaults) > 3:
            wrong.append(f"{name} takes more than actor and target without a name")
    assert not wrong


def test_every_deed_promises_something():
    assert not [f"{module}.{function.name}" for module, function in deeds() if not ast.get_docstring(function)]


def test_no_deed_calls_a_deed():
    names = {}
    for module, function in deeds():
        names.setdefault(module.rpartition(".")[2], set()).add(function.name)
    wrong = []
    for path in rooms("actions"):
        own = names.get(path.stem, set())
        for call in (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call)):
            callee = ast.unparse(call.func)
            noun, _, verb = callee.rpartition(".")
            if callee in own or verb in names.get(noun, ()):
                wrong.append(f"{named(path)}:{call.lineno}: {callee}")
    assert not wrong


def test_what_is_no_deed_is_still_there():
    for name in [*NO_DEEDS, *OTHER_ACTORS]:
        assert callable(import_string(name))


def test_tasks_are_started_through_doors_that_survive_a_lost_broker():
    doors_for_tasks = {"orgs/tasks.py", "analytics/ingest.py"}
    files = [path for path in python(*FLOORS) if named(path) not in doors_for_tasks]
    assert not lines_matching(files, r"\.(delay|apply_async|delay_on_commit)\(")
