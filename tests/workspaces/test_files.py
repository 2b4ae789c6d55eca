"""Files of messages: which are taken, who gets them back, and what they count for."""

import zipfile
from io import BytesIO

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings

from analytics import drain
from analytics.models import Event
from orgs import grants
from orgs.access import Denied
from orgs.actions import members
from orgs.models import Feature, FeatureOverride
from tests.doors import console
from tests.talking import attach, make_conversation
from workspaces.conversations import files, talking
from workspaces.conversations.files import Upload
from workspaces.models import Attachment, Circle, Message, Room, Workspace

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


def document(*names):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "x")  # of 1980: the workers give the tests the same ids
    return packed.getvalue()


DOCX, XLSX = (document("[Content_Types].xml", part) for part in ("word/document.xml", "xl/workbook.xml"))
TAKEN = [
    ("a.pdf", b"%PDF-1.7 x", "pdf"),
    ("a.PNG", PNG, "png"),
    ("a.jpeg", b"\xff\xd8\xff\xe0x", "jpg"),
    ("a.gif", b"GIF89a..", "gif"),
    ("a.webp", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "webp"),
    ("a.txt", "Grüße".encode(), "txt"),
    ("a.md", b"# Plan", "md"),
    ("a.csv", b"a,b\n1,2", "csv"),
    ("a.docx", DOCX, "docx"),
    ("a.xlsx", XLSX, "xlsx"),
]
REFUSED = [
    ("a.exe", b"MZ\x90\x00"),
    ("a.png", b"<html><script>alert(1)</script>"),
    ("a.svg", b"<svg onload=alert(1)>"),
    ("a.html", b"<script>alert(1)</script>"),
    ("a.pdf", PNG),
    ("a.txt", b"nul\x00l"),
    ("a.txt", b"\xff\xfe\x00"),
    ("a.docx", XLSX),
    ("a.docx", document("word/document.xml")),
    ("a.docx", document("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")),
    ("a.docx", b"PK\x03\x04 broken"),
    ("a.zip", DOCX),
    ("png", PNG),
]


def sent(person, talk, *given, **fields):
    files = [SimpleUploadedFile(name, content, "text/html") for name, content in given]
    return console(person).post(f"/o/acme/conversations/{talk.pk}/messages/", {"text": "", "files": files, **fields})


@pytest.mark.parametrize(("name", "content", "kind"), TAKEN)
def test_E06_a_file_is_what_name_and_content_both_say(name, content, kind):
    assert files.kind_of(name, content) == kind


@pytest.mark.parametrize(("name", "content"), REFUSED)
def test_E06_what_is_none_of_the_files_that_are_taken_is_answered_422_and_kept_nowhere(cast, name, content):
    talk = make_conversation(cast.lena, cast.den)
    before = Message.objects.count()

    answer = sent(cast.lena, talk, (name, content), text="Look")

    assert answer.status_code == 422
    assert "none of the files that are taken" in answer.content.decode()
    assert ">Look</textarea>" in answer.content.decode()
    assert (Message.objects.count(), Attachment.objects.count()) == (before, 0)


def test_E06_a_file_is_given_back_as_an_attachment_that_no_browser_runs(cast):
    talk = make_conversation(cast.lena, cast.den)
    assert sent(cast.lena, talk, ("Plan <b>.md", b"<script>alert(1)</script>")).status_code == 303
    kept = Attachment.objects.get()

    answer = console(cast.gus).get(f"/o/acme/files/{kept.pk}/")

    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Type"].startswith("text/markdown")
    page = console(cast.gus).get(f"/o/acme/conversations/{talk.pk}/").content.decode()
    assert "Plan &lt;b&gt;.md" in page
    assert kept.path not in page


def test_E06_the_place_of_a_file_says_nothing_of_its_name(cast):
    talk = make_conversation(cast.lena, cast.den)
    sent(cast.lena, talk, ("../../etc/passwd.txt", b"x"))

    kept = Attachment.objects.get()
    assert kept.name == "passwd.txt"
    assert kept.path.startswith(f"conversations/{cast.acme.pk}/")
    assert "passwd" not in kept.path


def test_E06_who_does_not_read_the_conversation_gets_no_file_of_it(cast):
    talk = make_conversation(cast.lena, cast.den)
    sent(cast.lena, talk, ("a.txt", b"x"))
    url = f"/o/acme/files/{Attachment.objects.get().pk}/"

    for person in (cast.mika, cast.vera, cast.olive, cast.adam):
        assert console(person).get(url).status_code == 404
    assert console(cast.gus).get(url).status_code == 200
    assert console().get(url).status_code == 302


def test_a_file_that_is_lost_is_not_there(cast):
    talk = make_conversation(cast.lena, cast.den)
    sent(cast.lena, talk, ("a.txt", b"x"))
    kept = Attachment.objects.get()
    default_storage.delete(kept.path)

    assert console(cast.lena).get(f"/o/acme/files/{kept.pk}/").status_code == 404


