"""Files that must not get in, made anew for each run, and good ones like them."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

from openpyxl import Workbook
from PIL import Image

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HEIC = (
    "eNpjYGCQSSupLMhIzUxmAILczDRDEDs3MzGNgYGxNje1JJEBAhQzUnKKoGyGgszkEgY0oJSZkw82xMWBgREIgYBxIYQGAmUQzszMSwPzQKKiQE4q"
    "E5SXUZZsCGLyFWSW5MKV/M0sKCoA0nczC5LzgXQZUJkzIzNIaAJYkdwHhj9/f/xgYOBnTgDqkHBg5GH8/x+kgBmkghmE5HYxOSQCJbWcGBnRZBYo"
    "NLJOe/Vk2c4dHBkGCkAhZhDBoJgEVM7mwniw+EAn0BLh5PycorzknAqgKC8DWwNQSCSzuCAV6jMHKNZIzkksgLJBjjeA0iDA9P///w8gGogFCjIr"
    "MkGCzBwcHEBKIrMgFxbIwHBjbWRiZm0BsrVzUxJBgSyvwbhesuGd1rJf1zJfS7M9fL38WvoWO71Zu15efxvcLpEAAI0wWW8="
)
CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>{}
</Types>"""
OOXML = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "docx": ("/word/document.xml", f"{OOXML}.wordprocessingml.document.main+xml"),
    "xlsx": ("/xl/workbook.xml", f"{OOXML}.spreadsheetml.sheet.main+xml"),
    "pptx": ("/ppt/presentation.xml", f"{OOXML}.presentationml.presentation.main+xml"),
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><body><script>alert(1)</script></body></html>"


class Sample(NamedTuple):
    """`extension` is that of the name it comes under."""

    what: str
    extension: str
    content: bytes


