//! Orders of payment and how classes fall due, each a small deal and the table it must give.
