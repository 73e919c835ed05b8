//! The declaration of a feature. `app::FEATURES` lists all features, and every other list is derived from it.

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

/// A feature, as its `mod.rs` declares it.
#[derive(Clone, Copy)]
pub struct Feature {
    pub name: &'static str,
    /// The tags of the OpenAPI document that it introduces.
    pub tags: &'static [Tag],
    /// Its operations, in the order of the OpenAPI document.
    pub operations: &'static [Operation],
    pub tables: &'static [Table],
    /// Its enumerations for the vocabulary: name and codes.
    pub words: &'static [(&'static str, &'static [Label])],
    /// Its events in the ledger.
    pub events: &'static [Subject],
    /// Its rows that attachments can belong to.
    pub files: &'static [FileOwner],
    /// Its background jobs.
    pub jobs: &'static [Job],
    /// Its own form of errors, if any.
    pub errors: Option<ErrorForm>,
}

/// How an error is written for a path. `None` if the path does not belong to the feature.
pub type ErrorForm = fn(path: &str) -> Option<WriteError>;
/// Writes an error response from the response, the problem, the language and the request id.
pub type WriteError = fn(HttpResponse, &Problem, Language, &str) -> HttpResponse;

impl Feature {
    /// A feature without anything, for the members that a feature does not need.
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

/// A tag of the OpenAPI document: an English name and the official Chinese term.
#[derive(Clone, Copy)]
pub struct Tag {
    /// Tags are sorted by this number. Features with the same tag share it.
    pub place: u16,
    pub name: &'static str,
    pub about: &'static str,
}

pub const fn tag(place: u16, name: &'static str, about: &'static str) -> Tag {
    Tag { place, name, about }
}

/// An operation, with everything that its handler does not contain.
#[derive(Clone, Copy)]
pub struct Operation {
    pub permission: Permission,
    pub handler: Handler,
    /// 409 codes that it can return, in addition to those of every POST.
    pub conflicts: &'static [Code],
    /// Does it return a resource with a version? `None` derives this from the path.
    pub versioned: Option<bool>,
    /// It accepts a file.
    pub uploads: bool,
    /// It unmasks personal data for a person with step-up authentication.
    pub unmasks: bool,
    /// Only exists if business time can be moved (`demo`).
    pub sandbox: bool,
    /// The rate limit for requests without a token.
    pub limit: Limit,
    /// It may take as long as an upload.
    pub long: bool,
}

/// Rate limit that applies before the caller is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Address,
    /// A limit of its own, so that an address that loads many pages does not make the service look unavailable to
    /// probes.
    Probes,
    /// The limit for token requests, where client secrets could be guessed.
    Tokens,
}

/// An operation without a token.
pub const fn public(handler: Handler) -> Operation {
    allow(handler, Access::Public, false)
}

/// An operation for a client of one of these roles, which sends its secret in the form.
pub const fn by_key(handler: Handler, roles: &'static [Role]) -> Operation {
    allow(handler, Access::Key(roles), false)
}

/// An operation for persons only. This is the default.
pub const fn act(handler: Handler, roles: &'static [Role]) -> Operation {
    allow(handler, Access::Roles(roles), true)
}

/// A read, also with machine tokens.
pub const fn read(handler: Handler, roles: &'static [Role]) -> Operation {
    allow(handler, Access::Roles(roles), false)
}

/// Reporting, submitting, importing, and non-binding steps of a complaint: also with machine tokens.
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

/// A table, and whose rows it contains.
#[derive(Clone, Copy)]
pub struct Table {
    pub name: &'static str,
    pub rows: Rows,
    /// It is read only through the `scoped.rs` of its feature.
    pub scoped: bool,
    /// It grows large, so tests check the query plans for it.
    pub grows: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Each row belongs to one county (and township, and community), whose offices write it.
    Territory,
    /// Each row belongs to a row of another table, and is written with it.
    With(&'static str),
    /// Written by the program only, never by an operation of its own.
    Program,
    /// Imported by the operator from a file.
    Operator,
    /// Visible to several counties or townships.
    Shared,
}

impl Table {
    /// Scoped, and can grow large.
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
