"""Walks a zip file, and the office documents that are zip files: nothing in it may run, hide or explode.

Every member is read to its end, because what the directory of a zip says of its members need not be true.
"""

import re
import stat
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import IO, BinaryIO
from xml.etree import ElementTree
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo, is_zipfile

from data_api.files.checks.refused import Refused
from data_api.files.checks.texts import BEGINS_AS_CODE
from data_api.files.kinds import DOCX, MEGABYTE, ODF, ODS, ODT, PPTX, XLSX, ZIP, Kind, extension_of

MOST_MEMBERS = 5_000
MOST_UNPACKED = 300 * MEGABYTE
MOST_RATIO = 200  # text of one letter reaches a thousand; documents rarely reach a hundred
SMALL = MEGABYTE  # a member that stays smaller than this may be packed as well as it likes
MOST_NESTED = 64 * MEGABYTE
DEEPEST = 2
PIECE = 64 * 1024
SAFE_TO_READ = 4 * MEGABYTE  # of a member whose XML is parsed

# What runs when it is opened, on one system or another, and what hides other files from this walk.
CODE = frozenset(
    """
    exe dll com scr pif cpl ocx sys drv msi msp msix appx appxbundle application appref-ms gadget bat cmd ps1
    psm1 psd1 ps1xml vbs vbe vb js jse mjs cjs ts wsf wsc wsh sct hta lnk url scf reg inf chm hlp xll
    settingcontent-ms library-ms search-ms jar war ear class jnlp apk aab dex ipa sh bash zsh csh ksh fish run
    bin-sh command workflow action app pkg deb rpm appimage flatpakref snap so dylib ko elf py pyc pyo pyw pyz
    pyzw ipynb rb pl pm php php3 php4 php5 phtml phar asp aspx ashx asmx jsp jspx cgi lua tcl awk groovy kts
    html htm xhtml xht shtml mht mhtml svg svgz swf desktop service docm dotm dotx xlsm xltm xlam xlsb xltx pptm
    potm potx ppam ppsm ppsx sldm doc dot xls xlt ppt pot pps mdb accdb accde accdr one onepkg iqy slk zip zipx
    rar r00 7z gz tgz bz2 tbz tbz2 xz txz zst lz lzma lzh lha z tar cab arj ace cpio iso img vhd vhdx vmdk dmg
    udf
    """.split()  # noqa: SIM905
)
ARCHIVED_OFFICE = {kind.extensions[0]: kind for kind in (DOCX, XLSX, PPTX, ODT, ODS)}
# What libmagic calls programs, scripts, pages and archives.
CODE_TYPES = re.compile(
    r"application/(x-(dosexec|msdownload|executable|pie-executable|sharedlib|object|mach-binary|java-applet|"
    r"java-archive|shellscript|httpd-php|ms-shortcut|msi|rar|7z-compressed|gzip|bzip2|xz|zstd|lzma|lz4|tar|cpio|"
    r"iso9660-image|ole-storage|cab|arc|arj|lzh-compressed|lha|shockwave-flash|bytecode\.python|chrome-extension|"
    r"dex|android-.*)|vnd\.(microsoft\.portable-executable|rar|android\..*|ms-cab-compressed|adobe\.flash\.movie|"
    r"ms-office|ms-excel|ms-powerpoint|debian\.binary-package|ms-htmlhelp)|java-archive|gzip|zip|zstd|msword|"
    r"cdfv2|x-cdf.*|javascript|x-setupscript)|text/(html|x-(shellscript|msdos-batch|php|perl|python|ruby|script.*|"
    r"java|tcl|lua|awk)|javascript)|image/svg\+xml|message/rfc822|multipart/.*"
)
MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": PPTX,
}
RUNS_IN_OFFICE = re.compile(r"macro|vba|activex|ms-office\.script", re.IGNORECASE)
OLE_PACKAGE = "Ole10Native".encode("utf-16-le")  # a file of any kind that was put into a document
OLE = b"\xd0\xcf\x11\xe0"  # documents of before 2007, which may hold macros, and installers
ACTIVE_NAMESPACES = (b"http://www.w3.org/1999/xhtml", b"http://www.w3.org/2000/svg")
OPEN_DOCUMENTS = {ODT.type: ODT, ODS.type: ODS}
UNSAFE_NAME = re.compile(r"[\x00-\x1f\x7f]|^[/\\]|^[A-Za-z]:|(^|[/\\])\.\.([/\\]|$)")
TypeOf = Callable[[bytes], str]


