"""Run docxtpl's own test scripts through docxtpl and through Colophon, and compare the texts of what both write.

Each script is executed as it is, but with a stand-in for the module `docxtpl`: its `DocxTemplate` renders with both
engines. Two texts of Colophon are compared: the strict one, as a user gets it, and a lenient one, in which unknown
names print nothing and any value prints as Python writes it, as in docxtpl. Needs `docxtpl[subdoc]`, which is no
dependency of this project, and a checkout of its tests:

    python benchmarks/docxtpl_dialect.py --templates …/tests/templates --tests …/tests
"""

import argparse
import contextlib
import io
import os
import posixpath
import runpy
import shlex
import shutil
import sys
import tempfile
import types
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
import docxtpl
import jinja2
from jinja2 import Undefined, pass_context
from lxml import etree

from configs.errors import ColophonError
from templates.environment import TemplateEnvironment
from templates.word import InlineImage, Listing, RichText, RichTextParagraph, Subdoc, compile_template

NOT_TESTS = ("__init__.py", "runtests.py")
COMPARED = ("document.main+xml", "header+xml", "footer+xml", "footnotes+xml", "endnotes+xml", "core-properties+xml")
Texts = dict[str, list[str]]


@dataclass
class Row:
    """What came of one template."""

    script: str
    template: str
    strict: str
    lenient: str


@dataclass
class Recorder:
    """What was compared so far."""

    script: str = ""
    keep: Path | None = None
    rows: list[Row] = field(default_factory=list)


recorder = Recorder()


# Stand-ins for docxtpl's classes: each also makes the value of Colophon that stands for it.


class BothRichText(docxtpl.RichText):
    """Rich text for both engines."""

    def __init__(self, text: Any = None, **look: Any) -> None:
        self.own = RichText()
        super().__init__(text, **look)

    def add(self, text: Any, **look: Any) -> None:
        super().add(text, **look)
        if look.get("url_id"):
            look["url_id"] = look["url_id"].url
        self.own.add(text.own if isinstance(text, BothRichText) else text, **look)


class BothRichTextParagraph(docxtpl.RichTextParagraph):
    """Paragraphs of rich text for both engines."""

    def __init__(self, text: Any = None, **look: Any) -> None:
        self.own = RichTextParagraph()
        super().__init__(text, **look)

    def add(self, text: Any, parastyle: str | None = None) -> None:
        super().add(text, parastyle)
        self.own.add(text.own if isinstance(text, BothRichText) else text, parastyle)


class BothListing(docxtpl.Listing):
    """A listing for both engines."""

    def __init__(self, text: Any) -> None:
        super().__init__(text)
        self.own = Listing(text)


class BothInlineImage(docxtpl.InlineImage):
    """A picture for both engines."""

    def __init__(self, tpl: Any, image_descriptor: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(tpl, image_descriptor, *arguments, **options)
        self.own = InlineImage(image_descriptor, *arguments, **options)


class LinkId(str):
    """docxtpl's id of a link, which still knows the address."""

    url = ""


class Both:
    """Does to one object of python-docx all that is done to another."""

    def __init__(self, their: Any, own: Any) -> None:
        self.__dict__.update(their=their, own=own)

    def __getattr__(self, name: str) -> Any:
        return paired(getattr(self.their, name), getattr(self.own, name))

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.their, name, value)
        setattr(self.own, name, value)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return paired(self.their(*arguments, **options), self.own(*arguments, **options))

    def __getitem__(self, key: Any) -> Any:
        return paired(self.their[key], self.own[key])


def paired(their: Any, own: Any) -> Any:
    return their if isinstance(their, str | int | float | None) else Both(their, own)


