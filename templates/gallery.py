"""`python -m templates.gallery docs`: draw a picture of every template and write the page that shows them.

Needs `pdftoppm` (poppler-utils) and, for Word templates, LibreOffice. A file of
digests beside the pictures tells whether they still show the templates as they are.
"""

import io
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from configs.errors import ColophonError, DependencyError
from configs.files import atomic_write, digest_of, digest_of_folder
from templates import theme
from templates.engine import DocumentEngine
from templates.library import BUILT_IN
from templates.manifest import Manifest

DIGESTS = "digests.json"
PAGE = "gallery.md"
PICTURES = "gallery"

_PPI = 80  # a page of A4 is 661 pixels wide: small type can still be read
_COLOURS = 64  # of a palette; pages are paper, ink and an accent
_ORDER = [
    "invoice",
    "quote",
    "account-statement",
    "service-agreement",
    "offer-letter",
    "business-letter",
    "meeting-minutes",
    "monthly-report",
    "certificate",
    "model-card",
]


@dataclass(frozen=True)
class Shot:
    """A picture of one page."""

    template: str
    theme: str | None = None  # another than the template's own
    language: str = "en"
    page: int = 1

    @property
    def file(self) -> str:
        """The picture's name."""
        parts = [self.template, self.language if self.language != "en" else "", self.theme or ""]
        parts.append(str(self.page) if self.page > 1 else "")
        return "-".join(part for part in parts if part) + ".png"

    @property
    def words(self) -> str:
        """What the picture shows, besides the template."""
        parts = [f"page {self.page}"] if self.page > 1 else []
        parts += [f"theme {self.theme}"] if self.theme else []
        return ", ".join([*parts, *(["in German"] if self.language == "de" else [])])


# Beside the first page of each template: the other theme, the other language, and what stands on later pages.
_MORE = (
    Shot("invoice", page=2),
    Shot("invoice", theme="modern", language="de"),
    Shot("quote", theme="classic", language="de"),
    Shot("account-statement", theme="modern", page=2),
    Shot("service-agreement", page=2),
    Shot("service-agreement", page=3),
    Shot("offer-letter", theme="classic", language="de"),
    Shot("business-letter", language="de"),
    Shot("meeting-minutes", theme="classic", language="de"),
    Shot("monthly-report", theme="modern"),
    Shot("certificate", theme="modern", language="de"),
    Shot("model-card", page=2),
)


def shots() -> list[Shot]:
    """List the pictures, in the order of the page."""
    return [shot for name in _ORDER for shot in (Shot(name), *(more for more in _MORE if more.template == name))]


def digest(name: str) -> str:
    """Give the digest of what a template's pictures show: its folder and the themes."""
    themes = {path.name: path.read_text(encoding="utf-8") for path in sorted(theme.BUILT_IN.glob("*.toml"))}
    return digest_of({"folder": digest_of_folder(BUILT_IN / name), "themes": themes})


def draw(shot: Shot, engine: DocumentEngine) -> bytes:
    """Render a page and give it as a PNG with a small palette.

    Raises:
        DependencyError: this machine lacks a program that the picture needs.
    """
    suffix = "" if shot.language == "en" else f".{shot.language}"
    data: Mapping[str, Any] = json.loads((BUILT_IN / shot.template / f"example{suffix}.json").read_bytes())
    document = engine.render(shot.template, data, "pdf", theme=shot.theme)
    page = Image.open(io.BytesIO(_rasterised(document.content, shot.page))).convert("RGB")
    made = io.BytesIO()
    page.quantize(_COLOURS, dither=Image.Dither.NONE).save(made, "PNG", optimize=True)
    return made.getvalue()


def write(folder: Path) -> None:
    """Write the page, its pictures and their digests into a folder."""
    engine = DocumentEngine()
    manifests = {manifest.name: manifest for manifest in engine.templates()}
    pictures = folder / PICTURES
    pictures.mkdir(parents=True, exist_ok=True)
    for old in pictures.glob("*.png"):
        old.unlink()
    for shot in shots():
        atomic_write(pictures / shot.file, draw(shot, engine))
    digests = {name: digest(name) for name in _ORDER}
    atomic_write(pictures / DIGESTS, (json.dumps(digests, indent=1) + "\n").encode())
    atomic_write(folder / PAGE, "\n".join(_lines(manifests)).encode())


def _rasterised(pdf: bytes, page: int) -> bytes:
    command = ["pdftoppm", "-png", "-r", str(_PPI), "-f", str(page), "-l", str(page), "-singlefile", "-"]
    try:
        return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise DependencyError("`pdftoppm` is not installed.", hint="Install poppler-utils.") from None


def _lines(manifests: Mapping[str, Manifest]) -> Iterator[str]:
    yield "# The templates that come with Colophon"
    yield ""
    yield "Made by `make gallery`. Each template has a README of its own in `templates/library/`; start yours with"
    yield "`colophon templates new NAME`. Every Markdown template can be set in the themes `classic` and `modern`."
    for name in _ORDER:
        manifest = manifests[name]
        source = "Markdown" if manifest.source == "markdown" else "Word"
        yield ""
        yield f"## {manifest.title}"
        yield ""
        yield f"`{name}` · {source} · {', '.join(to.upper() for to in manifest.formats)}. {manifest.description}"
        yield ""
        for shot in (shot for shot in shots() if shot.template == name):
            words = f"{manifest.title}, {shot.words}" if shot.words else manifest.title
            width = 420 if name == "certificate" else 300
            yield f'<img src="{PICTURES}/{shot.file}" width="{width}" alt="{words}">'
    yield ""


def main() -> int:
    """Write the gallery into the folder that is named."""
    if len(sys.argv) != 2:
        print("Usage: python -m templates.gallery FOLDER", file=sys.stderr)
        return 2
    try:
        write(Path(sys.argv[1]))
    except ColophonError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
