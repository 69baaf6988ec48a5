"""The heading tree of a plan: chapters, numbered items, titled paragraphs, dash items, boxes, and damaged numbering.

Depth comes from the order in which kinds of numbers nest in this document, not from a fixed list: some plans put `一、` under
`第一章`, others put `1.` straight under `（一）`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from wulian.engines.planreader.model import Document, Span
from wulian.engines.planreader.text import chinese_number, normal
from wulian.engines.planreader.units import UNIT

_HAN = "[一二三四五六七八九十百]"
_MARKS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("annex", re.compile(r"(附件\s*\d*|附\s*录\s*\d*)\s*(?:[:.]\s*|$)")),
    ("part", re.compile(rf"(第\s*{_HAN}+\s*(?:篇|部分))[\s、:]*")),
    ("chapter", re.compile(rf"(第\s*{_HAN}+\s*章)[\s、:]*")),
    ("section", re.compile(rf"(第\s*{_HAN}+\s*节)[\s、:]*")),
    ("article", re.compile(rf"(第\s*{_HAN}+\s*条)[\s、:]*")),
    ("han", re.compile(rf"({_HAN}{{1,3}})\s*(?:、|\.(?!\d))\s*")),
    ("han_bracket", re.compile(rf"(\(\s*{_HAN}{{1,3}}\s*\))[、.\s]*")),
    (
        "box",
        re.compile(
            rf"((?:专栏|专表|专题|图|表|附表|附图)\s*(?:\d+(?:-\d+)?|{_HAN}{{1,2}})?)[\s:、.]+(?=\S)|((?:专栏|附表|附图|图|表)\s*\d+)(?=[^\d\s])"
        ),
    ),
    ("decimal_three", re.compile(r"(\d{1,2}(?:\.\d{1,2}){2,3})\s*(?=[\u4e00-\u9fff“《])")),
    ("decimal", re.compile(rf"(\d{{1,2}}\.\d{{1,2}})\s*(?!\s*(?:{UNIT}|以上|以下|左右|至|到))(?=[\u4e00-\u9fff“《].{{3,}})")),
    ("digit", re.compile(r"(\d{1,3})\s*(?:[.、]|\.\s)(?!\d)\s*")),
    ("digit_bracket", re.compile(r"(\(\s*\d{1,3}\s*\)|\d{1,2}\)|[①-⑳])[、.\s]*")),
    ("bullet", re.compile(r"([■◆▲★▶□◇])\s*(?=[^\n。;]{2,40}$)")),
    ("dash", re.compile(r"(-{1,2})\s*(?=[^\d\s-])")),
    ("lost_bracket", re.compile(r"(\))\s*(?=[^\s,。;])")),
)
# Longer than any sentence of a plan; what a broken page runs together is cut so that reading time stays linear.
LONGEST_SENTENCE = 1200
_ORDER = {"part": 0, "chapter": 1, "section": 2}
_TITLED = re.compile(r"([^。,;:!?]{4,32})。(?=.{12,})", re.S)
_STANDALONE = re.compile(r"[^。,;:!?]{2,40}")
_FURNITURE = re.compile(
    r"次浏览|浏览(?:次数|量)|备案(?:序)?号|ICP备|公网安备|联系(?:方式|热线|电话)|网站标识码|发布(?:时间|日期)|^\s*字号|主办单位|承办单位|当前位置|打印本页|关闭窗口|扫一扫|"
    r"推荐使用|分享到|来源:|浏览器|责任编辑|版权所有|信息公开类别|索\s*引\s*号|^\s*-?\s*\d+\s*-?\s*$|^[•·]"
)
_NOTE = re.compile(r"^(?:注|说明|备注)\s*[:：]")


@dataclass(slots=True)
class Paragraph:
    """A non-blank line without its margins."""

    start: int
    end: int
    in_table: bool = False
    level: int | None = None


@dataclass(slots=True)
class Node:
    """One heading. `start:end` covers the heading and all that stands under it."""

    kind: str
    id: str
    title: str
    start: int
    title_end: int
    end: int
    depth: int
    parent: Node | None
    run_in: bool
    children: list[Node] = field(default_factory=list)
    restored: bool = False

    @property
    def label(self) -> str:
        """The heading as printed, number included."""
        glue = (
            "" if not self.id or self.id.endswith((")", "）")) else ("、" if self.kind == "han" else ("." if self.kind == "digit" else ""))
        )
        if self.kind in {"chapter", "part", "section", "box"}:
            glue = " "
        return f"{self.id}{glue}{self.title}" if self.kind != "dash" else self.title


@dataclass(slots=True)
class Structure:
    """Paragraphs outside furniture, the heading tree in document order, and numbers that the page lost."""

    paragraphs: list[Paragraph]
    nodes: list[Node]
    gaps: list[tuple[str, Span, Span]]

    def path(self, offset: int) -> list[Node]:
        """Headings over `offset`, outermost first."""
        held = [node for node in self.nodes if node.start <= offset < node.end]
        return sorted(held, key=lambda node: (node.start, node.depth))


def is_furniture(line: str) -> bool:
    """Whether a line of normal text belongs to the web page and not to the plan."""
    return len(line) < 160 and bool(_FURNITURE.search(line))


def paragraphs(document: Document, tables: list[Span]) -> list[Paragraph]:
    """Lines of the document that carry text, marked when they belong to a table."""
    plain = normal(document.text)
    out: list[Paragraph] = []
    for block in document.blocks:
        if block.kind == "table":
            continue
        line = plain[block.start : block.end]
        start = block.start + len(line) - len(line.lstrip())
        end = block.start + len(line.rstrip())
        if end > start:
            inside = any(low <= start < high for low, high in tables)
            out.append(Paragraph(start, end, inside, block.level))
    return out


def _mark(line: str) -> tuple[str, str, int] | None:
    for kind, pattern in _MARKS:
        found = pattern.match(line)
        if found:
            printed = next(group for group in found.groups() if group)
            return kind, printed, found.end()
    return None


def ordinal(kind: str, printed: str) -> int | None:
    """The number inside a heading mark."""
    if kind in {"dash", "titled", "plain", "lost_bracket", "box"}:
        return None
    found = re.search(rf"{_HAN}+|\d+", printed)
    if not found:
        return None
    text = found.group()
    return int(text) if text.isdigit() else chinese_number(text)


def _title_end(line: str, start: int, kind: str) -> tuple[int, bool]:
    """End of the title in `line` and whether text runs on behind it."""
    stops = "。:" if kind in {"dash", "lost_bracket"} else "。"
    for place in range(start, min(len(line), start + (400 if kind == "digit" else 120))):
        if line[place] in stops:
            return place, place + 1 < len(line)
    if kind == "digit" and len(line) - start <= 60:
        colon = line.find(":", start)
        if 0 < colon - start <= 24 and colon + 8 < len(line):
            return colon, True
    return len(line.rstrip(";:,")), False


_LIST_WORD = re.compile(r"[,;]|的$|等$")


def read_structure(document: Document, tables: list[Span]) -> Structure:
    """Heading tree of the document.

    Paragraphs inside tables and page furniture are left out. A heading whose number was lost keeps its place: `)标题` takes
    the number after its elder sibling, and a short line before a first `（一）` counts as the parent that it must be.
    """
    text, plain = document.text, normal(document.text)
    lines = [item for item in paragraphs(document, tables) if not item.in_table and not is_furniture(plain[item.start : item.end])]
    kinds = _classify(lines, plain, tables)
    nodes: list[Node] = []
    stack: list[Node] = []
    gaps: list[tuple[str, Span, Span]] = []
    for place, item in enumerate(lines):
        kind, printed, skip = kinds[place]
        if not kind or (kind == "annex" and not nodes):
            continue  # a plan that is itself an annex begins with the word
        line = plain[item.start : item.end]
        stop, run_in = _title_end(line, skip, kind)
        if kind in {"digit", "digit_bracket", "han"} and stop - skip > 140 and not run_in:
            continue
        restored = kind in {"lost_bracket", "lost_parent"}
        true_kind = {"lost_bracket": "han_bracket", "lost_parent": "han", "lost_table": "box", "lost_figure": "box"}.get(kind, kind)
        family = next((node.parent for node in reversed(nodes) if node.kind == "titled"), None) if true_kind == "titled" else None
        if family in stack:
            del stack[stack.index(family) + 1 :]
        while stack and not _nests(stack, true_kind):
            stack.pop()
        parent = stack[-1] if stack else None
        identity = text[item.start : item.start + len(printed)] if kind not in {"lost_bracket", "lost_parent", "titled", "plain"} else ""
        if kind == "dash":
            identity = "——"
        title = text[item.start + skip : item.start + stop].strip().rstrip("。：:；;")
        node = Node(
            true_kind, re.sub(r"\s+", "", identity), title, item.start, item.start + stop, len(text), len(stack) + 1, parent, run_in
        )
        node.restored = restored
        elder = next((other for other in reversed(nodes) if other.parent is parent and other.kind == true_kind), None)
        if kind == "lost_bracket":
            before = ordinal("han_bracket", elder.id) if elder else 0
            node.id = f"({_han((before or 0) + 1)})"
        if kind in {"lost_table", "lost_figure"}:
            node.id = ("表" if kind == "lost_table" else "图") + node.id
        _note_gap(node, elder, plain, gaps)
        nodes.append(node)
        if parent:
            parent.children.append(node)
        if kind != "box":
            stack.append(node)
    nodes = _with_company(nodes)
    _close(nodes, len(text))
    return Structure(lines, nodes, gaps)


def _with_company(nodes: list[Node]) -> list[Node]:
    """Titled paragraphs without a titled sibling are sentences, not headings."""
    lone = {
        id(node)
        for node in nodes
        if node.kind == "titled"
        and not any(other is not node and other.kind == "titled" and other.parent is node.parent for other in nodes)
    }
    for node in nodes:
        node.children = [child for child in node.children if id(child) not in lone]
        if node.parent is not None and id(node.parent) in lone:
            node.parent, node.depth = node.parent.parent, node.depth - 1
    return [node for node in nodes if id(node) not in lone]


def _han(value: int) -> str:
    digits = "零一二三四五六七八九"
    if value < 10:
        return digits[value]
    return ("" if value < 20 else digits[value // 10]) + "十" + (digits[value % 10] if value % 10 else "")


def _nests(stack: list[Node], kind: str) -> bool:
    """Whether a heading of `kind` may stand under the top of the stack."""
    top = stack[-1]
    if kind == "annex":
        return False
    if top.kind == "annex":
        return True
    if top.kind == kind:
        return False
    if any(node.kind == kind for node in stack):
        return False
    if kind in _ORDER:
        return top.kind in _ORDER and _ORDER[top.kind] < _ORDER[kind]
    if top.kind == "dash" and kind not in {"digit_bracket"}:
        return False
    if top.kind == "titled" and kind in {"han", "han_bracket", "digit", "plain"}:
        return False
    if top.kind == "plain" and kind in {"han", "han_bracket"}:
        return False
    return not (kind == "han" and top.kind in {"han_bracket", "digit", "digit_bracket"})


def _lost_caption(line: str, end: int, tables: list[Span]) -> tuple[str, str, int] | None:
    """Caption of a table or figure whose word 表 or 图 the page lost: `1:空间布局`, or a numbered line right above a table."""
    found = re.fullmatch(r"(\d{1,2})\s*(:?)\s*([^\d\s%.,。;:、][^,。;:]{3,30})", line)
    if not found:
        return None
    above = any(0 <= start - end <= 40 for start, _ in tables)
    if above:
        return "lost_table", found.group(1), found.start(3)
    if found.group(2) and re.search(r"图|格局|布局|示意|分布|结构|体系|框架|路线", found.group(3)):
        return "lost_figure", found.group(1), found.start(3)
    return None


def _classify(lines: list[Paragraph], plain: str, tables: list[Span]) -> list[tuple[str, str, int]]:
    """Kind of heading of each line ("" for running text), its printed mark and where the title starts."""
    out: list[tuple[str, str, int]] = []
    for item in lines:
        line = plain[item.start : item.end]
        mark = _mark(line)
        if mark and mark[0] == "box" and len(line) > 60:
            mark = None
        if mark and mark[0] == "lost_bracket" and len(line) > 80 and "。" not in line[:80]:
            mark = None
        caption = None if mark else _lost_caption(line, item.end, tables)
        if mark:
            out.append(mark)
        elif caption:
            out.append(caption)
        elif item.level is not None and len(line) <= 60:
            out.append(("plain", "", 0))
        elif _TITLED.match(line) and not _NOTE.match(line):
            out.append(("titled", "", 0))
        else:
            out.append(("", "", 0))
    _find_numbers_behind_numbers(lines, plain, out)
    _drop_stray(lines, plain, out)
    _find_lost_parents(lines, plain, out)
    return out


def _find_numbers_behind_numbers(lines: list[Paragraph], plain: str, out: list[tuple[str, str, int]]) -> None:
    """Items whose title opens with figures (11.121人才项目): told from decimals by the item before."""
    last = 0
    for place, item in enumerate(lines):
        kind, printed, _ = out[place]
        if kind == "digit":
            last = int(printed)
            continue
        found = re.match(r"(\d{1,2})[.、]\s*(?=\d{2,}[\u4e00-\u9fff])", plain[item.start : item.end])
        if found and last and int(found.group(1)) == last + 1:
            out[place] = ("digit", found.group(1), found.end())
            last += 1


def _drop_stray(lines: list[Paragraph], plain: str, out: list[tuple[str, str, int]]) -> None:
    """Headings need company: a lone titled paragraph is a sentence; a lone dash line is one too."""
    for kind in ("titled", "dash"):
        places = [place for place, entry in enumerate(out) if entry[0] == kind]
        if len(places) < 2:
            for place in places:
                out[place] = ("", "", 0)
    for place, entry in enumerate(out):
        if entry[0] == "titled":
            line = plain[lines[place].start : lines[place].end]
            title = line[: line.index("。")]
            if re.search(r"\d", title) or re.match(
                r"(?:[一二三四五六七八九十]{1,2}是|同时|此外|其中|今年|目前|当前|我国|本市|全市|为|据|对)", title
            ):
                out[place] = ("", "", 0)


def _find_lost_parents(lines: list[Paragraph], plain: str, out: list[tuple[str, str, int]]) -> None:
    for place in range(len(lines) - 1):
        following = out[place + 1]
        if out[place][0] or following[0] != "han_bracket" or ordinal("han_bracket", following[1]) != 1:
            continue
        line = plain[lines[place].start : lines[place].end]
        previous = next((entry[0] for entry in reversed(out[:place]) if entry[0]), "")
        if _STANDALONE.fullmatch(line) and len(line) <= 25 and previous not in {"", "han", "chapter"}:
            out[place] = ("lost_parent", "", 0)


def _note_gap(node: Node, elder: Node | None, plain: str, gaps: list[tuple[str, Span, Span]]) -> None:
    """Remember a jump in the numbering (二 missing between 一 and 三) with both places."""
    if node.restored or elder is None or node.kind in {"box", "dash", "titled", "plain", "annex", "bullet", "decimal", "decimal_three"}:
        return
    now, before = ordinal(node.kind, node.id), ordinal(elder.kind, elder.id)
    if elder.restored and elder.kind == "han":
        return
    if now is not None and before is not None and before + 1 < now <= before + 3:
        gaps.append((f"{elder.id}|{node.id}", (elder.start, elder.title_end), (node.start, node.title_end)))


def _close(nodes: list[Node], length: int) -> None:
    """Each node ends where the next one at its depth or above begins."""
    for place, node in enumerate(nodes):
        node.end = next((other.start for other in nodes[place + 1 :] if other.depth <= node.depth), length)


def sections_text(path: list[Node]) -> str:
    """Titles over a place, joined; used to tell results from aims."""
    return "/".join(node.title for node in path)


def sentences(text: str, start: int, end: int) -> list[Span]:
    """Sentences of `text[start:end]`, cut at full stops (a closing bracket or quote goes with what it closes)."""
    whole: list[Span] = []
    begin = start
    for found in re.finditer(r"[。!?！？](?:[”\"’)）])*", text[start:end]):
        whole.append((begin, start + found.end()))
        begin = start + found.end()
    if begin < end and text[begin:end].strip():
        whole.append((begin, end))
    out: list[Span] = []
    for low, high in whole:
        while high - low > LONGEST_SENTENCE:
            mark = max(text.rfind(char, low + 200, low + LONGEST_SENTENCE) for char in ";,、；， ")
            cut = mark + 1 if mark > 0 else low + LONGEST_SENTENCE
            out.append((low, cut))
            low = cut
        out.append((low, high))
    return out
