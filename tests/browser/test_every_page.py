"""Every page in both themes and at two widths: nothing for axe to find, a quiet console, nothing that scrolls aside,
and a way up that names no place twice."""

import pytest

from tests.browser.conftest import listen, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIGNED_OUT = [
    "/accounts/sso/",
    "/joining/",
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/join/unknown/",
    "/nowhere/",
]
OWNER = [
    "/",
    "/o/acme/",
    "/o/acme/?range=90",
    "/o/acme/?from={month}-01&to={month}-28",
    "/o/acme/?from={month}-01&to={month}-28&department={research}",
    "/o/acme/?from={month}-01&to={month}-28&team={search}",
    "/o/acme/report/?month={month}",
    "/o/acme/report/?month={month}&team={search}",
    "/o/acme/report/?month=2199-01",
    "/o/acme/members/",
    "/o/acme/members/?q=nobody-of-that-name",
    "/o/acme/members/{mika}/",
    "/o/acme/members/{mika}/suspend/",
    "/o/acme/members/{mika}/remove/",
    "/o/acme/members/?sort=-team",
    "/o/acme/members/bulk/?deed=remove&all_matching=1",
    "/o/acme/members/jobs/{job}/",
    "/o/acme/audit/verify/{walk}/",
    "/o/acme/invitations/",
    "/o/acme/invitations/?q=nobody-of-that-name",
    "/o/acme/invitations/new/",
    "/o/acme/invitations/mails/",
    "/o/acme/invitations/templates/",
    "/o/acme/invitations/templates/{template}/",
    "/o/acme/invitations/{invitation}/change/",
    "/o/acme/invitations/{invitation}/revoke/",
    "/o/acme/invitations/bulk/?deed=resend&ids={invitation}",
    "/o/acme/invitations/jobs/{file}/",
    "/o/acme/members/bulk/?deed=move&all_matching=1",
    "/o/acme/policies/exceptions/",
    "/o/acme/policies/exceptions/new/",
    "/o/acme/monitoring/",
    "/o/acme/monitoring/?state=dismissed",
    "/o/acme/monitoring/{flagged}/",
    "/o/acme/policies/limits/",
    "/o/acme/policies/limits/?show=all",
    "/o/acme/policies/limits/new/",
    "/o/acme/policies/limits/plans/advanced/",
    "/o/acme/policies/limits/organization/?check=1&messages=5",
    "/o/acme/guests/",
    "/o/acme/guests/?ends=ended",
    "/o/acme/guests/{gus}/extend/",
    "/o/acme/guests/{gus}/sponsor/",
    "/o/acme/guests/{gus}/end/",
    "/o/acme/teams/",
    "/o/acme/teams/?q=nothing-of-that-name",
    "/o/acme/teams/new/",
    "/o/acme/teams/import/",
    "/o/acme/teams/jobs/{placing}/",
    "/o/acme/teams/{search}/",
    "/o/acme/teams/{search}/?q=nobody-of-that-name",
    "/o/acme/teams/{search}/add/",
    "/o/acme/teams/{search}/place/?ids={mika}",
    "/o/acme/teams/{search}/move/",
    "/o/acme/teams/{search}/merge/",
    "/o/acme/teams/{search}/delete/",
    "/o/acme/departments/{research}/",
    "/o/acme/departments/{research}/delete/",
    "/o/acme/settings/guests/",
    "/o/acme/settings/sharing/",
    "/o/acme/workspaces/",
    "/o/acme/workspaces/?view=all",
    "/o/acme/workspaces/?view=discover&q=nothing-of-that-name",
    "/o/acme/workspaces/{den}/",
    "/o/acme/workspaces/{den}/rooms/",
    "/o/acme/rooms/{roadmap}/",
    "/o/acme/rooms/{roadmap}/status/",
    "/o/acme/rooms/{roadmap}/milestones/{stone}/",
    "/o/acme/rooms/{roadmap}/members/",
    "/o/acme/rooms/{roadmap}/narrow/",
    "/o/acme/rooms/{roadmap}/follow/",
    "/o/acme/workspaces/{den}/settings/",
    "/o/acme/workspaces/{den}/settings/check/?name=Attic&mates_by=nobody&files_by=admins&sharing_by=nobody",
    "/o/acme/workspaces/{den}/owner/",
    "/o/acme/workspaces/{den}/archive/",
    "/o/acme/workspaces/{lab}/copy/",
    "/o/acme/workspaces/{den}/members/",
    "/o/acme/workspaces/{den}/members/add/",
    "/o/acme/workspaces/{den}/members/ask/",
    "/o/acme/search/?q=a",
    "/o/acme/workspaces/{den}/mates/",
    "/o/acme/mates/",
    "/o/acme/rooms/{roadmap}/integrations/",
    "/o/acme/mates/?q=nothing-of-that-name",
    "/o/acme/mates/new/",
    "/o/acme/mates/store/",
    "/o/acme/mates/store/quill/",
    "/o/acme/mates/{scout}/",
    "/o/acme/access/?who={mika}&action=tool.use&on=tool:{wiki}&mate=mate:{scout}&place=workspace:{den}",
    "/o/acme/mates/{scout}/configure/",
    "/o/acme/mates/{scout}/levels/each/",
    "/o/acme/mates/{scout}/delete/",
    "/o/acme/tools/",
    "/o/acme/tools/new/",
    "/o/acme/tools/{wiki}/",
    "/o/acme/tools/{crm}/secret/",
    "/o/acme/tools/{crm}/delete/",
    "/o/acme/access/",
    "/o/acme/access/?who={mika}&action=message.send&find=on",
    "/o/acme/access/?who={mika}&action=message.send&on=workspace:{den}&with={lena}",
    "/o/acme/access/?who={mika}&action=mate.use&on=mate:{scout}&place=room:{roadmap}&find=with",
    "/o/acme/access/members/{mika}/",
    "/o/acme/access/members/{mika}/?kind=mate",
    "/o/acme/access/people/?action=workspace.view&on=workspace:{lab}&can=no",
    "/o/acme/access/actions/",
    "/o/acme/access/linter/",
    "/o/acme/rollouts/",
    "/o/acme/rollouts/new/",
    "/o/acme/rollouts/{rollout}/",
    "/o/acme/rollouts/{rollout}/edit/",
    "/o/acme/rollouts/{rollout}/people/",
    "/o/acme/rollouts/{rollout}/people/?show=next",
    "/o/acme/rollouts/{rollout}/back/",
    "/o/acme/rollouts/{rollout}/discard/",
    "/o/acme/audit/",
    "/o/acme/audit/?actor=nobody-of-that-name",
    "/o/acme/keys/",
    "/o/acme/keys/new/",
    "/o/acme/ingest/",
    "/o/acme/provisioning/",
    "/o/acme/provisioning/?view=list&stuck=14",
    "/o/acme/provisioning/{mika}/",
    "/o/acme/provisioning/template/",
    "/o/acme/provisioning/guide/",
    "/o/acme/provisioning/items/{check}/tick/",
    "/o/acme/provisioning/items/{check}/plan/",
    "/o/acme/first-days/",
    "/o/acme/first-days/training/{module}/",
    "/o/acme/training/",
    "/o/acme/training/new/",
    "/o/acme/training/{module}/",
    "/o/acme/plans/",
    "/o/acme/plans/change/?plan=expert&feature=file_uploads&enabled=false",
    "/o/acme/billing/",
    "/o/acme/billing/seats/",
    "/o/acme/billing/budget/",
    "/o/acme/billing/invoices/{invoice}/",
    "/o/acme/settings/",
    "/o/acme/security/",
    "/o/acme/security/domains/new/",
    "/o/acme/security/domains/{domain}/",
    "/o/acme/security/domains/{claimed}/",
    "/o/acme/security/domains/{domain}/remove/",
    "/o/acme/security/sso/",
    "/o/acme/security/sso/test/",
    "/o/acme/security/sso/admit/",
    "/o/acme/security/sso/enforce/",
    "/o/acme/security/sso/remove/",
    "/o/acme/members/joining/",
    "/o/acme/security/second-factor/",
    "/o/acme/needs/",
    "/o/acme/requests/",
    "/o/acme/requests/?state=decided",
    "/o/acme/requests/new/",
    "/o/acme/requests/{asked}/grant/",
    "/o/acme/requests/{outsider}/grant/",
    "/o/acme/requests/{asked}/decline/",
    "/o/acme/announcements/",
    "/o/acme/announcements/new/",
    "/o/acme/members/{mika}/ownership/",
    "/o/acme/members/{mika}/second-factor/",
    "/o/acme/workspaces/new/",
    "/o/acme/links/",
    "/o/acme/connect/",
    "/o/acme/policies/",
    "/o/acme/policies/{research}/",
    "/o/acme/policies/{research}/grid/",
    "/o/acme/policies/organization/grid/",
    "/o/acme/policies/organization/groups/",
    "/o/acme/policies/organization/groups/leaders/",
    "/o/acme/policies/organization/groups/leaders/people/",
    "/o/acme/policies/organization/new-group/",
    "/o/acme/policies/organization/use-cases/",
    "/o/acme/policies/organization/use-cases/private/",
    "/o/acme/policies/organization/new-use-case/",
    "/o/acme/policies/organization/monitoring/",
    "/o/acme/policies/organization/json/",
    "/o/acme/policies/organization/discard/",
    "/o/acme/policies/organization/publish/",
    "/o/acme/policies/organization/replay/",
    "/o/acme/policies/organization/replay/{replay}/",
    "/o/acme/policies/organization/report-only/begin/",
    "/o/acme/policies/{research}/report-only/",
    "/o/acme/policies/{research}/report-only/enforce/",
    "/o/acme/policies/organization/versions/",
    "/o/acme/policies/organization/versions/1/",
    "/o/acme/policies/organization/compare/?a=1&b=0",
    "/o/acme/policies/models/",
    "/o/acme/policies/models/new/",
    "/o/acme/policies/models/import/",
    "/accounts/",
    "/accounts/2fa/",
    "/accounts/sessions/",
]
MEMBER = ["/o/acme/", "/o/acme/first-days/", "/o/acme/workspaces/?view=discover", "/o/acme/settings/", "/accounts/"]
MEMBER += ["/o/acme/mates/", "/o/acme/mates/store/", "/o/acme/mates/{scout}/", "/o/acme/tools/{crm}/"]
MEMBER += ["/o/acme/members/{mika}/", "/o/acme/requests/", "/o/acme/needs/", "/o/acme/ownership/{offer}/"]
MEMBER += ["/o/acme/access/?action=tool.create", "/o/acme/access/members/{mika}/"]
MEMBER += ["/o/acme/chats/", "/o/acme/conversations/{chat}/"]
LEAD = [
    "/o/acme/workspaces/{den}/",
    "/o/acme/rooms/{roadmap}/",
    "/o/acme/conversations/{talk}/",
    "/o/acme/",
    "/o/acme/teams/",
]
LEAD += [
    "/o/acme/conversations/{talk}/delete/",
    "/o/acme/conversations/{talk}/sharing/",
    "/o/acme/conversations/?q=hello",
]
LEAD += ["/o/acme/teams/{search}/", "/o/acme/?from={month}-01&to={month}-28", "/o/acme/report/?month={month}"]

