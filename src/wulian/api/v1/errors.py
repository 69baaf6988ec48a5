"""One form for every error: {code, message, params, fields?}, the message in the language of the request."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, Throttled
from ninja.errors import ValidationError as NinjaValidationError
from pydantic import Field

from wulian.engines.registers import DefinitionRefused
from wulian.kernel.errors import N_, WulianError
from wulian.kernel.problems import Problem
from wulian.portal.middleware import storage_error
from wulian.registers.errors import AdoptionRefused, EntryRefused

logger = logging.getLogger("wulian.api")


class FieldProblem(Schema):
    """One flaw of the request. `at` is where it stands, e.g. `query.limit` or `body.targets.0.year`."""

    at: str
    code: str
    message: str


class ErrorOut(Schema):
    """`code` is stable and for programs; `message` is a sentence for a person, with the values of `params` in it."""

    code: str
    message: str
    params: dict[str, str | int | bool | None] = Field(default_factory=dict)
    fields: list[FieldProblem] | None = None


class BadRequest(WulianError):
    code = "bad_request"
    message = N_("请求读不懂：正文应是 JSON 对象，或带文件的表单。请对照接口说明改正后再发。")


class InvalidInput(WulianError):
    code = "invalid_input"
    message = N_("请求里有 %(count)s 处不合要求，没有做任何改动：请按 fields 里写的逐处改正后再发。")
    status = 422


class SignInNeeded(WulianError):
    code = "sign_in_needed"
    message = N_("这一项需要先登录：请带上接口令牌（Authorization: Bearer …），或在页面上登录。")
    status = 401


class CsrfMissing(WulianError):
    code = "csrf"
    message = N_("用页面登录状态写入时必须带 X-CSRFToken：请从 csrftoken Cookie 取值，或改用接口令牌。")
    status = 403


class ScopeMissing(WulianError):
    code = "scope_missing"
    message = N_("这个接口令牌没有“%(scope)s”范围：请在“接口令牌”页面新建一个带此范围的。")
    status = 403


class PagesOnly(WulianError):
    code = "pages_only"
    message = N_("这一项不能用接口令牌做，因为它会让令牌做到范围以外的事：请在页面上登录后再做。")
    status = 403


class PasswordChangeNeeded(WulianError):
    code = "password_change_needed"
    message = N_("这个账号用的还是一次性密码：请先在页面上改密码，再调用接口。")
    status = 403


class NotFitting(WulianError):
    code = "not_fitting"
    message = N_("与已有的数据对不上，没有保存：它指向的对象不存在，或同样的一条已经有了。请刷新后核对编号再发。")
    status = 409


class NoSuchAddress(WulianError):
    code = "not_found"
    message = N_("没有这个地址，或者您看不到它：请核对地址里的编号。")
    status = 404


class MethodRefused(WulianError):
    code = "method_not_allowed"
    message = N_("这个地址不支持 %(method)s：请对照接口说明。")
    status = 405


class TooMany(WulianError):
    code = "too_many_requests"
    message = N_("请求太密：请过 %(seconds)s 秒再试。")
    status = 429


class ServerFault(WulianError):
    code = "server_error"
    message = N_("服务器出了意外，这一步没有做成；已记入日志，请告诉管理员发生的时间。")
    status = 500


# pydantic's error type -> our sentence. What is not listed gets the last sentence.
SENTENCES = {
    "missing": N_("缺这一项"),
    "extra_forbidden": N_("没有这一项，请删去"),
    "int_parsing": N_("应是整数"),
    "int_type": N_("应是整数"),
    "int_from_float": N_("应是整数"),
    "bool_parsing": N_("应是 true 或 false"),
    "bool_type": N_("应是 true 或 false"),
    "string_type": N_("应是文字"),
    "string_unicode": N_("文字里有不成对的编码"),
    "string_too_short": N_("太短，至少 %(min_length)s 个字"),
    "string_too_long": N_("太长，至多 %(max_length)s 个字"),
    "string_pattern_mismatch": N_("含有不能用的字符，或格式不对"),
    "greater_than": N_("应大于 %(gt)s"),
    "greater_than_equal": N_("不得小于 %(ge)s"),
    "less_than": N_("应小于 %(lt)s"),
    "less_than_equal": N_("不得大于 %(le)s"),
    "date_from_datetime_parsing": N_("应是 2022-06-30 这样的日期"),
    "date_parsing": N_("应是 2022-06-30 这样的日期"),
    "date_type": N_("应是 2022-06-30 这样的日期"),
    "date_from_datetime_inexact": N_("应是 2022-06-30 这样的日期"),
    "datetime_from_date_parsing": N_("应是 2022-06-30T08:00:00+08:00 这样的时间"),
    "timezone_aware": N_("时间要带时区，如 2022-06-30T08:00:00+08:00"),
    "decimal_parsing": N_('应是数，小数请写成 "12.5" 这样的文字'),
    "json_float": N_('小数请写成 "12.5" 这样的文字，钱写成整数分'),
    "decimal_type": N_('应是数，小数请写成 "12.5" 这样的文字'),
    "decimal_max_digits": N_("位数太多，整数部分至多 18 位，小数至多 6 位"),
    "decimal_max_places": N_("位数太多，整数部分至多 18 位，小数至多 6 位"),
    "decimal_whole_digits": N_("位数太多，整数部分至多 18 位，小数至多 6 位"),
    "finite_number": N_("应是有限的数"),
    "literal_error": N_("只能是 %(expected)s"),
    "list_type": N_("应是一个列表"),
    "too_long": N_("太多，至多 %(max_length)s 项"),
    "too_short": N_("太少，至少 %(min_length)s 项"),
    "dict_type": N_("应是一个对象"),
    "model_attributes_type": N_("应是一个对象"),
    "model_type": N_("应是一个对象"),
}
OTHERWISE = N_("格式不对")


def plain(value: Any) -> str | int | bool | None:
    """A parameter of an error as JSON holds it; decimals, dates and translated words become strings."""
    if value is None or isinstance(value, bool | int):
        return value
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def error_body(error: WulianError, fields: list[Mapping[str, str]] | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {
        "code": error.code,
        "message": error.text(_),
        "params": {name: plain(value) for name, value in error.params.items()},
    }
    if fields is not None:
        body["fields"] = fields
    return body


def error_json(error: WulianError, fields: list[Mapping[str, str]] | None = None) -> JsonResponse:
    return JsonResponse(error_body(error, fields), status=error.status, json_dumps_params={"ensure_ascii": False})


def field_problems(errors: list[dict[str, Any]]) -> list[Mapping[str, str]]:
    """Validation errors as sentences with their place; ninja's own wrapper names are left out of the place."""
    problems: list[Mapping[str, str]] = []
    for error in errors:
        place = [str(step) for step in error.get("loc", ())]
        if len(place) > 2 and place[0] in {"body", "query", "form"}:
            place = [place[0], *place[2:]]
        template = _(SENTENCES.get(error["type"], OTHERWISE))
        context = error.get("ctx") or {}
        try:
            message = template % context
        except KeyError:
            message = _(OTHERWISE)
        problems.append({"at": ".".join(place), "code": str(error["type"]), "message": message})
    return problems


