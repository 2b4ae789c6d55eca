"""`{% kept %}`: a part of a page is drawn once for the same values, and shows nothing but those."""

import pytest
from django.template import Context, Template
from django.template.base import TemplateSyntaxError
from django.utils import translation
from django.utils.safestring import SafeString

from orgs.templatetags.kept import MOST


class Told:
    """A value that counts how often it is shown."""

    def __init__(self):
        self.times = 0

    def __str__(self):
        self.times += 1
        return "told"


@pytest.fixture
def greeting():
    return Template("{% load kept %}{% kept name=name %}<p>{{ name }}</p>{% endkept %}")


def test_a_part_is_drawn_once_for_the_same_values(greeting):
    told = Told()

    texts = {greeting.render(Context({"name": told})) for _ in range(3)}

    assert texts == {"<p>told</p>"}
    assert told.times == 1


def test_everybody_gets_their_own(greeting):
    assert [greeting.render(Context({"name": name})) for name in ("Ana", "Ben", "Ana")] == [
        "<p>Ana</p>",
        "<p>Ben</p>",
        "<p>Ana</p>",
    ]


@pytest.mark.parametrize(
    "inside", ["{{ token }}", "{% if token %}x{% endif %}", "{% firstof name token.x %}", "{% csrf_token %}"]
)
def test_what_was_not_given_cannot_be_shown_so_it_cannot_reach_somebody_else(inside):
    template = Template("{% load kept %}{% kept name=name %}" + inside + "{% endkept %}")

    with pytest.raises(TemplateSyntaxError, match="token was not given to"):
        template.render(Context({"name": "", "token": "secret"}))


def test_a_list_is_kept_by_what_it_holds():
    template = Template("{% load kept %}{% kept names=names %}{{ names|join:' ' }}{% endkept %}")

    shown = [template.render(Context({"names": names})) for names in (["Ana"], ["Ana", "Ben"], ["Ana"])]

    assert shown == ["Ana", "Ana Ben", "Ana"]
    assert len(template.nodelist[1].drawn) == 2


def test_text_that_is_safe_as_markup_is_not_taken_for_the_same_text_that_is_not(greeting):
    shown = [greeting.render(Context({"name": name})) for name in (SafeString("<b>"), "<b>", SafeString("<b>"))]

    assert shown == ["<p><b></p>", "<p>&lt;b&gt;</p>", "<p><b></p>"]


def test_each_language_has_its_own():
    template = Template("{% load kept i18n %}{% kept %}{% get_current_language as here %}{{ here }}{% endkept %}")

    shown = []
    for language in ("en", "de", "en"):
        with translation.override(language):
            shown.append(template.render(Context()))

    assert shown == ["en", "de", "en"]


def test_components_and_parts_of_other_files_work_inside():
    template = Template('{% load kept %}{% kept %}{% include "frame/mark.html" %}{% endkept %}')

    assert "<svg" in template.render(Context())


def test_what_is_kept_is_bounded(greeting):
    for number in range(MOST + 10):
        greeting.render(Context({"name": number}))

    assert len(greeting.nodelist[1].drawn) <= MOST


def test_a_value_without_a_name_is_a_mistake_in_the_template():
    with pytest.raises(TemplateSyntaxError, match="name=value"):
        Template("{% load kept %}{% kept name %}{% endkept %}")
