import re

import pytest

from configs.errors import ColophonError, LimitError, TemplateError
from templates.environment import BUDGET, Budget, environment_for
from templates.markup import MAX_CHARACTERS, split_lines, unseal
from templates.places import compile_source, located

DATA = {
    "name": "# x\n| a |",
    "customer": {"name": "Oak & Ash", "items": [1, 2]},
    "rows": [{"a": 1.5}, {"a": 2}],
    "flag": True,
    "nothing": None,
}


def render(source: str, data: dict[str, object] = DATA) -> str:
    template = compile_source(environment_for("markdown", "en"), source, name="t.md.j2")
    with located("t.md.j2", data):
        text = "".join(template.root_render_func(template.new_context({**data, BUDGET: Budget()})))
    return unseal(split_lines(text)[0])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{{ name }}", "# x\n| a |"),
        ("{{ customer.items | join(', ') }}", "1, 2"),  # a field wins over the method of the same name
        ("{{ 0.1 + 0.2 }}", "0.3"),
        ("{{ 12.0 }}", "12"),
        ("{{ rows | sum(attribute='a') }}", "3.5"),
        ("{% macro m(x) %}**{{ x }}**{% endmacro %}{{ m('a') ~ 'b' }}", "**a**b"),
        ("{% set s %}*{{ name }}*{% endset %}{{ s }}", "*# x\n| a |*"),
        ("{% for k, v in customer.items() if false %}{% endfor %}ok", None),
        ("{{ customer.vat | default('none') }}", "none"),
        ("{% for r in rows %}{{ loop.index }}{% if not loop.last %}, {% endif %}{% endfor %}", "1, 2"),
        ("{{ rows | map(attribute='a') | max }}", "2"),
        ("{% for key, group in rows | groupby('a') %}{{ key }}x{{ group | length }} {% endfor %}", "1.5x1 2x1 "),
    ],
)
def test_render_gives_values_when_template_is_right(source: str, expected: str | None) -> None:
    if expected is None:
        with pytest.raises(TemplateError, match="not safely callable"):
            render(source)
    else:
        assert render(source) == expected


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("a\n{{ nmae }}", 2, "Did you mean `name`"),
        ("{{ customer.nmae }}", 1, "Did you mean `name`"),
        ("\n\n{% for x in customer.orders %}{% endfor %}", 3, "no field `orders`"),
        ("{{ flag }}", 1, "yes/no"),
        ("{{ nothing }}", 1, "null"),
        ("{{ 'a' ~ nothing }}", 1, "null"),
        ("{{ customer }}", 1, "mapping"),
        ("{{ rows[7] }}", 1, "list with 2 entries"),
        ("x\n{{ 1 | monye }}", 2, "Did you mean `money`"),
        ("{% if name is emtpy %}{% endif %}", 1, "No test named"),
        ("{% include 'other' %}", 1, "one file"),
        ("{% extends 'other' %}", 1, "one file"),
        ("{% block b %}{% endblock %}", 1, "one file"),
        ("{% autoescape false %}{% endautoescape %}", 1, "one file"),
        ("a\nb\n{% if x %}", 3, "end of template"),
        ("{{ 1 / 0 }}", 1, "zero"),
        ("{{ 'a' + 1 }}", 1, "str"),
        ("{{ name | safe }}", 1, "No filter named 'safe'"),
        ("{% set s %}x{% endset %}{{ s | upper }}", 1, "works on values"),
    ],
)
def test_render_names_line_and_way_out_when_template_is_wrong(source: str, line: int, words: str) -> None:
    with pytest.raises(TemplateError) as caught:
        render(source)
    assert caught.value.where == f"t.md.j2, line {line}"
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ customer.__class__.__mro__ }}",
        "{{ customer['__class__'] }}",
        "{{ range.__self__ }}",
        "{{ namespace.mro() }}",
        "{{ name.format(x=1) }}",
        "{{ '{0.__class__}'.format(name) }}",
        "{{ '%s' % name }}",
        "{{ customer | attr('x') }}",
        "{{ customer.update({'a': 1}) }}",
        "{{ rows.append(1) }}",
        "{{ rows.clear() }}",
        "{{ self.x }}",
        "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
        "{{ cycler }}",
        "{{ lipsum() }}",
    ],
)
def test_render_refuses_what_is_not_named_when_template_reaches_out(source: str) -> None:
    before = repr(DATA)
    with pytest.raises(TemplateError):
        render(source)
    assert repr(DATA) == before


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
        "{{ range(10000000) | list }}",
        "{{ 9 ** 999999999 }}",
        "{% set n = namespace(v=7) %}{% for i in range(50) %}{% set n.v = n.v * n.v %}{% endfor %}",
        "{% set n = namespace(v='ab') %}{% for i in range(50) %}{% set n.v = n.v + n.v %}{% endfor %}",
        "{% set n = namespace(v='ab') %}{% for i in range(50) %}{% set n.v = n.v ~ n.v %}{% endfor %}",
        "{% set n = namespace(v='ab') %}{% for i in range(50) %}{% set n.v = [n.v, n.v] | join %}{% endfor %}",
        "{% set n = namespace(v='ab') %}{% for i in range(50) %}{% set n.v = n.v.replace %}{% endfor %}",
        "{% set n = namespace(v='aa') %}{% for i in range(50) %}{% set n.v = n.v | replace('a', n.v) %}{% endfor %}",
        "{% set n = namespace(v=[1]) %}{% for i in range(50) %}{% set n.v = n.v + n.v %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    ],
)
def test_render_stops_when_template_grows_without_end(source: str) -> None:
    expected: type[ColophonError] = TemplateError if "n.v.replace" in source else LimitError
    with pytest.raises(expected):
        render(source)


def test_render_stops_when_one_text_is_too_long() -> None:
    with pytest.raises(LimitError, match="grew beyond"):
        render("{{ a ~ a }}", {"a": "x" * (MAX_CHARACTERS // 2 + 1)})


def test_word_environment_writes_values_as_text_elements() -> None:
    environment = environment_for("word", "en")
    template = environment.from_string("<w:t>{{ v }}</w:t>")
    written = "".join(template.root_render_func(template.new_context({"v": "a<b>&\n{{ x }}\tc", BUDGET: Budget()})))
    assert re.sub(r"</?w:[^>]*>", "", written) == "a&lt;b&gt;&amp;{{ x }}c"
    assert "<w:br/>" in written
    assert "<w:tab/>" in written


def test_environment_is_shared_when_kind_and_locale_are_the_same() -> None:
    assert environment_for("markdown", "en") is environment_for("markdown", "en")
    assert environment_for("markdown", "en") is not environment_for("markdown", "de")
