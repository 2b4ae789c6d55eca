"""From an invitation to the first page of a new member, in a real browser: the mail, its link, the account, inside."""

import re
import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import listen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WITHIN = 30  # seconds for a mail to go out, on a machine with other things to do


def mail_to(steward, address):
    """The mail to an address, from the files that are the outbox until a server is named."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        for path in sorted(Path(steward.data, "mail").glob("*.log"), reverse=True):
            for part in re.split(rb"\n-{79}\n", path.read_bytes()):
                message = message_from_bytes(part.lstrip(), policy=policy.default)
                if message["To"] == address:
                    return message
    raise AssertionError(f"no mail to {address} within {WITHIN} seconds")


def test_a_new_member_comes_from_the_mail_to_their_first_page(tab, chromium, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/members/")
    tab.get_by_role("link", name="Invite people").click()
    tab.fill("[name=emails]", "Nora Neumann <nora@new.example>, carl@@x")
    tab.select_option("[name=plan]", "advanced")
    tab.get_by_label("Den").check()
    tab.fill("[name=message]", "Glad that you come.")
    tab.get_by_role("button", name="Invite them").click()
    expect(tab.locator("[data-problem]")).to_contain_text("more than one @")
    expect(tab.locator("[name=emails]")).to_have_value('"Nora Neumann" <nora@new.example>')
    tab.get_by_role("button", name="Invite them").click()
    expect(tab.locator("[data-email='nora@new.example']")).to_contain_text("Pending")

    text = mail_to(steward, "nora@new.example").get_body(("plain",)).get_content()
    assert "Olive invites you to Acme as User on the plan Advanced." in text
    assert "Glad that you come." in text
    link = re.search(r"^(http\S+/join/\S+)$", text, re.MULTILINE)[1]

    theirs = chromium.new_context(viewport={"width": 390, "height": 800})
    page = theirs.new_page()
    said = listen(page)
    page.goto(link)
    expect(page.locator("h1")).to_have_text("Join Acme")
    expect(page.locator("body")).to_contain_text("Den")
    page.fill("[name=name]", "Nora Neumann")
    page.fill("[name=password]", "a long pass phrase of hers")
    page.get_by_role("button", name="Join Acme").click()
    page.wait_for_url("**/o/acme/**")
    expect(page.locator("body")).to_contain_text("Nora")
    assert page.goto(link).status == 404
    assert not said
    theirs.close()

    tab.goto("/o/acme/invitations/?state=accepted")
    expect(tab.locator("[data-email='nora@new.example']")).to_contain_text("Accepted")


def test_an_invitation_is_sent_again_changed_and_revoked_from_its_row(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/invitations/new/")
    tab.fill("[name=emails]", "row@new.example")
    tab.get_by_role("button", name="Invite them").click()
    row = tab.locator("[data-email='row@new.example']")
    before = row.locator("a[href^='/join/']").get_attribute("href")

    row.get_by_role("button", name=re.compile("What to do")).click()
    row.get_by_role("button", name="Send again").click()
    tab.locator("#toasts [data-toast]").first.wait_for()
    expect(row.locator("a[href^='/join/']")).not_to_have_attribute("href", before)
    assert tab.request.get(before).status == 404

    row.get_by_role("button", name=re.compile("What to do")).click()
    row.get_by_role("link", name="Change").click()
    tab.locator("#panel [name=role]").select_option("viewer")
    tab.locator("#panel").get_by_role("button", name="Save the changes").click()
    expect(row).to_contain_text("Viewer")

    row.get_by_role("button", name=re.compile("What to do")).click()
    row.get_by_role("link", name="Revoke").click()
    tab.locator("#panel").get_by_role("button", name="Revoke it").click()
    expect(row).to_contain_text("Revoked")
    expect(row.locator("a[href^='/join/']")).to_have_count(0)


def test_a_file_is_looked_through_then_sent(tab, steward):
    sign_in(tab, steward, "olive")
    tab.goto("/o/acme/invitations/new/")
    content = b"email,name,role\nfile@new.example,Fay,viewer\nmika@acme.example,,\n"
    tab.set_input_files("[name=file]", {"name": "people.csv", "mimeType": "text/csv", "buffer": content})
    tab.get_by_role("button", name="Look through it").click()
    expect(tab.locator("[data-line='3']")).to_contain_text("belongs to Acme already")

    tab.get_by_role("button", name="Invite 1 person").click()
    expect(tab.locator("[data-result=done]")).to_have_text("1")
    tab.goto("/o/acme/invitations/?q=file@new.example")
    expect(tab.locator("[data-email='file@new.example']")).to_contain_text("Viewer")
