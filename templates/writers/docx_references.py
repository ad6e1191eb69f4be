"""What leads from one place of a Word document to another: bookmarks, references, contents, footnotes.

References and contents are fields that hold what they say already: Word works
them out anew when it is asked to (F9, or before printing), and opens the file
without a question. Only the page numbers of the contents are empty until then:
they are known when a program has laid the pages out.
"""

from typing import TYPE_CHECKING

from templates.blocks import Contents, Figure, Run, Runs, Table
from templates.writers.docx_styles import LINK_STYLE, NOTE_STYLE
from templates.writers.docx_xml import part, text_run

if TYPE_CHECKING:
    from templates.writers.docx_body import Body

_SPACE = "\u00a0"


def label_bookmark(label: str) -> str:
    """Give the name of a label's bookmark; Word hides those that begin so."""
    return f"_Ref_{label.replace('-', '_')}"


def heading_bookmark(number: int) -> str:
    """Give the name of the bookmark that the contents lead to."""
    return f"_Toc{number:06}"


def reference(run: Run, properties: str) -> str:
    """Write what leads to another element of the document."""
    name = label_bookmark(run.target)
    if run.reference == "number":  # the field gives the heading's number; the word before it is ours
        word, _, number = run.text.rpartition(_SPACE)
        content = text_run(word + _SPACE, properties) + _field(f"REF {name} \\r \\h", number, properties)
    elif run.reference:
        content = _field(f"REF {name} \\h", run.text, properties)
    else:
        properties = f'<w:rStyle w:val="{LINK_STYLE}"/>{properties}'
        content = text_run(run.text, properties)
    return f'<w:hyperlink w:anchor="{name}" w:history="1">{content}</w:hyperlink>'


def caption(body: "Body", block: Table | Figure, properties: str = "") -> str:
    """Write a caption, numbered where the document numbers them."""
    if not block.caption:
        return ""
    content = body.runs(block.caption)
    if body.numbers_captions:
        sequence, word = ("Table", body.words.table) if isinstance(block, Table) else ("Figure", body.words.figure)
        name = text_run(word + _SPACE) + _field(f"SEQ {sequence} \\* ARABIC", str(block.number))
        content = body.bookmarked(label_bookmark(block.label), name) if block.label else name
        content += text_run(": ") + body.runs(block.caption)
    elif block.label:
        content = body.bookmarked(label_bookmark(block.label), content)
    return body.style("caption", content, properties)


def write_contents(body: "Body", block: Contents) -> str:
    """Write the table of contents with an entry for each heading, in the field that Word makes it anew with."""
    listed = [(number, heading) for number, heading in enumerate(body.headings, start=1) if block.holds(heading)]
    title = body.style("TOC Heading", text_run(block.title)) if block.title else ""
    begin = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> '
        f'TOC \\o "2-{block.depth + 1}" \\h \\z </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    entries = []
    for number, heading in listed:
        label = text_run(heading.number) + "<w:r><w:tab/></w:r>" if heading.number else ""
        page = _field(f"PAGEREF {heading_bookmark(number)} \\h", "")
        text = "".join(text_run(run.text) for run in heading.runs)
        link = (
            f'<w:hyperlink w:anchor="{heading_bookmark(number)}" w:history="1">{label}{text}<w:r><w:tab/></w:r>{page}'
            "</w:hyperlink>"
        )
        entries.append((f"toc {heading.level}", link))
    entries = entries or [("toc 2", "")]
    entries[0] = (entries[0][0], begin + entries[0][1])
    entries[-1] = (entries[-1][0], entries[-1][1] + end)
    content = title + "".join(body.style(style, written) for style, written in entries)
    return (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"
    )


def note_mark(number: int) -> str:
    """Write the mark of a footnote in the text."""
    return f'<w:r><w:rPr><w:rStyle w:val="{NOTE_STYLE}"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'


def footnotes_part(body: "Body", notes: list[Runs]) -> bytes:
    """Write `footnotes.xml`; the first two are the lines that Word draws above them."""
    lines = "".join(
        f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
        for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
    )
    mark = f'<w:r><w:rPr><w:rStyle w:val="{NOTE_STYLE}"/></w:rPr><w:footnoteRef/></w:r>' + text_run(" ")
    written = "".join(
        f'<w:footnote w:id="{number}">{body.style("footnote text", mark + body.runs(runs))}</w:footnote>'
        for number, runs in enumerate(notes, start=1)
    )
    return part("footnotes", lines + written)


def _field(instruction: str, shown: str, properties: str = "") -> str:
    return f'<w:fldSimple w:instr=" {instruction} ">{text_run(shown, properties)}</w:fldSimple>'
