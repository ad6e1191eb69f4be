from collections.abc import Callable

from templates.engine import DocumentEngine


def test_html_is_whole_and_inert(make_template: Callable[..., DocumentEngine], picture: bytes) -> None:
    source = (
        "# {{ v }}\n\n{{ v }} [l](https://x.org/?a=1&b=2)\n\n![a {{ v }}](assets/a.png)\n\n"
        '::: chart {data="rows" label="k" value="n" title="t"}\n:::\n\n| A |\n|--|\n| {{ v }} |\n'
    )
    engine = make_template(source, files={"assets/a.png": picture})
    data = {"v": "<script>x</script> \"'&", "rows": [{"k": "<b>", "n": 1}]}
    html = engine.render("letter", data, "html").content.decode()
    assert "<script" not in html
    assert "default-src 'none'" in html
    assert html.count("&lt;script&gt;") == 5  # title, heading, paragraph, alternative text, cell
    assert 'href="https://x.org/?a=1&amp;b=2"' in html
    assert "http://" not in html
    assert html.count("src=") == html.count('src="data:image/') == 2
