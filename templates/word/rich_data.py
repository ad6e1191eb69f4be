"""Make the strings that a schema declares as pictures or Markdown the values that a Word template prints."""

import base64
import binascii
from typing import Literal

from configs.errors import ContextError, LimitError
from templates.word.inline_image import InlineImage
from templates.word.markdown_text import MarkdownText


def rich_value(kind: Literal["picture", "markdown"], text: str, path: str) -> InlineImage | MarkdownText:
    """Give the value for a string.

    Raises:
        ContextError: the string is no base64, or no picture of a kind that documents can hold.
        LimitError: the picture has too many pixels.
    """
    if kind == "markdown":
        return MarkdownText(text, path)
    try:
        return InlineImage(base64.b64decode("".join(text.split()), validate=True))
    except binascii.Error:
        raise ContextError(f"`{path}` must be a picture in base64, but it is not.", where=path) from None
    except (ContextError, LimitError) as error:
        raise type(error)(error.message, where=path, hint=error.hint) from None
