"""Word templates: a .docx with tags in its text, compiled once and filled many times."""

from templates.word.template import WordTemplate, compile_template

__all__ = ["WordTemplate", "compile_template"]