@dataclass
class Budget:
    """What is left of what all members may have together, also those of documents inside."""

    members: int = MOST_MEMBERS
    unpacked: int = MOST_UNPACKED


def is_also_zip(file: BinaryIO) -> bool:
    """Whether a file of another kind can be opened as a zip too."""
    file.seek(0)
    if not is_zipfile(file):
        return False
    try:
        with ZipFile(file) as archive:
            return bool(archive.infolist())
    except (BadZipFile, NotImplementedError, ValueError, struct.error, OSError):
        return False


def check_archive(file: BinaryIO, type_of: TypeOf, budget: Budget | None = None, depth: int = 0) -> Kind:
    """Returns the kind of a file that begins as a zip does. Raises Refused."""
    try:
        with ZipFile(file) as archive:
            return _walk(archive, type_of, budget or Budget(), depth)
    except Refused:
        raise
    except RecursionError:
        raise Refused("its archive is nested too deeply") from None
    except (BadZipFile, EOFError, zlib.error, NotImplementedError, ValueError, KeyError, struct.error, OSError):
        raise Refused("its archive is damaged, or packed in an unusual way") from None


def _walk(archive: ZipFile, type_of: TypeOf, budget: Budget, depth: int) -> Kind:
    members = archive.infolist()
    budget.members -= len(members)
    if not members:
        raise Refused("its archive is empty")
    if budget.members < 0:
        raise Refused(f"its archive has more than {MOST_MEMBERS:,} files")
    _check_directory(archive, members)
    kind = _kind_of(archive)
    if depth and kind is ZIP:
        raise Refused("it holds an archive inside an archive")
    for member in members:
        _check_member(archive, member, kind, type_of, budget, depth)
    return kind


def _check_directory(archive: ZipFile, members: list[ZipInfo]) -> None:
    """Checks what the directory says. Members that share bytes are a bomb, bytes before the first one another file."""
    places = sorted((member.header_offset, member.compress_size) for member in members)
    if places[0][0] != 0:
        raise Refused("something stands before its archive")
    ends = [start + size for start, size in places]
    if any(end > after for end, (after, _) in zip(ends, [*places[1:], (archive.start_dir, 0)], strict=True)):
        raise Refused("parts of its archive overlap")
    names = [member.filename.casefold() for member in members]
    if len(set(names)) < len(names):
        raise Refused("its archive holds two files of the same name")
    for member in members:
        if UNSAFE_NAME.search(member.orig_filename):
            raise Refused("its archive holds a file whose name leads elsewhere")
        if member.flag_bits & 0x1:
            raise Refused("its archive is encrypted, so it cannot be checked")
        if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            raise Refused("its archive is packed in an unusual way")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise Refused("its archive holds a link")


def _kind_of(archive: ZipFile) -> Kind:
    names = set(archive.namelist())
    if "[Content_Types].xml" in names:
        return _kind_of_ooxml(archive)
    if "mimetype" in names:
        return _kind_of_open_document(archive, names)
    return ZIP


def _kind_of_ooxml(archive: ZipFile) -> Kind:
    """Returns the kind of a document of Microsoft Office from what it says of its parts."""
    text = _read(archive, "[Content_Types].xml")
    if b"<!" in text.replace(b"<!--", b"") or b"\x00" in text:
        raise Refused("its list of parts is not as it should be")
    try:
        parts = [str(part.get("ContentType", "")).strip().lower() for part in ElementTree.fromstring(text)]  # noqa: S314
    except ElementTree.ParseError:
        raise Refused("its list of parts is not as it should be") from None
    if any(RUNS_IN_OFFICE.search(part) for part in parts):
        raise Refused("it holds macros or other programs")
    kinds = {kind for type_, kind in MAIN_PARTS.items() if type_ in parts}
    if len(kinds) != 1:
        raise Refused("it is an office document of a kind that is not taken")
    return kinds.pop()


