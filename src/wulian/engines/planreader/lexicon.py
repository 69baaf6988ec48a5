"""The wording of targets in Chinese plans: verbs, comparators, list words. General language only, no phrase of one document."""

from __future__ import annotations

import re

# Words that stand between the name of a quantity and its number, longest first.
_REACH = (
    "达到或超过|不少于|不低于|不高于|不超过|不大于|不小于|不多于|多于|少于|低于|高于|大于|小于|超过|超出|突破|高达|达到|达至|达|超|逾|"
    "增长到|增长至|增加到|增加至|提高到|提高至|提升到|提升至|上升到|上升至|扩大到|扩大至|发展到|发展至|增至|升至|提至|下降到|下降至|降低到|降低至|降到|降至|减少到|减少至|压缩到|压缩至|压减至|缩短到|缩短至|缩减至|"
    "缩小到|缩小至|调整为|优化为|调整到|优化到|调整至|优化至|控制在|稳定在|保持在|维持在|稳定达到|保持|居于|位居|位列|排名|排在|名列|列|居|跻身|进入|迈入|迈进|迈上|重返|回归|前移至|前进至|前进到|升到|排|"
    "年均|平均达到|平均为|平均|同口径增长|同口径下降|年均复合增长率|年均复合增长|复合增长|年均增长|年均增速|年均提高|年均提升|年均下降|年均降低|同比增长|同比提高|同比下降|累计增长|累计提高|累计下降|累计降低|"
    "增长|增加|增幅|提高|提升|上升|扩大|下降|降低|减少|压减|压缩|缩短|缩减|净增|新增|新建|再增|"
    "总量|共计|合计|总计|累计|共有|共|合|计|约为|约|大约|近|将近|接近|至少|最少|最多|分别|均|都|各|"
    "实现|完成|仅为|仅有|仅|为|是|有|在|至|到|了|已|已经|将|可|要|拟|预计|预期|力争|争取|争创|确保|努力|基本|稳步|稳定|仍|再|又|也|全部|首次|率先|成功|一般|原则上|应当|应|须"
)
PREDICATE = re.compile(rf"(?:{_REACH}|[:\s“\"(])$")
_WORDS = sorted({word for word in _REACH.split("|") if word}, key=len, reverse=True)

_COMPARISON = re.compile(
    r"(?:较|比|与)(?:(?:19|20)\d{2}年(?:末|底)?|[“\"]?[一二三四五六七八九十]{2,3}五[”\"]?(?:期?末|时期)?|上年(?:末|底)?|去年|基期|往年|同期|.{0,6}平均水平)(?:相比)?的?$"
)

