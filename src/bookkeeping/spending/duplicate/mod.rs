//! Lines of a bank's file that were written by hand before: the same payment is in the book twice, once imported and once written.
//!
//! `proposed` finds such pairs; nothing happens to them until a user decides. `confirm` deletes the imported one and keeps the one that
//! was written, with its category and its words. The deleted one says which one stands for it, so that a file with this line that is
//! imported again finds it. `decline` lets a pair not be proposed again.
//!
//! | file | owns |
//! |---|---|
//! | `proposed` | the list of pairs that look like one payment; pairs are made as those of transfers |
//! | `confirm`, `decline` | what a user decides about a pair |
//! | `couple` | finds, locks and checks the two |

pub mod confirm;
pub mod couple;
pub mod decline;
pub mod proposed;
