//! Whole files, as bytes, against the rows or the problems they give.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

const fn column(name: &'static str, zh: &'static [&'static str], kind: Kind) -> Column {
    Column { name, zh, kind, required: false, default: "", meaning: "", example: "" }
}

const fn required(name: &'static str, zh: &'static [&'static str], kind: Kind) -> Column {
    Column { required: true, ..column(name, zh, kind) }
}

const STYLES: &[&str] = &["bullet/到期一次还本", "level_payment/等额本息"];
const COLUMNS: &[Column] = &[
    required("id", &["编号", "贷款编号"], Kind::Text),
    required("principal", &["本金", "贷款本金"], Kind::Amount),
    column("obligor", &["债务人", "借款企业"], Kind::Text),
    column("coupon_pa", &["利率", "票面利率"], Kind::Rate),
    column("spread", &["利差"], Kind::Rate),
    column("maturity", &["到期日"], Kind::Date),
    column("term_months", &["期限"], Kind::Integer),
    column("style", &["还款方式"], Kind::Choice(STYLES)),
    column("covered", &["是否担保"], Kind::Flag),
];

/// One line a row: its number and the cells that are filled.
fn dump(table: &Table) -> Vec<String> {
    let line = |row: Row| {
        let cells = [
            row.text("id").map(str::to_string),
            row.amount_in("principal", ABOVE_0).map(|value| value.to_string()),
            row.text("obligor").map(str::to_string),
            row.rate_in("coupon_pa", 0..=1).map(|value| value.to_string()),
            row.rate("spread").map(|value| value.to_string()),
            row.date("maturity").map(|value| value.to_string()),
            row.integer_in("term_months", 1..600).map(|value| value.to_string()),
            row.choice("style").map(str::to_string),
            row.flag("covered").map(|value| value.to_string()),
        ];
        let cells: Vec<String> = cells.into_iter().flatten().collect();
        format!("{}: {}", row.number(), cells.join(" "))
    };
    table.rows().map(line).collect()
}

/// The problems if there are any, else the rows; `t.csv` is left out of every line.
fn lines(bytes: &[u8]) -> Vec<String> {
    let problems = Problems::new();
    let rows = read("t.csv", bytes, COLUMNS, &problems).map(|table| dump(&table));
    match problems.is_empty() {
        true => rows.unwrap(),
        false => problems
            .into_lines()
            .iter()
            .map(|line| line.strip_prefix("t.csv:").unwrap().trim_start().to_string())
            .collect(),
    }
}

#[track_caller]
fn check(file: &str, expected: &[&str]) {
    assert_eq!(lines(file.as_bytes()), expected, "{file:?}");
}

#[test]
fn encodings() {
    let file = "编号,本金（万元）,债务人\n甲1,100,苏州睿科\n";
    let rows = ["2: 甲1 1000000 苏州睿科"];
    let gb = encoding_rs::GB18030.encode(file).0;
    for bytes in [file.as_bytes(), format!("\u{FEFF}{file}").as_bytes(), &gb] {
        assert_eq!(lines(bytes), rows);
    }
    let utf16: Vec<u8> =
        format!("\u{FEFF}{file}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(lines(&utf16), ["the file is UTF-16 (save it as CSV UTF-8)"]);
    let no_bom = lines(&utf16[2..]);
    assert!(no_bom[0].contains("UTF-8"), "{no_bom:?}");
    let mut damaged = file.as_bytes().to_vec();
    damaged[file.find("苏").unwrap()] = b'\xFF';
    let text =
        "2: byte 0xFF is not UTF-8, and the file does not read as GB18030 (save it as CSV UTF-8)";
    assert_eq!(lines(&damaged), [text]);
    check(
        "id,principal\nA\0,1\n",
        &["2: a zero byte, this is not a text file (save it as CSV UTF-8)"],
    );
    check("id,principal\nA\u{7},1\n", &["2: an invisible character U+0007"]);
    check("id,principal\nA,1\nB\u{200B},1\n", &["3: an invisible character U+200B"]);
    check("id,principal\nA\tB,1\n", &["2: a tab inside a cell"]);
    check("", &["the file is empty"]);
    check("\u{FEFF}\r\n ,\r\n", &["the file is empty"]);
}

#[test]
fn lines_and_row_numbers() {
    check("id,principal\r\nA,1\r\n\r\n,\r\nB,2\r\n", &["2: A 1", "5: B 2"]);
    check("id,principal\rA,1\r\rB,2", &["2: A 1", "4: B 2"]);
    check("\n\nid,principal\nA,1\n", &["4: A 1"]);
    check("id,principal,,\nA,1,,\nB,2\nC,3,,,,\n", &["2: A 1", "3: B 2", "4: C 3"]);
    check("id,principal\n", &[]);
    check("id,,principal\nA,,1\nB,x,1\n", &["3: a cell in column 2, which has no header"]);
    check("\"id\",\"principal\"\n\"A, \"\"B\"\"\",\"1,000\"\n", &["2: A, \"B\" 1000"]);
}

#[test]
fn ragged_rows_and_totals() {
    check(
        "id,principal,obligor\nA\nB,1,000,x\nC,1,x\n合计,1,\n",
        &[
            "2: row has 1 cell, the header has 3",
            "3: row has 4 cells, the header has 3",
            "5: 合计 looks like a row of totals (remove it)",
        ],
    );
}

#[test]
fn broken_quotes() {
    let open = |row| format!("{row}: a quote is not closed in its row (a cell holds one line)");
    let stray = |row| format!("{row}: a quote inside a cell (write the cell as \"a \"\"b\"\" c\")");
    check("id,principal\nA,1\n\"B,1\nC,1\nD,1\n", &[&open(3)]);
    check("id,principal\n\"A\nstreet\",1\nC,1\n", &[&open(2)]);
    check("id,principal\nA,\"\n", &[&open(2)]);
    check("id,principal\nA\"B,1\n\"C\"d,1\nE, \"1,000\"\n", &[&stray(2), &stray(3), &stray(4)]);
}

#[test]
fn separators() {
    check("id;principal\nA;1\n", &["1: cells are separated by a semicolon (want a comma)"]);
    check("id\tprincipal\nA\t1\n", &["1: cells are separated by a tab (want a comma)"]);
    check("编号，本金\nA，1\n", &["1: cells are separated by a full-width comma (want a comma)"]);
    check("\"id\"|\"principal\"\n", &["1: cells are separated by a vertical bar (want a comma)"]);
}

#[test]
fn headers() {
    for header in
        ["id,principal", " ID , Principal ", "编号,贷款本金", "*编 号,本金*", "ＩＤ,本金（元）"]
    {
        check(&format!("{header}\nA,1\n"), &["2: A 1"]);
    }
    check(
        "id,principal,Coupon PA,到期日(YYYY-MM-DD)\nA,1,0.05,20210712\n",
        &["2: A 1 0.05 2021-07-12"],
    );
    check(
        "入池资产清单,\n编号,本金\nA,1\n",
        &["1: no known column (the header must be the first row)"],
    );
    check("编号\nA\n", &["1: required column principal is missing (or 本金, 贷款本金)"]);
    check("id,本金,Principal\nA,1,1\n", &["1: Principal: same column as 本金 before it"]);
    let wide = format!("id,principal{}\n", ",x".repeat(header::MAX_COLUMNS));
    check(&wide, &["1: more than 200 columns"]);
}

#[test]
fn nearest_names() {
    for (header, expected) in [
        ("利律", "unknown column (did you mean 利率?)"),
        ("贷款本经", "unknown column (did you mean 贷款本金?)"),
        ("copuon_pa", "unknown column (did you mean coupon_pa?)"),
        ("Obligor Name", "unknown column"),
        ("x", "unknown column"),
    ] {
        check(&format!("id,principal,{header}\n"), &[&format!("1: {header}: {expected}")]);
    }
    check(
        "id,本金,还款方式\nA,1,ballet\nB,1,balloon\n",
        &[
            "2: 还款方式: ballet is not one of bullet, level_payment (did you mean bullet?)",
            "3: 还款方式: balloon is not one of bullet, level_payment",
        ],
    );
}

#[test]
fn units() {
    let rows = &["2: A 1000000 0.0435 0.0025"];
    check("id,本金（万元）,利率(%),spread (bp)\nA,100,4.35,25\n", rows);
    check("id,本金 [单位：万元],利率％,spread(基点)\nA,100,4.35%,25\n", rows);
    let rows = &["3: A 1000000 0.0435 12"];
    check("id,本金,利率,期限\n,万元,%,月\nA,100,4.35,12\n", rows);
    check("id,本金,利率,期限\n-,（万元）,（%）,个月\nA,100,4.35,12个月\n", rows);
    check("id,本金（万元）,利率,期限\n,万元,%,月\nA,100,4.35,12\n", rows);
    for (file, expected) in [
        ("id,本金（万元）\n,亿元\nA,1\n", "2: 本金（万元）: unit 亿元 below a header in 万元"),
        ("id,本金（USD）\nA,1\n", "1: 本金（USD）: unit USD does not fit (want 元, 万元, 亿元)"),
        ("id,本金（%）\nA,1\n", "1: 本金（%）: unit % does not fit (want 元, 万元, 亿元)"),
        ("id,本金,期限（年）\nA,1,1\n", "1: 期限（年）: unit 年 does not fit (want 月)"),
        ("id,本金\n万元,元\nA,1\n", "2: id: unit 万元 on a column without unit"),
        (
            "id,本金（万元）\nA,100元\n",
            "2: 本金（万元）: 100元 is in 元, but its column is in 万元",
        ),
    ] {
        check(file, &[expected]);
    }
}

#[test]
fn every_problem_of_a_file_in_one_run() {
    check(
        "编号,本金,债务人,利率,到期日,期限,还款方式,是否担保\n\
         A,\"1,00,000\",=x,4.35,2023-02-30,1.5,bullet,maybe\n\
         ,0,x,150%,,600,,\n\
         C,-1,#N/A,-1%,20210712,12,到期一次还本,是\n",
        &[
            "2: 本金: 1,00,000 is not an amount: separators are misplaced (want 1,000,000.00)",
            "2: 债务人: =x starts with =, which a spreadsheet runs as a formula",
            "2: 利率: 4.35 is ambiguous (write 4.35%, or % in the header)",
            "2: 到期日: 2023-02-30 is not a date (want YYYY-MM-DD)",
            "2: 期限: 1.5 is not a whole number: it has decimals",
            "2: 是否担保: maybe is neither yes nor no (是 or 否)",
            "3: 编号: the cell is empty, a value is required",
            "3: 本金: 0 is out of range (want above 0)",
            "3: 利率: 150% is out of range (want at least 0 and at most 1)",
            "3: 期限: 600 is out of range (want at least 1 and below 600)",
            "4: 本金: -1 is out of range (want above 0)",
            "4: 债务人: #N/A is a spreadsheet's error value",
            "4: 利率: -1% is out of range (want at least 0 and at most 1)",
        ],
    );
}

#[test]
fn limits() {
    let most = format!("id,principal\n{}", "A,1\n".repeat(MAX_ROWS));
    assert_eq!(lines(most.as_bytes()).len(), MAX_ROWS);
    check(&format!("{most}\n,,,\nA,1\n"), &["more than 100000 rows"]);
    assert_eq!(lines(&vec![b'a'; MAX_BYTES + 1]), ["more than 67108864 bytes"]);
}

#[test]
fn later_problems_have_the_place_of_their_cell() {
    let problems = Problems::new();
    let file = "编号,本金\nA,1\nA,1\n".as_bytes();
    let table = read("loans.csv", file, COLUMNS, &problems).unwrap();
    assert!(table.has("id") && !table.has("style"));
    let rows: Vec<Row> = table.rows().collect();
    assert!(rows[0].is_blank("style") && !rows[0].need("style"));
    assert_eq!(rows[0].rate("principal"), None);
    problems.duplicate_key(&rows[1].place("id"), "A", rows[0].number());
    problems.dangling(&rows[1].place("obligor"), "C99", "obligors.csv", ["C1", "C9", "C09"]);
    problems.at(&table.place(), "principal adds up to 2");
    assert_eq!(
        problems.into_lines(),
        [
            "loans.csv: principal adds up to 2",
            "loans.csv:2: style: the cell is empty, a value is required",
            "loans.csv:2: 本金: the program reads a column that its description does not have",
            "loans.csv:3: 编号: A is already in row 2",
            "loans.csv:3: obligor: C99 is not in obligors.csv (did you mean C9?)",
        ],
    );
}

/// Bytes that come near to a file, so that more than the decoder is reached.
fn near_files() -> impl Strategy<Value = Vec<u8>> {
    let pieces = [
        "id",
        "principal",
        "本金（万元）",
        "利率(%)",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\r",
        "\"",
        "\"\"",
        ";",
        "1",
        "1,000",
        "4.35%",
        "万元",
        "%",
        "合计",
        "\u{FEFF}",
        "(",
        "（",
        ")",
        "=",
        "e",
        " ",
        "\0",
    ];
    let piece = (0..pieces.len()).prop_map(move |at| pieces[at].as_bytes().to_vec());
    let any = proptest::collection::vec(any::<u8>(), 1..3);
    proptest::collection::vec(prop_oneof![9 => piece, 1 => any], 0..40).prop_map(|all| all.concat())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = lines(&bytes);
    }

    #[test]
    fn near_files_are_read_or_reported(bytes in near_files()) {
        let _ = lines(&bytes);
    }

    /// Rows are counted as lines whatever else the file holds.
    #[test]
    fn a_row_number_is_a_line_number(gaps in proptest::collection::vec(0usize..4, 1..20)) {
        let mut file = "id,principal\n".to_string();
        let mut expected = Vec::new();
        for gap in gaps {
            file.push_str(["", "\n", ",\n", "\n , \n"][gap]);
            expected.push(file.lines().count() + 1);
            file.push_str("A,1\n");
        }
        let problems = Problems::new();
        let table = read("t.csv", file.as_bytes(), COLUMNS, &problems).unwrap();
        let numbers: Vec<usize> = table.rows().map(|row| row.number()).collect();
        prop_assert_eq!(numbers, expected);
    }
}
