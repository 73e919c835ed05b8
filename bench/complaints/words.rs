//! Texts of complaints and replies: invented, and of realistic length.

use xiaoqu::complaints::model::{ComplaintKind, Contact, Submission};

use crate::chance::Chance;

const MATTERS: &[&str] = &[
    "楼道和电梯厅的垃圾已经连续三天没有人清理，气味很大，老人和孩子上下楼都要捂着鼻子",
    "地下车库的照明坏了一大半，晚上回家什么都看不清，前天有邻居倒车时刮了柱子",
    "单元门的门禁损坏两周多，外来人员可以随意进出，发小广告的天天来敲门",
    "电梯本周第三次停运，昨晚有人被困二十多分钟，物业只在门口贴了一张维修通知",
    "物业费从这个月起每平方米多收一角钱，没有公示，也没有征求过业主的意见",
    "楼下的烧烤店每晚营业到凌晨两点，油烟从窗缝里往屋里灌，噪声也让人睡不着",
    "消防通道长期被私家车占用，上周救护车进不来，只能抬着担架走到小区大门口",
    "绿化带的草坪已经枯死一片，浇水的管子漏了半个月也没有人来修",
    "屋面防水层破损，一下雨顶楼的天花板就渗水，报修了四次仍然没有结果",
    "暖气一直不热，室内只有十五度，家里有刚满月的婴儿，打了好几次电话都让等",
    "有人把电动自行车推进楼道充电，飞线从三楼窗户拉下来，看着非常危险",
    "小区公共收益的账目两年没有公布，电梯里的广告费不知道用到哪里去了",
];

const ASKS: &[&str] = &[
    "请尽快安排人员到场处理，并告知处理的结果。",
    "希望有关部门到现场看一看，不要再互相推诿。",
    "已经向物业前台反映过，没有答复，请督促整改。",
    "请核实收费依据并予以公开，多收的部分应当退还。",
];

const ANSWERS: &[&str] = &[
    "经现场核实，您反映的问题属实。已责成物业服务企业当日整改完毕，并安排专人每日巡查，我们将在一周后回访。",
    "已联系维修单位更换损坏部件，现已恢复正常使用。给您带来的不便，敬请谅解；如再次出现请直接拨打服务热线。",
    "经查，该收费项目未按规定公示，已约谈企业负责人，要求三日内公示并退还多收的费用，后续将复查落实情况。",
    "执法人员已到场劝导并下达责令改正通知书，当事人承诺限期清理，我们将持续关注并在期满后复核。",
];

const LOCATIONS: &[&str] = &["单元门厅", "地下一层车库", "电梯前室", "楼顶平台", "西侧绿地", "小区北门"];

pub fn kind(chance: &mut Chance) -> ComplaintKind {
    use ComplaintKind::*;
    chance.weighted(&[(Complaint, 45), (Help, 30), (Inquiry, 10), (TipOff, 8), (Suggestion, 5), (Praise, 2)])
}

pub fn submission(chance: &mut Chance) -> Submission {
    let building = 1 + chance.below(24);
    let location = format!("{building} 号楼 {} 单元{}", 1 + chance.below(4), chance.pick(LOCATIONS));
    let description = format!("{}。{}", chance.pick(MATTERS), chance.pick(ASKS));
    Submission { description, location: chance.percent(70).then_some(location), evidence: Vec::new() }
}

/// Phone numbers in a range that operators do not assign to people.
pub fn contact(chance: &mut Chance) -> Contact {
    let family = ["王", "李", "张", "刘", "马", "陈", "杨", "赵"];
    let phone = format!("1400{:07}", chance.below(400_000));
    let door = format!("{} 号楼 {} 单元 {}01 室", 1 + chance.below(24), 1 + chance.below(4), 1 + chance.below(18));
    Contact {
        name: Some(format!("{}某某", chance.pick(&family))),
        phone: Some(phone),
        address: chance.percent(60).then_some(format!("示范花园 {door}")),
    }
}

pub fn answer(chance: &mut Chance) -> String {
    (*chance.pick(ANSWERS)).to_owned()
}

pub fn remark(chance: &mut Chance) -> String {
    (*chance.pick(&[
        "情况属实，正在办理",
        "请补充发生的时间和具体位置",
        "涉及其他部门职责，转请办理",
        "需更换配件，申请延期",
    ]))
    .to_owned()
}
