"""The few words that the engine puts into documents itself, in the language of the document."""

import functools
from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """What a document says of its own parts; `[page]`, `[pages]` and `{name}` stand for what is put there."""

    table: str
    figure: str
    section: str
    date: str
    contents: str
    note: str
    other: str
    page_of: str
    bar_chart: str
    line_chart: str
    pie_chart: str
    logo_of: str


_WORDS = {
    language: Words(*(word.strip() for word in line.split("|")))
    for language, line in {
        "ar": "جدول|شكل|القسم|التاريخ|المحتويات|ملاحظة|أخرى|صفحة [page] من [pages]"
        "|مخطط أعمدة|مخطط خطي|مخطط دائري|شعار {name}",
        "cs": "Tabulka|Obrázek|Oddíl|Datum|Obsah|Poznámka|Ostatní|Strana [page] z [pages]"
        "|Sloupcový graf|Spojnicový graf|Výsečový graf|Logo: {name}",
        "da": "Tabel|Figur|Afsnit|Dato|Indhold|Bemærk|Øvrige|Side [page] af [pages]"
        "|Søjlediagram|Linjediagram|Cirkeldiagram|Logo for {name}",
        "de": "Tabelle|Abbildung|Abschnitt|Datum|Inhalt|Hinweis|Übrige|Seite [page] von [pages]"
        "|Balkendiagramm|Liniendiagramm|Kreisdiagramm|Logo von {name}",
        "el": "Πίνακας|Εικόνα|Ενότητα|Ημερομηνία|Περιεχόμενα|Σημείωση|Λοιπά|Σελίδα [page] από [pages]"
        "|Ραβδόγραμμα|Γράφημα γραμμών|Γράφημα πίτας|Λογότυπο: {name}",
        "en": "Table|Figure|Section|Date|Contents|Note|Other|Page [page] of [pages]"
        "|Bar chart|Line chart|Pie chart|Logo of {name}",
        "es": "Tabla|Figura|Sección|Fecha|Índice|Nota|Otros|Página [page] de [pages]"
        "|Gráfico de barras|Gráfico de líneas|Gráfico circular|Logotipo de {name}",
        "fi": "Taulukko|Kuva|Luku|Päiväys|Sisällys|Huomautus|Muut|Sivu [page] / [pages]"
        "|Pylväskaavio|Viivakaavio|Ympyräkaavio|Logo: {name}",
        "fr": "Tableau|Figure|Section|Date|Sommaire|Remarque|Autres|Page [page] sur [pages]"
        "|Diagramme en barres|Courbe|Diagramme circulaire|Logo de {name}",
        "he": "טבלה|איור|סעיף|תאריך|תוכן העניינים|הערה|אחר|עמוד [page] מתוך [pages]"
        "|תרשים עמודות|תרשים קו|תרשים עוגה|לוגו: {name}",
        "hu": "Táblázat|Ábra|Szakasz|Dátum|Tartalom|Megjegyzés|Egyéb|[page]. oldal, összesen [pages]"
        "|Oszlopdiagram|Vonaldiagram|Kördiagram|Logó: {name}",
        "it": "Tabella|Figura|Sezione|Data|Indice|Nota|Altro|Pagina [page] di [pages]"
        "|Grafico a barre|Grafico a linee|Grafico a torta|Logo di {name}",
        "ja": "表|図|節|日付|目次|注|その他|[page] / [pages] ページ|棒グラフ|折れ線グラフ|円グラフ|{name}のロゴ",
        "ko": "표|그림|절|날짜|목차|참고|기타|[page] / [pages]쪽|막대그래프|선그래프|원그래프|{name} 로고",
        "nb": "Tabell|Figur|Avsnitt|Dato|Innhold|Merk|Andre|Side [page] av [pages]"
        "|Stolpediagram|Linjediagram|Sektordiagram|Logo for {name}",
        "nl": "Tabel|Figuur|Paragraaf|Datum|Inhoud|Opmerking|Overig|Pagina [page] van [pages]"
        "|Staafdiagram|Lijndiagram|Cirkeldiagram|Logo van {name}",
        "pl": "Tabela|Rysunek|Sekcja|Data|Spis treści|Uwaga|Pozostałe|Strona [page] z [pages]"
        "|Wykres słupkowy|Wykres liniowy|Wykres kołowy|Logo: {name}",
        "pt": "Tabela|Figura|Seção|Data|Índice|Nota|Outros|Página [page] de [pages]"
        "|Gráfico de barras|Gráfico de linhas|Gráfico de pizza|Logotipo de {name}",
        "ro": "Tabel|Figura|Secțiunea|Data|Cuprins|Notă|Altele|Pagina [page] din [pages]"
        "|Diagramă cu bare|Diagramă liniară|Diagramă circulară|Sigla {name}",
        "ru": "Таблица|Рисунок|Раздел|Дата|Содержание|Примечание|Прочее|Страница [page] из [pages]"
        "|Столбчатая диаграмма|Линейная диаграмма|Круговая диаграмма|Логотип: {name}",
        "sv": "Tabell|Figur|Avsnitt|Datum|Innehåll|Obs|Övrigt|Sida [page] av [pages]"
        "|Stapeldiagram|Linjediagram|Cirkeldiagram|Logotyp för {name}",
        "tr": "Tablo|Şekil|Bölüm|Tarih|İçindekiler|Not|Diğer|Sayfa [page] / [pages]"
        "|Sütun grafik|Çizgi grafik|Pasta grafik|Logo: {name}",
        "uk": "Таблиця|Рисунок|Розділ|Дата|Зміст|Примітка|Інше|Сторінка [page] з [pages]"
        "|Стовпчаста діаграма|Лінійна діаграма|Кругова діаграма|Логотип: {name}",
        "zh": "表|图|节|日期|目录|注|其他|第 [page] 页，共 [pages] 页|柱状图|折线图|饼图|{name}标志",
    }.items()
}


@functools.cache
def words_of(language: str) -> Words:
    """Give the words of a language such as `de-AT`; English where it has none."""
    return _WORDS.get({"no": "nb", "nn": "nb"}.get(language[:2], language.partition("-")[0].lower()), _WORDS["en"])
