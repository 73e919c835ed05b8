//! Identity and permissions of the caller, and the vocabulary of codes.

mod routes;
pub mod vocabulary;

use crate::access::role_sets::EVERYONE;
use crate::handler;
use crate::service::feature::{Feature, read, tag};

pub const FEATURE: Feature = Feature {
    name: "identity",
    tags: &[tag(20, "identity", "Identity and vocabulary 身份与词汇")],
    operations: &[read(handler!(routes::get_me), EVERYONE), read(handler!(routes::get_vocabulary), EVERYONE)],
    ..Feature::EMPTY
};
