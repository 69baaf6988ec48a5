"""Keeping uploaded files: checked by content and size, addressed by hash, never served by path."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterable
from datetime import datetime
from pathlib import PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.uploadhandler import SkipFile, TemporaryFileUploadHandler
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wulian.kernel.errors import N_, NotFound, WulianError

from .access import Actor, require
from .audit import record
from .models import StoredFile

BLOCK = 1 << 20
# Space that must stay free on the disk after a file has been stored, so that the database can still write.
SPARE_BYTES = 200 * BLOCK

KINDS: dict[str, tuple[str, Any]] = {
    "text": ("text/plain", gettext_lazy("文本")),
    "html": ("text/html", gettext_lazy("网页")),
    "gzip": ("application/gzip", gettext_lazy("gz 压缩文件")),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", gettext_lazy("Excel 工作簿（.xlsx）")),
    "docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", gettext_lazy("Word 文档（.docx）")),
    "pdf": ("application/pdf", gettext_lazy("PDF")),
    "png": ("image/png", gettext_lazy("PNG 图片")),
    "jpeg": ("image/jpeg", gettext_lazy("JPEG 图片")),
    "zip": ("application/zip", gettext_lazy("zip 压缩包")),
    "ole": ("application/x-ole-storage", gettext_lazy("旧版 Office 文件（.xls、.doc）")),
    "binary": ("application/octet-stream", gettext_lazy("无法识别的文件")),
    "empty": ("application/x-empty", gettext_lazy("空文件")),
}


class EmptyFile(WulianError):
    code = "file_empty"
    message = N_("“%(name)s”是空文件，没有保存任何内容：请检查后重新上传。")
    status = 422


class WrongFileType(WulianError):
    code = "file_type"
    message = N_("“%(name)s”的内容是%(found)s，这里需要%(wanted)s。没有保存任何内容：请换一个文件再上传。")
    status = 415


class FileTooLarge(WulianError):
    code = "file_too_large"
    message = N_("文件有 %(size)s，超过上限 %(limit)s，没有接收：请分成几个文件，或由管理员用命令行 wulian import 导入。")
    status = 413


class DiskFull(WulianError):
    code = "disk_full"
    message = N_("磁盘只剩 %(free)s，放不下这个文件（%(size)s），没有保存；已存内容都在：请管理员腾出空间后再上传。")
    status = 507


def human_size(size: int) -> str:
    """1.2 GB, 35 MB, 12 KB: decimal-free below ten of the unit would mislead, so one decimal."""
    for unit, factor in (("GB", 1 << 30), ("MB", 1 << 20), ("KB", 1 << 10)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} B"


def sniff(head: bytes, handle: IO[bytes] | None = None) -> str:
    """The kind of a file (a key of KINDS) by its content, never by its name."""
    if not head:
        return "empty"
    for magic, kind in (
        (b"\x1f\x8b", "gzip"), (b"%PDF-", "pdf"), (b"\x89PNG\r\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"\xd0\xcf\x11\xe0", "ole"),
    ):  # fmt: skip
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _kind_of_zip(handle)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    if b"\x00" in head:
        return "binary"
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    return "html" if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")) else "text"


def _kind_of_zip(handle: IO[bytes] | None) -> str:
    if handle is None:
        return "zip"
    handle.seek(0)
    try:
        names = set(zipfile.ZipFile(handle).namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return "binary"
    finally:
        handle.seek(0)
    return "xlsx" if "xl/workbook.xml" in names else "docx" if "word/document.xml" in names else "zip"


def sniff_file(handle: IO[bytes]) -> str:
    """The kind of an open file; its position is put back to the start."""
    handle.seek(0)
    head = handle.read(8192)
    handle.seek(0)
    return sniff(head, handle)


def store_upload(
    *, by: Actor, upload: IO[bytes], name: str, at: datetime, allowed: Collection[str], limit: int | None = None, is_public: bool = False
) -> StoredFile:
    """Keep a file. The same content under the same name by the same person is kept once.

    allowed: keys of KINDS. limit: bytes (default settings.UPLOAD_LIMIT_BYTES).
    Raises EmptyFile, WrongFileType, FileTooLarge, DiskFull, Denied.
    """
    require(by.signed_in, act=_("上传文件"), reason=_("需要先登录"))
    name = PurePosixPath(name.replace("\\", "/")).name[:255] or "file"
    kind = sniff_file(upload)
    if kind == "empty":
        raise EmptyFile(name=name)
    if kind not in allowed:
        wanted = _("、").join(str(KINDS[item][1]) for item in allowed)
        raise WrongFileType(name=name, found=str(KINDS[kind][1]), wanted=wanted)
    size, digest = _measure(upload, limit or settings.UPLOAD_LIMIT_BYTES)
    if known := StoredFile.objects.filter(sha256=digest, name=name, is_public=is_public, uploaded_by_id=by.user_id).first():
        return known
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    if (free := shutil.disk_usage(settings.MEDIA_ROOT).free) < size + SPARE_BYTES:
        raise DiskFull(free=human_size(free), size=human_size(size))
    with transaction.atomic():
        stored = StoredFile(
            sha256=digest, name=name, content_type=KINDS[kind][0], size=size, uploaded_by_id=by.user_id, uploaded_at=at, is_public=is_public
        )
        # The name on disk comes from the hash, so nothing that a person types reaches the file system.
        stored.file.save(digest, File(upload), save=False)
        stored.save()
        record(by=by, action="file.stored", obj=stored, after={"sha256": digest, "size": size, "kind": kind}, at=at)
    return stored


def own_files(*, by: Actor, ids: Iterable[int]) -> list[StoredFile]:
    """Files that the actor has stored, by id: a number alone must not give a person somebody else's file.

    Raises NotFound.
    """
    wanted = set(ids)
    files = StoredFile.objects.filter(pk__in=wanted).order_by("pk")
    found = list(files if by.is_system else files.filter(uploaded_by_id=by.user_id))
    if len(found) != len(wanted):
        raise NotFound(what=_("您上传的文件"))
    return found


def _measure(upload: IO[bytes], limit: int) -> tuple[int, str]:
    upload.seek(0)
    digest, size = hashlib.sha256(), 0
    while block := upload.read(BLOCK):
        size += len(block)
        if size > limit:
            upload.seek(0, 2)
            raise FileTooLarge(size=human_size(upload.tell()), limit=human_size(limit))
        digest.update(block)
    upload.seek(0)
    return size, digest.hexdigest()


def open_stored(stored: StoredFile) -> IO[bytes]:
    """The content of a stored file, opened for reading; the caller closes it."""
    return stored.file.open("rb")


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Streams an upload to a temporary file, and refuses one above the limit before it has filled the disk.

    A refused file is read and thrown away, so that the browser gets an answer instead of a broken line and the other fields
    of the form arrive; the view finds the size in `request.META["wulian.upload_refused"]` (see `refused_upload`).
    """

    refused = False

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None) -> None:  # noqa: N803  (Django's name)
        free = shutil.disk_usage(tempfile.gettempdir()).free
        if content_length > settings.UPLOAD_LIMIT_BYTES + BLOCK or content_length + SPARE_BYTES > free:
            META["wulian.upload_refused"] = content_length
            self.refused = True

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.refused:
            raise SkipFile
        super().new_file(*args, **kwargs)


def refused_upload(meta: Any) -> WulianError | None:
    """The error to show when the upload of this request was refused for its size; None when it was not."""
    size = meta.get("wulian.upload_refused")
    if size is None:
        return None
    if size > settings.UPLOAD_LIMIT_BYTES + BLOCK:
        return FileTooLarge(size=human_size(size), limit=human_size(settings.UPLOAD_LIMIT_BYTES))
    return DiskFull(free=human_size(shutil.disk_usage(tempfile.gettempdir()).free), size=human_size(size))
