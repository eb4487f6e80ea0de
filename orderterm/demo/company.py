"""The sample company as plain data: who works there, what it sells, who buys it.

Names, addresses and phone numbers are invented; the numbers lie in blocks that nobody is given.
"""

from msgspec import Struct

from orderterm.terms import Role


class Person(Struct, frozen=True):
    """A member of staff; ``superior`` is a badge, None at the top of the ladder."""

    badge: str
    name: str
    roles: tuple[Role, ...]
    superior: str | None = None


class Product(Struct, frozen=True):
    """An article; ``price`` in 分 (cents), ``safety_stock`` in pieces."""

    sku: str
    name: str
    specification: str
    location: str
    safety_stock: int
    lead_time_days: int
    price: int
    english: str
    """Name and specification as the international shops show them, parted by `` - ``."""


class Buyer(Struct, frozen=True):
    """A customer the company knows by name, with the level it gave them."""

    name: str
    contact: str
    level: str
    address: str


class Abroad(Struct, frozen=True):
    """A customer outside China, with the address in its parts."""

    name: str
    phone: str
    email: str
    street: str
    city: str
    zip: str
    province: str
    country: str


SHOP = "清禾家居旗舰店"

CHANNELS = ("TM", "DY", "JD", "PD", "SH", "EC", "ST", "DL")
"""The channels that the simulated day has orders from; all are in the default settings."""

STAFF = (
    Person("M01", "王建国", (Role.MANAGER,)),
    Person("M02", "陈慧", (Role.MANAGER,), "M01"),
    Person("G01", "周明", (Role.ADMIN,)),
    Person("Z01", "何主管", (Role.SUPERVISOR,), "M01"),
    Person("L01", "刘芳", (Role.SALES, Role.REVIEWER), "M02"),
    Person("L02", "李强", (Role.INVENTORY, Role.PREPARATION), "M01"),
    Person("L03", "赵磊", (Role.SHIPPING, Role.TRACKING), "M01"),
    Person("S01", "孙丽", (Role.SALES,), "L01"),
    Person("S02", "吴倩", (Role.SALES,), "L01"),
    Person("R01", "张敏", (Role.REVIEWER,), "L01"),
    Person("R02", "徐静", (Role.REVIEWER,), "L01"),
    Person("I01", "马超", (Role.INVENTORY,), "L02"),
    Person("I02", "朱琳", (Role.INVENTORY,), "L02"),
    Person("P01", "胡军", (Role.PREPARATION,), "L02"),
    Person("P02", "郭勇", (Role.PREPARATION,), "L02"),
    Person("D01", "林涛", (Role.SHIPPING,), "L03"),
    Person("D02", "高洁", (Role.SHIPPING,), "L03"),
    Person("T01", "罗欣", (Role.TRACKING,), "L03"),
    Person("T02", "梁雪", (Role.TRACKING,), "L03"),
    Person("B01", "宋伟", (Role.PURCHASING,), "M02"),
    Person("F01", "唐燕", (Role.FINANCE,), "M02"),
    Person("X01", "韩冰", (Role.EXCEPTIONS,), "L03"),
)
"""Workers, their team leaders, and the managers above them; superiors come before their people."""

VISITOR = Person(
    "me",
    "访客 You",
    tuple(role for role in Role if role not in (Role.SUPERVISOR, Role.ADMIN)),
    "M01",
)
"""Who opens the live demo: may do all the work there is, so as to take an order through it."""


def badges(role: Role) -> list[str]:
    """Who of the staff has ``role``."""
    return [person.badge for person in STAFF if role in person.roles]


