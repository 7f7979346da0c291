//! Connections: pages of lists.
//!
//! | file | owns |
//! |---|---|
//! | `nodes`, `page_info` | the types in the schema, which all connections share |
//! | `owned` | the lists that belong to an object, and the loaders that batch those of several objects |
//! | `documents` | the lists of dated documents (entries, invoices, receipts) of a book and of a customer |

mod documents;
mod nodes;
mod owned;
mod page_info;

pub(super) use self::{
    documents::{Total, edge_of, of_book, of_customer},
    nodes::{Count, Edges, NodeEdge, Nodes, connect, cursors_of, edge},
    owned::{OwnedTotal, of_owner, page},
    page_info::PageInfo,
};
