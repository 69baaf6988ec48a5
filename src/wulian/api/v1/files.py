"""Files: evidence for a report, and the documents of a frozen evaluation."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.utils import timezone
from ninja import File
from ninja.files import UploadedFile

from wulian.chains.governance.selectors.evaluation import get_evaluation
from wulian.chains.governance.selectors.indicator_page import evidence_of, get_observation
from wulian.foundation.files import KINDS, open_stored, store_upload

from .observations import FileOut
from .operations import Subject
from .shapes import Id, actor

subject = Subject("files")
EVIDENCE = ("pdf", "docx", "xlsx", "png", "jpeg", "text", "ole", "zip")
EVIDENCE_LIMIT = 20 * 1024 * 1024
DOCUMENTS = tuple(dict.fromkeys(KINDS[kind][0] for kind in (*EVIDENCE, "docx", "xlsx")))


@subject.post("/files", "upload_file", FileOut, status=201)
def upload(request: HttpRequest, file: File[UploadedFile]) -> Any:
    """Store a file as evidence for a report or for an entry of a register; only who stored it can attach it. Checked by content, at most 20 MB."""
    return store_upload(by=actor(request), upload=file, name=file.name or "", at=timezone.now(), allowed=EVIDENCE, limit=EVIDENCE_LIMIT)


def sent(stored: Any) -> FileResponse:
    if stored is None:
        raise Http404
    return FileResponse(open_stored(stored), as_attachment=True, filename=stored.name, content_type=stored.content_type)


@subject.file("/observations/{observation_id}/evidence/{file_id}", "download_evidence", types=DOCUMENTS)
def evidence(request: HttpRequest, observation_id: Id, file_id: Id) -> FileResponse:
    """A file behind a report, for those who may see it."""
    observation = get_observation(actor(request), observation_id)
    return sent(evidence_of(actor(request), observation).filter(pk=file_id).first())


@subject.file("/evaluations/{evaluation_id}/files/{file_id}", "download_evaluation_file", types=DOCUMENTS)
def evaluation_file(request: HttpRequest, evaluation_id: Id, file_id: Id) -> FileResponse:
    """A document of a frozen evaluation."""
    evaluation = get_evaluation(actor(request), evaluation_id)
    return sent(evaluation.files.filter(pk=file_id).first())
