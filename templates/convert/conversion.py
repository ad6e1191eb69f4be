"""The program of a worker that converts: a Word document comes as bytes, its PDF goes as bytes.

Run by `templates.convert.converter` as `python -m templates.convert.conversion`.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from templates import fonts
from templates.convert.office import Office
from templates.convert.profile import write_font_list, write_profile
from templates.word.archive import ArchiveWriter
from templates.worker import jail, serve

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# The smallest document; the first one that LibreOffice opens takes half a second longer than the next.
_WARM_UP = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
    f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>a</w:t></w:r></w:p></w:body>'
    "</w:document>",
}
# What LibreOffice and fontconfig read besides their own folder.
_SYSTEM = (
    "/usr",
    "/etc/fonts",
    "/etc/libreoffice",
    "/etc/nsswitch.conf",  # LibreOffice asks who it is
    "/etc/passwd",
    "/var/cache/fontconfig",
    "/var/lib/libreoffice",
    "/var/spool/libreoffice",
    "/proc",
    "/sys/devices/system/cpu",
)


class Conversion:
    """One LibreOffice, and the two files through which documents come and go."""

    def __init__(self, office: Office, folder: Path) -> None:
        self._office = office
        self._source, self._target = folder / "document.docx", folder / "document.pdf"

    def handle(self, header: dict[str, Any], blobs: list[bytes]) -> tuple[dict[str, Any], Sequence[bytes]]:
        """Answer one request."""
        del header
        self._source.write_bytes(blobs[0])
        try:
            self._office.convert(self._source, self._target)
            return {"version": self._office.version}, [self._target.read_bytes()]
        finally:
            self._source.unlink()
            self._target.unlink(missing_ok=True)


def main() -> None:
    """Lock the process in, start LibreOffice, and answer."""
    options = serve.Options.from_arguments()
    channel = serve.Channel()
    folder = Path(options.scratch)
    program = Path(options.extra["program"])
    readable = [*jail.python_paths(), *serve.package_paths(), *_SYSTEM, str(program.parent)]
    serve.start(options, readable=readable)
    write_profile(folder / "profile")
    with fonts.folder(list(fonts.FAMILIES.values())) as font_folder:  # as long as the process lives
        write_font_list(folder / "fonts.conf", fonts=font_folder, cache=folder / "font-cache")
        os.environ["FONTCONFIG_FILE"] = str(folder / "fonts.conf")
        conversion = Conversion(Office(Path(options.extra["library"]), program, folder / "profile"), folder)
        conversion.handle({}, [ArchiveWriter(()).write({name: part.encode() for name, part in _WARM_UP.items()})])
        channel.serve(conversion.handle)
        os._exit(0)  # LibreOffice's own way out waits for windows that are not there


if __name__ == "__main__":
    main()