@override_settings(UPLOAD_LARGEST=1000)
def test_files_beyond_the_largest_size_are_refused_with_both_numbers(cast):
    talk = make_conversation(cast.lena, cast.den)

    answer = sent(cast.lena, talk, ("a.txt", b"x" * 600), ("b.txt", b"x" * 500))

    assert answer.status_code == 422
    assert "at most 0 MB between them; these have 0.0 MB" in answer.content.decode()
    assert not Attachment.objects.exists()


def test_more_than_five_files_are_refused(cast):
    talk = make_conversation(cast.lena, cast.den)

    assert sent(cast.lena, talk, *[(f"{n}.txt", b"x") for n in range(6)]).status_code == 422
    assert sent(cast.lena, talk, *[(f"{n}.txt", b"x") for n in range(5)]).status_code == 303


def test_neither_words_nor_files_is_no_message(cast):
    talk = make_conversation(cast.lena, cast.den)

    assert "Write something, or choose a file." in sent(cast.lena, talk).content.decode()


# ---------------------------------------------------------------- who may, and how much


@pytest.mark.both
def test_the_plan_the_workspace_and_the_limit_each_say_no(cast):
    upload, talk = [Upload("a.txt", "txt", b"x" * 1_000_000)], make_conversation(cast.lena, cast.den)
    grants.give(cast.mika, "user", cast.den)

    FeatureOverride.objects.create(org=cast.acme, plan="advanced", feature=Feature.FILE_UPLOADS, enabled=False)
    with pytest.raises(Denied, match="Advanced does not include file uploads"):
        talking.post(cast.mika, talk, text="", files=upload)

    Workspace.objects.filter(pk=cast.den.pk).update(files_by=Circle.NOBODY)
    with pytest.raises(Denied, match="Nobody may upload files there"):
        talking.post(cast.lena, talk, text="", files=upload)

    Workspace.objects.filter(pk=cast.den.pk).update(files_by=Circle.USERS, storage_limit=900_000)
    with pytest.raises(Denied, match=r"Den would hold 1\.0 MB of 0\.9 MB"):
        talking.post(cast.lena, talk, text="", files=upload)

    assert not Attachment.objects.exists()
    talking.post(cast.mika, talk, text="words are welcome")


@pytest.mark.both
def test_what_is_stored_is_counted_and_reaches_usage_once(cast):
    talk = make_conversation(cast.lena, cast.den)
    upload = [Upload("a.txt", "txt", b"x" * 300), Upload("b.txt", "txt", b"x" * 200)]
    talking.post(cast.lena, talk, text="Two", files=upload)
    drain.run()

    assert Workspace.objects.get(pk=cast.den.pk).stored_bytes == 500
    assert sorted(Event.objects.filter(kind="file").values_list("bytes", flat=True)) == [200, 300]
    assert Event.objects.filter(kind="message").count() == 1


def test_a_post_that_fails_leaves_no_file_behind(cast):
    talk = make_conversation(cast.lena, cast.den)
    message, lay = Message.objects.get(conversation=talk), []

    def fails_after_writing():
        with files.undone_on_failure() as paths:
            lay.extend(files.keep(message, [Upload("a.txt", "txt", b"x")], paths))
            assert default_storage.exists(lay[0].path)
            raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        fails_after_writing()
    assert not default_storage.exists(lay[0].path)


def test_files_of_somebody_removed_stay(cast):
    talk = make_conversation(cast.lena, cast.den)
    sent(cast.gus, talk, ("a.txt", b"x"))
    members.remove(cast.olive, cast.gus, reason="done")

    kept = Attachment.objects.get()
    assert console(cast.lena).get(f"/o/acme/files/{kept.pk}/").status_code == 200


def test_files_are_seen_by_those_who_read_their_conversation_and_by_nobody_else(cast):
    hall = Room.objects.create(org=cast.acme, workspace=cast.den, name="Hall", narrowed=True)
    grants.give(cast.vera, "viewer", hall)
    talks = {
        "den": make_conversation(cast.lena, cast.den),
        "lab": make_conversation(cast.olive, cast.lab),
        "hall": make_conversation(cast.lena, hall),
        "mikas": make_conversation(cast.mika),
        "lair": make_conversation(cast.eve, cast.lair),
    }
    kept = {attach(talk).pk: name for name, talk in talks.items()}

    seen = {
        person: {kept[pk] for pk in Attachment.objects.visible_to(getattr(cast, person)).values_list("pk", flat=True)}
        for person in ("olive", "adam", "anna", "lena", "mika", "vera", "gus", "eve")
    }

    assert seen == {
        "olive": {"lab"},
        "adam": set(),  # his plan opens no workspaces, and administering opens no conversation
        "anna": {"lab"},
        "lena": {"den", "lab", "hall"},
        "mika": {"lab", "mikas"},
        "vera": {"hall"},
        "gus": {"den"},
        "eve": {"lair"},
    }
