//! Who am I, what may I do, and what do the codes mean.

mod routes;
mod vocabulary;

use crate::http::Routes;

pub use vocabulary::zh;

pub fn routes(config: &mut Routes) {
    config.service(routes::get_me).service(routes::get_vocabulary);
}
