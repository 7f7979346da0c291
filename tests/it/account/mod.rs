//! Accounts: registering, logging in and out, passwords, profiles, and deleting an account.

mod abandoned_guesses;
mod closing;
mod deletion;
mod login_delays;
mod login_queue;
mod passwords;
mod profile;
mod refresh_repeats;
mod registration;
mod session_list;
mod sessions;
mod token_keys;
