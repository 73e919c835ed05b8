//! Service contracts (物业服务合同): filing, succession, termination and handover. A complex's governing contract
//! determines which company serves it.

pub mod actions;
mod deadlines;
mod events;
pub mod filing;
pub mod filing_rules;
pub mod handover;
pub mod input;
pub mod model;
mod record;
mod routes;
pub mod rules;
pub mod scoped;
mod service_periods;
pub mod store;
mod termination;
pub mod termination_rules;
pub mod view;

use crate::access::Role::{Community, ComplexCommittee, CountyAuthority, PropertyCompany, SocialAffairsOffice};
use crate::access::role_sets::{CONTRACT_PREPARERS, CONTRACT_READERS, REGISTRARS};
use crate::files::{FileOwner, OwnerKind, Visibility};
use crate::handler;
use crate::problem::Code::{
    AlreadyExists, CompanyBlacklisted, CompanyRestricted, ContractIncomplete, ContractOverlaps, OfficeNotRegistered,
    OverlappingViolation, StateConflict, TemplateUnusable,
};
use crate::service::feature::{Feature, Table, act, read, submit, tag};

pub use store::{all_filed_in_force, filed, filed_in_force, waiting};
pub use termination::{
    check_removal, end_by_removal, request_termination, terminate_contract, termination_on_record,
    withdraw_termination_request,
};

pub const FEATURE: Feature = Feature {
    name: "contracts",
    tags: &[tag(80, "contracts", "Service contracts 物业服务合同: filing 备案, termination 终止, handover 交接")],
    operations: &[
        read(handler!(routes::list_contracts), CONTRACT_READERS),
        submit(handler!(routes::create_contract), CONTRACT_PREPARERS).conflicts(&[
            ContractOverlaps,
            CompanyBlacklisted,
            CompanyRestricted,
        ]),
        read(handler!(routes::get_contract), CONTRACT_READERS),
        submit(handler!(routes::update_contract), CONTRACT_PREPARERS).conflicts(&[
            StateConflict,
            ContractOverlaps,
            CompanyBlacklisted,
            CompanyRestricted,
        ]),
        submit(handler!(routes::submit_contract), CONTRACT_PREPARERS).conflicts(&[
            StateConflict,
            ContractIncomplete,
            CompanyBlacklisted,
            CompanyRestricted,
        ]),
        act(handler!(routes::withdraw_contract), CONTRACT_PREPARERS).conflicts(&[StateConflict]),
        act(handler!(routes::file_contract), REGISTRARS).conflicts(&[
            OfficeNotRegistered,
            TemplateUnusable,
            StateConflict,
            ContractOverlaps,
            CompanyBlacklisted,
            CompanyRestricted,
        ]),
        act(handler!(routes::refuse_contract), REGISTRARS).conflicts(&[
            StateConflict,
            OfficeNotRegistered,
            TemplateUnusable,
        ]),
        submit(handler!(routes::change_project_manager), CONTRACT_PREPARERS).conflicts(&[StateConflict]),
        act(handler!(routes::terminate_contract), CONTRACT_PREPARERS).conflicts(&[StateConflict]),
        act(handler!(routes::withdraw_contract_termination), REGISTRARS).conflicts(&[StateConflict]),
        act(handler!(routes::record_interim_service), REGISTRARS).conflicts(&[StateConflict]),
        act(
            handler!(routes::record_contract_handover),
            &[CountyAuthority, SocialAffairsOffice, Community, ComplexCommittee, PropertyCompany],
        )
        .conflicts(&[StateConflict]),
        submit(
            handler!(routes::report_late_handover),
            &[CountyAuthority, SocialAffairsOffice, Community, ComplexCommittee],
        )
        .conflicts(&[StateConflict, AlreadyExists, OverlappingViolation]),
    ],
    tables: &[Table::of_territory("contracts").small()],
    words: &[
        ("charged_to", model::ChargedTo::LABELS),
        ("contract_termination_ground", model::TerminationGround::LABELS),
        ("contract_kind", model::ContractKind::LABELS),
        ("contract_state", model::ContractState::LABELS),
        ("entered_by", model::EnteredBy::LABELS),
        ("handover_item", model::HandoverItem::LABELS),
        ("handover_state", model::HandoverState::LABELS),
        ("party_a_kind", model::PartyAKind::LABELS),
        ("price_unit", crate::price::PriceUnit::LABELS),
        ("pricing_basis", model::PricingBasis::LABELS),
        ("selection", model::Selection::LABELS),
    ],
    files: &[FileOwner {
        kind: OwnerKind::Contract,
        operation: "get_contract",
        visibility: |conn, ctx, id| store::find(conn, &ctx.scope, id).map(|_| Visibility::Open),
    }],
    events: events::EVENTS,
    ..Feature::EMPTY
};
