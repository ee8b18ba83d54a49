//! The candidate tape of `scenarios/shelf-yuhang`, drawn from a fixed seed: firms, trades, places,
//! amounts and title numbers are all invented.

use std::fmt::Write;

use ipabs::dates::{Date, add_days};
use ipabs::num::Stream;

use crate::loaded::root;

const SEED: u64 = 20_211_015;
/// Firms of the scenario, and loans: every ninth firm comes back with a second one.
const FIRMS: usize = 180;

const FIRST: [&str; 20] = [
    "榆", "筠", "汐", "阑", "麓", "弦", "穗", "旻", "湜", "珞", "霈", "翎", "煦", "汀", "岫", "霭",
    "榕", "沚", "昀", "璞",
];
const SECOND: [&str; 20] = [
    "域", "图", "信", "石", "控", "辰", "远", "微", "合", "川", "联", "拓", "序", "维", "源", "策",
    "岚", "科", "擎", "野",
];
/// (trade, word of a firm's name, weight).
const TRADES: [(&str, &str, u64); 8] = [
    ("软件和信息服务", "软件", 24),
    ("人工智能", "智能科技", 18),
    ("区块链", "链数科技", 14),
    ("生物医药", "生物医药", 13),
    ("高端装备", "装备", 11),
    ("新材料", "新材料", 9),
    ("新能源", "能源科技", 6),
    ("节能环保", "环境科技", 5),
];
const REGIONS: [(&str, u64); 5] =
    [("余杭区", 62), ("西湖区", 14), ("滨江区", 10), ("临平区", 9), ("萧山区", 5)];

/// One of these by weight.
fn pick<T: Copy>(stream: &mut Stream, of: impl Iterator<Item = (T, u64)> + Clone) -> T {
    let total: u64 = of.clone().map(|(_, weight)| weight).sum();
    let mut left = stream.draw() % total;
    for (what, weight) in of {
        if left < weight {
            return what;
        }
        left -= weight;
    }
    unreachable!("weights sum to the total")
}

struct Firm {
    name: String,
    group: String,
    industry: &'static str,
    region: &'static str,
    title: String,
}

/// `candidates.csv` of so many firms.
pub fn tape(firms: usize, seed: u64) -> String {
    let mut stream = Stream::at(seed, 0, 0);
    let mut text = String::from(
        "loan,obligor,group,industry,region,principal,term_months,available_from,available_to,\
         titles\n",
    );
    let mut known: Vec<Firm> = Vec::new();
    let mut serial = 0;
    for at in 0..firms + firms / 9 {
        let drawn = &mut stream;
        let again = at >= firms;
        if !again {
            let (industry, word) = pick(drawn, TRADES.iter().map(|of| ((of.0, of.1), of.2)));
            let region = pick(drawn, REGIONS.iter().copied());
            // Every pair of syllables is one firm; beyond 400 the trade's word comes twice.
            let (first, second) = (FIRST[at % 20], SECOND[(at / 20 + 7 * (at % 20)) % 20]);
            let mark = if at >= 400 { "第二" } else { "" };
            let name = format!("杭州{first}{second}{mark}{word}有限公司");
            let group = match at % 15 {
                3 | 4 => format!("{}控股集团", FIRST[at / 15 % 20]),
                _ => String::new(),
            };
            known.push(Firm { name, group, industry, region, title: String::new() });
        }
        // A firm that comes back is a firm of the first ones, again with its first patent.
        let of = if again { (at - firms) * 9 } else { at };
        let amounts = [(20, 2), (30, 5), (40, 6), (50, 7), (60, 6), (80, 4), (100, 2), (150, 1)];
        let principal = (pick(drawn, amounts.into_iter()) + drawn.draw() % 11) * 100_000;
        let term = pick(drawn, [(6, 1), (9, 1), (12, 7), (18, 1), (24, 1)].into_iter());
        let from = if again { 480 } else { (drawn.draw() % 600) as i32 };
        let to = from + 150 + (drawn.draw() % 240) as i32;
        let day = |days: i32| add_days(Date::constant(2021, 6, 1), days);
        let mut titles: Vec<String> = Vec::new();
        for _ in 0..1 + drawn.draw() % 3 {
            serial += 1;
            titles.push(format!("ZL2020{:08}.X", 10_000_000 + serial * 37));
        }
        if again {
            titles[0].clone_from(&known[of].title);
        } else {
            known[of].title.clone_from(&titles[0]);
        }
        let firm = &known[of];
        let _ = writeln!(
            text,
            "C-{:03},{},{},{},{},{principal}.00,{term},{},{},{}",
            at + 1,
            firm.name,
            firm.group,
            firm.industry,
            firm.region,
            day(from),
            day(to),
            titles.join(";"),
        );
    }
    text
}

#[test]
fn the_tape_is_what_its_seed_gives() {
    let path = root().join("scenarios/shelf-yuhang/candidates.csv");
    let written = tape(FIRMS, SEED);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &written).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == written, "candidates.csv is not the tape (UPDATE=1 cargo test rewrites it)");
}

/// The first series is the deal of that name, so that neither moves alone.
#[test]
fn the_first_series_is_the_deal_itself() {
    let deal = root().join("scenarios/yuhang-2021");
    for entry in std::fs::read_dir(root().join("scenarios/shelf-yuhang/series-1")).unwrap() {
        let path = entry.unwrap().path();
        let own = std::fs::read(deal.join(path.file_name().unwrap())).unwrap();
        assert!(std::fs::read(&path).unwrap() == own, "{}", path.display());
    }
}
