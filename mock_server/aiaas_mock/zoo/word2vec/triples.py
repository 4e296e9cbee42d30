"""Words that anyone would group: the first is closer to the second than to the third."""

from typing import Final

TRIPLES: Final = tuple(
    tuple(line.split())
    for line in """
    cat dog tax
    doctor hospital guitar
    king queen pizza
    coffee tea password
    rain weather money
    love hate account
    happy sad transfer
    car truck music
    father mother card
    brother sister phone
    red blue people
    flight airport dog
    pizza restaurant bill
    monday friday love
    dollars euros cat
    angry mad airport
    paris london happy
    wallet purse weather
    candle lantern doctor
    football team coffee
    酒店 宾馆 电脑
    房间 床 作者
    电脑 笔记本 早餐
    小说 故事 空调
    作者 作家 电池
    内存 硬盘 孩子
    喜欢 爱 屏幕
    便宜 贵 故事
    孩子 父母 键盘
    前台 服务员 小说
    早餐 餐厅 驱动
    屏幕 显示 酒店
    老师 学生 房间
    北京 上海 内存
    飞机 机场 作者
    快递 送货 小说
    """.strip().splitlines()
)
