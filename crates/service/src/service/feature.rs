//! What a feature declares of itself. `app::FEATURES` lists the features; whatever is a list elsewhere is made from them.

use actix_web::HttpResponse;

use super::events::Subject;
use super::file_owner::FileOwner;
use super::job::Job;
use crate::access::Role;
use crate::access::permissions::{Access, Permission};
use crate::coded::Label;
use crate::http::language::Language;
use crate::problem::{Code, Problem};
use crate::service::routes::Handler;

/// One feature, as its `mod.rs` declares it.
#[derive(Clone, Copy)]
pub struct Feature {
    pub name: &'static str,
    /// The chapters of the document that it opens.
    pub tags: &'static [Tag],
    /// In the order of the document.
    pub operations: &'static [Operation],
    pub tables: &'static [Table],
    /// Its enumerations, for the vocabulary: name and codes.
    pub words: &'static [(&'static str, &'static [Label])],
    /// What is recorded of it in the ledger.
    pub events: &'static [Subject],
    /// The rows of it that files belong to.
    pub files: &'static [FileOwner],
    /// What goes on beside the requests.
    pub jobs: &'static [Job],
    /// Where errors have a form of their own.
    pub errors: Option<ErrorForm>,
}

/// How an error is written under a path; none for a path that is not the feature's.
pub type ErrorForm = fn(path: &str) -> Option<WriteError>;
/// An answer with a problem in it, and the id of its request.
pub type WriteError = fn(HttpResponse, &Problem, Language, &str) -> HttpResponse;

impl Feature {
    /// Nothing: what a feature does not have.
    pub const EMPTY: Feature = Feature {
        name: "",
        tags: &[],
        operations: &[],
        tables: &[],
        words: &[],
        events: &[],
        files: &[],
        jobs: &[],
        errors: None,
    };
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
    /// By what requests without a token are limited.
    pub limit: Limit,
    /// It may take as long as an upload.
    pub long: bool,
}

/// What limits requests before it is known who sends them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Address,
    /// Of their own: who asks for pages too often must not make the service look dead, or unseen.
    Probes,
    /// Where guessing a client's secret is tried.
    Tokens,
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
        limit: Limit::Address,
        long: false,
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
        Operation { uploads: true, long: true, ..self }
    }

    pub const fn long(self) -> Operation {
        Operation { long: true, ..self }
    }

    pub const fn limited_as(self, limit: Limit) -> Operation {
        Operation { limit, ..self }
    }

    pub const fn unmasks(self) -> Operation {
        Operation { unmasks: true, ..self }
    }

    pub const fn in_sandbox(self) -> Operation {
        Operation { sandbox: true, ..self }
    }
}

/// A table, and whose rows it holds.
#[derive(Clone, Copy)]
pub struct Table {
    pub name: &'static str,
    pub rows: Rows,
    /// It is read through the `scoped.rs` of its feature only.
    pub scoped: bool,
    /// Plans of its queries are made for many rows.
    pub grows: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Each lies in one county (and township, and community), and its territory writes it.
    Territory,
    /// Each belongs to one of another table, and is written with it.
    With(&'static str),
    /// The program keeps them; nobody writes them by a call of their own.
    Program,
    /// The operator's, from a file.
    Operator,
    /// Seen by several counties or townships.
    Shared,
}

impl Table {
    /// Scoped, and growing.
    pub const fn of_territory(name: &'static str) -> Table {
        Table { name, rows: Rows::Territory, scoped: true, grows: true }
    }

    pub const fn with(name: &'static str, other: &'static str) -> Table {
        Table { name, rows: Rows::With(other), scoped: false, grows: false }
    }

    pub const fn of_program(name: &'static str) -> Table {
        Table { name, rows: Rows::Program, scoped: false, grows: false }
    }

    pub const fn of_operator(name: &'static str) -> Table {
        Table { name, rows: Rows::Operator, scoped: false, grows: false }
    }

    pub const fn shared(name: &'static str) -> Table {
        Table { name, rows: Rows::Shared, scoped: false, grows: false }
    }

    pub const fn scoped(self) -> Table {
        Table { scoped: true, ..self }
    }

    pub const fn unscoped(self) -> Table {
        Table { scoped: false, ..self }
    }

    pub const fn grows(self) -> Table {
        Table { grows: true, ..self }
    }

    pub const fn small(self) -> Table {
        Table { grows: false, ..self }
    }
}