# A place between a verb and its number (完成全市26个…), and places that each have one (各区建有1所…, 每个社区拥有3个…).
PLACE_END = re.compile(r"(?:(?:中心|主)?城区|(?:全|本|我)[国省市区县州](?:共|内)?|[一二三四]期)$")
EVERY_PLACE = re.compile(r"(?:各|每个?|全部|所有)[^,;。、\d]{1,12}(?:至少)?(?:均|都|各)?(?:有|建有|设有|拥有|建|设|建成|设立)(?:至少)?$")
# Verbs of doing: they open a counted noun (新增20家…) or stand before a noun that a number follows (培育企业200家).
DOING = (
    "争取到|推广应用|启动|促成|资助|筹建|发动|创办|招收|录用|聘请|聘用|招聘|招募|输送|安置|救助|接待|采购|购置|更换|搬迁|扶持发展|培育发展|重点发展|指导|辅导|帮助|选树|评选|命名|扶持|入驻|进驻|选拔培养|引进培育|引进培养|遴选培育|培育认定|评选认定|组织实施|组织开展|新培育认定|累计培育|累计引进|新引进|新培育|新认定|新设立|新组建|新改扩建|新改建|改扩建|新增加|新增|新建|净增|"
    "建成投用|建成投产|建成投运|启动建设|规划建设|布局建设|高标准建设|高质量建设|支持建设|推动建设|建设|建成|建立|设立|组建|创建|争创|打造|搭建|构建|布局|培育|培养|引进|引育|引入|招引|吸引|集聚|聚集|汇聚|"
    "选派|派出|选拔|遴选|评选|推荐|认定|评定|备案|获批|入选|获得|荣获|获|斩获|承担|实施|攻克|突破|产生|产出|形成|取得|研发|开发|研制|制定|制修订|制订|修订|主导|参与|发布|推出|推广|"
    "举办|举行|召开|开展|组织|承办|转化|转移转化|承接|落地|签约|开工|竣工|投产|完成|实现|改造|更新|新开工|续建|改建|扩建|整治|治理|修复|种植|营造|完善|拥有|建有|现有|已有|共有|设有|共|累计|"
    "培训|帮扶|服务|对接|惠及|覆盖|发放|提供|开通|开设|配备|配置|储备|筹集|投放|推动|推进|促进|支持|带动|力争|确保|达到|超过|突破|每年|年均|全年|立项|孵化|盘活|腾退|淘汰|关停|压减|化解|上市|挂牌|申报|申请|授权|登记|发表|出版|入库|纳入|兑现|减免|撬动|募集|办结|办理"
)
DOING_END = re.compile(rf"(?:{DOING})(?:了|约|近|超|超过|不少于|不低于|至少|以上|出|过|逾|一批)?$")
# Verbs that open a clause about doing, so that nothing in it is a subject.
PUSHING = re.compile(
    r"(?:推动|促进|推进|支持|培育|打造|建设|加快|引进|实施|构建|完善|强化|深化|优化|加强|提升|提高|鼓励|引导|组织|开展|制定|探索|聚焦|围绕|坚持|落实|健全|积极|大力|着力|深入|持续|不断|进一步|充分|全面)"
)
# Verbs that make what they count, also with its field in between (打造智能制造领域5个特色集群).
MAKING = re.compile(r"(?:新增|新建|累计|建成|建设|打造|培育|创建|形成|引进|引育|培养)+(?:形成|建设|发展|认定|壮大)?")
DOING_START = re.compile(rf"^(?:{DOING})")
# Verbs that plans keep inside the name of the count, because the count is of the doing.
_KEPT = "新增加?|新建|净增|新引进|新培育|新认定|引进|引育|招引|转化|举办|选派|发布|承接|培训|改造|开展|组织|新设立|制定|制修订|主导制定|发放|开通|孵化|攻克|实施|选拔培养|立项|新开工|淘汰|盘活"
KEPT = re.compile(rf"({_KEPT})(?:了|约|近|超|超过|不少于|不低于|至少|逾)?$")
KEPT_VERB = re.compile(_KEPT)
NEW = re.compile(
    rf"累计|净增|(?<![创革更翻出崭全最高])新(?:{DOING}|增|建|改|布局|开通|设|招引)|共引进|共培育|(?:五|三)年.{0, 4}(?:引进|培育|完成|实施|新)"
)
EVERY_YEAR = re.compile(
    rf"每年(?!度末)|每年度|逐年(?!提|增|下)|每一年|年均(?={DOING}|投入|安排|销售|吸纳|接待|供应|不少于|不低于|约|近|\d)"
)

# What is built is built once, whatever is done each year before it (每年引进人才2名，建设工作站10家).
ONCE = re.compile(r"(?:[一二三四五六七八九十]年)?(?:累计|总计)|建设|新建|建成|打造|形成|设立|组建|布局|新增|净增|[^,;]{0,10}共建")

LEADING = re.compile(
    r"^(?:并且|并|且|同时|其中|此外|另有|另外|以及|和|及|与|或|还|使得|使|让|将|把|力争|确保|努力|争取|预计|预期|计划|拟|要|目前|现|已|共有|共|拥有|建有|现有|已有|设有|我[国省市区县州]|通过|到时|届时|从而|进而|实现|推动|促进|带动|至此|即|如|"
    r"[、,.;:\s)”\"●•·■◆▲★○◎])+"
)
LIST_SPLIT = re.compile(r"、|(?<=[^\s])(?:以及|及其|和|与|及)(?=[^\s])")

