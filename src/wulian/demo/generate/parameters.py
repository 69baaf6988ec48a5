"""The numbers behind the synthetic region. Results follow from these and from chance; none is set by hand.

They were chosen so that Hongqiao, the district that the demonstration looks at from close by, has about as many firms and
titles as its plans speak of, while the rest of the city is a thin sample. Sizes of regions (GDP, residents, R&D) are of
realistic order and are not statistics.
"""

from __future__ import annotations

from dataclasses import dataclass

FIRST_YEAR = 2017  # titles and staff are followed from here
FIRST_FACT_YEAR = 2021
FIRST_REGION_YEAR = 2019


@dataclass(frozen=True, slots=True)
class Area:
    """One region. `stock`: firms at the end of 2018; `births` a year since; `technical`: share of technical firms."""

    code: str
    office: str  # registering office in the credit code (older county codes are still in use)
    place: str  # how addresses begin
    stock: int
    births: float
    technical: float
    rural: bool = False


AREAS = (
    Area("120106", "120106", "天津市红桥区", 905, 70, 0.31),
    Area("120116-BHHT", "120193", "天津滨海高新区", 208, 16.5, 0.66),
    Area("120116-TEDA", "120116", "天津经济技术开发区", 50, 3.8, 0.42),
    Area("120116-TPFZ", "120118", "天津港保税区", 37, 3, 0.30),
    Area("120116-PFTZ", "120118", "天津自贸试验区", 24, 3, 0.20),
    Area("120116", "120116", "天津市滨海新区", 85, 6.8, 0.28),
    Area("120104", "120104", "天津市南开区", 90, 6, 0.38),
    Area("120111", "120111", "天津市西青区", 74, 6, 0.40),
    Area("120103", "120103", "天津市河西区", 64, 4.5, 0.26),
    Area("120110", "120110", "天津市东丽区", 61, 4.5, 0.36),
    Area("120113", "120113", "天津市北辰区", 56, 4.5, 0.36),
    Area("120112", "120112", "天津市津南区", 50, 4.5, 0.36),
    Area("120114", "120222", "天津市武清区", 50, 4.5, 0.30, rural=True),
    Area("120101", "120101", "天津市和平区", 40, 3, 0.18),
    Area("120102", "120102", "天津市河东区", 34, 3, 0.22),
    Area("120105", "120105", "天津市河北区", 27, 2.2, 0.24),
    Area("120118", "120223", "天津市静海区", 27, 2.2, 0.20, rural=True),
    Area("120115", "120224", "天津市宝坻区", 22, 2.2, 0.22, rural=True),
    Area("120117", "120221", "天津市宁河区", 18, 1.5, 0.16, rural=True),
    Area("120119", "120225", "天津市蓟州区", 14, 1.5, 0.10, rural=True),
)
CLOSING = {True: 0.014, False: 0.030}  # yearly chance, technical or not
MOVING = 0.0035  # yearly chance from 2019 on


@dataclass(frozen=True, slots=True)
class Trade:
    """An industry (GB/T 4754-2017) with the words that its firms carry."""

    industry: str
    words: tuple[str, ...]
    scope: str
    weight: float  # among technical or other firms
    margin: float = 0.06


