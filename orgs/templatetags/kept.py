"""Parts of a page that are the same for many: drawn once, then kept in memory."""

from typing import Any

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.translation import get_language

register = template.Library()

MOST = 256  # texts of one part


@register.tag
def kept(parser: Parser, token: Token) -> "Kept":
    """`{% kept nav=nav %}…{% endkept %}`: what stands inside, kept under the reader's language and the values given.

    Inside, only what was given is there, and to name anything else is an error: nobody's name, token or address can
    end up in a page for somebody else, for nothing can be shown that the text is not kept under. Values are
    hashable, or lists of what is. No times: they would stand still.
    """
    name, *bits = token.split_contents()
    given = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{name} takes what stands inside as name=value; not {bits[0]}.")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return Kept(nodelist, given)


class Inside(Context):
    """What a part sees. A name that was not given is a mistake of the template's, told the first time it is drawn."""

    def __getitem__(self, key: Any) -> Any:
        if key not in self:
            raise template.TemplateSyntaxError(f"{key} was not given to {{% kept %}}: write {{% kept {key}=… %}}.")
        return super().__getitem__(key)

    def get(self, key: Any, otherwise: Any = None) -> Any:
        return self[key] if key == "csrf_token" else super().get(key, otherwise)  # each form has a token of its own


class Kept(template.Node):
    def __init__(self, nodelist: NodeList, given: dict[str, FilterExpression]) -> None:
        self.nodelist, self.given = nodelist, given
        self.drawn: dict[Any, str] = {}

    def render(self, context: Context) -> str:
        given = [value.resolve(context) for value in self.given.values()]
        values = tuple([tuple(value) if isinstance(value, list) else value for value in given])
        key = (get_language(), values, *map(type, values))  # text that is safe as markup equals text that is not
        drawn = self.drawn.get(key)
        if drawn is None:
            if len(self.drawn) >= MOST:
                self.drawn.clear()
            drawn = self.drawn[key] = self._draw(context, dict(zip(self.given, values, strict=True)))
        return drawn

    def _draw(self, context: Any, values: dict[str, Any]) -> str:
        inside = Inside(values)
        with inside.bind_template(context.template), inside.render_context.push_state(context.template):
            return str(self.nodelist.render(inside))
