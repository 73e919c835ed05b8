//! Service contracts (物业服务合同): filing, succession, ending, hand-over. The contract in force says who serves a complex.

pub mod actions;
mod deadlines;
mod ending;
pub mod filing;
pub mod handover;
pub mod input;
pub mod model;
mod record;
mod routes;
pub mod rules;
mod serving;
pub mod store;
pub mod view;

use crate::http::Routes;

pub use ending::{check_removal, close_ending, end_by_removal, ending_on_record, open_ending, terminate_contract};
pub use store::{all_filed_in_force, filed, filed_in_force, waiting};

pub fn routes(config: &mut Routes) {
    config
        .service(routes::list_contracts)
        .service(routes::create_contract)
        .service(routes::get_contract)
        .service(routes::update_contract)
        .service(routes::submit_contract)
        .service(routes::withdraw_contract)
        .service(routes::file_contract)
        .service(routes::refuse_contract)
        .service(routes::change_project_manager)
        .service(routes::terminate_contract)
        .service(routes::withdraw_contract_termination)
        .service(routes::record_interim_service)
        .service(routes::record_contract_handover)
        .service(routes::report_late_handover);
}
