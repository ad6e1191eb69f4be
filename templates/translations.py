"""The languages of a template: gettext catalogues `locales/<locale>.po` in its folder, compiled in memory.

A source marks its fixed words: `{{ _("Invoice") }}`, with values
`{{ _("Valid until {date}", date=…) }}`, with a plural
`{{ ngettext("{n} day", "{n} days", count) }}`. A translation is text and never
markup; a word without one is printed as the source has it, and named.
"""

import functools
import gettext
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.messages.catalog import Message as Entry
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po
from jinja2 import nodes
from jinja2.visitor import NodeTransformer

from configs.errors import ContextError, TemplateError
from configs.loader import suggest
from templates.data import FORBIDDEN
from templates.filters import LocaleWriter
from templates.library import TemplateFiles
from templates.markup import RESERVED, SourceText

FOLDER = "locales"
FUNCTIONS = ("_", "ngettext")

_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
_KEPT = 256  # tags: there are no more languages than that in a company
_PLURAL_COUNT = "n"  # what a plural's texts call their number


@dataclass(frozen=True)
class Message:
    """A marked text of a source."""

    text: str
    plural: str | None
    line: int


class Catalogue:
    """The translations into one language; the empty one leaves every text as it is."""

    def __init__(
        self, translations: gettext.NullTranslations | None = None, known: frozenset[str] | None = None
    ) -> None:
        self._translations = translations or gettext.NullTranslations()
        self._known = known

    def translate(self, text: str) -> str:
        """Give the translation of a text."""
        return self._translations.gettext(text)

    def translate_plural(self, text: str, plural: str, count: int) -> str:
        """Give the form of a text that goes with a count."""
        return self._translations.ngettext(text, plural, count)

    def missing(self, messages: Iterable[Message]) -> list[Message]:
        """Give the messages that have no translation; the language of the source needs none."""
        return [message for message in messages if self._known is not None and message.text not in self._known]


NO_CATALOGUE = Catalogue()


@dataclass(frozen=True)
class Language:
    """The language of one document."""

    locale: str
    catalogue: Catalogue = NO_CATALOGUE

    @property
    def tag(self) -> str:
        """The language as formats write it, as in `de-AT`."""
        return self.locale.replace("_", "-")


class Languages:
    """The languages that a template offers: its own, and one for each catalogue."""

    def __init__(self, files: TemplateFiles, locale: str) -> None:
        """Read the catalogues.

        Raises:
            TemplateError: one cannot be read, or names a placeholder that its text does not have.
        """
        self._own = Language(locale)
        self._translated = {
            language.locale: language
            for path, content in sorted(files.files.items())
            if path.startswith(f"{FOLDER}/") and path.endswith(".po")
            for language in [_read(path, content, where=f"{files.name}/{path}")]
        }
        self._found = functools.lru_cache(maxsize=_KEPT)(self._find)  # Babel takes 20 µs to read a tag

    def all(self) -> list[Language]:
        """Give all of them, the template's own first."""
        return [self._own, *self._translated.values()]

    def of(self, data: Mapping[str, Any], field: str | None) -> Language:
        """Give the language that the data asks for in `field`; the template's own where it says nothing.

        Raises:
            ContextError: the template is not offered in that language.
        """
        value: Any = data
        for step in (field or "").split("."):
            value = value.get(step) if isinstance(value, Mapping) else None
        return self._own if value is None else self._found(str(value), str(field))

    def _find(self, tag: str, field: str) -> Language:
        try:
            locale = Locale.parse(tag.replace("-", "_"))
        except (UnknownLocaleError, ValueError):
            raise self._refusal(tag, field) from None
        if str(locale) in self._translated:
            return self._translated[str(locale)]
        for offered in self.all():
            if Locale.parse(offered.locale).language == locale.language:
                # `de` alone takes the region that the template was written for; `de-AT` brings its own numbers.
                return Language(str(locale), offered.catalogue) if locale.territory else offered
        raise self._refusal(tag, field)

    def _refusal(self, tag: str, field: str) -> ContextError:
        offered = ", ".join(language.tag for language in self.all())
        message = f"The template is not offered in the language “{tag[:40]}”."
        return ContextError(message, where=field, hint=f"Offered: {offered}.")


def functions(source: type[SourceText], locale: str, catalogue: Catalogue) -> dict[str, Callable[..., str]]:
    """Give what a template may call for a translation.

    Args:
        source: the kind of source that the texts end up in.
        locale: the language in which a plural's number is written.
        catalogue: its translations.
    """
    writer = LocaleWriter(locale)

    def translated(text: str, /, **values: Any) -> str:
        return _filled(source, catalogue.translate(text), values)

    def plural(text: str, plural: str, count: Any, /, **values: Any) -> str:
        is_whole = isinstance(count, int | float) and not isinstance(count, bool) and count == int(count)
        if not is_whole:  # 5.0 is one: a JSON Schema takes it for an integer
            raise TemplateError("`ngettext` counts whole things and needs a whole number.")
        chosen = catalogue.translate_plural(text, plural, int(count))
        return _filled(source, chosen, {_PLURAL_COUNT: writer.number(int(count)), **values})

    return dict(zip(FUNCTIONS, (translated, plural), strict=True))


