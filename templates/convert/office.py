"""LibreOffice inside of this process, through LibreOfficeKit: its stable C interface for programs.

One library call opens a document and one saves it. That is quicker than a
server that is spoken to over a socket, needs no Python of LibreOffice's own,
and leaves one process to watch instead of two.
"""

import ctypes
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from configs.errors import DependencyError, DocumentError

# Places in LibreOfficeKit's tables of functions. They are never moved: new functions are added at the end.
_KIT_LOAD, _KIT_VERSION = 4, 10
_DOCUMENT_DESTROY, _DOCUMENT_SAVE, _DOCUMENT_INITIALISE, _DOCUMENT_LISTEN, _DOCUMENT_POST_COMMAND = 1, 2, 13, 14, 17
_COMMAND_RESULT = 16  # the kind of message that tells that a command was carried out
# A command that comes too early, while a document is still being shown, may be forgotten: it is given again.
_PATIENCE = (1, 2, 4, 8, 16)
_Listener = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)

_UPDATE_INDEXES = b".uno:UpdateAllIndexes"  # what the menu calls “Update Indexes and Tables”
_NOW = b'{"SynchronMode": {"type": "boolean", "value": true}}'
# Tagged and with bookmarks. PDF/UA is not claimed: LibreOffice would claim it also for pictures without a text.
_PDF_OPTIONS = {
    "UseTaggedPDF": True,
    "ExportBookmarks": True,
    "ExportNotes": False,
    "ExportFormFields": False,
    "DisplayPDFDocumentTitle": True,
}


class Office:
    """A LibreOffice that was started in this process; there can be only one."""

    def __init__(self, library: Path, program: Path, profile: Path) -> None:
        loaded = ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)
        hook = loaded.libreofficekit_hook_2
        hook.restype, hook.argtypes = ctypes.c_void_p, [ctypes.c_char_p, ctypes.c_char_p]
        kit = hook(str(program).encode(), profile.as_uri().encode())
        if not kit:
            raise DependencyError("LibreOffice does not start.", where=str(program))
        self._kit = kit
        text = ctypes.c_char_p
        self._load = _function(kit, _KIT_LOAD, ctypes.c_void_p, text, text)
        facts = json.loads(_function(kit, _KIT_VERSION, text)(kit) or b"{}")
        self.version = f"{facts.get('ProductVersion', 'unknown')}{facts.get('ProductExtension', '')}"

    def convert(self, source: Path, target: Path) -> None:
        """Write a Word document as PDF, with its indexes filled anew.

        Raises:
            DocumentError: LibreOffice cannot open or write it.
        """
        document = self._load(self._kit, source.as_uri().encode(), b"Batch=true")
        if not document:
            raise DocumentError("LibreOffice cannot open the document.")
        try:
            _function(document, _DOCUMENT_INITIALISE, None, ctypes.c_char_p)(document, b"{}")
            self._update_indexes(document)
            save = _function(document, _DOCUMENT_SAVE, ctypes.c_int, *[ctypes.c_char_p] * 3)
            if not save(document, target.as_uri().encode(), b"pdf", _written_options()):
                raise DocumentError("LibreOffice cannot write the document as PDF.")
        finally:
            _function(document, _DOCUMENT_DESTROY, None)(document)

    def _update_indexes(self, document: int) -> None:
        """Fill the table of contents and its like, and wait until that is done: LibreOffice does it when it likes."""
        done = threading.Event()
        listener = _Listener(lambda kind, _text, _data: done.set() if kind == _COMMAND_RESULT else None)
        listen = _function(document, _DOCUMENT_LISTEN, None, _Listener, ctypes.c_void_p)
        listen(document, listener, None)
        post = _function(document, _DOCUMENT_POST_COMMAND, None, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_bool)
        for seconds in _PATIENCE:
            post(document, _UPDATE_INDEXES, _NOW, True)
            if done.wait(seconds):
                break
        else:
            raise DocumentError("LibreOffice does not fill the table of contents.")
        listen(document, _Listener(), None)  # nobody listens any more when the document is closed


def _function(holder: int, position: int, result: Any, *arguments: Any) -> Callable[..., Any]:
    """Give a function of an object of LibreOfficeKit, whose first field points to the table of its functions."""
    table = ctypes.cast(holder, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
    return ctypes.CFUNCTYPE(result, ctypes.c_void_p, *arguments)(table[position])


def _written_options() -> bytes:
    options = {key: {"type": "boolean", "value": str(value).lower()} for key, value in _PDF_OPTIONS.items()}
    return json.dumps(options).encode()
