# ruff: noqa: SIM905 (lists of words read better as text)
"""Words of general language that names of organisations are built from. No list of firms; what is not here is trade name."""

from __future__ import annotations

# Short name of a province, region or city under the state -> what may stand behind it. Places as of GB/T 2260.
PROVINCES = (
    "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 "
    "内蒙古 广西 西藏 宁夏 新疆 香港 澳门"
).split()
# Cities whose names stand in brackets or in front without 市 as a place of business; any other is known by its 市.
CITIES = (
    "石家庄 唐山 保定 廊坊 沧州 秦皇岛 太原 呼和浩特 沈阳 大连 长春 哈尔滨 南京 苏州 无锡 常州 南通 徐州 杭州 宁波 温州 绍兴 嘉兴 合肥 福州 厦门 泉州 "
    "南昌 济南 青岛 烟台 潍坊 郑州 洛阳 武汉 长沙 广州 深圳 珠海 佛山 东莞 中山 惠州 南宁 海口 成都 贵阳 昆明 拉萨 西安 兰州 西宁 银川 乌鲁木齐"
).split()

# Two characters each with which the line of business starts; the trade name stands in front of the first of them.
INDUSTRY = frozenset(
    """
    科技 技术 科贸 工贸 商贸 贸易 经贸 商业 商务 商品 商店 商场 商行 商城 实业 产业 企业 工业 农业 林业 渔业 牧业 畜牧 养殖 种植 水产 蔬菜 果蔬 果品
    生物 制药 药业 医药 药房 药店 药材 医疗 医院 医学 诊所 门诊 保健 健康 器械 化工 化学 石化 石油 石材 石料 塑料 塑胶 橡胶 橡塑 涂料 油漆 油脂 树脂
    助剂 试剂 化肥 饲料 种业 种子 种苗 苗木 花卉 园艺 园林 绿化 景观 环保 环境 环卫 节能 能源 新能 燃气 天然 热力 热电 电力 电子 电气 电器 电机
    电工 电缆 电线 电梯 电源 电池 电讯 电信 电脑 电动 电商 机电 机械 机床 机器 机具 机车 设备 装备 成套 仪器 仪表 仪电 器材 器具 配件 部件 零件
    轴承 阀门 管道 管件 管业 钢管 钢铁 钢材 钢构 钢结 金属 五金 冶金 铸造 锻造 铝业 铜业 不锈 合金 制品 制造 加工 生产 修理 维修 检测 检验 监理 监测
    建筑 建材 建设 建安 装饰 装修 装潢 安装 工程 市政 路桥 公路 道路 桥梁 水利 水务 水处 水泥 混凝 砼业 玻璃 陶瓷 门窗 幕墙 防水 防腐 保温 消防 安防
    安全 劳保 劳务 劳动 人力 人才 房地 地产 置业 物业 物资 物流 物产 货运 货物 运输 运业 储运 仓储 快递 速递 配送 国际 进出 外贸 报关 船舶 船务 航运
    航空 港口 港务 海运 海洋 汽车 汽配 汽贸 车业 车辆 自行 摩托 轮胎 出租 租赁 客运 停车 驾驶 餐饮 餐厅 饭店 饭庄 酒店 酒楼 酒业 宾馆 旅馆 旅行
    旅游 旅店 食品 食堂 粮油 粮食 面粉 乳业 肉类 冷冻 茶业 茶叶 饮品 饮料 烟草 烟酒 超市 百货 日用 用品 化妆 美容 美发 洗浴 洗涤 家具 家居 家电
    家政 厨具 灯具 照明 光电 光学 光伏 太阳 激光 服装 服饰 制衣 针织 纺织 织造 织品 毛纺 羊绒 皮革 鞋业 鞋帽 箱包 地毯 家纺 染整 印染 印刷 印务
    包装 纸业 纸制 造纸 文化 文具 文体 体育 健身 教育 培训 学校 学院 幼儿 出版 图书 书店 传媒 传播 广告 影视 影业 演艺 艺术 工艺 美术 礼品 玩具
    珠宝 首饰 钟表 眼镜 乐器 展览 会展 会议 礼仪 婚庆 摄影 设计 规划 勘察 测绘 测量 咨询 顾问 策划 管理 服务 代理 经纪 经营 经销 销售 营销 供销
    采购 拍卖 评估 审计 会计 财务 税务 律师 法律 知识 信用 征信 担保 保险 银行 证券 期货 基金 投资 资产 资本 金融 融资 典当 小额 信托 控股 集团
    信息 网络 软件 数据 数码 数字 智能 智慧 自动 控制 系统 集成 计算 互联 通信 通讯 电视 广播 微电 半导 芯片 传感 机器 无人 新材 材料 复合 纤维
    纳米 精密 模具 磨具 刀具 量具 工具 焊接 焊材 液压 气动 泵业 制冷 空调 暖通 锅炉 压力 容器 过滤 净化 清洁 保洁 清洗 再生 废旧 回收 资源 矿业
    矿产 煤炭 炭素 木业 木材 木制 竹业 粉末 喷涂 电镀 表面 热处 标准 紧固 弹簧 链条 齿轮 变压 开关 线缆 照相 造船 专业 合作 加油 邮政 邮电 储蓄
    开发 发展 研究 研发 推广 应用 创业 孵化 中心 公司 工厂 总厂 分厂 市场 批发 零售 连锁 供应 联合 综合 生活 社区 养老 母婴 宠物 兽医 兽药 农机
    农资 农产 农副 生猪 奶牛 肉牛 渔具 净水 饮水 供水 供热 供电 排水 污水 泡沫 海绵 密封 绝缘 耐火 磁性 磁材 晶体 贵金 稀土 有色 黑色 紧固 丝网
    网业 绳网 帐篷 遮阳 劳服 福利 民政 街道 居民
    """.split()
)

# Endings behind a company's own form that name a branch, shop or office. Anything that ends like an organisation does.
BRANCH_END = (
    "公司 分厂 工厂 厂 店 商场 超市 门市 门市部 经营部 营业部 服务部 销售部 部 处 办事处 代表处 站 所 中心 院 研究院 分院 支行 分行 行 社 支社 局 支局 队 "
    "分队 园 场 农场 库 馆 校 分校 基地 工作室 车间 俱乐部 储蓄所 分理处 营业厅 餐厅 酒店 宾馆 柜 摊 点"
).split()
# Parts of a firm that have no register entry of their own: whoever writes them means the firm.
DEPARTMENTS = frozenset(
    "财务部 财务处 财务科 技术部 技术科 技术处 科技部 科技处 科技科 人事部 人事处 人力资源部 行政部 行政处 办公室 综合部 综合办公室 总经办 总经理办公室 "
    "市场部 采购部 质检部 质量部 生产部 项目部 法务部 专利部 知识产权部 知识产权办公室 科研处 科研部 企管部 企划部 工程部 设备部 党办 党委办公室 "
    "研发部 总部 本部 总公司".split()
)
