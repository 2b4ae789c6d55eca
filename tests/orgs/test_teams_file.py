"""Who belongs where, from a file: looked through line by line, then done once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orgs.actions import departments, places
from orgs.jobs import places as on_places
from orgs.jobs import run
from orgs.models import AuditEntry, Job, JobRow, Member
from orgs.places import NOWHERE, Place
from tests.cast import again
from tests.doors import console
from tests.meanwhile import meanwhile
from tests.orgs.crowd import make_crowd
from tests.orgs.placing import place_of

PAGE = "/o/acme/teams/import/"


def send(person, text, **options):
    content = text if isinstance(text, bytes) else text.encode()
    return console(person).post(PAGE, {"file": SimpleUploadedFile("places.csv", content)}, **options)


def results(job):
    return [(row.outcome, row.reason) for row in JobRow.objects.filter(job=job).order_by("target_id")]


def test_a_file_is_looked_through_and_changes_nothing(cast):
    departments.create(cast.adam, cast.acme, name="Sales")
    before = AuditEntry.objects.count()

    answer = send(
        cast.adam,
        "email,department,team\n"
        "MIKA@acme.example,research,ranking\n"
        "vera@acme.example,,Ranking\n"
        "olive@acme.example,Sales,\n"
        "lena@acme.example,,\n"
        "adam@acme.example,Sales,Search\n"
        "anna@acme.example,Legal,\n"
        "oscar@acme.example,,Legal\n"
        "rita@acme.example,Research,\n"
        "eve@umbrella.example,Research,\n"
        "mika@acme.example,,\n"
        ",Research,\n",
    )

    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/o/acme/teams/jobs/{job.pk}/")
    assert results(job) == [
        ("done", "Research · Search → Research · Ranking"),
        ("same", "In Research · Ranking already."),
        ("done", "no department → Sales"),
        ("done", "Research · Search → no department"),
        ("refused", "The team Search belongs to Research."),
        ("refused", "There is no department Legal."),
        ("refused", "There is no team Legal."),
        ("refused", "Rita was removed. Restore them first."),
        ("refused", "Nobody here has the address eve@umbrella.example."),
        ("refused", "Line 2 names them already."),
        ("refused", "Nobody here has the address –."),
    ]
    assert AuditEntry.objects.count() == before


@pytest.mark.both
def test_what_was_looked_through_is_done_once(cast):
    send(cast.adam, "email,team\nmika@acme.example,Ranking\nvera@acme.example,Search\nnobody@x.example,Search\n")
    url = f"/o/acme/teams/jobs/{Job.objects.get().pk}/"

    first = console(cast.adam).post(url)
    second = console(cast.adam).post(url)

    assert first["Location"] == second["Location"]
    assert (place_of(cast.mika), place_of(cast.vera)) == ("Research · Ranking", "Research · Search")
    assert AuditEntry.objects.filter(action="member.place").count() == 2
    assert "done already" in console(cast.adam).get(url).content.decode()
    done = Job.objects.get(kind="places.import")
    assert [(row.target_id, row.outcome) for row in done.rows.order_by("target_id")] == [(2, "done"), (3, "done")]


def test_two_who_have_it_done_at_once_start_one_job(cast):
    send(cast.adam, "email,team\nmika@acme.example,Ranking\n")
    checked = Job.objects.get()

    with meanwhile(lambda: on_places.FILE.carry_out(cast.olive, checked)):
        job = on_places.FILE.carry_out(cast.adam, checked)

    assert (Job.objects.get(kind="places.import"), job.started_by) == (job, cast.olive)


def test_what_is_gone_meanwhile_is_refused_line_by_line(cast):
    sales = departments.create(cast.adam, cast.acme, name="Sales")
    send(cast.adam, "email,department\nmika@acme.example,Sales\nvera@acme.example,Sales\n")
    departments.delete(cast.adam, sales, members_to=NOWHERE)

    console(cast.adam).post(f"/o/acme/teams/jobs/{Job.objects.get().pk}/")

    job = Job.objects.get(kind="places.import")
    assert {row.outcome for row in job.rows.all()} == {"refused"}
    assert "no longer there" in job.rows.first().reason
    assert place_of(cast.mika) == "Research · Search"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "email,department,team"),
        ("email,department,team\n", "only its header"),
        ("name,team\nMika,Search\n", "one of them is email"),
        ("email,role\nmika@acme.example,owner\n", "Unknown columns: role"),
        (b"email,team\n\xff\xfe\n", "not UTF-8"),
        ("email,team\n\0,x\n", "NUL"),
    ],
)
def test_what_is_no_file_of_places_is_named(cast, content, said):
    answer = send(cast.adam, content)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Job.objects.exists()


def test_A06_a_file_places_and_does_nothing_else(cast):
    answer = send(cast.adam, "email,role,plan,department\nmika@acme.example,owner,expert,Research\n")

    assert answer.status_code == 422
    assert again(cast.mika).role == "user"


@pytest.mark.parametrize("name", ["lena", "mika", "vera", "gus"])
def test_nobody_else_places_by_file(cast, name):
    job = on_places.FILE.look_through(cast.adam, [])

    assert send(getattr(cast, name), "email\nmika@acme.example\n").status_code == 403
    assert console(getattr(cast, name)).get(f"/o/acme/teams/jobs/{job.pk}/").status_code == 403


def test_A01_a_file_of_another_organization_does_not_exist(cast):
    job = on_places.FILE.look_through(cast.eve, [])

    for path in (f"/o/acme/teams/jobs/{job.pk}/", f"/o/acme/teams/jobs/{job.pk}/results/"):
        assert console(cast.olive).get(path).status_code == 404
    assert console(cast.olive).post(f"/o/acme/teams/jobs/{job.pk}/").status_code == 404


def test_a_long_file_is_left_to_a_worker_and_every_line_has_its_result(cast):
    crowd = make_crowd(cast.acme, 600)
    lines = "".join(f"{member.user.email},Ranking\n" for member in crowd)
    send(cast.adam, f"email,team\n{lines}{crowd[0].user.email},\n")
    job = Job.objects.get()
    assert job.state == "waiting"

    run(job.pk)
    done = on_places.FILE.carry_out(cast.adam, job)
    run(done.pk)

    assert results(job)[-1] == ("refused", "Line 2 names them already.")
    assert Member.objects.filter(team=cast.ranking).count() == 601
    assert {row.outcome for row in done.rows.all()} == {"done"}


def test_results_leave_as_a_file_that_no_spreadsheet_runs(cast):
    send(cast.adam, 'email,team\n"=cmd()",Search\nmika@acme.example,Ranking\n')

    answer = console(cast.adam).get(f"/o/acme/teams/jobs/{Job.objects.get().pk}/results/")
    rows = b"".join(answer.streaming_content).decode().splitlines()

    assert rows[0] == "line,email,result,reason"
    assert rows[1].startswith("2,'=cmd(),refused,")


def test_members_are_placed_on_their_page_too(cast):
    adam = console(cast.adam)

    page = adam.get(f"/o/acme/members/{cast.mika.pk}/").content.decode()
    moved = adam.post(f"/o/acme/members/{cast.mika.pk}/place/", {"to": f"t{cast.ranking.pk}"}, hx=True)

    assert f'<option value="t{cast.search.pk}" selected>' in page
    assert place_of(cast.mika) == "Research · Ranking"
    assert f'name="to" value="t{cast.search.pk}"' in moved.content.decode().partition("<hx-partial")[2]
    assert 'name="to"' not in console(cast.mika).get(f"/o/acme/members/{cast.mika.pk}/").content.decode()


@pytest.mark.both
def test_many_are_placed_from_the_list_and_it_is_taken_back(cast):
    places.place(cast.adam, cast.olive, to=Place(cast.research))
    ids = [cast.mika.pk, cast.vera.pk, cast.olive.pk]
    adam = console(cast.adam)

    panel = adam.get("/o/acme/members/bulk/", {"deed": "move", "ids": ids}, hx=True).content.decode()
    adam.post("/o/acme/members/bulk/", {"deed": "move", "ids": ids, "to": f"t{cast.search.pk}"})
    job = Job.objects.get(kind="members.move")
    assert [place_of(m) for m in (cast.mika, cast.vera, cast.olive)] == ["Research · Search"] * 3

    adam.post(f"/o/acme/members/jobs/{job.pk}/undo/")

    assert "Move 3 members" in panel
    assert [place_of(m) for m in (cast.mika, cast.vera, cast.olive)] == [
        "Research · Search",
        "Research · Ranking",
        "Research",
    ]


def test_whoever_was_moved_again_since_is_not_taken_back(cast):
    adam = console(cast.adam)
    adam.post("/o/acme/members/bulk/", {"deed": "move", "ids": [cast.mika.pk], "to": f"t{cast.ranking.pk}"})
    places.place(cast.olive, cast.mika, to=NOWHERE)

    adam.post(f"/o/acme/members/jobs/{Job.objects.get().pk}/undo/")

    assert place_of(cast.mika) == "no department"
    assert "Changed meanwhile" in JobRow.objects.get(job__kind="members.undo").reason


def test_the_list_finds_those_who_have_no_place(cast):
    def names(placed):
        return [row.name for row in console(cast.adam).get("/o/acme/members/", {"placed": placed}).context["list"].rows]

    places.place(cast.adam, cast.mika, to=Place(cast.research))

    assert "Mika" in names("no_team")
    assert "Mika" not in names("no_department")
    assert "Vera" not in names("no_team")
