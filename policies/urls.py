"""The doors of policies: each under one organization (`/o/<slug>/`)."""

from django.urls import path, register_converter

from orgs.views import jobs
from policies.scopes import ScopeConverter
from policies.views import catalogue, exceptions, groups, limits, monitoring, policy, publishing, rollouts, trials

register_converter(ScopeConverter, "scope")

urlpatterns = [
    path("policies/models/", catalogue.listing, name="catalogue"),
    path("policies/models/new/", catalogue.new, name="catalogue_new"),
    path("policies/models/import/", catalogue.upload, name="catalogue_import"),
    path("policies/models/jobs/<id:job_id>/", jobs.from_file, {"pages": catalogue.JOBS}, name="catalogue_job"),
    path(
        "policies/models/jobs/<id:job_id>/results/", jobs.results, {"pages": catalogue.JOBS}, name="catalogue_results"
    ),
    path("policies/models/<id:model_id>/", catalogue.change, name="catalogue_change"),
    path("policies/models/<id:model_id>/delete/", catalogue.delete, name="catalogue_delete"),
    path("policies/exceptions/", exceptions.listing, name="exceptions"),
    path("policies/exceptions/new/", exceptions.grant, name="exceptions_new"),
    path("policies/exceptions/<id:exception_id>/end/", exceptions.end, name="exceptions_end"),
    path("monitoring/", monitoring.queue, name="monitoring"),
    path("monitoring/bulk/", monitoring.bulk, name="monitoring_bulk"),
    path("monitoring/conversations/", monitoring.conversations, name="monitoring_conversations"),
    path("monitoring/conversations/<id:heard_id>/", monitoring.read, name="monitoring_read"),
    path("monitoring/<id:flagged_id>/", monitoring.flagged, name="monitoring_flagged"),
    path("monitoring/<id:flagged_id>/content/", monitoring.content, name="monitoring_content"),
    # The policy itself: the organization's (`organization`), or a department's (its id)
    path("policies/", policy.overview, name="policies"),
    path("policies/<scope:scope_id>/", policy.overview, name="policies_scope"),
    path("policies/<scope:scope_id>/begin/", policy.begin, name="policies_begin"),
    path("policies/<scope:scope_id>/discard/", policy.discard, name="policies_discard"),
    path("policies/<scope:scope_id>/grid/", groups.grid, name="policies_grid"),
    path("policies/<scope:scope_id>/groups/", groups.groups, name="policies_groups"),
    path("policies/<scope:scope_id>/groups/<slug:group>/", groups.group, name="policies_group"),
    path("policies/<scope:scope_id>/groups/<slug:group>/people/", groups.people, name="policies_people"),
    path("policies/<scope:scope_id>/groups/<slug:group>/remove/", groups.remove, name="policies_group_remove"),
    path("policies/<scope:scope_id>/new-group/", groups.group, name="policies_group_new"),
    path("policies/<scope:scope_id>/new-group/count/", groups.count, name="policies_group_count"),
    path("policies/<scope:scope_id>/use-cases/", groups.cases, name="policies_cases"),
    path("policies/<scope:scope_id>/use-cases/<slug:case>/", groups.case, name="policies_case"),
    path("policies/<scope:scope_id>/use-cases/<slug:case>/remove/", groups.remove, name="policies_case_remove"),
    path("policies/<scope:scope_id>/new-use-case/", groups.case, name="policies_case_new"),
    path("policies/<scope:scope_id>/monitoring/", policy.level, name="policies_level"),
    path("policies/<scope:scope_id>/json/", policy.text, name="policies_json"),
    path("policies/<scope:scope_id>/versions/", publishing.versions, name="policies_versions"),
    path("policies/<scope:scope_id>/versions/<id:number>/", publishing.version, name="policies_version"),
    path("policies/<scope:scope_id>/compare/", publishing.compare, name="policies_compare"),
    path("policies/<scope:scope_id>/replay/", trials.replay, name="policies_replay"),
    path("policies/<scope:scope_id>/replay/<id:job_id>/", trials.replayed, name="policies_replayed"),
    path(
        "policies/<scope:scope_id>/replay/<id:job_id>/people/", trials.replayed_people, name="policies_replayed_people"
    ),
    path("policies/<scope:scope_id>/report-only/", trials.trial, name="policies_trial"),
    path("policies/<scope:scope_id>/report-only/people/", trials.trial_people, name="policies_trial_people"),
    path("policies/<scope:scope_id>/report-only/begin/", trials.begin, name="policies_trial_begin"),
    path("policies/<scope:scope_id>/report-only/extend/", trials.extend, name="policies_trial_extend"),
    path("policies/<scope:scope_id>/report-only/enforce/", trials.enforce, name="policies_trial_enforce"),
    path("policies/<scope:scope_id>/report-only/discard/", trials.discard, name="policies_trial_discard"),
    path("policies/<scope:scope_id>/publish/", publishing.publish, name="policies_publish"),
    path("policies/<scope:scope_id>/publish/people/", publishing.export, name="policies_publish_export"),
    path("policies/limits/", limits.listing, name="limits"),
    path("policies/limits/export/", limits.export, name="limits_export"),
    path("policies/limits/new/", limits.new, name="limits_new"),
    path("policies/limits/organization/", limits.organization, name="limits_organization"),
    path("policies/limits/plans/<slug:plan>/", limits.plan, name="limits_plan"),
    path("policies/limits/teams/<id:team_id>/", limits.team, name="limits_team"),
    path("policies/limits/members/<id:member_id>/", limits.member, name="limits_member"),
    # What reaches people in stages
    path("rollouts/", rollouts.listing, name="rollouts"),
    path("rollouts/new/", rollouts.new, name="rollouts_new"),
    path("rollouts/<id:rollout_id>/", rollouts.show, name="rollouts_page"),
    path("rollouts/<id:rollout_id>/answer/", rollouts.answer, name="rollouts_answer"),
    path("rollouts/<id:rollout_id>/edit/", rollouts.edit, name="rollouts_edit"),
    path("rollouts/<id:rollout_id>/people/", rollouts.people, name="rollouts_people"),
    path("rollouts/<id:rollout_id>/people.csv", rollouts.export, name="rollouts_export"),
    path("rollouts/<id:rollout_id>/<slug:deed>/", rollouts.deed, name="rollouts_deed"),
]
