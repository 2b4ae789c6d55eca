"""What the tables name of what an organization allows its platform, of both organizations."""

from policies.jobs import catalogue as on_catalogue
from tests.governing import make_model


def governing(cast):
    models = {"fast": make_model(cast.acme, "fast").pk, "foreign": make_model(cast.umbrella, "theirs").pk}
    return {"model_id": models, "job_id": {"models": on_catalogue.FILE.look_through(cast.adam, []).pk}}
