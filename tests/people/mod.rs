//! Receipts that a venue keeps, lists for print shops, facts about people, open data.
//! The single rules of each are tested beside the domain.

mod facts;
mod open_data;
mod pages;
mod print_lists;
mod receipts;
