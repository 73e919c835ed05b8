//! Who is asking, what they may do, and where.

pub mod role;
