"""WeasyPrint: HTML of the same content through Jinja; fonts and style sheet are read once."""

import importlib.metadata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jinja2
import word_sources
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

NAME = "weasyprint"
_SOURCES = Path(__file__).parent / "html"
_FACE = '@font-face {{ font-family: "Source Sans Pro"; font-weight: {weight}; src: url("{url}") }}\n'
_FACES = {400: "fonts/otf/SourceSansPro-Regular.otf", 600: "fonts/otf/SourceSansPro-Semibold.otf"}


def version() -> str:
    return importlib.metadata.version("weasyprint")


def prepare(work: str, folder: Path, option: str = "") -> Callable[[dict[str, Any]], bytes]:
    (folder / "logo.png").write_bytes(word_sources.logo())
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(_SOURCES), autoescape=True)
    template = environment.get_template(f"{work.partition('-')[2]}.html.j2")
    fonts = FontConfiguration()
    faces = "".join(_FACE.format(weight=weight, url=(folder / file).as_uri()) for weight, file in _FACES.items())
    style = CSS(string=faces + (_SOURCES / "style.css").read_text(encoding="utf-8"), font_config=fonts)

    def render(data: dict[str, Any]) -> bytes:
        html = template.render({**data, "chart_data": data.get("chart")})
        made: bytes = HTML(string=html, base_url=str(folder)).write_pdf(
            stylesheets=[style], font_config=fonts, pdf_tags=option == "tagged"
        )
        return made

    return render
