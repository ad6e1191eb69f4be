"""The program of a worker that renders: templates come as bytes, documents go as bytes.

Run by `templates.worker.isolated` as `python -m templates.worker.rendering`.
"""

import collections
from collections.abc import Sequence
from typing import Any

from configs.errors import ColophonError
from templates.compiled import CompiledTemplate
from templates.library import TemplateFiles
from templates.verification import expected_lines
from templates.worker import jail, serve

_KEPT_TEMPLATES = 64  # compiled; a few megabytes for the largest

# Everything that is read from disk or computed once: the fonts, the compiler of PDF, Babel's tables.
_WARM_UP = TemplateFiles(
    name="warm-up",
    files={
        "template.toml": b'name = "warm-up"\nversion = "1"\ntitle = "Warm-up"\n',
        "schema.json": b'{"type": "object"}',
        "template.md.j2": b"""# {{ n | number }} {{ d | date }} {{ n | money("EUR") }} {{ n | percent }}

| a | b |
| --- | ---: |
| {{ n }} | *x* **y** `z` |

::: chart {data="rows" label="k" value="v" title="t"}
:::
""",
    },
    digest="warm-up",
)
_WARM_UP_DATA = {"n": 1, "d": "2026-01-01", "rows": [{"k": "a", "v": 1}]}


class Renderer:
    """Compiles what it is handed and keeps it for the next request."""

    def __init__(self) -> None:
        self._templates: collections.OrderedDict[str, CompiledTemplate] = collections.OrderedDict()

    def warm_up(self) -> None:
        """Load what the first document would otherwise wait for."""
        template = CompiledTemplate(_WARM_UP)
        for to in template.manifest.formats:
            template.write(_WARM_UP_DATA, {}, to)

    def handle(self, header: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Answer one request."""
        try:
            template = self._template(header, blobs)
            if template is None:
                return {"needs_files": True}, ()
            return self._answer(template, header)
        except (ColophonError, jail.ForbiddenError, MemoryError):
            raise
        except Exception as error:  # our own mistake; here it must not look like the worker's end
            return {"failed": f"{type(error).__name__}: {error}"[:300]}, ()

    def _template(self, header: dict[str, Any], blobs: list[bytes]) -> CompiledTemplate | None:
        digest = header["digest"]
        template = self._templates.get(digest)
        if template is None and "files" in header:
            files = dict(zip(header["files"], blobs, strict=True))
            template = CompiledTemplate(TemplateFiles(header["name"], files, digest))
            self._templates[digest] = template
            if len(self._templates) > _KEPT_TEMPLATES:
                self._templates.popitem(last=False)
        elif template is not None:
            self._templates.move_to_end(digest)
        return template

    def _answer(self, template: CompiledTemplate, header: dict[str, Any]) -> tuple[dict[str, Any], Sequence[bytes]]:
        match header["operation"]:
            case "manifest":
                return {"manifest": template.manifest.model_dump_json(exclude_unset=True)}, ()
            case "check":
                template.check(header["data"])
                return {}, ()
            case "fallback":
                return {"text": template.fallback(header["passage"], header["data"])}, ()
            case "example":
                return {"example": template.example()}, ()
            case "expected_lines":
                lines = expected_lines(template.files, header["data"], header["passages"])
                return {"lines": [[line.text, line.values] for line in lines]}, ()
            case _:
                content, warnings = template.write(
                    header["data"], header["passages"], header["to"], theme=header["theme"]
                )
                return {"warnings": warnings}, [content]


def main() -> None:
    """Lock the process in, warm it up, and answer."""
    options = serve.Options.from_arguments()
    channel = serve.Channel()
    readable = [*jail.python_paths(), *serve.package_paths()]
    import typst  # noqa: F401 - loads its library before the locks; it starts no thread by itself

    serve.start(options, readable=readable)
    renderer = Renderer()
    renderer.warm_up()
    jail.refuse_events(readable=readable, writable=[options.scratch, "/proc/self/statm"])
    channel.serve(renderer.handle)


if __name__ == "__main__":
    main()