def fields_of(error: WulianError) -> list[Mapping[str, str]] | None:
    """The single reasons of an error that has several; None for any other."""
    if isinstance(error, EntryRefused):
        return [{"at": place_of(problem), "code": problem.code, "message": problem.text(_)} for problem in error.problems]
    if isinstance(error, DefinitionRefused):
        return [{"at": f"body.text.{flaw.line}", "code": "flaw", "message": flaw.message.text(_)} for flaw in error.flaws]
    if isinstance(error, AdoptionRefused):
        return [{"at": "body.text", "code": error.code, "message": text} for text in error.blocking]
    return getattr(error, "fields", None)


def place_of(problem: Problem) -> str:
    """Where a problem of an entry stands in the request that wrote it."""
    beside = {"reason": "body.reason", "on": "body.on", "region": "body.region", "": "body"}
    if problem.field == "subject":
        return "body.subject_id"
    if problem.code in {"missing_reason", "too_early", "region"} or not problem.field:
        return beside[problem.field]
    return f"body.values.{problem.field}"


def install_handlers(api: NinjaAPI) -> None:
    """Every exception that an operation may raise becomes the one form. What nobody foresaw is left to the middleware."""

    @api.exception_handler(WulianError)
    def on_wulian(request: HttpRequest, error: WulianError) -> HttpResponse:
        return error_json(error, fields_of(error))

    @api.exception_handler(NinjaValidationError)
    def on_validation(request: HttpRequest, error: NinjaValidationError) -> HttpResponse:
        fields = field_problems(error.errors)
        return error_json(InvalidInput(count=len(fields)), fields)

    @api.exception_handler(Http404)
    def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return error_json(NoSuchAddress())

    @api.exception_handler(OperationalError)
    def on_storage(request: HttpRequest, error: OperationalError) -> HttpResponse:
        logger.exception("database error on %s", request.path)
        return error_json(storage_error(error))

    @api.exception_handler(IntegrityError)
    def on_integrity(request: HttpRequest, error: IntegrityError) -> HttpResponse:
        logger.warning("integrity error on %s: %s", request.path, error)  # services check first; this is the last line
        return error_json(NotFitting())

    @api.exception_handler(HttpError)
    def on_http(request: HttpRequest, error: HttpError) -> HttpResponse:
        if isinstance(error, AuthenticationError):
            return error_json(SignInNeeded())
        if isinstance(error, Throttled):
            return error_json(TooMany(seconds=int(error.wait or 1)))
        return error_json(BadRequest())
