//! What a feature declares of itself. `app::FEATURES` lists the features; whatever is a list elsewhere is made from them.

use crate::access::Role;
use crate::access::permissions::{Access, Permission};
use crate::http::routes::Handler;
use crate::problem::Code;

/// One feature, as its `mod.rs` declares it.
#[derive(Clone, Copy)]
pub struct Feature {
    pub name: &'static str,
    /// The chapters of the document that it opens.
    pub tags: &'static [Tag],
    /// In the order of the document.
    pub operations: &'static [Operation],
}

impl Feature {
    /// Nothing: what a feature does not have.
    pub const EMPTY: Feature = Feature { name: "", tags: &[], operations: &[] };
}

/// A chapter of the document: an English word and the official Chinese term.
#[derive(Clone, Copy)]
pub struct Tag {
    /// Chapters stand by this number, and features of one chapter share it.
    pub place: u16,
    pub name: &'static str,
    pub about: &'static str,
}

pub const fn tag(place: u16, name: &'static str, about: &'static str) -> Tag {
    Tag { place, name, about }
}

/// One operation, with all that is not in its handler.
#[derive(Clone, Copy)]
pub struct Operation {
    pub permission: Permission,
    pub handler: Handler,
    /// 409s that it may answer with, beside those that every POST may.
    pub conflicts: &'static [Code],
    /// Is what it answers a resource at a version? Where its path does not tell.
    pub versioned: Option<bool>,
    /// It takes a file.
    pub uploads: bool,
    /// It shows personal data in full to a person who proved again who they are.
    pub unmasks: bool,
    /// Only where business time can be moved (`demo`).
    pub sandbox: bool,
}

/// No token is asked for.
pub const fn public(handler: Handler) -> Operation {
    allow(handler, Access::Public, false)
}

/// A client of one of these roles shows its key in the form that it sends.
pub const fn by_key(handler: Handler, roles: &'static [Role]) -> Operation {
    allow(handler, Access::Key(roles), false)
}

/// An act of a person, as everything is that is not said to be otherwise.
pub const fn act(handler: Handler, roles: &'static [Role]) -> Operation {
    allow(handler, Access::Roles(roles), true)
}

/// Reading: open to machines.
pub const fn read(handler: Handler, roles: &'static [Role]) -> Operation {
    allow(handler, Access::Roles(roles), false)
}

/// Reporting, submitting and importing, and the steps of handling a ticket that bind nobody: open to machines.
pub const fn submit(handler: Handler, roles: &'static [Role]) -> Operation {
    allow(handler, Access::Roles(roles), false)
}

const fn allow(handler: Handler, access: Access, person_only: bool) -> Operation {
    Operation {
        permission: Permission { operation: handler.name, access, person_only },
        handler,
        conflicts: &[],
        versioned: None,
        uploads: false,
        unmasks: false,
        sandbox: false,
    }
}

impl Operation {
    pub const fn name(&self) -> &'static str {
        self.handler.name
    }

    pub const fn conflicts(self, conflicts: &'static [Code]) -> Operation {
        Operation { conflicts, ..self }
    }

    pub const fn versioned(self) -> Operation {
        Operation { versioned: Some(true), ..self }
    }

    pub const fn unversioned(self) -> Operation {
        Operation { versioned: Some(false), ..self }
    }

    pub const fn uploads(self) -> Operation {
        Operation { uploads: true, ..self }
    }

    pub const fn unmasks(self) -> Operation {
        Operation { unmasks: true, ..self }
    }

    pub const fn in_sandbox(self) -> Operation {
        Operation { sandbox: true, ..self }
    }
}
