"""Files of entries, for who may see the entry and the field."""

from __future__ import annotations

from typing import IO

from django.utils.translation import gettext as _

from wulian.foundation.files import open_stored
from wulian.foundation.models import StoredFile
from wulian.kernel.errors import NotFound

from ..access import visible_fields
from ..models import EntryFile
from .entries import EntryView


def open_entry_file(*, view: EntryView, field: str, file_id: int) -> tuple[StoredFile, IO[bytes]]:
    """A file of `field`, opened; the caller closes it. Raises NotFound, also for a field that the viewer may not see."""
    allowed = {item.code for item in visible_fields(view.adopted, view.level, view.as_)}
    found = EntryFile.objects.select_related("file").filter(entry=view.entry, field=field, file=file_id).first()
    if found is None or field not in allowed:
        raise NotFound(what=_("这个附件"))
    return found.file, open_stored(found.file)
