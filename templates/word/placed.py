"""What a part is cut into: static XML, and tags that know where they stand."""

from dataclasses import dataclass
from typing import Literal

from templates.word.tags import Tag

Form = Literal["text", "plain", "run", "block", "colour", "span", "link", "picture"]


@dataclass(frozen=True)
class PlacedTag:
    """A tag, where it stands in words, and between which elements.

    Attributes:
        path: names of the elements around it; the tags of one block must agree in it.
        form: what a value becomes here: text of a run, plain text (in attributes, field codes and
            properties), runs, paragraphs, a cell's colour, a number of columns, a link's target, or the
            picture that is shown instead of the template's own.
        shell: what stands around a value that brings no elements of its own; a link's fixed pieces; the
            template's own picture.
    """

    tag: Tag
    place: str
    path: tuple[str, ...]
    form: Form = "text"
    shell: tuple[str, ...] = ()

    @property
    def in_text(self) -> bool:
        """Whether line breaks may become elements; not so in an attribute or a property."""
        return self.form in ("text", "run", "block")


@dataclass(frozen=True)
class Generated:
    """Jinja that stands for a tag of our own, such as `{% vm %}`."""

    source: str
    tag: Tag | None
    place: str
    needs_loop: bool = False


Segments = list[str | PlacedTag | Generated]
