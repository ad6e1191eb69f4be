"""Word templates: a .docx with tags in its text, compiled once and filled many times."""

from templates.word.inline_image import InlineImage
from templates.word.rich_data import rich_value
from templates.word.subdoc import Subdoc
from templates.word.template import WordTemplate, compile_template
from templates.word.values import RP, Listing, R, RichText, RichTextParagraph

__all__ = [
    "RP",
    "InlineImage",
    "Listing",
    "R",
    "RichText",
    "RichTextParagraph",
    "Subdoc",
    "WordTemplate",
    "compile_template",
    "rich_value",
]