# What passes is not written down: that alone took axe two thirds of its time.
EVERY_RULE = {"resultTypes": ["violations"]}
# A theme changes colours and nothing else that axe looks at.
COLOURS = EVERY_RULE | {"runOnly": ["color-contrast"]}
# What stands on the way up and at its end.
WAY = "[...document.querySelectorAll('.crumbs li, h1')].map(place => place.innerText.trim())"
VIOLATIONS = "rules => axe.run(rules).then(found => found.violations)"


LISTS = {("out", ""): SIGNED_OUT, ("owner", "olive"): OWNER, ("user", "mika"): MEMBER, ("lead", "lena"): LEAD}
A_FEW_AT_A_TIME = [  # so that two workers share the longest list
    pytest.param(who, paths[at : at + 20], id=f"{name} {at // 20 + 1}")
    for (name, who), paths in LISTS.items()
    for at in range(0, len(paths), 20)
]


@pytest.mark.parametrize(("who", "paths"), A_FEW_AT_A_TIME)
def test_every_page_is_accessible_quiet_and_fits(chromium, steward, who, paths):
    """Each page is loaded once, in one theme narrow and then wide, and changes to the other before axe's eyes."""
    from axe_playwright_python.base import AXE_SCRIPT

    # Without motion no colour is on its way from one theme to the other while axe looks.
    context = chromium.new_context(base_url=steward.url, reduced_motion="reduce")
    page, themes, found = context.new_page(), ["light", "dark"], []
    said = listen(page)
    if who:
        sign_in(page, steward, who)
    page.add_init_script(AXE_SCRIPT)
    for path in paths:
        page.set_viewport_size({"width": 390, "height": 900})
        page.goto(path.format(**steward.people))
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            found.append(f"{path}: wider than 390 pixels")
        way = page.evaluate(WAY)
        if len(set(way)) < len(way):
            found.append(f"{path}: names a place twice: {way}")
        page.set_viewport_size({"width": 1360, "height": 900})
        for theme, rules in zip(themes, (EVERY_RULE, COLOURS), strict=True):
            page.emulate_media(color_scheme=theme)
            report = page.evaluate(VIOLATIONS, rules)
            found += [f"{path} in {theme}: {v['id']} {v['nodes'][0]['target']}" for v in report]
        themes.reverse()  # the next page is loaded in the theme that this one changed to
    found += [f"console: {line}" for line in said]
    context.close()

    assert not found, "\n".join(found)
