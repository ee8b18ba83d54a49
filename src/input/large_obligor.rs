//! The table of the large-obligor test that the program carries.
use crate::analytics::breakers::LargeObligorTable;
use crate::num::Decimal;

const SP_2009: &str = include_str!("large_obligor_sp2009.csv");

/// S&P's test of 2009, at its recovery of 5%.
pub fn large_obligor_table() -> LargeObligorTable {
    let notes = SP_2009.lines().filter_map(|line| line.strip_prefix('#')).map(str::trim);
    let rows = SP_2009.lines().filter(|line| !line.starts_with('#')).skip(1);
    LargeObligorTable {
        name: "sp2009".to_owned(),
        source: notes.collect::<Vec<_>>().join(" "),
        recovery: Decimal::new(5, 2),
        grades: rows.filter_map(row).collect(),
    }
}

fn row(line: &str) -> Option<(String, [usize; 2])> {
    let mut cells = line.split(',');
    let grade = cells.next()?.to_owned();
    let mut count = || cells.next()?.trim().parse().ok();
    Some((grade, [count()?, count()?]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_carried_table_is_read_whole() {
        // Origin: the published table, by the rating of the class.
        let table = large_obligor_table();
        let counts: Vec<[usize; 2]> = table.grades.iter().map(|(_, counts)| *counts).collect();
        assert_eq!(counts, [[8, 10], [6, 8], [4, 6], [3, 4], [2, 3], [1, 2]]);
        assert_eq!((table.grades[0].0.as_str(), table.grades[5].0.as_str()), ("AAA", "B"));
    }
}
