"""The model catalogue: names that are one model's alone, what is kept when one changes, and models from a file."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from analytics import drain
from analytics.models import Event
from orgs.access import Action, Denied, Refused, check
from orgs.models import AuditEntry, Job
from policies import actions
from policies.actions.rollouts import Thing
from policies.describing import Described
from policies.models import CatalogueModel, PolicyInForce
from tests.analytics.sending import event, send
from tests.cast import make_key
from tests.doors import console
from tests.governing import make_model, make_policy
from tests.policies.rolling import running

pytestmark = pytest.mark.django_db
USD = 10**9


def test_a_model_is_added_with_its_prices_and_the_log_says_so(cast):
    console(cast.adam).post(
        reverse("catalogue_new", args=["acme"]), {"name": "fast", "price_in": "0.15", "price_out": "0.6"}
    )

    model = CatalogueModel.objects.get(org=cast.acme)
    assert (model.price_in_nanos, model.price_out_nanos) == (150_000_000, 600_000_000)
    assert AuditEntry.objects.get(org=cast.acme, action=Action.CATALOGUE_MANAGE).target_name == "fast"


@pytest.mark.parametrize("name", ["fast", "FAST", "quick", "Quick"])
def test_no_two_models_share_a_name_or_an_alias(cast, name):
    make_model(cast.acme, "fast", aliases=["quick"])

    with pytest.raises(Refused, match="a name of the model fast already"):
        actions.catalogue.add(cast.olive, Described("deep", aliases=(name,)))


def test_a_taken_name_comes_back_in_the_form_with_what_was_typed(cast):
    make_model(cast.acme, "fast")

    answer = console(cast.olive).post(
        reverse("catalogue_new", args=["acme"]), {"name": "fast", "provider": "Northwind"}
    )

    assert answer.status_code == 409
    assert 'value="Northwind"' in answer.content.decode()


def test_a_renamed_model_keeps_its_old_name_as_an_alias_and_policies_still_mean_it(cast):
    model = make_model(cast.acme, "fast")
    make_policy(cast.acme, {"general_staff": ["fast"]})

    actions.catalogue.change(cast.olive, model, Described("faster"))

    cast.mika.org.refresh_from_db()
    assert model.aliases == ["fast"]
    assert all(check(cast.mika, Action.MODEL_USE, cast.acme, model=name) for name in ("fast", "faster"))


def test_a_model_that_a_policy_names_is_retired_and_not_deleted(cast):
    model = make_model(cast.acme, "fast")
    make_policy(cast.acme, {"general_staff": ["fast"]})

    with pytest.raises(Refused, match=r"names fast\. Retire it"):
        actions.catalogue.delete(cast.olive, model)


def test_a_model_that_a_version_names_which_runs_report_only_is_not_deleted(cast):
    model, at = make_model(cast.acme, "fast"), timezone.now()
    version = make_policy(cast.acme, {"general_staff": ["fast"]})
    dates = {"trial_from": at, "trial_until": at + timedelta(days=9)}
    PolicyInForce.objects.update(version=None, trial=version, **dates)

    with pytest.raises(Refused, match="runs report-only"):
        actions.catalogue.delete(cast.olive, model)
    PolicyInForce.objects.update(trial=None, trial_from=None, trial_until=None)
    actions.catalogue.delete(cast.olive, model)


def test_a_model_that_a_version_names_which_is_being_rolled_out_is_not_deleted(cast):
    model = make_model(cast.acme, "fast")
    version = make_policy(cast.acme, {"general_staff": ["fast"]})
    PolicyInForce.objects.update(version=None)
    rollout = running(cast.adam, Thing("policy", "1", "version 1", version))

    with pytest.raises(Refused, match="is being rolled out"):
        actions.catalogue.delete(cast.olive, model)
    actions.rollouts.discard(cast.adam, rollout)
    actions.catalogue.delete(cast.olive, model)


def test_a_retired_model_is_refused_to_everybody_from_the_next_question_on(cast):
    model = make_model(cast.acme, "fast")
    make_policy(cast.acme, {"general_staff": ["fast"]})

    assert check(cast.mika, Action.MODEL_USE, cast.acme, model="fast")
    actions.catalogue.change(cast.olive, model, Described("fast", status="retired"))

    cast.mika.org.refresh_from_db()
    assert check(cast.mika, Action.MODEL_USE, cast.acme, model="fast").deciding.rule == "model/retired/fast"


def test_leads_and_users_change_no_model(cast):
    model = make_model(cast.acme, "fast")

    for member in (cast.lena, cast.mika, cast.vera):
        with pytest.raises(Denied):
            actions.catalogue.change(member, model, Described("mine"))


def test_a_file_is_looked_through_before_anything_changes_and_then_done_line_by_line(cast):
    make_model(cast.acme, "fast", provider="Northwind", price_in_nanos=USD)
    lines = b"name,price_in,aliases\nfast,2,\ndeep,3,deeper\ndeep,4,\nbad name,1,\nwide,-1,\nother,1,DEEPER\n"

    url = reverse("catalogue_import", args=["acme"])
    looked = console(cast.adam).post(url, {"file": SimpleUploadedFile("m.csv", lines)})

    assert set(CatalogueModel.objects.values_list("name", "price_in_nanos")) == {("fast", USD)}
    page = console(cast.adam).get(looked["Location"]).content.decode()
    assert "Line 3 names it already." in page
    assert "price_in: " in page

    console(cast.adam).post(looked["Location"])

    known = dict(CatalogueModel.objects.filter(org=cast.acme).values_list("name", "price_in_nanos"))
    assert known == {"fast": 2 * USD, "deep": 3 * USD}
    assert CatalogueModel.objects.get(name="fast").provider == "Northwind", "a column that is not there stays"
    done = Job.objects.get(kind="catalogue.import")
    assert set(done.rows.values_list("target_name", "outcome")) == {
        ("fast", "done"), ("deep", "done"), ("other", "refused")
    }  # fmt: skip


def test_a_file_that_was_done_leads_to_what_became_of_its_models(cast):
    file = SimpleUploadedFile("m.csv", b"name\nfast\n")
    looked = console(cast.adam).post(reverse("catalogue_import", args=["acme"]), {"file": file})["Location"]
    assert "Take over 1 model<" in console(cast.adam).get(looked).content.decode()

    done = console(cast.adam).post(looked)["Location"]

    assert f'href="{done}"' in console(cast.adam).get(looked).content.decode()
    assert '<th scope="col">Model</th>' in console(cast.adam).get(done).content.decode()
    nothing = console(cast.adam).get(f"{done}?outcome=refused").content.decode()
    assert "No line of the file." in nothing
    assert "Nobody." not in nothing


@pytest.mark.parametrize("models", [2, 40])
def test_the_list_costs_the_same_queries_however_many_models_there_are(cast, models, django_assert_num_queries):
    for number in range(models):
        make_model(cast.acme, f"model-{number:02}")
    door = console(cast.olive)
    door.get(reverse("catalogue", args=["acme"]))

    with django_assert_num_queries(6):
        assert door.get(reverse("catalogue", args=["acme"])).status_code == 200


def test_long_lists_are_paged_by_name(cast):
    for number in range(60):
        make_model(cast.acme, f"model-{number:02}")
    url = reverse("catalogue", args=["acme"])

    second = console(cast.olive).get(f"{url}?after=model-49").content.decode()
    back = console(cast.olive).get(f"{url}?before=model-50").content.decode()

    assert ">model-50<" in second
    assert ">model-49<" not in second
    assert ">model-00<" in back
    assert ">model-50<" not in back


@pytest.mark.both
def test_usage_that_names_an_alias_is_counted_for_its_model(cast, client):
    make_model(cast.acme, "fast", aliases=["quick"])
    _key, secret = make_key(cast.acme)
    send(client, secret, [event(str(at), model=name) for at, name in enumerate(("quick", "fast", "Quick"))])

    drain.run()

    assert sorted(Event.objects.values_list("model", flat=True)) == ["Quick", "fast", "fast"]


def test_an_answer_costs_what_the_catalogue_says_and_nothing_is_made_up():
    known = CatalogueModel(price_in_nanos=150_000_000, price_out_nanos=600_000_000)

    assert known.cost_nanos(1_000, 500) == 450_000
    assert CatalogueModel(price_in_nanos=1).cost_nanos(1_000, 500) is None