TECHNICAL = (
    Trade(
        "I65", ("软件技术", "信息技术", "数据科技", "智能科技", "数字科技"), "软件开发；信息系统集成服务；数据处理和存储支持服务", 26, 0.10
    ),
    Trade("M75", ("科技", "技术开发", "技术服务", "环保科技", "新能源技术"), "技术开发、技术咨询、技术转让；科技推广和应用服务", 22, 0.07),
    Trade("M73", ("工程技术研究", "新材料研究", "生物技术"), "工程和技术研究和试验发展；技术服务", 8, 0.07),
    Trade("M74", ("工程设计", "检测技术", "勘测设计"), "工程设计；检验检测服务；工程管理服务", 10, 0.08),
    Trade("C39", ("电子科技", "光电技术", "通信设备"), "计算机、通信和其他电子设备制造；电子元器件研发、制造、销售", 8, 0.08),
    Trade("C35", ("智能装备", "专用设备", "医疗器械"), "专用设备研发、制造、销售、维修；技术服务", 8, 0.08),
    Trade("C34", ("机械设备", "流体控制", "传动技术"), "通用设备及零部件制造、销售", 5, 0.07),
    Trade("C40", ("仪器仪表", "测控技术", "传感技术"), "仪器仪表制造、销售；计量技术服务", 4, 0.09),
    Trade("C38", ("电气", "储能科技", "电源技术"), "电气机械和器材制造；新能源技术推广服务", 4, 0.07),
    Trade("C27", ("生物医药", "药业", "医药科技"), "药品研发、生产；生物技术推广服务", 3, 0.12),
    Trade("C26", ("新材料", "化工科技", "精细材料"), "专用化学产品制造；新材料技术研发", 3, 0.08),
    Trade("N77", ("环境工程", "水处理技术", "生态科技"), "环境治理；水污染治理；环保设备销售", 4, 0.07),
)
OTHER = (
    Trade("F51", ("商贸", "贸易", "供应链", "物资"), "日用百货、建筑材料、机电产品批发兼零售", 26, 0.03),
    Trade("F52", ("百货", "食品", "药房", "汽车销售"), "食品、日用品、家用电器零售", 15, 0.03),
    Trade("L72", ("企业管理咨询", "广告传媒", "人力资源服务", "会展服务"), "企业管理咨询；广告设计、制作、代理；人力资源服务", 14, 0.06),
    Trade("E50", ("装饰工程", "建筑工程", "消防工程"), "建筑装饰和装修；建筑安装工程", 10, 0.05),
    Trade("G54", ("运输", "物流", "货运代理"), "道路货物运输；国内货运代理", 8, 0.04),
    Trade("H62", ("餐饮管理", "酒店管理"), "餐饮服务；餐饮管理", 7, 0.04),
    Trade("K70", ("物业服务", "房地产经纪", "置业"), "物业服务；房屋租赁", 5, 0.08),
    Trade("O81", ("汽车维修", "家电维修", "家政服务"), "机动车维修；家政服务", 5, 0.04),
    Trade("C33", ("金属制品", "五金制造"), "金属制品制造、销售", 4, 0.05),
    Trade("C18", ("服饰", "制衣"), "服装服饰制造、批发、零售", 2, 0.04),
    Trade("P83", ("教育咨询", "培训学校"), "教育咨询；职业技能培训", 2, 0.06),
    Trade("R88", ("文化传播", "艺术发展"), "文化艺术交流策划；文艺创作服务", 2, 0.05),
)
FARMING = Trade(
    "A01", ("蔬菜种植专业合作社", "果品种植专业合作社", "水产养殖专业合作社"), "蔬菜、果品种植、销售；为成员提供农业技术服务", 1, 0.04
)

# First and second character of the firm's own name. Uncommon pairs on purpose: none is the name of a firm known to us.
FIRST = "沽澜屿穹衡砚霁翊湛沅郗璟珩皓曦昀淳翎芃暄岱旻瀚漪嵘峤彧奕笙煜桓翮钧铄阑骐骁棠榆樾楹澍昱晟蔺筠泓湉溯澔瑾璇琅锦钦铭镌阅颂朗朴枫柏桐梓潞淙滢灏焱"
SECOND = (
    "湃蔚禹岑昶栩朔韬砺晗沁洵琮玥熠翯翰舸茗蓁谦谧轶逸邈锷霖颀飏骏鲲鹭黎澈屹嶙岫峥汀睿哲弘毅峻序弦帆律岳廷彦恒拓捷旭澄泽渡溪源野铨雍音飒驿驰"
)

# ------------------------------------------------------------------------------------------------------------- titles


@dataclass(frozen=True, slots=True)
class Rung:
    """How one title spreads. `share`: (share of eligible firms holding it at the end of 2020, change a year) by group:
    hongqiao, zone (Binhai high-tech zone), other. `years`: validity. `months`: when it is granted. `renew`: chance."""

    kind: str
    years: int
    months: tuple[int, int]
    renew: float
    certificate: str
    share: dict[str, tuple[float, float]]
    first_year: int = 2015


RUNGS = (
    Rung("hnte", 3, (10, 12), 0.90, "GR", {"hongqiao": (0.475, 0.030), "zone": (0.62, 0.030), "other": (0.40, 0.030)}),
    Rung("tech_sme", 1, (6, 10), 0.93, "KJ", {"hongqiao": (0.625, 0.030), "zone": (0.58, 0.030), "other": (0.46, 0.026)}),
    Rung("eaglet", 3, (3, 11), 0.80, "CY", {"hongqiao": (0.300, 0.040), "zone": (0.45, 0.025), "other": (0.30, 0.022)}, 2019),
    Rung("gazelle", 3, (3, 11), 0.75, "DL", {"hongqiao": (0.055, 0.002), "zone": (0.16, 0.012), "other": (0.09, 0.010)}, 2019),
    Rung("innovative_sme", 3, (4, 12), 0.85, "CX", {"hongqiao": (0.02, 0.055), "zone": (0.05, 0.075), "other": (0.04, 0.06)}, 2022),
    Rung("srdi", 3, (4, 12), 0.88, "ZJ", {"hongqiao": (0.050, 0.022), "zone": (0.18, 0.035), "other": (0.12, 0.030)}, 2019),
    Rung("little_giant", 3, (7, 10), 0.85, "XJ", {"hongqiao": (0.006, 0.006), "zone": (0.10, 0.030), "other": (0.06, 0.025)}, 2019),
    Rung("champion", 3, (10, 12), 0.85, "DX", {"hongqiao": (0.0, 0.0), "zone": (0.03, 0.015), "other": (0.02, 0.012)}, 2019),
    Rung("leader_cultivation", 3, (5, 11), 0.80, "LP", {"hongqiao": (0.008, 0.004), "zone": (0.10, 0.020), "other": (0.06, 0.015)}, 2020),
    Rung("leader", 3, (5, 11), 0.85, "LJ", {"hongqiao": (0.008, 0.003), "zone": (0.05, 0.012), "other": (0.03, 0.008)}, 2020),
    Rung("unicorn", 1, (3, 6), 0.85, "DJ", {"hongqiao": (0.0, 0.0), "zone": (0.05, 0.020), "other": (0.0, 0.004)}, 2019),
    Rung("cheetah", 1, (7, 8), 0.85, "LB", {"hongqiao": (0.0, 0.012), "zone": (0.0, 0.040), "other": (0.0, 0.030)}, 2025),
    Rung("advanced_service", 3, (6, 11), 0.80, "FW", {"hongqiao": (0.01, 0.004), "zone": (0.03, 0.004), "other": (0.01, 0.002)}, 2019),
)

