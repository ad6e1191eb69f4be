"""Markdown templates: Jinja, then CommonMark with tables, attributes and directives, then blocks."""

from templates.markdown.template import MarkdownTemplate

__all__ = ["MarkdownTemplate"]
