"""What tests of governance share: a plan text read into a draft, and units to be named in it."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from wulian.chains.governance.models import PlanDocument
from wulian.chains.governance.services import reading
from wulian.directory.models import Organisation
from wulian.foundation.access import Actor
from wulian.foundation.files import store_upload

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
ON = date(2026, 3, 2)

PLAN_TEXT = """红桥区数字经济三年行动方案
（2024-2026年）
红桥区人民政府办公室
2024年1月15日
一、工作目标
到2026年，全区数字企业总量达到120家，软件业务收入突破30亿元，培育“灯塔”企业5家。
二、重点任务
（一）培育数字企业。到2026年，数字企业达到120家。（区科技局牵头，区商务局、区区财政局按职责分工负责）
（二）建设数字园区。每年举办对接活动12场以上。（区商务局、各区人民政府按职责分工负责）
附件
主要指标年度分解表
\t序号
\t指标
\t2024年
\t2025年
\t2026年
\t1
\t数字企业数量（家）
\t80
\t100
\t120
\t2
\t软件业务收入（亿元）
\t20
\t25
\t30
"""


@pytest.fixture
def unit(tianjin: None) -> Callable[..., Organisation]:
    """Makes a government unit: unit("天津市红桥区财政局", short="红桥区财政局")."""

    def make(name: str, *, region: str = "120106", short: str = "", kind: str = "government") -> Organisation:
        found, _created = Organisation.objects.get_or_create(
            name=name,
            defaults={"name_key": name, "short_name": short, "kind": kind, "region_id": region, "created_at": AT, "updated_at": AT},
        )
        return found

    return make


@pytest.fixture
def uploaded(tmp_path: object, settings: object) -> Callable[..., PlanDocument]:
    """Uploads a text as a plan and reads it: uploaded(officer, text)."""
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined,operator]

    def make(by: Actor, text: str = PLAN_TEXT, *, name: str = "plan.txt", region: str = "120106", again: bool = False) -> PlanDocument:
        file = store_upload(by=by, upload=io.BytesIO(text.encode()), name=name, at=AT, allowed=("text",))
        document = reading.upload_plan(by=by, region=region, file=file, at=AT, on=ON, again=again)
        return reading.read_plan_document(by=by, document_id=document.pk, at=AT)

    return make
