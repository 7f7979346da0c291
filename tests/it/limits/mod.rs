//! What one client sends must not stop the others: connections, bodies, turns, time and the size of answers.

mod answers;
mod bodies;
mod connections;
mod documents;
mod turns;
