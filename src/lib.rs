//! ipabs: an open modelling engine for notes backed by intellectual property.
//!
//! # Bird's eye
//!
//! Small technology firms pledge patents, trademarks, copyrights and data for loans; a plan buys
//! the loans and issues senior and subordinate notes, with a third party behind the senior class.
//! A folder of tables, or a workbook, becomes a checked [`deal::Deal`] with its
//! [`scenario::Scenario`]s, or a list of every problem it has ([`input::assemble`]). The engine
//! turns both into [`engine::Flows`]: as the paper says, as if shortfall commitments did not exist,
//! and as if loan-level covers did not either ([`engine::run_all`]); or tries many scenarios side
//! by side ([`engine::Trials`]), or draws what happens to the firms and runs many paths
//! ([`engine::Simulation`]). [`analytics`] measures the flows, [`report`] makes tables, charts and
//! a summary of them, as bytes with names, and [`cli`] puts these into a folder. Data goes one way;
//! nothing reaches back.
//!
//! # Floors
//!
//! A module imports from the floors below it and from itself.
//!
//! | floor | module | answers |
//! |---|---|---|
//! | 1 | [`num`] | what is an amount, a rate, a row of amounts? |
//! | 2 | [`dates`] | which day is it, is it a business day, how many days accrue? |
//! | 3 | [`asset`] | who owes, what is owed, what is pledged, who stands behind it? |
//! | 4 | [`deal`] | what does the paper say? |
//! | 5 | [`scenario`] | what might happen? |
//! | 6 | [`engine`] | what is paid to whom on which day? |
//! | 7 | [`analytics`] | what does it mean: yield, loss, cover, life? |
//! | 8 | [`input`] | how does it come in? |
//! | 8 | [`report`] | how does it go out? |
//! | 9 | [`cli`] | which command was asked? |
//!
//! # Invariants
//!
//! 1. Money is whole fen and never passes through a binary fraction on its way in: held by type
//!    [`num::Fen`], by test `any_amount_in_fen_reads_back`.
//! 2. An amount is rounded once, to the fen, by one rule: held by type [`num::Ratio`], by test
//!    `one_rounding_to_the_fen`.
//! 3. No later floor meets a bad deal: held by type [`deal::Deal`], which has one constructor.
//! 4. Every problem of a deal is told in one run, with file, row and column: held by test
//!    `every_bad_folder_gives_its_problems`.
//! 5. No bytes of a table make the reader stop or guess: held by test
//!    `no_byte_of_a_table_can_stop_the_reading`.
//! 6. A balance changes by a posting and in no other way; opening + in = out + closing, per account
//!    and in all, in every period of every run: held by check [`engine::Breach`], in release
//!    builds too, and re-added from the postings by test `any_deal_conserves_cash_in_both_numbers`,
//!    by test `every_small_waterfall_pays_as_the_rule_says`.
//! 7. The engine reads no clock, file, environment or global: held by test
//!    `imports_only_go_down` and by test `every_outside_package_has_its_home_and_a_place`.
//! 8. The one waterfall gives the same fen in Decimal and in f64: held by test
//!    `both_number_systems_agree_to_the_fen`, by test `any_deal_conserves_cash_in_both_numbers`.
//! 9. A class's balance falls by cash paid alone; a loss is what is unpaid at the end: held by
//!    test `a_loss_is_what_is_unpaid_at_the_end_and_nothing_is_written_down_before`.
//! 10. A commitment pays no more than its caps, gross, whatever it got back: held by test
//!     `a_total_cap_is_on_gross_payments_and_not_restored_by_repayment`.
//! 11. Without support nobody is called: held by test `without_support_nobody_is_called`.
//! 12. A pledged right is sold once and pays no more than the claim: held by test
//!     `a_pledge_pays_right_by_right_never_above_the_claim`.
//! 13. A deal that goes on from its state ends as if it had never stopped: held by test
//!     `a_deal_goes_on_from_its_state_as_if_never_stopped`.
//! 14. The same deal, scenario and version give the same bytes on any threads, from any folder:
//!     held by test `the_same_bytes_on_any_threads_from_anywhere`, by test
//!     `the_reports_are_what_the_program_writes`.
//! 15. An output folder is written whole or not at all, and nothing foreign is replaced: held by
//!     test `bad_input_is_told_whole_and_touches_nothing`, by test
//!     `what_is_not_ours_is_refused_and_stays`.
//! 16. The pages on tables say what the program reads: held by test
//!     `the_documentation_of_tables_is_the_programs_own`.
//!
//! 17. A simulation gives the same bytes on any threads, in one piece, cut and resumed, or merged
//!     from parts in any order: held by test
//!     `the_same_bytes_on_any_threads_and_from_parts_in_any_order`, by test
//!     `a_run_that_was_cut_goes_on_and_ends_as_the_whole`.
//! 18. Every figure of a simulation has its standard error, or is blank where nothing was hit:
//!     held by test `every_table_has_its_columns_and_every_number_its_error`.
//! 19. A path of a simulation is the exact run of its fates, to the fen, also where a right secures
//!     loans of several firms: held by test `a_path_is_the_exact_run_of_its_fates`, by test
//!     `any_path_with_shared_rights_is_the_exact_run_of_its_fates`.
//! 20. As many firms default as their curves say, at any correlation and copula: held by test
//!     `as_much_defaults_as_the_curves_say`.
//! 21. A supporter more moves no obligor's fate: held by test
//!     `one_supporter_more_moves_no_obligor`.
//! 22. A deal as a workbook is the deal as a folder, and an amount in a cell is exact: held by test
//!     `a_deal_as_folder_and_as_workbook_is_one_deal`, by test
//!     `any_amount_in_fen_survives_a_spreadsheet`.
//! 23. A workbook of runs holds their tables, and what came in is what went out: held by test
//!     `a_workbook_holds_the_tables_of_its_runs`, by test
//!     `what_came_in_is_what_went_out_in_every_deal`.
//! 24. A class is paid in full at its critical default rate and not a millionth above it: held by
//!     test `at_the_critical_rate_a_class_is_paid_and_a_millionth_above_it_is_not`.
//! 25. With triggers off and cash held until redemption (one ledger, no reserve), less recovery
//!     never raises a critical default rate, and a bigger cap never hurts a class in its scope:
//!     held by test
//!     `the_critical_rate_does_not_rise_when_recovery_falls`, by test
//!     `a_bigger_cap_never_hurts_a_class_in_its_scope`.
//! 26. A cell of a grid is the exact run of its scenario, and no smaller set of firms hurts a class
//!     than the one named: held by test `a_grids_cell_is_the_exact_run_of_its_scenario`, by test
//!     `any_deal_brings_side_by_side_what_it_brings_alone`, by test
//!     `the_smallest_sets_are_those_of_plain_enumeration`.
//! 27. No right is pledged in two series of a shelf at one time: held by test
//!     `series_do_not_contradict_each_other`.
//! 28. Principal of a licence sums to its price, principal and interest to each fee: held by test
//!     `principal_sums_to_the_price_and_parts_to_the_fees`.
//! 29. What borrowing costs a firm, and what it is given back, is no money of the plan: held by
//!     test `a_subsidy_never_enters_the_plan`.
//! 30. A cover pays no more than its caps, and with covers no loan brings more than its claim: held
//!     by test `covers_never_pay_above_caps_nor_a_loan_more_than_its_claim`.
//! 31. A path with covers is the exact run of its fates, with support, without and bare: held by
//!     test `any_covered_path_is_the_exact_run_of_its_fates`, by test
//!     `sums_over_paths_are_those_of_exact_runs_in_all_three_ways`.
//! 32. The largest senior class passes every test that decides, and 1 万 more does not: held by
//!     test `sizes_of_one_loan_are_the_closed_form`, by test
//!     `the_largest_size_passes_and_a_step_more_fails`.
//! 33. A size is tried on the paths of the simulation itself: held by test
//!     `paths_that_are_kept_are_those_of_the_simulation`.
//! 34. Infringement cover pays for what a right loses and never for a default; a risk of it moves
//!     no other draw, and a path with it is the exact run of its fates: held by test
//!     `no_default_makes_it_pay`, by test `a_risk_of_infringement_moves_no_other_draw`, by test
//!     `a_path_with_infringements_is_the_exact_run_of_its_fates`.
//! 35. The claim on a loan is what its pledge, its covers and its lender bear: held by test
//!     `the_claim_on_a_loan_is_borne_by_pledge_covers_and_lender`, by test
//!     `sums_over_paths_are_those_of_exact_runs_in_all_three_ways`.
//! 36. No filling of a shelf breaks a limit, cut by the clock or not, and none passes its bound:
//!     held by test `no_allocation_breaks_a_limit`, by test
//!     `an_allocation_that_the_clock_cut_breaks_no_limit`, by test
//!     `the_bound_holds_for_every_small_allocation`.
//! 37. What a shelf has out is what the exact runs of its series leave on their notes: held by test
//!     `what_is_outstanding_is_what_the_runs_leave`.
//! 38. What a page and a paper say are the cells of their runs' tables: held by test
//!     `a_paper_holds_the_figures_of_its_runs`, by test
//!     `the_tables_of_a_page_are_the_files_of_the_runs`.
//! 39. Series of a shelf that share nothing go together as they go alone, and a path of a shelf is
//!     the exact run of its fates out of shared capacities: held by test
//!     `series_with_nothing_in_common_go_as_they_go_alone`, by test
//!     `paths_are_the_exact_runs_of_their_fates`.
//! 40. A filled series is the series that it is like on other days and in another size: held by
//!     test `a_filled_series_is_its_template_on_other_days_in_another_size`, by test
//!     `filled_series_are_deals_like_any`.
//! 41. A chart is drawn from its run's tables, in the language that asks for it, whatever the run's
//!     was: held by test `a_report_is_of_its_own_language_charts_too`, by test
//!     `a_chart_is_of_the_language_that_asks_for_it`.
//! 42. A table that is not whole is no table of a run: held by test
//!     `a_table_that_is_not_whole_is_refused`.
//!
//! # Boundaries
//!
//! Two: files ([`input::read_folder`] and [`input::read_workbook`] read deals, [`cli`] reads runs
//! and writes all) and the command line ([`cli`]). Between them everything is a pure function.
//! Paper and pictures are set by `ipabs-pdf` (folder `pdf`), a program of its own that [`cli`]
//! starts: data in, bytes out.
pub mod analytics;
pub mod asset;
pub mod cli;
pub mod dates;
pub mod deal;
pub mod engine;
pub mod input;
pub mod num;
pub mod report;
pub mod scenario;