class BothTemplate(docxtpl.DocxTemplate):
    """Renders with docxtpl and with Colophon, and notes how the texts compare."""

    def new_subdoc(self, docpath: str | None = None) -> Any:
        their = super().new_subdoc(docpath)
        if docpath:
            return Both(their, Subdoc(docpath))
        document = docx.Document(self.template_file)
        for element in list(document.element.body)[:-1]:
            document.element.body.remove(element)
        return Both(their, document)

    def build_url_id(self, url: str) -> LinkId:
        made = LinkId(super().build_url_id(url))
        made.url = url
        return made

    def render(self, context: Mapping[str, Any], jinja_env: Any = None, autoescape: bool = False) -> None:
        name = posixpath.basename(str(self.template_file))
        own = mapped(context, "own")
        super().render(mapped(context, "their"), jinja_env, autoescape)  # what docxtpl refuses is not compared
        saved = io.BytesIO()
        self.docx.save(saved)
        expected = texts(saved.getvalue())
        content = Path(self.template_file).read_bytes()
        outcomes = [outcome_of(content, own, jinja_env, expected, lenient=lenient) for lenient in (False, True)]
        recorder.rows.append(Row(recorder.script, name, *outcomes))


def mapped(value: Any, side: str) -> Any:
    """Give a context with the values for docxtpl (`their`) or for Colophon (`own`)."""
    if isinstance(value, Mapping):
        return {key: mapped(entry, side) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [mapped(entry, side) for entry in value]
    if isinstance(value, Both):
        own = value.own
        return value.their if side == "their" else own if isinstance(own, Subdoc) else Subdoc(own)
    return getattr(value, "own", value) if side == "own" else value


class LenientEnvironment(TemplateEnvironment):
    """Prints as docxtpl does: nothing for unknown names, and Python's own words for any value."""

    def __init__(self) -> None:
        super().__init__("word", "en")
        source = self.source_class

        @pass_context
        def finalize(_: Any, value: Any) -> Any:
            return value if isinstance(value, source) else source.escape(str(value))

        self.undefined = Undefined
        self.finalize = finalize


def outcome_of(content: bytes, context: Any, jinja_env: Any, expected: Texts, *, lenient: bool) -> str:
    environment = LenientEnvironment() if lenient else TemplateEnvironment("word", "en")
    if jinja_env is not None:
        plain = jinja2.Environment()
        environment.filters |= {key: value for key, value in jinja_env.filters.items() if key not in plain.filters}
    functions = {key: value for key, value in context.items() if isinstance(value, types.FunctionType)}
    environment.globals |= functions
    data = {key: value for key, value in context.items() if key not in functions}
    try:
        template = compile_template(content, name="template", environment=environment)
        filled = template.fill(data, environment)
    except ColophonError as error:
        return f"refused: {error}"
    if recorder.keep and lenient:
        (recorder.keep / f"{recorder.script}.docx").write_bytes(filled)
    return difference(expected, texts(filled))


def texts(content: bytes) -> Texts:
    """Give the paragraphs of each part that may hold tags."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        kinds = {
            e.get("PartName", "")[1:]: e.get("ContentType", "")
            for e in etree.fromstring(archive.read("[Content_Types].xml"))
        }
        parts = [name for name, kind in kinds.items() if kind.endswith(COMPARED)]
        return {name: paragraphs(etree.fromstring(archive.read(name))) for name in sorted(parts)}


def paragraphs(root: Any) -> list[str]:
    if not root.tag.endswith(("}document", "}hdr", "}ftr", "}footnotes", "}endnotes")):
        return [
            element.text
            for element in root
            if element.text and element.tag.endswith(("}title", "}subject", "}creator", "}description"))
        ]
    return ["".join(pieces(paragraph)) for paragraph in root.iter("{*}p") if "wordprocessingml" in paragraph.tag]


def pieces(paragraph: Any) -> Iterator[str]:
    for element in paragraph.iter("{*}t", "{*}tab", "{*}br", "{*}cr"):
        if next(element.iterancestors("{*}p")) is not paragraph or not element.getparent().tag.endswith("}r"):
            continue
        name = etree.QName(element).localname
        page = any(value == "page" for value in element.attrib.values())
        yield element.text or "" if name == "t" else {"tab": "\t", "br": "\f" if page else "\n", "cr": "\n"}[name]


def difference(expected: Texts, came: Texts) -> str:
    for name in sorted(expected.keys() | came.keys()):
        left, right = expected.get(name, []), came.get(name, [])
        if left != right:
            number = next(
                (n for n, pair in enumerate(zip(left, right, strict=False)) if pair[0] != pair[1]),
                min(len(left), len(right)),
            )
            show = [repr(lines[number])[:90] if number < len(lines) else "nothing" for lines in (left, right)]
            return f"{name}, paragraph {number + 1}: docxtpl {show[0]}, Colophon {show[1]}"
    return "equal"


def run_command(command: str) -> int:
    """Do what `python -m docxtpl TEMPLATE JSON OUTPUT` does."""
    import json

    words = shlex.split(command)
    if words[1:3] == ["-m", "docxtpl"]:
        BothTemplate(words[3]).render(json.loads(Path(words[4]).read_text()))
    return 0


def run_scripts(tests: Path, templates: Path) -> None:
    stand_in = types.ModuleType("docxtpl")
    stand_in.__dict__.update(
        DocxTemplate=BothTemplate,
        RichText=BothRichText,
        R=BothRichText,
        RichTextParagraph=BothRichTextParagraph,
        RP=BothRichTextParagraph,
        InlineImage=BothInlineImage,
        Listing=BothListing,
    )
    sys.modules["docxtpl"] = stand_in
    os.system = run_command
    for script in sorted(tests.glob("*.py")):
        if script.name in NOT_TESTS:
            continue
        recorder.script = script.stem
        with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
            work = Path(folder)
            shutil.copytree(tests, work, dirs_exist_ok=True)
            shutil.copytree(templates, work / "templates", dirs_exist_ok=True)
            (work / "output").mkdir(exist_ok=True)
            with contextlib.redirect_stdout(io.StringIO()):
                try:
                    runpy.run_path(str(work / script.name), run_name="__main__")
                except Exception as error:
                    recorder.rows.append(Row(script.stem, "", f"the script failed: {error!r}", ""))


def verdicts() -> list[tuple[str, str, str, str]]:
    """Give one line for each script and template; the worst of several renderings counts."""
    worst: dict[tuple[str, str], Row] = {}
    for row in recorder.rows:
        key = (row.script, row.template)
        if (
            key not in worst
            or (worst[key].lenient == "equal" and row.lenient != "equal")
            or (worst[key].strict == "equal")
        ):
            worst[key] = row
    return [(row.script, row.template, row.strict, row.lenient) for row in worst.values()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--templates", type=Path, required=True, help="folder of docxtpl's test templates")
    parser.add_argument("--tests", type=Path, required=True, help="folder of docxtpl's test scripts")
    parser.add_argument("--keep", type=Path, help="folder for what Colophon writes")
    arguments = parser.parse_args()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        recorder.keep = arguments.keep.resolve()
    warnings.simplefilter("ignore")
    run_scripts(arguments.tests.resolve(), arguments.templates.resolve())
    lines = verdicts()
    for script, template, *outcomes in lines:
        strict, lenient = ("equal" if outcome == "equal" else "differs" for outcome in outcomes)
        print(f"{script:30} {template:36} strict: {strict:8} lenient: {lenient}")
        for name, outcome in zip(("strict", "lenient"), outcomes, strict=True):
            if outcome != "equal":
                print(f"    {name}: {outcome}")
    for name, column in (("strict", 2), ("with docxtpl's leniency", 3)):
        count = sum(line[column] == "equal" for line in lines)
        print(f"{name}: {count} of {len(lines)} equal ({count / len(lines):.1%})")


if __name__ == "__main__":
    main()
