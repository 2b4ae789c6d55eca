"""The doors of policies: each under one organization (`/o/<slug>/`)."""

from django.urls import path

from policies.views import catalogue

urlpatterns = [
    path("policies/models/", catalogue.listing, name="catalogue"),
    path("policies/models/new/", catalogue.new, name="catalogue_new"),
    path("policies/models/import/", catalogue.upload, name="catalogue_import"),
    path("policies/models/jobs/<id:job_id>/", catalogue.job, name="catalogue_job"),
    path("policies/models/jobs/<id:job_id>/results/", catalogue.results, name="catalogue_results"),
    path("policies/models/<id:model_id>/", catalogue.change, name="catalogue_change"),
    path("policies/models/<id:model_id>/delete/", catalogue.delete, name="catalogue_delete"),
]
