"""What a file is: by its bytes, whatever its name and its sender say."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from channels_app.media import sniffing
from tests.simulator.attachments import MP4, PDF, WEBP, png, webm


def office(*parts: str) -> bytes:
    into = BytesIO()
    with ZipFile(into, "w") as archive:
        for part in ("[Content_Types].xml", "_rels/.rels", *parts):
            archive.writestr(part, "x" * 3000)
    return into.getvalue()


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100


@pytest.mark.parametrize(
    ("content", "name", "mime_type"),
    [
        (b"\xff\xd8\xff\xe0", "a.exe", "image/jpeg"),
        (png(), "a.pdf", "image/png"),
        (WEBP, "", "image/webp"),
        (PDF, "a.png", "application/pdf"),
        (MP4, "", "video/mp4"),
        (b"\0\0\0\x18ftypM4A ", "", "audio/mp4"),
        (b"\0\0\0\x18ftypheic", "", "image/heic"),
        (b"\0\0\0\x18ftyp3gp5", "", "video/3gpp"),
        (webm(), "", "video/webm"),
        (b"OggS\0\x02" + b"\0" * 22 + b"OpusHead\x01\x01", "", sniffing.OPUS),
        (b"OggS\0\x02" + b"\0" * 22 + b"\x01vorbis", "", "audio/ogg"),
        (b"ID3\x04", "", "audio/mpeg"),
        (b"#!AMR\n", "", "audio/amr"),
        (b"MZ\x90\0", "photo.jpg", "application/x-msdownload"),
        (office("word/document.xml"), "a.zip", sniffing.DOCX),
        (office("xl/workbook.xml"), "", sniffing.XLSX),
        (office("ppt/presentation.xml"), "", sniffing.PPTX),
        (office("other"), "a.docx", sniffing.ZIP),
        (b"PK\x03\x04 word/", "a.docx", sniffing.ZIP),
        (OLD, "a.doc", sniffing.DOC),
        (OLD, "a.msi", sniffing.OLE),
        ("Grüße".encode(), "a.png", sniffing.TEXT),
        (b"a,b\n1,2", "a.csv", sniffing.TEXT),
        (b"  <!DOCTYPE html><p>", "a.txt", sniffing.HTML),
        (b"<h1>x</h1>", "h.html", sniffing.HTML),
        (b"<p class=x>", "", sniffing.HTML),
        (b"<pear>", "", sniffing.TEXT),
        (b"<3 you", "", sniffing.TEXT),
        (b"<svg xmlns=''>", "a.png", sniffing.SVG),
        (b"<?xml version='1.0'?><svg>", "a.png", sniffing.SVG),
        (b"\0\1\2\3", "a.jpg", sniffing.ANYTHING),
        (b"", "a.jpg", sniffing.ANYTHING),
    ],
)
def test_a_file_is_what_its_bytes_say(content: bytes, name: str, mime_type: str) -> None:
    assert sniffing.mime_type(sniffing.look(BytesIO(content)), name) == mime_type
