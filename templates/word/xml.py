"""Parse the XML of a template so that nothing outside of it is read and nothing in it explodes."""

from typing import Any

from lxml import etree

from configs.errors import LimitError, TemplateError

MAX_XML_BYTES = 32 << 20  # the text of a thousand-page document; lxml's own limits hold beside it
WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RELATIONSHIP_NAMESPACE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATIONSHIP_ID = f"{{{RELATIONSHIP_NAMESPACE}}}id"
EMBEDDED = f"{{{RELATIONSHIP_NAMESPACE}}}embed"
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def parse(data: bytes, *, where: str) -> Any:
    """Parse one part; comments and processing instructions are left out.

    Raises:
        TemplateError: the part is not well-formed, or declares a document type or entities.
        LimitError: the part is too large.
    """
    if len(data) > MAX_XML_BYTES:
        raise LimitError(f"The part has {len(data):,} bytes; at most {MAX_XML_BYTES:,} are read.", where=where)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise _doctype_error(where)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise TemplateError(f"The part is not well-formed XML: {error}.", where=where) from None
    if root.getroottree().docinfo.internalDTD is not None:  # declared in another encoding than UTF-8
        raise _doctype_error(where)
    return root


def with_word_prefix(root: Any) -> Any:
    """Give a part in which Word's names have the prefix `w`, as what is put into it later has."""
    others = {prefix: uri for prefix, uri in root.nsmap.items() if uri != WORD_NAMESPACE and prefix != "w"}
    if root.nsmap.get("w") == WORD_NAMESPACE:
        return root
    renamed = etree.Element(root.tag, dict(root.attrib), {"w": WORD_NAMESPACE, **others})
    renamed.text = root.text
    renamed.extend(list(root))
    return renamed


def serialize(root: Any) -> str:
    """Write a part as text, with the declaration that Word writes."""
    return DECLARATION + str(etree.tostring(root, encoding="unicode"))


def without_namespaces(element: Any, root: Any) -> str:
    """Write an element as text that can stand anywhere inside of `root`, which declares the namespaces."""
    text = str(etree.tostring(element, encoding="unicode", with_tail=False))
    head, sign, rest = text.partition(">")
    for prefix, namespace in root.nsmap.items():
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        head = head.replace(f' {name}="{namespace}"', "")
    return head + sign + rest


def word_attribute(element: Any, name: str) -> str:
    """Give an attribute of Word's namespace, or nothing."""
    return str(element.get(f"{{{WORD_NAMESPACE}}}{name}", ""))


def local_name(element: Any) -> str:
    """Give an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _doctype_error(where: str) -> TemplateError:
    return TemplateError("The part declares a document type or entities, which no word processor writes.", where=where)


def drop(element: Any) -> None:
    """Remove an element and keep the text behind it, if any."""
    parent = element.getparent()
    if element.tail:
        previous = element.getprevious()
        if previous is None:
            parent.text = (parent.text or "") + element.tail
        else:
            previous.tail = (previous.tail or "") + element.tail
    parent.remove(element)
