//! Finds the operation for a path with a tree, so that the cost does not depend on the number of routes. Also collects
//! the operations for the OpenAPI document.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::dev::{ResourceDef, Service, ServiceFactory, ServiceRequest, ServiceResponse, always_ready};
use actix_web::{Error, HttpMessage};
use futures_util::future::{LocalBoxFuture, try_join_all};
use utoipa::openapi::path::Paths;
use utoipa::openapi::{Components, OpenApi, RefOr, Schema};
use utoipa_actix_web::OpenApiFactory;

use crate::problem::{Code, Problem};
use crate::service::Route;

/// The handler function of an operation and its description; made by [`handler!`](crate::handler).
#[derive(Clone, Copy)]
pub struct Handler {
    pub name: &'static str,
    /// Called once in each worker.
    pub make: fn() -> actix_web::Route,
    pub describe: fn(&mut Description),
}

/// The [`Handler`] of a function with `#[utoipa::path]`. The function name is the operation id.
#[macro_export]
macro_rules! handler {
    ($module:ident::$name:ident) => {
        $crate::pastey::paste! {
            $crate::service::routes::Handler {
                name: stringify!($name),
                make: || ::actix_web::web::to($module::$name),
                describe: |description| description.add(&$module::[<__path_ $name>]),
            }
        }
    };
}

/// Collects the descriptions of operations.
#[derive(Default)]
pub struct Description {
    paths: Paths,
    schemas: Vec<(String, RefOr<Schema>)>,
}

impl Description {
    pub fn add(&mut self, operation: &impl OpenApiFactory) {
        self.paths.merge(operation.paths());
        operation.schemas(&mut self.schemas);
    }

    /// The document with these operations added.
    pub fn complete(self, mut document: OpenApi) -> OpenApi {
        document.paths.merge(self.paths);
        document.components.get_or_insert_with(Components::new).schemas.extend(self.schemas);
        document
    }
}

/// The operations by path. If two patterns match a path, the first one added applies.
#[derive(Default)]
pub struct Routes {
    top: Node,
    patterns: Vec<Pattern>,
}

#[derive(Default)]
struct Node {
    named: HashMap<String, Node>,
    /// Matches any segment: a segment of a pattern that contains a parameter.
    any: Option<Box<Node>>,
    /// The patterns that end here, in the order of their addition. There are several only if a parameter is part of a
    /// segment.
    ends: Vec<usize>,
}

struct Pattern {
    resource: Arc<ResourceDef>,
    /// No parameter is only a part of a segment, so every path that reaches this node matches.
    exact: bool,
    routes: Vec<Route>,
}

impl Pattern {
    fn fits(&self, path: &str) -> bool {
        self.exact || self.resource.is_match(path)
    }
}

impl Routes {
    /// Adds an operation under its pattern.
    pub fn add(&mut self, route: Route) {
        if let Some(known) = self.patterns.iter_mut().find(|one| one.resource.pattern() == route.resource.pattern()) {
            known.routes.push(route);
            return;
        }
        let resource = route.resource.clone();
        let text = resource.pattern().unwrap_or_default();
        let mut node = &mut self.top;
        let mut exact = true;
        for segment in text.split('/').skip(1) {
            exact &=
                !segment.contains('{') || (segment.starts_with('{') && segment.find('}') == Some(segment.len() - 1));
            node = match segment.contains('{') {
                true => node.any.get_or_insert_default(),
                false => node.named.entry(segment.to_owned()).or_default(),
            };
        }
        node.ends.push(self.patterns.len());
        self.patterns.push(Pattern { resource, exact, routes: vec![route] });
    }

    /// The operations of a path; `None` if the path is unknown.
    pub fn under(&self, path: &str) -> Option<&[Route]> {
        let rest = path.strip_prefix('/')?;
        let found = self.first(&self.top, Some(rest), path)?;
        Some(&self.patterns.get(found)?.routes)
    }

