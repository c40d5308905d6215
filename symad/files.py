"""Text in and out: a formula from an argument, a file or standard input; a file written whole or not at all.

An argument is read as a file where a file of that name exists, as standard input where it is `-`, else it is the
formula itself. Parentheses tell a formula from a file of the same name, `./x` the file from the formula.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from typing import NamedTuple

from symad.errors import SymadError

# fmt: off
STARTS = ("/", "./", "../", "~")          # no formula begins with these
EXTENSION = re.compile(r"[^\s()*+^=]+\.(?![eE]\d*$)[A-Za-z]\w*")  # or ends in .txt; 2.e5 is a number
# fmt: on


class FileError(SymadError):
    """Report a file that cannot be read or written."""


class Source(NamedTuple):
    """Hold a formula's text and the file that it came from, empty for an argument."""

    file: str
    text: str


def read_source(argument: str) -> Source:
    """Find the text that an argument of the command line stands for."""
    if argument == "-":
        if sys.stdin is None:
            raise FileError("standard input is closed")
        return Source("standard input", decoded("standard input", sys.stdin.buffer.read()))
    if os.path.isdir(argument):
        raise FileError(f"{argument} is a directory", hint=f"the variable of that name is ({argument})")
    if os.path.exists(argument):
        return Source(argument, decoded(argument, read_bytes(argument)))
    if argument.startswith(STARTS) or EXTENSION.fullmatch(argument):
        raise FileError(f"there is no file {argument}")
    if not argument.isascii() and any("\ud800" <= c <= "\udfff" for c in argument):  # bytes that were no text
        raise FileError("the formula is not text in the terminal's encoding")
    return Source("", argument)


def read_bytes(path: str) -> bytes:
    """Read a file."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError as error:
        raise FileError(f"cannot read {path}: {error.strerror}") from None


def decoded(name: str, data: bytes, newlines: bool = True) -> str:
    """Read bytes as UTF-8, with or without a byte order mark; any newline is \\n unless they are left as they are."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        hint = "save it as UTF-8" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else None
        reason = f"{name} is not text: byte 0x{data[error.start]:02x} at offset {error.start} is not UTF-8"
        raise FileError(reason, hint=hint) from None
    return text.replace("\r\n", "\n").replace("\r", "\n") if newlines else text


def write_whole(path: str, text: str, source: str = "") -> None:
    """Write a file whole or not at all: a new file takes the place of the old one, with its mode, when it is complete.

    Raises FileError; whatever was there before is then still there. What is no regular file (a pipe, /dev/null) is
    written to as it is.
    """
    target = os.path.realpath(path)
    if source and os.path.exists(source) and os.path.exists(target) and os.path.samefile(source, target):
        raise FileError(f"{path} holds the formula and would be overwritten", hint="choose another name: -o FILE")
    try:
        if os.path.exists(path) and not os.path.isfile(path):  # a pipe behind /dev/stdout has no path of its own
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
        elif not os.path.exists(target):
            replace(target, text, None)
        elif os.access(target, os.W_OK):
            replace(target, text, stat.S_IMODE(os.stat(target).st_mode))
        else:
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise FileError(f"cannot write {path}: {error.strerror}") from None


def replace(target: str, text: str, mode: int | None) -> None:
    """Write a new file beside a file, and put it in its place."""
    import tempfile

    if mode is None:
        mask = os.umask(0)
        os.umask(mask)
        mode = 0o666 & ~mask
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".symad-")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except BaseException:  # an interrupt too must not leave half a file behind
        os.unlink(temporary)
        raise
