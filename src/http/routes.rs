//! Where features put their operations: into the server and into the document.

use actix_web::dev::HttpServiceFactory;
use actix_web::web::ServiceConfig;
use utoipa::openapi::path::Paths;
use utoipa::openapi::{Components, OpenApi, RefOr, Schema};
use utoipa_actix_web::OpenApiFactory;

/// The operations of a server. Only one that is described composes the document: that takes longer than everything else of a
/// start, and each worker of a server registers its operations anew.
pub struct Routes<'s> {
    config: &'s mut ServiceConfig,
    description: Option<&'s mut Description>,
}

/// What operations say of themselves.
#[derive(Default)]
pub struct Description {
    paths: Paths,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description {
    /// The document with these operations.
    pub fn complete(self, mut document: OpenApi) -> OpenApi {
        document.paths.merge(self.paths);
        document.components.get_or_insert_with(Components::new).schemas.extend(self.schemas);
        document
    }
}

impl<'s> Routes<'s> {
    pub fn served(config: &'s mut ServiceConfig) -> Routes<'s> {
        Routes { config, description: None }
    }

    pub fn described(config: &'s mut ServiceConfig, description: &'s mut Description) -> Routes<'s> {
        Routes { config, description: Some(description) }
    }

    pub fn configure(&mut self, feature: fn(&mut Routes)) -> &mut Self {
        feature(self);
        self
    }

    pub fn service<F: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: F) -> &mut Self {
        if let Some(description) = &mut self.description {
            description.paths.merge(operation.paths());
            operation.schemas(&mut description.schemas);
        }
        self.config.service(operation);
        self
    }
}