PRODUCTS = tuple(
    Product(*row)
    for row in (
        ("BW-350", "保温杯", "350ml 雪白", "B1-01", 20, 7, 7900, "Vacuum Bottle - 350ml Snow"),
        ("BW-500", "保温杯", "500ml 雪白", "B1-02", 40, 7, 8900, "Vacuum Bottle - 500ml Snow"),
        ("BW-501", "保温杯", "500ml 墨绿", "B1-03", 30, 7, 8900, "Vacuum Bottle - 500ml Green"),
        ("BW-750", "保温杯", "750ml 深灰", "B1-04", 20, 7, 10900, "Vacuum Bottle - 750ml Grey"),
        ("BW-K35", "儿童保温杯", "350ml 小熊", "B1-05", 20, 10, 9900, "Kids Bottle - 350ml Bear"),
        ("TM-300", "随行咖啡杯", "300ml 米色", "B1-06", 20, 7, 6900, "Travel Mug - 300ml Cream"),
        ("TM-450", "随行咖啡杯", "450ml 黑色", "B1-07", 20, 7, 7900, "Travel Mug - 450ml Black"),
        ("GB-600", "玻璃水瓶", "600ml 透明", "B2-01", 15, 5, 4900, "Glass Bottle - 600ml Clear"),
        ("GB-1000", "玻璃凉水壶", "1000ml 透明", "B2-02", 15, 5, 6500, "Carafe - 1000ml Clear"),
        ("SP-700", "运动水杯", "700ml 蓝色", "B2-03", 30, 5, 3900, "Sport Bottle - 700ml Blue"),
        ("SP-701", "运动水杯", "700ml 粉色", "B2-04", 30, 5, 3900, "Sport Bottle - 700ml Pink"),
        ("MG-01", "陶瓷马克杯", "380ml 白釉", "A1-01", 30, 14, 3500, "Mug - 380ml White Glaze"),
        ("MG-02", "陶瓷马克杯", "380ml 青釉", "A1-02", 30, 14, 3500, "Mug - 380ml Celadon"),
        ("MG-04", "陶瓷马克杯四件套", "380ml×4", "A1-03", 10, 14, 12900, "Mug Set - 380ml x 4"),
        ("TC-06", "茶杯六件套", "80ml×6", "A1-04", 10, 14, 15900, "Tea Cup Set - 80ml x 6"),
        ("TP-600", "紫砂茶壶", "600ml", "A1-05", 8, 20, 26900, "Clay Teapot - 600ml"),
        ("BS-01", "杯刷", "长柄 海绵", "B3-01", 50, 3, 990, "Bottle Brush - Long Sponge"),
        ("BS-02", "杯刷", "长柄 硅胶", "B3-02", 50, 3, 1590, "Bottle Brush - Long Silicone"),
        ("BS-03", "杯刷三件套", "硅胶", "B3-03", 40, 3, 2990, "Bottle Brush Set - Silicone"),
        ("DB-01", "洗碗刷", "竹柄", "B3-04", 40, 3, 1290, "Dish Brush - Bamboo"),
        ("PB-01", "锅刷", "椰棕", "B3-05", 40, 3, 1190, "Pot Brush - Coir"),
        ("TW-01", "毛巾", "34×75cm 米白", "C1-01", 60, 10, 1990, "Hand Towel - 34x75cm Ivory"),
        ("TW-02", "毛巾", "34×75cm 浅灰", "C1-02", 60, 10, 1990, "Hand Towel - 34x75cm Grey"),
        ("TW-11", "浴巾", "70×140cm 米白", "C1-03", 30, 10, 5900, "Bath Towel - 70x140cm Ivory"),
        ("TW-12", "浴巾", "70×140cm 浅灰", "C1-04", 30, 10, 5900, "Bath Towel - 70x140cm Grey"),
        ("TW-21", "方巾三条装", "34×34cm", "C1-05", 40, 10, 2590, "Face Cloths - 34x34cm x 3"),
        ("KT-01", "茶巾", "40×60cm 条纹", "C1-06", 40, 10, 1290, "Tea Towel - 40x60cm Striped"),
        ("LB-05", "便当盒", "双层 800ml", "A2-01", 20, 7, 5900, "Lunch Box - Two Tiers 800ml"),
        ("LB-06", "玻璃保鲜盒", "三件套", "A2-02", 20, 7, 7900, "Glass Food Boxes - Set of 3"),
        ("CH-16", "竹筷", "10双装", "A2-03", 60, 5, 1990, "Bamboo Chopsticks - 10 Pairs"),
        ("CB-01", "竹砧板", "38×28cm", "A2-04", 20, 7, 4500, "Cutting Board - 38x28cm"),
        ("BO-45", "日式饭碗", "4.5英寸 四只", "A2-05", 20, 14, 5900, "Rice Bowls - 4.5in x 4"),
        ("PL-08", "汤盘", "8英寸 两只", "A2-06", 20, 14, 4900, "Soup Plates - 8in x 2"),
        ("AP-01", "围裙", "棉麻 藏青", "C2-01", 20, 10, 4500, "Apron - Linen Navy"),
        ("OV-02", "隔热手套", "一双", "C2-02", 30, 10, 2500, "Oven Gloves - One Pair"),
        ("CS-01", "杯垫六片装", "软木", "C2-03", 50, 5, 1990, "Cork Coasters - Set of 6"),
        ("CP-01", "香薰蜡烛", "200g 白茶", "C2-04", 20, 15, 6900, "Candle - 200g White Tea"),
        ("CP-02", "香薰蜡烛", "200g 雪松", "C2-05", 20, 15, 6900, "Candle - 200g Cedar"),
        ("SB-20", "收纳篮", "20L 棉绳", "D1-01", 15, 10, 5500, "Storage Basket - 20L Rope"),
        ("SB-35", "收纳篮", "35L 棉绳", "D1-02", 15, 10, 7500, "Storage Basket - 35L Rope"),
    )
)