# What follows a number without being the thing counted.
AFTER_STOP = re.compile(
    r"(?:创建|争创|申报|牵头|组建|建立|设立|承担|主持|到(?!期)|赴|在(?!建|线|校|册|研)|向|为|由|从|对|于|开展|启动|落户|落地|投入|深入|参与|入选|入驻|获批|获得(?!者)|荣获|斩获|喜获|获(?!得|奖者)|纳入|实施|完成|建成|全面|正式|进行|实现|并|且|均|已|将|全部|全都|通过|成功|累计|其中|比|较|占|达|居|位(?=居|列|于|次|第)|率先|顺利|基本|分别|实行|接受|享受|集聚|形成|"
    r"陆续|相继|先后|重点(?!领域|实验室|项目|企业|产业|学科|人才|区域|工程|园区|行业|高校|群体)|用于|以上|左右|以内|不断|持续|大幅|明显|显著|同比|推动|促进|带动|覆盖|辐射|服务于|打造|建设|提供|签约|支持(?!平台|中心|项目))"
)
NO_NOUN = re.compile(
    r"^(?:以上|左右|以内|以下|之内|之上|上下|的|、|,|;|。|\)|和|与|及|以及|或|并|$|到|至|增|提|下|比|较|占|居|位|均|已|将|在(?![建校孵线册研穗京津沪渝宁杭汉蓉深甬厦])|”|\"|/|-|~|时|后|前|内|起|等(?:$|[,、;。)]))"
)

# Numbers that order a text or a structure, not the world.
STRUCTURAL = re.compile(
    r"^[^,、。;]{0,8}?(?:方面|领域|方向|工程(?!技术|研究|中心|实验|师|机械)|行动|体系|机制|环节|阶段|步骤|原则|维度|层面|板块|片区|组团|专班|重点工作|工作组|服务组|专项组|小组|要素|链条|任务|特色支撑|支撑产业|产业链|主导产业|重点产业|核心|功能|主题|模式|关键|部分|类别|专题|专项行动|举措|措施|着力|坚持|战略|定位|目标|抓手|问题|短板|特点|关系|转变|统筹|结合|环境|文件|条款|条例|章节|等级|层次|梯次|梯队|格局|极|圈|带|轴|核|谷)"
)
CONDITION = re.compile(
    r"给予|奖励|补助|补贴|资助|贴息|奖补|奖金|罚款|处以|减按|免征|税率|加计扣除|予以.{0,6}支持|一次性|最高(?:不超过)?\d|封顶"
)
PROGRAMME_AFTER = re.compile(
    r"^(?:计划|工程(?!技术|研究|中心|实验|师|机械)|行动|团(?!队)|榜|大会|论坛|活动|会议|讲话|精神|文件|号|条|强|大(?!型|学|数据)|佳|杰出|校|城|县|乡|村(?!集体)|寨|亿工程)"
)
INDICATOR_NOUN = re.compile(
    r"(?:比重|比例|占比|率(?<!效率)|强度|指数|能耗|排放量|密度|总量|数量|规模|额|产值|增加值|收入|营收|水平指数|面积|里程|年限|寿命|天数|浓度|人数|学位|床位|户数|家数|人次|总数|拥有量|授权量|保有量|产量|销量|得分|排名|位次|速度|增速|时间|周期|时长|成本|价格|价值|投资|支出|经费|投入|数|量|值|度)$"
)
RATIO_NOUN = re.compile(r"(?:比重|比例|占比|率)$")
QUALITATIVE = re.compile(
    r"^(?P<name>[^,;。]*?(?:比重|比例|占比|(?<!效)率|强度|指数|能耗|排放量|排放强度|等[^,;。]{0,6}指标|排放|降低|降幅|削减|人数|拥有量|浓度|密度|成交额|排名))(?P<all>均|都|分别)?(?:力争|继续|持续|稳步|总体|基本|始终|稳定)*"
    r"(?P<what>(?:保持|位居|位列|居|稳居|处于|进入|跻身|走在|领跑)(?:在)?[^,;。\d]{0,6}?(?:前列|领先水平|领先|先进水平|前茅|第一方阵|平均水平)|"
    r"(?:显著|明显|大幅|稳步|持续|继续|进一步|逐年|逐步|不断|较大幅度|有效|有所|快速|稳中有)(?P<way>提升|提高|增长|上升|下降|降低|减少|改善|优化|升|降)|"
    r"控制在(?:上级|国家|省|市|区)[^,;。\d]{0,8}(?:下达|要求|目标|标准|指标)[^,;。\d]{0,4}?(?:范围)?(?:之内|以内|内)|"
    r"(?:确保)?(?:完成|达到)(?:[\u4e00-\u9fff]{2,6}[省市区县州]|上级|国家|省|市|区)[^,;。\d]{0,8}(?:下达|确定|任务|要求|目标)[^,;。\d]{0,8})$"
)
FIRST_EVER = re.compile(
    r"^(?:(?:力争|争取|有望)?(?:实现|取得))?(?P<name>[^,;。]{2,30}?)(?:力争|争取|有望|率先)?(?P<what>(?:(?:实现|取得)零的?|零的)突破)$"
)


