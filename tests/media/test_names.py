"""What files are called: nothing in a name misleads."""

import pytest

from channels_app.media import names, sniffing


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("letter.pdf", "letter.pdf"),
        ('../../etc/pass wd".pdf', 'pass wd".pdf'),
        ("C:\\Users\\t\\letter.pdf", "letter.pdf"),
        ("cod\u202eexe.doc", "codexe.doc"),
        ("\u2066a\u2069.pdf", "a.pdf"),
        ("two\nlines\0.pdf", "two lines.pdf"),
        ("\ud800.pdf", "?.pdf"),
        ("\u0646\u0627\u0645\u0647\u200c\u0647\u0627.pdf", "\u0646\u0627\u0645\u0647\u200c\u0647\u0627.pdf"),
        ("x" * 300 + ".pdf", "x" * 236 + ".pdf"),
        ("/", ""),
    ],
)
def test_a_name_is_one_line_without_folders_and_tricks(name: str, cleaned: str) -> None:
    assert names.clean(name) == cleaned


@pytest.mark.parametrize(
    ("name", "mime_type", "fitted"),
    [
        ("letter.pdf", "application/pdf", "letter.pdf"),
        ("LETTER.PDF", "application/pdf", "LETTER.PDF"),
        ("lie.jpg", "application/pdf", "lie.jpg.pdf"),
        ("lie.pdf", sniffing.TEXT, "lie.pdf.txt"),
        ("table.csv", sniffing.TEXT, "table.csv"),
        ("sums.xlsm", sniffing.XLSX, "sums.xlsm"),
        ("sums.docx", sniffing.XLSX, "sums.docx.xlsx"),
        ("", "application/pdf", "file.pdf"),
        ("letter", "application/pdf", "letter.pdf"),
        ("roof.jpg", "image/png", "roof.jpg"),
        ("x" * 240 + ".jpg", "application/pdf", "x" * 232 + ".jpg.pdf"),
    ],
)
def test_a_document_ends_as_what_it_is(name: str, mime_type: str, fitted: str) -> None:
    assert names.fitting(name, mime_type) == fitted
