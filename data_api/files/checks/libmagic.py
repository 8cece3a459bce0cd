"""Asks libmagic what a content is. The wheel `pylibmagic` brings the library and its database, so that no system
package is needed; only four of its functions are called."""

import ctypes
from importlib.resources import files

MIME_TYPE = 0x10
FIRST_BYTES = 1024 * 1024
UNKNOWN = "application/octet-stream"


class Magic:
    """Loads the database when it is made; afterwards it opens no file."""

    def __init__(self) -> None:
        folder = files("pylibmagic")
        names = [folder / name for name in ("libmagic.so", "libmagic.dylib")]
        self._library = ctypes.CDLL(str(next(name for name in names if name.is_file())))
        self._library.magic_open.restype = ctypes.c_void_p
        self._library.magic_load.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
        self._library.magic_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t]
        self._library.magic_buffer.restype = ctypes.c_char_p
        self._cookie = self._library.magic_open(MIME_TYPE)
        if self._library.magic_load(self._cookie, str(folder / "magic.mgc").encode()) != 0:
            raise RuntimeError("libmagic cannot read its database")

    def type_of(self, head: bytes) -> str:
        """Returns the media type of a content that begins so."""
        told = self._library.magic_buffer(self._cookie, head, len(head))
        return told.decode("ascii", "replace").lower() if told else UNKNOWN
