"""Searching organisations: p50 and p95 of a whole search (page of 50 with its rows, and counts of all filters), beside LIKE.

Beside it stands plain SQL on the same tables in the same run: a page of 50 and the count by `name_key LIKE '%…%' OR uscc
LIKE '…%'`, without former names, pinyin, ranking or filter counts. Organisations are generated into a throw-away database.

    python -m benchmarks.search [ORGANISATIONS …]        default: 7000 70000
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction

from benchmarks import _django  # starts Django before the tables below are imported
from wulian.directory.models import Organisation
from wulian.directory.searching import KIND
from wulian.directory.selectors.organisations import Question, search_organisations
from wulian.directory.services.regions import load_regions
from wulian.foundation import bulk, search
from wulian.foundation.access import ANONYMOUS, system
from wulian.kernel import uscc
from wulian.kernel.names import name_key

AT = datetime(2026, 6, 30, tzinfo=UTC)
FIRST = "中华天海泰达新兴金宏盛瑞恒通联创智云宇航科博源丰润嘉美康安信诚远大正德明辉华业东方国际"
TRADE = ("科技", "信息技术", "生物医药", "机械制造", "商贸", "建筑装饰", "物流", "餐饮管理", "文化传播", "环保工程", "电子", "新能源")
FORM = ("有限公司", "有限公司", "有限公司", "股份有限公司", "有限公司红桥分公司", "经营部")
DISTRICTS = ("120101", "120102", "120103", "120104", "120105", "120106", "120110", "120111", "120112", "120116", "120116-BHHT")
INDUSTRIES = ("C39", "C27", "I65", "M73", "F51", "E50", "")
QUERIES = 60


def code_of(number: int, district: str) -> str:
    organisation = f"{number:08d}"
    body = f"91{district[:6]}{organisation}{uscc.organisation_check_character(organisation)}"
    return body + uscc.check_character(body)


def generate(start: int, stop: int) -> None:
    random_ = random.Random(start)
    with transaction.atomic():
        rows = []
        for number in range(start, stop):
            district = random_.choice(DISTRICTS)
            name = f"天津{random_.choice(('', '市'))}{''.join(random_.choices(FIRST, k=random_.randint(2, 4)))}{random_.choice(TRADE)}{random_.choice(FORM)}"
            rows.append(
                Organisation(
                    name=name, name_key=name_key(name), uscc=code_of(number, district), region_id=district, industry=random_.choice(INDUSTRIES),
                    established_on=date(1990, 1, 1) + timedelta(days=random_.randrange(13_000)), created_at=AT, updated_at=AT,
                )
            )  # fmt: skip
        bulk.insert(Organisation, rows)


def questions(size: int) -> dict[str, list[Question]]:
    random_ = random.Random(2)
    some = list(Organisation.objects.filter(pk__in=random_.sample(range(1, size + 1), QUERIES)))

    def fragments(length: int) -> list[str]:
        found = []
        for organisation in some:
            start = random_.randrange(max(1, len(organisation.name_key) - length))
            found.append(organisation.name_key[start : start + length])
        return found

    texts = {
        "2 characters": fragments(2),
        "3 characters": fragments(3),
        "6 characters": fragments(6),
        "credit code": [organisation.uscc for organisation in some],
        "first 9 of a code": [organisation.uscc[:9] for organisation in some],
        "有限公司, 天津, 科技 …": ["有限公司", "天津", "天津市", "科技", "公司"] * (QUERIES // 5),
    }
    found = {label: [Question(text) for text in words] for label, words in texts.items()}
    district = {"region": ["120106"], "industry": ["C"]}
    found["3 characters, district, industry"] = [Question(text, district) for text in texts["3 characters"]]
    found["no words, newest first"] = [Question("")] * QUERIES
    found["no words, district"] = [Question("", {"region": ["120106"]})] * QUERIES
    return found


def like(question: Question) -> None:
    conditions, values = ["merged_into_id IS NULL"], []
    if question.text:
        conditions.append("(name_key LIKE %s OR uscc LIKE %s)")
        values += [f"%{name_key(question.text)}%", f"{question.text.upper()}%"]
    if "region" in question.filters:
        conditions.append("region_id = %s")
        values.append(question.filters["region"][0])
    if "industry" in question.filters:
        conditions.append("industry LIKE %s")
        values.append(f"{question.filters['industry'][0]}%")
    where = " AND ".join(conditions)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM directory_organisation WHERE {where} ORDER BY established_on DESC LIMIT 50", values)
        cursor.fetchall()
        cursor.execute(f"SELECT COUNT(*) FROM directory_organisation WHERE {where}", values)
        cursor.fetchall()


def milliseconds(act: Callable[[Question], object], asked: list[Question]) -> tuple[float, float]:
    times = []
    for question in asked:
        started = time.perf_counter()
        act(question)
        times.append((time.perf_counter() - started) * 1000)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.95)]


def main() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    load_regions(by=system("benchmark"))
    _django.announce()
    done = 0
    earlier: tuple[int, float] | None = None
    for size in [int(word) for word in sys.argv[1:]] or [7_000, 70_000]:
        for start in range(done, size, 10_000):
            generate(start, min(start + 10_000, size))
        done = size
        started = time.perf_counter()
        search.rebuild(KIND)
        print(f"\n{size:,} organisations, index built in {time.perf_counter() - started:.0f} s")
        print(f"{'asked':<36}{'p50 ms':>9}{'p95 ms':>9}{'LIKE p50':>12}{'LIKE p95':>10}")
        every: list[Question] = []
        for label, asked in questions(size).items():
            every += asked
            ours = milliseconds(lambda q: search_organisations(viewer=ANONYMOUS, question=q), asked)
            # A scan of a million rows takes about as long whatever is asked, so a few stand for all.
            plain = milliseconds(like, asked if size < 200_000 else asked[:12])
            print(f"{label:<36}{ours[0]:>9.1f}{ours[1]:>9.1f}{plain[0]:>12.1f}{plain[1]:>10.1f}")
        ours = milliseconds(lambda q: search_organisations(viewer=ANONYMOUS, question=q), every)
        print(f"{'all of them':<36}{ours[0]:>9.1f}{ours[1]:>9.1f}")
        if earlier:
            print(f"growth from {earlier[0]:,} to {size:,} organisations (x {size / earlier[0]:.1f}): p95 x {ours[1] / earlier[1]:.1f}")
        earlier = size, ours[1]


if __name__ == "__main__":
    main()
