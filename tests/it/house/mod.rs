//! The rules of ARCHITECTURE.md that the compiler does not check: which module may import which, and how large files are.

mod imports;
mod sizes;
mod source;
