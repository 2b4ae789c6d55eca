"""How tests ask for decisions: as a chat platform does, with a service key, by AuthZEN 1.0."""

from tests.cast import make_key
from tests.doors import api

ONE, MANY = "/access/v1/evaluation", "/access/v1/evaluations"
WHO, WHAT, WHICH = (f"/access/v1/search/{what}" for what in ("subject", "resource", "action"))


class Platform:
    """A chat platform with a key of `org`'s that may ask for decisions."""

    def __init__(self, org):
        self.line = api(make_key(org, "decisions:read", name=f"platform {org.next_ordinal}")[1])

    def post(self, path, body, **extra):
        return self.line.post(path, body, **extra)

    def ask(self, subject, action, resource, **more):
        """The answer to one question."""
        answer = self.post(ONE, question(subject, action, resource, **more))
        assert answer.status_code == 200, answer.content
        return answer.json()

    def allows(self, *asked, **more):
        return self.ask(*asked, **more)["decision"]

    def many(self, body):
        answer = self.post(MANY, body)
        assert answer.status_code == 200, answer.content
        return answer.json()["evaluations"]

    def found(self, path, body):
        """What a search finds, page by page until its end."""
        found, token, pages = [], None, 0
        while token != "":
            answer = self.post(path, body | {"page": {"token": token, **body.get("page", {})}})
            assert answer.status_code == 200, answer.content
            page = answer.json()
            found += [(one["type"], one["id"]) for one in page["results"]]
            token, pages = page["page"]["next_token"], pages + 1
            assert isinstance(token, str)
            assert pages < 100
        return found


def subject(member):
    """A member by address, or whatever text is given."""
    return {"type": "member", "id": member if isinstance(member, str) else member.user.email}


def resource(kind, id_, **properties):
    return {"type": kind, "id": str(id_)} | ({"properties": properties} if properties else {})


def question(who, action, thing, **more):
    """`thing` is a type and an id, and what is said beside it, if anything is."""
    kind, id_, beside = (*thing, {})[:3]
    return {"subject": subject(who), "action": {"name": action}, "resource": resource(kind, id_, **beside), **more}