def _kind_of_open_document(archive: ZipFile, names: set[str]) -> Kind:
    type_ = _read(archive, "mimetype").decode("ascii", "replace").strip()
    if type_ not in OPEN_DOCUMENTS:
        raise Refused("it is an office document of a kind that is not taken" if ODF in type_ else "it is a package")
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in names):
        raise Refused("it holds macros or other programs")
    if "META-INF/manifest.xml" in names and b"encryption-data" in _read(archive, "META-INF/manifest.xml"):
        raise Refused("it is encrypted, so it cannot be checked")
    return OPEN_DOCUMENTS[type_]


def _read(archive: ZipFile, name: str) -> bytes:
    with archive.open(name) as member:
        text = member.read(SAFE_TO_READ + 1)
    if len(text) > SAFE_TO_READ:
        raise Refused("its list of parts is too long")
    return text


def _check_member(archive: ZipFile, member: ZipInfo, kind: Kind, type_of: TypeOf, budget: Budget, depth: int) -> None:
    if member.is_dir():
        if member.file_size:
            raise Refused("its archive is damaged, or packed in an unusual way")
        return
    extension = extension_of(member.filename.rstrip(". "))
    is_picture_of_office = kind is not ZIP and extension == "svg" and "/media/" in member.filename
    if extension in CODE and not is_picture_of_office:
        raise Refused(f"its archive holds a file of the kind .{extension}")
    if kind is not ZIP and RUNS_IN_OFFICE.search(member.filename.rpartition("/")[2]):
        raise Refused("it holds macros or other programs")
    with archive.open(member) as content:
        head = content.read(PIECE)
        if head.startswith(b"PK\x03\x04"):
            _check_nested(head, content, extension, type_of, budget, depth)
            return
        is_hidden_code = kind is ZIP and hides_code(head, extension)
        if is_hidden_code or (not is_picture_of_office and is_code(head, type_of)):
            raise Refused("its archive holds a program, a web page or another archive")
        _read_through(head, content, member, budget)


def is_code(head: bytes, type_of: TypeOf) -> bool:
    """Whether a content that begins so is a program, a script, a page that can hold scripts, or an archive."""
    if head.startswith(OLE):
        return False  # in a document: a formula, a print setting
    return head.startswith((b"MZ", b"#!", b"\x7fELF")) or bool(CODE_TYPES.fullmatch(type_of(head)))


def hides_code(head: bytes, extension: str) -> bool:
    """Whether a member of a plain archive runs or holds programs although its name does not say so."""
    if head.startswith((OLE, b"MSCF", b"L\0\0\0\x01\x14\x02\0", b"{\\rtf", b"%!PS", b"CWS", b"FWS", b"ZWS")):
        return True
    is_data = extension == "xml" and not any(space in head for space in ACTIVE_NAMESPACES)
    return not is_data and bool(BEGINS_AS_CODE.match(head[:4_096].decode("utf-8", "replace").lstrip("\ufeff")))


def _read_through(head: bytes, content: IO[bytes], member: ZipInfo, budget: Budget) -> None:
    """Reads the rest of a member, which checks its checksum too."""
    size, before, piece = 0, b"", head
    most = max(SMALL, member.compress_size * MOST_RATIO)
    while piece:
        size += len(piece)
        budget.unpacked -= len(piece)
        if budget.unpacked < 0 or size > most:
            raise Refused("its archive unpacks to far more than its own size")
        if OLE_PACKAGE in before + piece:
            raise Refused("it holds another file inside a document")
        before, piece = piece[-len(OLE_PACKAGE) :], content.read(PIECE)


def _check_nested(head: bytes, content: IO[bytes], extension: str, type_of: TypeOf, budget: Budget, depth: int) -> None:
    """Checks an office document inside an archive, or a table inside a document."""
    if extension not in ARCHIVED_OFFICE or depth >= DEEPEST:
        raise Refused("it holds an archive inside an archive")
    whole = BytesIO(head)
    whole.seek(0, 2)
    while piece := content.read(PIECE):
        whole.write(piece)
        if whole.tell() > MOST_NESTED or whole.tell() > budget.unpacked:
            raise Refused("its archive unpacks to far more than its own size")
    budget.unpacked -= whole.tell()
    whole.seek(0)
    if check_archive(whole, type_of, budget, depth + 1) is not ARCHIVED_OFFICE[extension]:
        raise Refused("its archive holds a file that is not what its name says")
