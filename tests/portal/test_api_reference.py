"""The reference of the API lists every operation, in both languages, without any script."""

from __future__ import annotations

import pytest
from django.test import Client

from wulian.api.v1.access_table import ACCESS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("language", "title", "said", "unsaid"),
    [
        ("zh-hans", "个接口", "把通知标为已读", "Mark notices as read"),
        ("en", "operations", "Mark notices as read", "把通知标为已读"),
    ],
)
def test_every_operation_stands_on_the_page(tianjin: None, language: str, title: str, said: str, unsaid: str) -> None:
    response = Client().get("/reference/api/", headers={"accept-language": language})
    text = response.content.decode()
    assert response.status_code == 200
    assert f"{len(ACCESS)} {title}" in text
    for name in ACCESS:
        assert f'id="{name}"' in text
    assert "plans:write" in text
    assert said in text
    assert unsaid not in text


def test_what_an_operation_takes_is_named(tianjin: None) -> None:
    text = Client().get("/reference/api/").content.decode()
    start = text.index('id="set_target"')
    operation = text[start : text.index("</details>", start)]
    assert "POST /api/v1/indicators/{indicator_id}/targets" in operation
    assert "milestone | final" in operation
    assert "<code>seen</code> *" in operation
