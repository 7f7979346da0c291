//! The account of a user from registration to deletion: what concerns both the user and the book that they own.

mod change_password;
mod delete;
mod proof;
mod register;

pub use self::{
    change_password::{PasswordChange, change_password},
    delete::{cancel_deletion, delete_account},
    register::{Registration, register},
};
