"""A watermark as Word itself makes one, so that "Remove Watermark" in Word knows it."""

from templates.theme import Theme
from templates.writers.docx_xml import attribute
from templates.writers.watermarks import measure


def watermark(text: str, theme: Theme) -> str:
    """Write the run of a header that holds a watermark; nothing without a text.

    Word stretches the line of text to the shape, so the shape has the line's own proportions. LibreOffice ignores the
    height of a watermark, and draws its letters about twice as tall.

    It stands in the header: readers leave headers out, and an empty alternative text says that nothing is lost.
    """
    if not text:
        return ""
    mark = measure(text, theme)
    style = (
        f"position:absolute;margin-left:0;margin-top:0;width:{mark.width:.1f}pt;height:{mark.height:.1f}pt;rotation:315;"
        "z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:page;"
        "mso-position-vertical:center;mso-position-vertical-relative:page"
    )
    return (
        '<w:r><w:rPr><w:noProof/></w:rPr><w:pict><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" '
        'adj="10800" path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/>'
        '<v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/>'
        '<v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/>'
        '<v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>'
        '<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom" '
        'o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
        '<v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="PowerPlusWaterMarkObject1" o:spid="_x0000_s2049" type="#_x0000_t136" alt="" style="{style}" '
        f'o:allowincell="f" fillcolor="{mark.colour}" stroked="f">'
        f'<v:textpath style="font-family:&quot;{theme.heading.name}&quot;;font-weight:bold" string={attribute(text)}/>'
        "</v:shape></w:pict></w:r>"
    )
