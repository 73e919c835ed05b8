//! Who am I, what may I do, and what do the codes mean.

mod routes;
mod vocabulary;

use utoipa_actix_web::service_config::ServiceConfig;

pub use vocabulary::zh;

pub fn routes(config: &mut ServiceConfig) {
    config.service(routes::get_me).service(routes::get_vocabulary);
}