# ------------------------------------------------------------------------------------------------------------ patents
# Invention patents granted a year by group: base before 2021, then by year; later years keep growing by `RIGHT_GROWTH`.
INVENTIONS = {
    "hongqiao": (156, {2021: 112, 2022: 118, 2023: 470, 2024: 690, 2025: 860}),
    "zone": (105, {2021: 190, 2022: 215, 2023: 240, 2024: 255, 2025: 270}),
    "other": (95, {2021: 150, 2022: 165, 2023: 180, 2024: 190, 2025: 200}),
}
RIGHT_GROWTH = 1.03
LAPSING = {"invention": 0.025, "utility": 0.09, "design": 0.12, "software": 0.0}
INSTITUTE_SHARE = {"hongqiao": 0.62, "zone": 0.25, "other": 0.40}  # of inventions
CO_OWNED = 0.13

# ------------------------------------------------------------------------------------------------------------ regions


@dataclass(frozen=True, slots=True)
class Economy:
    """A district in 2020. `gdp` 亿元 and its yearly growth; `residents` 万人 and growth; R&D share of GDP (%) and change a
    year; technology contracts (亿元) and growth; share of output that is high-tech products."""

    code: str
    gdp: float
    gdp_growth: float
    residents: float
    resident_growth: float
    rd_share: float
    rd_change: float
    contracts: float
    contract_growth: float
    hightech: float


ECONOMIES = (
    Economy("120101", 832, 0.045, 35.5, -0.002, 1.40, 0.03, 30, 0.14, 0.06),
    Economy("120102", 330, 0.040, 85.9, -0.003, 1.90, 0.03, 36, 0.15, 0.10),
    Economy("120103", 986, 0.042, 82.2, -0.002, 2.60, 0.03, 120, 0.15, 0.12),
    Economy("120104", 702, 0.045, 89.0, -0.001, 3.90, 0.04, 142, 0.16, 0.20),
    Economy("120105", 396, 0.040, 64.8, -0.003, 1.70, 0.03, 34, 0.13, 0.09),
    Economy("120106", 228, 0.048, 48.3, -0.004, 2.02, 0.062, 67.5, 0.16, 0.11),
    Economy("120110", 676, 0.050, 85.7, 0.004, 4.20, 0.06, 62, 0.17, 0.28),
    Economy("120111", 886, 0.055, 119.5, 0.006, 4.10, 0.06, 82, 0.17, 0.30),
    Economy("120112", 650, 0.050, 92.8, 0.005, 4.00, 0.05, 48, 0.17, 0.25),
    Economy("120113", 652, 0.050, 90.9, 0.004, 4.10, 0.05, 56, 0.16, 0.29),
    Economy("120114", 750, 0.052, 115.1, 0.006, 3.20, 0.06, 32, 0.18, 0.24),
    Economy("120115", 420, 0.048, 72.2, 0.001, 2.30, 0.05, 12, 0.18, 0.18),
    Economy("120116", 5870, 0.062, 206.7, 0.003, 3.75, 0.05, 392, 0.18, 0.33),
    Economy("120117", 272, 0.050, 39.5, 0.000, 2.90, 0.05, 6, 0.16, 0.20),
    Economy("120118", 420, 0.050, 78.7, 0.001, 2.60, 0.05, 9, 0.16, 0.17),
    Economy("120119", 220, 0.040, 79.6, -0.001, 0.90, 0.02, 4, 0.12, 0.06),
)
# The high-tech zone lies inside Binhai: its figures are part of 120116 and never added to the city's again.
ZONES = (Economy("120116-BHHT", 640, 0.085, 26.0, 0.012, 5.18, 0.065, 150, 0.17, 0.46),)
