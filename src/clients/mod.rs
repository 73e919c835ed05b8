//! OAuth clients (接入系统): systems that get tokens with a secret of their own, for a role that the county approved.

pub mod actions;
pub mod keys;
pub mod model;
mod routes;
pub mod rules;
mod secret;
pub mod store;
mod view;

use crate::http::Routes;

pub use secret::digest_of;

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_clients)
        .service(routes::create_client)
        .service(routes::get_client)
        .service(routes::update_client)
        .service(routes::approve_client)
        .service(routes::rotate_client_secret)
        .service(routes::suspend_client)
        .service(routes::resume_client)
        .service(routes::revoke_client);
}