    fn first(&self, node: &Node, rest: Option<&str>, path: &str) -> Option<usize> {
        let Some(rest) = rest else {
            return node.ends.iter().copied().find(|end| self.patterns[*end].fits(path));
        };
        let (segment, rest) = rest.split_once('/').map_or((rest, None), |(segment, rest)| (segment, Some(rest)));
        let named = node.named.get(segment).and_then(|next| self.first(next, rest, path));
        let any = node.any.as_ref().filter(|_| !segment.is_empty()).and_then(|next| self.first(next, rest, path));
        match (named, any) {
            (Some(named), Some(any)) => Some(named.min(any)),
            (named, any) => named.or(any),
        }
    }
}

/// Passes each request to the handler of the operation that the gate found ([`Route::handler`]).
pub struct Dispatch(pub Vec<fn() -> actix_web::Route>);

type Served = <actix_web::Route as ServiceFactory<ServiceRequest>>::Service;

/// [`Dispatch`] in one worker.
pub struct Handlers(Vec<Served>);

impl ServiceFactory<ServiceRequest> for Dispatch {
    type Response = ServiceResponse;
    type Error = Error;
    type Config = ();
    type Service = Handlers;
    type InitError = ();
    type Future = LocalBoxFuture<'static, Result<Handlers, ()>>;

    fn new_service(&self, (): ()) -> Self::Future {
        let made: Vec<_> = self.0.iter().map(|make| make().new_service(())).collect();
        Box::pin(async move { Ok(Handlers(try_join_all(made).await?)) })
    }
}

impl Service<ServiceRequest> for Handlers {
    type Response = ServiceResponse;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<ServiceResponse, Error>>;

    always_ready!();

    fn call(&self, mut request: ServiceRequest) -> Self::Future {
        let found = request.extensions().get::<Route>().map(|route| (route.handler, route.resource.clone()));
        match found.and_then(|(handler, resource)| Some((self.0.get(handler)?, resource))) {
            Some((handler, resource)) => {
                resource.capture_match_info(request.match_info_mut());
                handler.call(request)
            }
            None => Box::pin(async move { Ok(request.error_response(Problem::new(Code::NotFound))) }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::permissions::{Access, Permission};

    const NOBODY: &Permission = &Permission { operation: "x", access: Access::Public, person_only: false };

    fn routes(patterns: &[&str]) -> Routes {
        let mut routes = Routes::default();
        patterns.iter().for_each(|pattern| routes.add(Route::under(pattern, NOBODY)));
        routes
    }

    #[test]
    fn a_path_is_found_as_the_patterns_read_it() {
        let routes = routes(&[
            "/v1/things",
            "/v1/things/{id}/parts",
            "/v1/things/mine",
            "/v1/things/{id}",
            "/v1/{year}/days",
            "/lists.{format}",
            "/lists/{id}.{format}",
            "/other.{format}",
        ]);
        let all = [
            ("/v1/things", Some("/v1/things")),
            ("/v1/things/", None),
            ("/v1//things", None),
            ("v1/things", None),
            ("", None),
            ("/", None),
            ("/v1/THINGS", None),
            ("/v1/things/mine", Some("/v1/things/mine")),
            ("/v1/things/mine/parts", Some("/v1/things/{id}/parts")),
            ("/v1/things/a%2Fb", Some("/v1/things/{id}")),
            ("/v1/things/ä\n", Some("/v1/things/{id}")),
            ("/v1/things/a/b", None),
            ("/v1/things/days", Some("/v1/things/{id}")),
            ("/v1/2026/days", Some("/v1/{year}/days")),
            ("/lists.json", Some("/lists.{format}")),
            ("/lists.", None),
            ("/lists", None),
            ("/other.xml", Some("/other.{format}")),
            ("/lists/a.b.json", Some("/lists/{id}.{format}")),
            ("/lists/a", None),
        ];
        for (path, pattern) in all {
            assert_eq!(routes.under(path).map(|found| &*found[0].pattern), pattern, "{path}");
        }
    }

    #[test]
    fn of_two_patterns_that_fit_the_first_counts() {
        let routes = routes(&["/v1/{kind}", "/v1/current"]);
        assert_eq!(routes.under("/v1/current").map(|found| &*found[0].pattern), Some("/v1/{kind}"));
    }

    #[test]
    fn a_path_has_an_operation_for_each_method() {
        let routes = routes(&["/v1/things", "/v1/others", "/v1/things"]);
        assert_eq!(routes.under("/v1/things").map(<[Route]>::len), Some(2));
    }
}