def messages_in(tree: nodes.Template) -> list[Message]:
    """Give the marked texts of a parsed template.

    Raises:
        UnfixedTextError: a text is computed, so that no catalogue could hold it.
    """
    found = []
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in FUNCTIONS:
            count = 1 + FUNCTIONS.index(call.node.name)
            texts = [argument.value for argument in call.args[:count] if isinstance(argument, nodes.Const)]
            if len(texts) < count or not all(isinstance(text, str) and text for text in texts):
                raise UnfixedTextError(call.node.name, call.lineno)
            found.append(Message(texts[0], texts[1] if count > 1 else None, call.lineno))
    return found


def translated(tree: nodes.Template, catalogue: Catalogue) -> nodes.Template:
    """Put the translations of fixed texts into a parsed template, so that no document has to ask for them."""
    names = [node.name for node in tree.find_all(nodes.Name) if node.ctx != "load"]
    names += [node.name for node in tree.find_all(nodes.Macro)]
    return tree if FUNCTIONS[0] in names else _Translator(catalogue).visit(tree)  # else it is something of the author


class _Translator(NodeTransformer):
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def visit_Call(self, call: nodes.Call) -> nodes.Node:
        self.generic_visit(call)
        named = isinstance(call.node, nodes.Name) and call.node.name == FUNCTIONS[0]
        if not named or len(call.args) != 1 or call.kwargs or call.dyn_args or call.dyn_kwargs:
            return call
        text = self._catalogue.translate(call.args[0].value)  # type: ignore[attr-defined]  # a text: `messages_in` saw it
        return call if _PLACEHOLDER.search(text) else nodes.Const(text, lineno=call.lineno)


class UnfixedTextError(Exception):
    """A text that is marked for translation is not written out in the source."""

    def __init__(self, function: str, line: int) -> None:
        super().__init__(f"`{function}` needs the text itself in quotes: a catalogue holds fixed words only.")
        self.line = line


def _filled(source: type[SourceText], text: str, values: Mapping[str, Any]) -> str:
    """Put values into a text; a value that is source makes the whole source."""
    parts: list[Any] = _PLACEHOLDER.split(text)
    for index in range(1, len(parts), 2):
        name = parts[index]
        if name not in values:
            hint = f"Write `_(…, {name}=…)`." if not values else suggest(name, list(values))
            raise TemplateError(f"The text “{text[:60]}” needs a value for `{name}`.", hint=hint)
        parts[index] = values[name]
    return source.concatenate(parts)


def _read(path: str, content: bytes, *, where: str) -> Language:
    name = path.removeprefix(f"{FOLDER}/").removesuffix(".po")
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise TemplateError(
            f"The catalogue is named after no locale: `{name[:40]}`.",
            where=where,
            hint="Name it as in de.po, pt_BR.po.",
        ) from None
    try:
        catalogue = read_po(io.BytesIO(content), locale=locale, abort_invalid=True)
        compiled = io.BytesIO()
        for entry in catalogue:
            _check(entry, where)
        write_mo(compiled, catalogue)
        compiled.seek(0)
        translations = gettext.GNUTranslations(compiled)
    except PoFileError as error:
        said = str(error).rpartition(" on ")[0] or str(error)  # behind it stands the line, counted from 0
        place = f"{where}, line {error.lineno + 1}"
        raise TemplateError(f"Expected a gettext catalogue, but there is: {said}.", where=place) from None
    except (ValueError, LookupError, SyntaxError, TypeError) as error:  # a wrong charset, plural rule or escape
        raise TemplateError(f"Expected a gettext catalogue, but it cannot be read: {error}.", where=where) from None
    known = {_texts(entry.id)[0] for entry in catalogue if entry.id and not entry.fuzzy and all(_texts(entry.string))}
    return Language(str(locale), Catalogue(translations, frozenset(known)))


def _check(entry: Entry, where: str) -> None:
    """Refuse a translation that names a placeholder, or holds a character, that it cannot have."""
    offered = {name for text in _texts(entry.id) for name in _PLACEHOLDER.findall(text)}
    place = f"{where}, line {entry.lineno}" if entry.lineno else where
    for text in _texts(entry.string):
        unknown = next((name for name in _PLACEHOLDER.findall(text) if name not in offered), None)
        if unknown and entry.id:
            hint = suggest(unknown, sorted(offered)) if offered else "The text has none."
            raise TemplateError(
                f"The translation names `{{{unknown}}}`, which its text has not.", where=place, hint=hint
            )
        if FORBIDDEN.search(text) or RESERVED.search(text):
            raise TemplateError("The translation holds a character that no document can hold.", where=place)


def _texts(value: Any) -> Sequence[str]:
    return [value] if isinstance(value, str) else [str(text) for text in value or ("",)]