BUYERS = tuple(
    Buyer(*row)
    for row in (
        ("杭州清和百货有限公司", "13800001201", "钻石级", "浙江省 杭州市 上城区 庆春路 188号"),
        ("苏州木石生活馆", "13800001202", "黄金级", "江苏省 苏州市 姑苏区 平江路 67号"),
        ("成都小满家居", "13800001203", "黄金级", "四川省 成都市 锦江区 春熙路 12号"),
        ("广州和美酒店用品", "13800001204", "钻石级", "广东省 广州市 天河区 体育东路 33号"),
        ("青岛海蓝礼品", "13800001205", "普通级", "山东省 青岛市 市南区 香港中路 9号"),
        ("Maison Lumière SARL", "+33 1 99 00 12 06", "gold", "14 rue des Tilleuls, Lyon, 69003"),
        ("Harbour & Pine Ltd", "+44 20 7946 0207", "diamond", "8 Wharf Lane, London, E14 9ZZ"),
        ("王小明", "13800001208", "普通级", "浙江省 杭州市 西湖区 文三路 478号 2幢 301室"),
        ("赵敏", "13800001209", "钻石级", "上海市 上海市 徐汇区 衡山路 25号 1102室"),
        ("周文涛", "13800001210", "黄金级", "北京市 北京市 朝阳区 建国路 93号 8号楼 1506"),
        ("J. Dupont", "+33 6 39 98 12 11", "gold", "27 avenue des Acacias, Paris, 75008"),
        ("Grace Miller", "+1 202-555-0112", "normal", "410 Juniper St, Portland, OR 97205"),
    )
)

FAMILY_NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN_NAMES = (
    *("晓燕", "建华", "志强", "雅婷", "思远", "梦洁", "宇航", "佳怡", "浩然", "子涵"),
    *("美玲", "文博", "丽华", "俊杰", "欣怡", "国栋", "诗雨", "明轩", "春梅", "海涛"),
)

AREAS = (
    ("浙江省", "杭州市", "西湖区"),
    ("浙江省", "宁波市", "鄞州区"),
    ("江苏省", "南京市", "鼓楼区"),
    ("江苏省", "苏州市", "吴中区"),
    ("广东省", "深圳市", "南山区"),
    ("广东省", "广州市", "海珠区"),
    ("四川省", "成都市", "武侯区"),
    ("湖北省", "武汉市", "洪山区"),
    ("陕西省", "西安市", "雁塔区"),
    ("山东省", "济南市", "历下区"),
    ("福建省", "厦门市", "思明区"),
    ("湖南省", "长沙市", "岳麓区"),
)
ROADS = ("学院路", "人民中路", "解放大道", "长江路", "建设二路", "滨河东路", "文昌街", "松柏巷")

CUSTOMERS_ABROAD = tuple(
    Abroad(*row)
    for row in (
        ("Emma Clarke", "+44 7700 900121", "emma.clarke@example.com", "3 Orchard Row", "Leeds",
         "'LS1 4ZZ", "England", "GB"),
        ("J. Dupont", "+33 6 39 98 12 11", "j.dupont@example.com", "27 avenue des Acacias", "Paris",
         "'75008", "", "FR"),
        ("Lukas Brandt", "+49 30 23125 014", "l.brandt@example.com", "Ahornweg 19", "Berlin",
         "'10115", "", "DE"),
        ("Grace Miller", "+1 202-555-0112", "grace.m@example.com", "410 Juniper St", "Portland",
         "'97205", "OR", "US"),
        ("Noah Williams", "+1 202-555-0138", "noah.w@example.com", "77 Lakeview Dr", "Madison",
         "'53703", "WI", "US"),
        ("Olivia Brown", "+61 491 570 156", "olivia.b@example.com", "12 Banksia Ave", "Hobart",
         "'7000", "TAS", "AU"),
    )
)  # fmt: skip