def strip_predicate(text: str) -> tuple[str, list[str]]:
    """`text` without the words that lead to a number, and those words (nearest to the number first)."""
    taken: list[str] = []
    body = text.rstrip()
    while body:
        comparison = _COMPARISON.search(body)
        if comparison and comparison.end() == len(body):
            taken.append(comparison.group())
            body = body[: comparison.start()].rstrip()
            continue
        year = re.search(r"(?:到|至|截至|于|自)?(?:19|20)\d{2}年(?:末|底|度|初)?的?$|(?:末|底)的$", body)
        if year:
            lead = bool(re.match(r"[到至]", year.group())) and bool(re.search(r"[增长高升加大降低少缩]$", body[: year.start()]))
            taken.append(year.group()[1:] if lead else year.group())
            body = body[: year.start() + lead].rstrip()
            continue
        word = next((word for word in _WORDS if body.endswith(word)), None)
        if word is None or _belongs(body, word):
            break
        taken.append(word)
        body = body[: len(body) - len(word)].rstrip()
    return body, taken


def _belongs(body: str, word: str) -> bool:
    """Whether `word` ends a noun rather than leading to the number (占地区生产总值比重 ends no predicate; 行列, 上市, 存在 do)."""
    before = body[: len(body) - len(word)]
    if not before:
        return False
    tail = before[-1]
    nouns = {
        "计": "统设累合总共预估会",
        "列": "系行序排位名",
        "居": "位民定安宜移",
        "排": "减安彩编",
        "有": "国拥所私公持享共",
        "为": "行作认因",
        "是": "可于但",
        "在": "存所现",
        "要": "需主重纪",
        "约": "节集公合条预",
        "共": "公",
        "合": "综结联融混组整",
        "达": "发到雷",
        "各": "",
        "超": "",
        "近": "邻附",
        "至": "甚乃",
        "可": "许认",
        "了": "",
        "应": "供响适",
        "再": "",
        "将": "",
        "总量": "产",
        "实现": "",
        "投资": "",
        "年均增速": "",
        "增幅": "",
    }
    if word in {"总量", "增幅", "年均增速", "年均复合增长率"}:
        return True
    return tail in nouns.get(word, "")


def comparator_of(words: list[str], tail: str | None) -> str | None:
    """Comparator from the words before a number (nearest first) and the one found behind it."""
    if tail in {">=", "<=", ">", "<"}:
        return tail
    for word in words:
        if word in {"不少于", "不低于", "不小于", "至少", "最少", "达到或超过"}:
            return ">="
        if word in {"突破", "超过", "超出", "超", "高于", "大于", "多于", "逾"}:
            return ">"
        if word in {"不超过", "不高于", "不大于", "不多于", "控制在", "最多"}:
            return "<="
        if word in {"低于", "小于", "少于"}:
            return "<"
        if re.search(r"[到至]$", word) and len(word) > 1:
            return None if tail == "~" else "="
        if re.search(r"增长|增加|提高|提升|上升|扩大|新增|新建|净增|再增", word):
            return "increase"
        if re.search(r"下降|降低|减少|压减|压缩|缩短|缩减", word):
            return "decrease"
        if word in {"约", "约为", "大约", "近", "将近", "接近"}:
            return None
    return None if tail == "~" else "="
