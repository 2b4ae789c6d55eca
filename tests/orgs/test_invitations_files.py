"""People from a file: every line is told before anything is sent, and told again afterwards (product.md 2)."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orgs import jobs
from orgs.actions import members
from orgs.jobs import invitations as on_invitations
from orgs.models import Invitation, Job, Mail, Member, Organization
from tests.doors import console
from tests.meanwhile import meanwhile
from tests.ways_in import invite

pytestmark = pytest.mark.django_db
DOOR = "/o/acme/invitations/import/"
HEADER = "email,name,role,plan,department,team,workspaces,message\n"


def upload(browser, content):
    content = content.encode() if isinstance(content, str) else content
    return browser.post(DOOR, {"file": SimpleUploadedFile("people.csv", content, "text/csv")})


def looked(browser, content):
    answer = upload(browser, content)
    assert answer.status_code == 303, re.findall(r"invalid-feedback[^>]*><div>(.*?)</div>", answer.text)
    return answer["Location"]


def told(browser, url):
    """What became of each line: number → (result, reason)."""
    text = b"".join(browser.get(f"{url}results/").streaming_content).decode()
    return {int(row["line"]): (row["result"], row["reason"]) for row in csv.DictReader(io.StringIO(text))}


def test_a_file_is_looked_through_line_by_line_and_nothing_is_sent(cast):
    invite(cast.olive, "there@new.example")
    browser = console(cast.adam)
    lines = [
        "ana@new.example,Ana Keller,User,Standard,Research,Search,Den;Lab,Welcome",
        "mika@acme.example,,,,,,,",
        "there@new.example,,viewer,,,,,",
        "ANA@new.example,,,,,,,",
        "carl@@x,,,,,,,",
        "d@new.example,,emperor,,,,,",
        "e@new.example,,,golden,,,,",
        "f@new.example,,,,,Nowhere,,",
        "g@new.example,,,,,,Lair,",
        "h@new.example,,admin,,,,,",
        "i@new.example,,,,,,,,one too many",
    ]

    found = told(browser, looked(browser, HEADER + "\n".join(lines)))

    reasons = {number: (result, reason.partition(".")[0]) for number, (result, reason) in found.items()}
    assert reasons == {
        2: ("done", ""),
        3: ("refused", "Mika belongs to Acme already"),
        4: ("same", "Changes the invitation that is out"),
        5: ("refused", "The same address stands in line 2"),
        6: ("refused", "There is more than one @ in it"),
        7: ("refused", "emperor is no role"),
        8: ("refused", "golden is no plan"),
        9: ("refused", "There is no team Nowhere"),
        10: ("refused", "There is no workspace Lair that you may give"),
        11: ("refused", "An Admin hands out the roles User and Viewer; only an Owner makes an Admin"),
        12: ("refused", "It has 9 cells, the first line only 8"),
    }
    assert Invitation.objects.count() == 1
    assert not Mail.objects.exists()


def test_then_the_good_lines_are_sent_once_with_a_result_each(cast):
    browser = console(cast.adam)
    checked = looked(
        browser, HEADER + "ana@new.example,Ana,viewer,standard,,Search,Den,Welcome\nmika@acme.example,,,,,,,\n"
    )

    sent = browser.post(checked)["Location"]

    ana = Invitation.objects.get()
    terms = (ana.email, ana.name, ana.role, ana.plan, ana.team, ana.department, ana.workspaces, ana.message)
    assert terms == (
        "ana@new.example",
        "Ana",
        "viewer",
        "standard",
        cast.search,
        cast.research,
        [cast.den.pk],
        "Welcome",
    )
    assert told(browser, sent) == {2: ("done", "")}
    assert browser.post(checked)["Location"] == sent
    assert "This file was sent already" in browser.get(checked).text
    assert Job.objects.filter(kind="invitations.import").count() == 1


def test_two_who_send_it_at_once_start_one_job(cast):
    looked(console(cast.adam), HEADER + "ana@new.example,,,,,,,\n")
    checked = Job.objects.get()

    with meanwhile(lambda: on_invitations.FILE.carry_out(cast.olive, checked)):
        job = on_invitations.FILE.carry_out(cast.adam, checked)

    assert (Job.objects.get(kind="invitations.import"), job.started_by) == (job, cast.olive)
    assert (Invitation.objects.count(), Mail.objects.count()) == (1, 1)


def test_what_changed_since_the_file_was_looked_through_is_said_line_by_line(cast):
    browser = console(cast.adam)
    checked = looked(
        browser, "email,team\nana@new.example,Ranking\nrita@acme.example,\nbo@new.example,\n".replace("rita", "nils")
    )
    cast.ranking.delete()
    members.restore(cast.olive, cast.rita, fresh=False)
    invite(cast.olive, "bo@new.example", role="owner")

    found = told(browser, browser.post(checked)["Location"])

    assert found[2] == ("refused", "There is no team Ranking.")
    assert found[3] == ("done", "")
    assert found[4] == ("refused", "Is invited as Owner already, by somebody who may.")


def test_whoever_may_no_longer_invite_sends_nothing_and_each_line_says_so(cast):
    checked = on_invitations.FILE.look_through(cast.adam, _lines("ana@new.example"))
    members.set_role(cast.olive, cast.adam, role="user")
    job = on_invitations.FILE.carry_out(Member.objects.get(pk=cast.adam.pk), checked)

    row = job.rows.get()
    assert row.outcome == "refused"
    assert "invite people" in row.reason
    assert not Invitation.objects.exists()


def _lines(*emails):
    from orgs.forms.files import Line

    return [Line(number, {"email": email}) for number, email in enumerate(emails, 2)]


def test_a_long_file_is_sent_by_a_worker_and_a_crash_sends_nobody_twice(cast):
    browser = console(cast.olive)
    people = "".join(f"p{n}@new.example\n" for n in range(250))
    url = browser.post(looked(browser, "email\n" + people))["Location"]
    job = Job.objects.get(kind="invitations.import")
    assert (job.state, job.total) == ("waiting", 250)
    assert "250" in browser.get(url).text

    jobs.run(job.pk, batches=1)
    Job.objects.filter(pk=job.pk).update(state="waiting")
    while jobs.run(job.pk):
        pass

    assert Invitation.objects.count() == Mail.objects.count() == 250
    assert 'data-result="done" value="250"' in browser.get(url).text


def test_seats_go_to_the_first_lines_and_the_rest_is_told(cast):
    held = Member.objects.filter(org=cast.acme, removed_at=None).count()
    Organization.objects.filter(pk=cast.acme.pk).update(seats=held + 2)
    browser = console(cast.olive)

    checked = looked(browser, "email\na@new.example\nb@new.example\nc@new.example\n")

    assert [result for result, _reason in told(browser, checked).values()] == ["done", "done", "refused"]
    assert "All seats of Acme are held or offered" in browser.get(checked).text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"ana@new.example\n", "one of them is email"),
        (b"email,shoe size,email\n", "Unknown columns: shoe size"),
        (b"email,email\n", "Named twice"),
        (b"email\n", "only its header"),
        (b"email\nok@new.example\nb\xff@new.example\n", "Line 3 is not UTF-8"),
        ("email\nä@x".encode("utf-16"), "UTF-16"),
        (b"email\nok@new.example\nb\0@new.example\n", "Line 3 holds a NUL"),
        (b'email\n"never closed\n', "cannot be read"),
        (b"email\n" + b"x" * 200_000 + b"\n", "cannot be read"),
        (b"email," + b",".join(b"c%d" % n for n in range(100_000)) + b"\n", "and 99995 more"),
        (b"email\n" + b"a@b.example\n" * 5_001, "5001 lines"),
    ],
)
def test_E07_what_no_file_of_people_can_be_is_named_with_its_place(cast, content, said):
    answer = upload(console(cast.olive), content)

    assert answer.status_code == 422
    assert said in answer.text
    assert not Job.objects.exists()


def test_E07_a_file_above_one_mebibyte_is_too_large(cast):
    answer = upload(console(cast.olive), b"email\n" + b"a@b.example\n" * 100_000)

    assert answer.status_code == 413
    assert "larger than 1 MiB" in answer.text


@pytest.mark.parametrize(
    "content", ["\ufeffemail;name\nana@new.example;Ana\n", "email\tname\r\nana@new.example\tAna\r\n"]
)
def test_files_of_other_spreadsheets_are_read_too(cast, content):
    browser = console(cast.olive)

    browser.post(looked(browser, content))

    assert Invitation.objects.get().name == "Ana"


def test_E04_the_results_are_no_formulas(cast):
    browser = console(cast.olive)
    url = looked(browser, 'email\n"=HYPERLINK(""http://evil.example"")"\n')

    text = b"".join(browser.get(f"{url}results/").streaming_content).decode()

    assert "'=hyperlink" in text.lower()


def test_a_file_is_looked_through_at_the_same_cost_at_any_size(
    cast, django_assert_num_queries, django_assert_max_num_queries
):
    on_invitations.FILE.look_through(cast.olive, _lines("first@new.example"))
    with django_assert_max_num_queries(40) as few:
        on_invitations.FILE.look_through(cast.olive, _lines("a@new.example", "b@new.example"))

    with django_assert_num_queries(len(few)):
        on_invitations.FILE.look_through(cast.olive, _lines(*(f"p{n}@new.example" for n in range(20))))


def test_the_page_of_a_file_is_only_for_those_who_may_invite(cast):
    url = looked(console(cast.adam), "email\nana@new.example\n")

    assert console(cast.mika).get(url).status_code == 403
    assert console(cast.mika).post(url).status_code == 403
    assert console(cast.eve).get(url).status_code == 404
    assert console(cast.olive).get(url).status_code == 200
