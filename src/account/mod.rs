//! The account of a user from registration to deletion: what concerns both who they are and the book that they own.

mod change_password;
mod register;

pub use self::{
    change_password::{PasswordChange, change_password, delete_account},
    register::{Registration, register},
};
