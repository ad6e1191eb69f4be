"""A theme from a file of one's own, for any template: the file, and the fonts and the logo that lie beside it."""

from pathlib import Path

from configs.errors import TemplateError
from templates.library import TemplateFiles, read_whole, with_digest
from templates.manifest import ThemeConfig
from templates.theme import CHOSEN_FILE, Theme, read_theme_file


def read_theme(path: Path) -> TemplateFiles:
    """Read a theme file and what it names, and check it.

    Raises:
        TemplateError: it cannot be read, a key is wrong, or a file that it names is not beside it.
        LimitError: it is too large.
    """
    content = read_whole(path, str(path))
    named = read_theme_file(content, str(path))
    fonts = named.get("fonts", {})
    wanted = [*(fonts.get("files", []) if isinstance(fonts, dict) else []), named.get("logo")]
    beside = {name: _beside(path, name) for name in wanted if isinstance(name, str)}
    files = with_digest(path.name, {CHOSEN_FILE: content, **beside})
    try:
        Theme.of(ThemeConfig(), files)
    except TemplateError as error:
        error.where = (error.where or "").replace(f"{path.name}/{CHOSEN_FILE}", str(path))
        raise
    return files


def with_theme(files: TemplateFiles, theme: TemplateFiles) -> TemplateFiles:
    """Give a template that looks as the theme says; a file of the theme stands for the template's of the same name."""
    return with_digest(files.name, {**files.files, **theme.files})


def _beside(path: Path, name: str) -> bytes:
    folder = path.parent.resolve()
    found = (folder / name).resolve()
    if not found.is_relative_to(folder):
        raise TemplateError(f"The file `{name}` does not lie beside the theme.", where=str(path))
    if not found.is_file():
        raise TemplateError(f"The theme names a file `{name}`, and there is none.", where=str(path))
    return read_whole(found, str(found))
