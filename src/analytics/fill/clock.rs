//! The time that filling may take. Invariant: once it was found to be up it stays so, whatever the
//! clock shows later.

use std::cell::Cell;
use std::time::Duration;

/// What is left of a time limit; none where there is no limit.
pub type TimeLeft<'a> = &'a dyn Fn() -> Option<Duration>;

/// Asked between moves.
pub struct Clock<'a> {
    left: TimeLeft<'a>,
    late: Cell<bool>,
}

impl<'a> Clock<'a> {
    pub fn new(left: TimeLeft<'a>) -> Clock<'a> {
        Clock { left, late: Cell::new(false) }
    }

    /// What is left of the limit, now.
    pub fn left(&self) -> Option<Duration> {
        let left = if self.late.get() { Some(Duration::ZERO) } else { (self.left)() };
        self.late.set(left == Some(Duration::ZERO));
        left
    }

    /// Whether the time is up, now.
    pub fn is_up(&self) -> bool {
        self.left() == Some(Duration::ZERO)
    }

    /// Whether the work was told so.
    pub fn was_up(&self) -> bool {
        self.late.get()
    }
}