def picture(format_: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    written = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(written, format_, **options)
    return written.getvalue()


def zipped(members: dict[str, bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", packed) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return written.getvalue()


def office(kind: str, members: dict[str, bytes] | None = None, parts: str = "", main: str | None = None) -> bytes:
    """A document of Microsoft Office with these members beside its main part."""
    place, type_ = MAIN[kind]
    override = f'<Override PartName="{place}" ContentType="{main or type_}"/>{parts}'
    first = {"[Content_Types].xml": CONTENT_TYPES.format(override).encode(), place.lstrip("/"): b"<document/>"}
    return zipped(first | (members or {}))


def open_document(kind: str, members: dict[str, bytes] | None = None) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        for name, content in ({"content.xml": b"<office/>"} | (members or {})).items():
            archive.writestr(name, content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def workbook() -> bytes:
    written = io.BytesIO()
    Workbook().save(written)
    return written.getvalue()


def pdf(body: bytes = b"") -> bytes:
    return b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + body + b"\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def box(name: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", 8 + len(content)) + name + content


def video(brand: bytes = b"isom", *, media: int = 1000) -> bytes:
    return (
        box(b"ftyp", brand + b"\0\0\2\0" + brand + b"mp41"[:4])
        + box(b"moov", box(b"mvhd", bytes(100)))
        + box(b"mdat", bytes(media))
    )


def video_of(brand: bytes) -> bytes:
    """With no other brand than this."""
    return box(b"ftyp", brand + b"\0\0\2\0" + brand) + box(b"moov", bytes(100)) + box(b"mdat", bytes(10))


def heic() -> bytes:
    """A grey picture of 64 × 48 pixels. The library that is installed reads HEIC only, so it was made once."""
    return zlib.decompress(base64.b64decode(HEIC))


def empty_heic() -> bytes:
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", bytes(4)) + box(b"mdat", bytes(100))


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and is a few bytes long."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(100_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def _patched(content: bytes, replaced: Callable[[bytearray], None]) -> bytes:
    changed = bytearray(content)
    replaced(changed)
    return bytes(changed)


def encrypted_zip() -> bytes:
    def mark(content: bytearray) -> None:
        content[6] |= 1
        content[content.find(b"PK\1\2") + 8] |= 1

    return _patched(zipped({"a.txt": b"secret"}), mark)


def overlapping_zip() -> bytes:
    """Two entries of the directory lead to the same bytes, as in the zip bombs that unpack to petabytes."""
    whole = zipped({"a.txt": bytes(2_000_000), "b.txt": b"x"})

    def point(content: bytearray) -> None:
        second = content.find(b"PK\1\2", content.find(b"PK\1\2") + 4)
        content[second + 42 : second + 46] = bytes(4)

    return _patched(whole, point)


def lying_zip() -> bytes:
    """Its directory says that the member is small."""
    whole = zipped({"a.txt": bytes(5_000_000)})

    def lie(content: bytearray) -> None:
        entry = content.find(b"PK\1\2")
        content[entry + 24 : entry + 28] = struct.pack("<I", 10)

    return _patched(whole, lie)


def link_zip() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    return written.getvalue()


def twice_zip() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr("a.txt", "one")
        archive.writestr("A.TXT", "two")
    return written.getvalue()


def nested_zip(depth: int) -> bytes:
    content = zipped({"a.txt": b"x"})
    for _ in range(depth):
        content = zipped({"next.zip": content})
    return content


PROGRAMS = {
    "a Windows program": b"MZ" + bytes(58) + b"\x80\0\0\0" + bytes(64) + b"PE\0\0d\x86" + bytes(200),
    "a Linux program": b"\x7fELF\2\1\1" + bytes(9) + b"\2\0>\0" + bytes(200),
    "a Mac program": b"\xcf\xfa\xed\xfe\7\0\0\1" + bytes(200),
    "a Java class": b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(200),
    "a shell script": b"#!/bin/sh\nrm -rf /\n",
    "a Python script": b"#!/usr/bin/env python3\nimport os\n",
    "a batch file": b"@echo off\r\ndel /q *.*\r\n",
    "a PHP page": b"<?php system($_GET['c']); ?>",
    "an SVG drawing": SVG,
    "an SVG drawing with a prologue": b'<?xml version="1.0"?>\n' + SVG,
    "an SVG drawing behind a comment": b"<!-- harmless -->\n" + SVG,
    "a web page": HTML,
    "a web page behind blanks": b"  \r\n\t " + HTML,
    "a web page in UTF-16": HTML.decode().encode("utf-16"),
    "a web page with a byte order mark": b"\xef\xbb\xbf" + HTML,
    "a part of a web page": b"<script>alert(1)</script>",
    "an iframe": b"<iframe src=javascript:alert(1)>",
    "XML": b'<?xml version="1.0"?><x:html xmlns:x="http://www.w3.org/1999/xhtml"/>',
    "a mail": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    "an old Office document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000),
    "a shortcut": b"L\0\0\0\1\x14\2\0\0\0\0\0\xc0\0\0\0\0\0\0F" + bytes(200),
    "a RAR archive": b"Rar!\x1a\7\1\0" + bytes(200),
    "a 7-Zip archive": b"7z\xbc\xaf\x27\x1c\0\4" + bytes(200),
    "a gzip archive": b"\x1f\x8b\x08\0\0\0\0\0\0\3" + zlib.compress(b"x" * 100)[2:-4] + bytes(8),
    "a cabinet": b"MSCF\0\0\0\0" + bytes(200),
    "Flash": b"CWS\x0a" + bytes(200),
    "RTF": rb"{\rtf1\ansi{\object\objocx}}",
    "a TIFF picture": b"II*\0\x08\0\0\0" + bytes(200),
    "a BMP picture": b"BM" + struct.pack("<IHHI", 1000, 0, 0, 54) + bytes(1000),
    "an icon": b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0" + bytes(200),
    "PostScript": b"%!PS-Adobe-3.0\n(hello) print\n",
    "a QuickTime video": video_of(b"qt  "),
    "an AVIF picture": box(b"ftyp", b"avif\0\0\0\0mif1avif") + box(b"meta", bytes(4)),
    "bytes without a meaning": bytes(range(256)) * 20,
    "NUL bytes": bytes(5_000),
}
# Not taken by themselves, but nothing in them runs.
HARMLESS_IN_A_ZIP = {
    *("a TIFF picture", "a BMP picture", "an icon", "a QuickTime video", "an AVIF picture"),
    *("bytes without a meaning", "NUL bytes"),
}
DISGUISES = ("png", "txt", "pdf", "docx")


def hostile_files() -> Iterator[Sample]:
    """Everything that must be refused whatever its name says."""
    for what, content in PROGRAMS.items():
        for extension in DISGUISES if what in ("an SVG drawing", "a web page", "a Windows program") else ("jpg",):
            yield Sample(f"{what} as .{extension}", extension, content)
        if what not in HARMLESS_IN_A_ZIP:
            yield Sample(f"{what} in a zip", "zip", zipped({"notes.txt": content}))
    for extension in ("exe", "js", "html", "svg", "bat", "sh", "py", "lnk", "docm", "jar", "zip", "7z", "msi", "vbs"):
        yield Sample(f"a .{extension} in a zip", "zip", zipped({f"folder/harmless.{extension}": b"text only"}))
    for extension in ("js", "bat", "sh", "py", "ps1", "html", "svg", "exe", "com"):
        yield Sample(f"a text called .{extension}", extension, b"just words\n")
    yield from _documents()
    yield from _archives()
    yield from _pictures()
    yield from _others()


def _documents() -> Iterator[Sample]:
    macro = "application/vnd.ms-word.document.macroEnabled.main+xml"
    vba = '<Override PartName="/word/vbaProject.bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    yield Sample("a .docm called .docx", "docx", office("docx", main=macro))
    yield Sample("macros that the list of parts tells", "docx", office("docx", {"word/vbaProject.bin": b"x"}, vba))
    yield Sample("macros that it does not tell", "docx", office("docx", {"word/vbaProject.bin": b"x"}))
    yield Sample("macros in a workbook", "xlsx", office("xlsx", {"xl/vbaProject.bin": b"x"}, vba))
    yield Sample("macros in slides", "pptx", office("pptx", {"ppt/vbaProject.bin": b"x"}, vba))
    yield Sample("old macros", "xlsx", office("xlsx", {"xl/macrosheets/macrosheet1.xml": b"<x/>"}))
    active = '<Override PartName="/word/a.xml" ContentType="application/vnd.ms-office.activeX+xml"/>'
    yield Sample("ActiveX", "docx", office("docx", parts=active))
    escaped = vba.replace("ms-office.vbaProject", "ms-office.v&#98;aProject")
    yield Sample(
        "macros behind an entity", "docx", office("docx", parts=escaped.replace("/word/vbaProject.bin", "/w/x"))
    )
    entity = b'<!DOCTYPE t [<!ENTITY a "aaaaaaaaaa">]>' + CONTENT_TYPES.format("").encode()
    yield Sample("a list of parts with entities", "docx", zipped({"[Content_Types].xml": entity}))
    yield Sample("a list of parts that is no XML", "docx", zipped({"[Content_Types].xml": b"<Types>"}))
    yield Sample(
        "an office document of no kind", "docx", zipped({"[Content_Types].xml": CONTENT_TYPES.format("").encode()})
    )
    package = "Ole10Native".encode("utf-16-le")
    yield Sample("a program inside a document", "docx", office("docx", {"word/embeddings/o.bin": bytes(9) + package}))
    yield Sample("a .exe inside a document", "docx", office("docx", {"word/media/a.exe": b"x"}))
    yield Sample("a zip inside a document", "docx", office("docx", {"word/media/a.png": zipped({"a.txt": b"x"})}))
    yield Sample(
        "macros in a table in a document",
        "docx",
        office("docx", {"word/embeddings/t.xlsx": office("xlsx", {"xl/vbaProject.bin": b"x"})}),
    )
    yield Sample("a document as a table in a zip", "zip", zipped({"t.xlsx": office("docx")}))
    yield Sample("macros in OpenDocument", "odt", open_document("text", {"Basic/Standard/Module1.xml": b"<x/>"}))
    yield Sample("scripts in OpenDocument", "ods", open_document("spreadsheet", {"Scripts/python/a.xml": b"<x/>"}))
    encrypted = {"META-INF/manifest.xml": b"<manifest:encryption-data/>"}
    yield Sample("encrypted OpenDocument", "odt", open_document("text", encrypted))
    yield Sample("an OpenDocument drawing", "odt", open_document("graphics"))
    yield Sample("an electronic book", "zip", zipped({"mimetype": b"application/epub+zip"}, zipfile.ZIP_STORED))
    yield Sample("a Java archive", "zip", zipped({"META-INF/MANIFEST.MF": b"Main-Class: X\n", "X.class": b"x"}))


def _archives() -> Iterator[Sample]:
    yield Sample("a bomb by its ratio", "zip", zipped({"a.txt": bytes(30_000_000)}))
    yield Sample("a bomb in a document", "docx", office("docx", {"word/a.xml": bytes(30_000_000)}))
    yield Sample("a bomb of overlapping members", "zip", overlapping_zip())
    yield Sample("a bomb that says it is small", "zip", lying_zip())
    yield Sample("a bomb of very many members", "zip", zipped({f"{n}.txt": b"" for n in range(6_000)}))
    for depth in (1, 2, 5):
        yield Sample(f"a zip in a zip, {depth} deep", "zip", nested_zip(depth))
    yield Sample("an encrypted zip", "zip", encrypted_zip())
    yield Sample("a zip with a link", "zip", link_zip())
    yield Sample("a zip with a name twice", "zip", twice_zip())
    yield Sample("an empty zip", "zip", zipped({}))
    for name in ("../../etc/passwd", "/etc/passwd", "..\\windows\\a.txt", "C:\\a.txt", "a/../../b.txt", "a\x01b.txt"):
        yield Sample(f"a zip with the name {name!r}", "zip", zipped({name: b"x"}))
    for method, name in ((zipfile.ZIP_BZIP2, "bzip2"), (zipfile.ZIP_LZMA, "LZMA")):
        yield Sample(f"a zip packed with {name}", "zip", zipped({"a.txt": b"x" * 100}, method))
    yield Sample("a zip that is cut short", "zip", zipped({"a.txt": b"hello" * 100})[:-30])
    broken = _patched(zipped({"a.txt": b"hello"}, zipfile.ZIP_STORED), lambda content: content.__setitem__(36, 0))
    yield Sample("a zip with a wrong checksum", "zip", broken)
    yield Sample("a zip behind a program", "zip", PROGRAMS["a Windows program"] + zipped({"a.txt": b"x"}))
    yield Sample("a zip behind a zip", "zip", zipped({"a.txt": b"x"}) + zipped({"b.txt": b"y"}))


def _pictures() -> Iterator[Sample]:
    for format_, extension in (("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp")):
        whole = picture(format_)
        yield Sample(f"half a {format_}", extension, whole[: len(whole) // 2])
        yield Sample(f"the head of a {format_}", extension, whole[:20])
        yield Sample(f"a {format_} that is a zip too", extension, whole + zipped({"a.exe": b"MZ"}))
    yield Sample("a picture bomb", "png", png_of(50_000, 50_000))
    yield Sample("a long picture bomb", "png", png_of(2_000_000_000, 1))
    yield Sample("a picture with wrong pixels", "png", png_of(1_000, 1_000))
    yield Sample("a HEIC without a picture", "heic", empty_heic())
    yield Sample("half a HEIC", "heic", heic()[: len(heic()) // 2])
    yield Sample("a GIF that is a script", "gif", b"GIF89a/*" + bytes(10) + b"*/=1;alert(1)")


def _others() -> Iterator[Sample]:
    yield Sample("nothing", "txt", b"")
    yield Sample("half a PDF", "pdf", pdf()[:40])
    yield Sample("a PDF that is a zip too", "pdf", pdf() + zipped({"a.exe": b"MZ"}))
    yield Sample("a PDF behind a web page", "pdf", HTML + pdf())
    whole = video()
    yield Sample("half a video", "mp4", whole[: len(whole) // 2])
    yield Sample("a video without pictures", "mp4", box(b"ftyp", b"isom\0\0\2\0isom") + box(b"mdat", bytes(100)))
    yield Sample("a video with a box of wrong length", "mp4", whole + struct.pack(">I", 10**6) + b"free")
    yield Sample("a video that is a zip too", "mp4", whole + box(b"free", zipped({"a.exe": b"MZ"})))
    yield Sample("a text with control characters", "txt", b"hello\x00\x01\x02 world")
    yield Sample("a text in UTF-16 that is cut short", "txt", "words".encode("utf-16")[:-1])


def good_files() -> dict[str, Sample]:
    """What must be taken, by its media type; several of one type have a word behind it."""
    wordprocessing, spreadsheet = f"{OOXML}.wordprocessingml.document", f"{OOXML}.spreadsheetml.sheet"
    chart = office("pptx", {"ppt/embeddings/Microsoft_Excel_Sheet.xlsx": workbook(), "ppt/media/a.svg": SVG})
    return {
        "image/jpeg": Sample("", "jpg", picture("JPEG")),
        "image/jpeg with a trailer": Sample("", "jpeg", picture("JPEG") + bytes(1000)),
        "image/jpeg in CMYK": Sample("", "jpg", cmyk()),
        "image/png": Sample("", "png", picture("PNG")),
        "image/png under a wrong name": Sample("", "html", picture("PNG")),
        "image/gif": Sample("", "gif", picture("GIF")),
        "image/webp": Sample("", "webp", picture("WEBP")),
        "application/pdf": Sample("", "pdf", pdf()),
        "text/plain": Sample("", "txt", "Café, 東京, עברית\n".encode()),
        "text/plain in Latin-1": Sample("", "txt", "Café déjà vu\r\n".encode("latin-1")),
        "text/plain in UTF-16": Sample("", "txt", "Café".encode("utf-16")),
        "text/plain of a log": Sample("", "log", b"12:00 error: 502 from /api, retrying <1>\n"),
        "image/heic": Sample("", "heic", heic()),
        "application/zip of data": Sample(
            "", "zip", zipped({"a.xml": b'<?xml version="1.0"?><log/>', "b.bin": bytes(99)})
        ),
        "text/plain without an extension": Sample("", "", b"hello\n"),
        "text/plain of one letter": Sample("", "txt", b"x"),
        "text/csv": Sample("", "csv", b"room,device\n2.14,lift\n"),
        wordprocessing: Sample("", "docx", office("docx", {"word/media/image1.png": picture()})),
        spreadsheet: Sample("", "xlsx", workbook()),
        f"{OOXML}.presentationml.presentation": Sample("", "pptx", chart),
        "application/vnd.oasis.opendocument.text": Sample("", "odt", open_document("text")),
        "application/vnd.oasis.opendocument.spreadsheet": Sample("", "ods", open_document("spreadsheet")),
        "video/mp4": Sample("", "mp4", video()),
        "application/zip": Sample("", "zip", zipped({"folder/": b"", "folder/a.txt": b"x", "b.png": picture()})),
        "application/zip of documents": Sample("", "zip", zipped({"a.docx": office("docx"), "b.pdf": pdf()})),
    }


def cmyk() -> bytes:
    written = io.BytesIO()
    Image.new("CMYK", (20, 20), (10, 20, 30, 40)).save(written, "JPEG")
    return written.getvalue()
