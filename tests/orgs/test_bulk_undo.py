"""Taking a deed on many back: each gets back what they had, unless somebody changed it meanwhile."""

import pytest

from orgs import jobs
from orgs.access import Refused
from orgs.actions import members
from orgs.jobs import members as on_members
from orgs.models import AuditEntry, Job, JobRow, Mail, Member
from tests.cast import make_workspace
from tests.doors import console
from tests.orgs.crowd import make_crowd

URL = "/o/acme/members/bulk/"


def _do(cast, *who, by="olive", **sent):
    return console(getattr(cast, by)).post(URL, {"ids": [m.pk for m in who], **sent})["Location"]


def _undo(cast, job, by="olive", **how):
    return console(getattr(cast, by)).post(f"{job}undo/", **how)


def _results():
    job = Job.objects.get(kind="members.undo")
    return {
        name: (outcome, reason) for name, outcome, reason in job.rows.values_list(*("target_name", "outcome", "reason"))
    }


def _rows(*who):
    rows = Member.objects.filter(pk__in=[m.pk for m in who]).order_by("listed_as")
    return list(rows.values_list("role", "plan", "suspension_reason", "removed_at"))


@pytest.mark.both
@pytest.mark.parametrize(
    "sent",
    [
        {"deed": "role", "role": "viewer"},
        {"deed": "plan", "plan": "standard"},
        {"deed": "suspend", "reason": "closing"},
        {"deed": "reactivate"},
        {"deed": "remove", "reason": "closing"},
    ],
    ids=lambda sent: sent["deed"],
)
def test_undo_gives_each_back_what_they_had(cast, sent):
    who = (cast.lena, cast.mika, cast.vera)
    if sent["deed"] == "reactivate":
        members.suspend(cast.olive, cast.lena, reason="on leave")
        members.suspend(cast.olive, cast.mika, reason="away")
    before = _rows(*who)
    job = _do(cast, *who, **sent)
    changed = _rows(*who)

    answer = _undo(cast, job)

    page = console(cast.olive).get(answer["Location"]).content.decode()
    assert changed != before
    assert _rows(*who) == before
    assert {outcome for outcome, _ in _results().values()} == {"done"}
    assert "Undo: " in page


def test_undo_is_about_those_who_were_changed_alone(cast):
    Member.objects.filter(pk=cast.lena.pk).update(plan="standard")
    job = _do(cast, cast.lena, cast.mika, cast.oscar, deed="plan", plan="standard")

    _undo(cast, job)

    assert _results() == {"Mika": ("done", ""), "Oscar": ("done", "")}
    assert Member.objects.get(pk=cast.lena.pk).plan == "standard"


def test_who_was_changed_meanwhile_is_left_so_and_the_result_says_it(cast):
    job = _do(cast, cast.lena, cast.mika, cast.vera, deed="plan", plan="essential")
    members.set_plan(cast.adam, cast.mika, plan="expert")
    members.set_plan(cast.adam, cast.vera, plan="standard")

    page = _undo(cast, job, hx=True).content.decode()

    assert _results()["Mika"] == ("refused", "Changed meanwhile: Mika is Expert now and is left so.")
    assert _results()["Lena"] == ("done", "")
    assert _results()["Vera"] == ("same", "")
    assert Member.objects.get(pk=cast.mika.pk).plan == "expert"
    assert "Changed meanwhile: Mika is Expert now and is left so." in page
    assert "1 member is as before. 1 refused." in page


def test_who_was_suspended_anew_meanwhile_stays_suspended(cast):
    job = _do(cast, cast.mika, cast.vera, deed="suspend", reason="closing")
    members.reactivate(cast.olive, cast.mika)
    members.suspend(cast.olive, cast.mika, reason="something else")

    _undo(cast, job)

    assert _results()["Mika"] == ("refused", "Changed meanwhile: Mika is suspended now and is left so.")
    assert Member.objects.get(pk=cast.mika.pk).suspension_reason == "something else"


def test_who_was_made_an_owner_or_removed_meanwhile_is_left_so(cast):
    job = _do(cast, cast.lena, cast.mika, deed="role", role="viewer")
    members.set_role(cast.olive, cast.lena, role="owner")
    members.remove(cast.olive, cast.mika, reason="gone")

    _undo(cast, job)

    assert _results()["Lena"] == ("refused", "Owners lose role or access one at a time.")
    assert _results()["Mika"] == ("refused", "Mika was removed. Restore them first.")


def test_undo_of_a_removal_restores_as_before_and_what_was_handed_over_stays(cast):
    make_workspace(cast.mika, "Mikas", visibility="private")
    job = _do(cast, cast.mika, deed="remove", reason="gone", successor=cast.anna.user.email)
    page = console(cast.olive).get(job).content.decode()

    _undo(cast, job)

    from workspaces.models import Workspace

    mika = Member.objects.get(pk=cast.mika.pk)
    assert (mika.removed_at, mika.team_id, mika.plan) == (None, cast.mika.team_id, cast.mika.plan)
    assert Workspace.objects.get(name="Mikas").owner_id == cast.anna.pk
    assert Mail.objects.filter(kind="restored", to=cast.mika.user.email).count() == 1
    assert "What was handed over stays with whom it went to." in page


