//! The file of a company (企业信用档案): its standing with what is on file of it, and a standing tried out.

mod actions;
mod routes;

use crate::http::Routes;

pub fn routes(config: &mut Routes) {
    config.service(routes::get_company_standing).service(routes::preview_standing);
}
