//! xiaoqu (小区): supervision of property management of residential complexes, as a service.

pub mod access;
pub mod calendar;
pub mod coded;
pub mod fault;
pub mod policy;
pub mod settings;
pub mod standing;