def test_undo_of_a_removal_takes_no_more_seats_than_there_are(cast):
    crowd = make_crowd(cast.acme, 4)
    job = _do(cast, *crowd, deed="remove", reason="gone")
    held = Member.objects.filter(org=cast.acme, removed_at=None).count()
    type(cast.acme).objects.filter(pk=cast.acme.pk).update(seats=held + 2)

    _undo(cast, job)

    outcomes = [outcome for outcome, _ in _results().values()]
    assert sorted(outcomes) == ["done", "done", "refused", "refused"]
    assert Member.objects.filter(org=cast.acme, removed_at=None).count() == held + 2


def test_a_suspension_that_comes_back_has_its_reason_and_is_told(cast):
    members.suspend(cast.olive, cast.mika, reason="on leave")
    members.suspend(cast.olive, cast.vera, reason="away")
    job = _do(cast, cast.mika, cast.vera, deed="reactivate")
    theirs = console(cast.mika)

    _undo(cast, job)

    told = Mail.objects.filter(kind="suspended").order_by("pk").values_list("to", "params")
    assert {(to, params["reason"]) for to, params in told} == {
        ("mika@acme.example", "on leave"),
        ("vera@acme.example", "away"),
    }
    assert theirs.get("/o/acme/workspaces/").status_code in (302, 403)


def test_a_deed_is_taken_back_once_and_an_undo_not_at_all(cast):
    job = _do(cast, cast.mika, deed="plan", plan="essential")
    first = _undo(cast, job)["Location"]

    again, back = _undo(cast, job), _undo(cast, first)

    assert (again.status_code, back.status_code) == (409, 409)
    assert "This was taken back already." in again.content.decode()
    assert "This cannot be taken back." in back.content.decode()
    page = console(cast.olive).get(job).content.decode()
    assert f'href="{first}"' in page
    assert f'action="{job}undo/' not in page
    assert f'action="{first}undo/' not in console(cast.olive).get(first).content.decode()


def test_what_changed_nobody_and_what_made_owners_offer_no_undo(cast):
    nobody = _do(cast, cast.oscar, deed="plan", plan="essential")
    owners = _do(cast, cast.lena, deed="role", role="owner")

    for job in (nobody, owners):
        assert f'action="{job}undo/' not in console(cast.olive).get(job).content.decode()
        assert _undo(cast, job).status_code == 409
    assert not Job.objects.filter(kind="members.undo").exists()


def test_who_takes_back_is_judged_for_each_with_the_rights_they_have_then(cast):
    job = _do(cast, cast.anna, cast.mika, deed="plan", plan="essential")

    _undo(cast, job, by="adam")

    assert _results()["Mika"][0] == "done"
    assert _results()["Anna"][0] == "refused"
    assert AuditEntry.objects.filter(actor_id=cast.adam.pk).count() == 1


def test_the_toast_and_the_panel_offer_undo_and_its_results_come_into_the_panel(cast):
    sent = {"deed": "plan", "plan": "essential", "ids": cast.mika.pk}
    answer = console(cast.olive).post(f"{URL}?q=mi", sent, hx=True).content.decode()
    job = f"/o/acme/members/jobs/{Job.objects.get().pk}/"

    back = console(cast.olive).post(f"{job}undo/?q=mi", hx=True)

    assert answer.count(f'hx-post="{job}undo/?q=mi"') == 2
    assert "data-undo" in answer
    assert (back["HX-Retarget"], back["HX-Reswap"]) == ("#panel", "innerHTML")
    assert 'hx-get="/o/acme/members/?q=mi" hx-trigger="load" hx-target="#members-list"' in back.content.decode()


@pytest.mark.both
def test_undo_of_more_than_two_hundred_is_left_to_a_worker(cast):
    crowd = make_crowd(cast.acme, 301, plan=lambda n: ("advanced", "standard")[n % 2])
    everybody = Member.objects.visible_to(cast.olive).filter(listed_as__startswith="bea")
    job = on_members.start(cast.olive, everybody, deed="plan", values={"plan": "expert"})
    jobs.run(job.pk)
    job.refresh_from_db()

    back = on_members.undo(cast.olive, job)
    waiting = back.state
    jobs.run(back.pk)

    back.refresh_from_db()
    assert (waiting, back.state, back.total, back.failed) == ("waiting", "done", 301, 0)
    plans = dict(everybody.values_list("pk", "plan"))
    assert all(plans[m.pk] == m.plan for m in crowd)


def test_two_who_undo_at_the_same_time_do_it_once(cast):
    _do(cast, cast.mika, deed="plan", plan="essential")
    one, two = (Job.objects.select_related("org").get() for _ in range(2))

    on_members.undo(cast.olive, one)

    with pytest.raises(Refused, match="taken back already"):
        on_members.undo(cast.adam, two)
    assert JobRow.objects.count() == 2
