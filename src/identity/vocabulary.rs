//! Every code of every enumeration, with its labels.

use std::sync::LazyLock;

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::role::ROLES;
use crate::coded::Label;
use crate::problem::{CODES, FAULT_CODES};

/// One enumeration (代码表).
#[derive(Serialize, ToSchema)]
pub struct Vocabulary {
    /// Name of the enumeration.
    #[schema(max_length = 60, example = "role")]
    pub name: String,
    /// Its codes.
    #[schema(max_items = 1000)]
    pub values: Vec<Term>,
}

/// One code (代码).
#[derive(Serialize, ToSchema)]
pub struct Term {
    /// The code.
    #[schema(max_length = 60, example = "social_affairs_office")]
    pub code: String,
    /// Official Chinese term.
    #[schema(max_length = 200, example = "社会事务办公室")]
    pub zh: String,
    /// English.
    #[schema(max_length = 200, example = "Social affairs office")]
    pub en: String,
}

fn term(code: &str, zh: &str, en: &str) -> Term {
    Term { code: code.to_owned(), zh: zh.to_owned(), en: en.to_owned() }
}

fn coded(name: &str, labels: &[Label]) -> Vocabulary {
    Vocabulary { name: name.to_owned(), values: labels.iter().map(|l| term(l.code, l.zh, l.en)).collect() }
}

/// The official Chinese term of a code.
pub fn zh(vocabulary: &str, code: &str) -> Option<&'static str> {
    static ALL: LazyLock<Vec<Vocabulary>> = LazyLock::new(all);
    let values = &ALL.iter().find(|one| one.name == vocabulary)?.values;
    Some(values.iter().find(|term| term.code == code)?.zh.as_str())
}

pub fn all() -> Vec<Vocabulary> {
    use crate::blacklist::model::{ListingKind, ListingState};
    use crate::clients::model::ClientState;
    use crate::complaints::clock_rules::DeadlineDayKind;
    use crate::complaints::model::{
        CardColour, ComplaintChannel, ComplaintKind, ComplaintState, DeadlineKind, LinkKind, MediationOutcome, Secrecy,
        StepAudience, StepKind,
    };
    use crate::complaints::statistics::model::LineKind;
    use crate::complaints::timeline::StepBy;
    use crate::complexes::coordinates::CoordinateSystem;
    use crate::complexes::model::SelfGovernance;
    use crate::contracts::model::{
        ChargedTo, ContractKind, ContractState, EndGround, EnteredBy, HandoverItem, PartyAKind, PricingBasis, Selection,
    };
    use crate::disclosures::content::ServiceMode;
    use crate::disclosures::model::{DisclosureKind, DisclosureState, VerificationOutcome, VersionState};
    use crate::disclosures::price_rules::PriceFault;
    use crate::documents::model::{DocumentKind, DocumentState, DocumentSubject};
    use crate::files::OwnerKind;
    use crate::inbox::model::InboxKind;
    use crate::inspections::hazard_view::HazardStepKind;
    use crate::inspections::model::{
        FrequencyReason, HazardState, InspectionPartState, InspectionState, ItemOutcome, RecheckOutcome,
        SubmissionOutcome,
    };
    use crate::policy::complaints::{DeadlineClock, UtilityKind};
    use crate::policy::model::{
        ActSubject, CreditBand, FilingAuthority, LadderArea, LadderCount, MeasureKind, OfficeRule,
    };
    use crate::proceedings::model::DeliveryMethod;
    use crate::ratings::model::{
        Assessor, CycleKind, CycleState, Dimension, ObjectionOutcome, Objector, PlaqueState, RatingState,
        ReviewOutcome, Star,
    };
    use crate::revocations::model::RevocationKind;
    use crate::standing::model::MeasureState;
    use crate::survey::model::ProblemKind;
    use crate::typical_cases::model::TypicalCaseState;
    use crate::violations::model::{AppealOutcome, ViolationSource, ViolationState};
    let rows = |name: &str, values: Vec<Term>| Vocabulary { name: name.to_owned(), values };
    vec![
        rows("role", ROLES.iter().map(|r| term(r.code, r.zh, r.en)).collect()),
        coded("act_subject", ActSubject::LABELS),
        coded("appeal_outcome", AppealOutcome::LABELS),
        coded("attachment_owner_kind", OwnerKind::LABELS),
        coded("client_state", ClientState::LABELS),
        coded("charged_to", ChargedTo::LABELS),
        coded("complaint_card_colour", CardColour::LABELS),
        coded("complaint_channel", ComplaintChannel::LABELS),
        coded("complaint_deadline", DeadlineKind::LABELS),
        coded("complaint_kind", ComplaintKind::LABELS),
        coded("complaint_link_kind", LinkKind::LABELS),
        coded("complaint_secrecy", Secrecy::LABELS),
        coded("complaint_state", ComplaintState::LABELS),
        coded("complaint_statistics_by", LineKind::LABELS),
        coded("complaint_step", StepKind::LABELS),
        coded("complaint_step_audience", StepAudience::LABELS),
        coded("complaint_step_by", StepBy::LABELS),
        coded("mediation_outcome", MediationOutcome::LABELS),
        coded("contract_end_ground", EndGround::LABELS),
        coded("contract_kind", ContractKind::LABELS),
        coded("contract_state", ContractState::LABELS),
        coded("coordinate_system", CoordinateSystem::LABELS),
        coded("credit_band", CreditBand::LABELS),
        coded("deadline_clock", DeadlineClock::LABELS),
        coded("deadline_day_kind", DeadlineDayKind::LABELS),
        coded("delivery_method", DeliveryMethod::LABELS),
        coded("entered_by", EnteredBy::LABELS),
        coded("document_kind", DocumentKind::LABELS),
        coded("document_state", DocumentState::LABELS),
        coded("document_subject", DocumentSubject::LABELS),
        coded("disclosure_kind", DisclosureKind::LABELS),
        coded("disclosure_state", DisclosureState::LABELS),
        coded("disclosure_version_state", VersionState::LABELS),
        rows("event_type", crate::ledger::types::types().map(|kind| term(kind.code, kind.zh, kind.en)).collect()),
        coded("filing_authority", FilingAuthority::LABELS),
        coded("handover_item", HandoverItem::LABELS),
        coded("hazard_state", HazardState::LABELS),
        coded("hazard_step_kind", HazardStepKind::LABELS),
        coded("inbox_kind", InboxKind::LABELS),
        coded("inspection_frequency_reason", FrequencyReason::LABELS),
        coded("inspection_item_outcome", ItemOutcome::LABELS),
        coded("inspection_part_state", InspectionPartState::LABELS),
        coded("inspection_state", InspectionState::LABELS),
        coded("inspection_submission_outcome", SubmissionOutcome::LABELS),
        coded("ladder_area", LadderArea::LABELS),
        coded("ladder_count", LadderCount::LABELS),
        coded("listing_kind", ListingKind::LABELS),
        coded("listing_state", ListingState::LABELS),
        coded("measure_kind", MeasureKind::LABELS),
        coded("measure_state", MeasureState::LABELS),
        coded("office_rule", OfficeRule::LABELS),
        coded("party_a_kind", PartyAKind::LABELS),
        coded("price_unit", crate::price::PriceUnit::LABELS),
        coded("pricing_basis", PricingBasis::LABELS),
        coded("price_fault", PriceFault::LABELS),
        coded("rating_assessor", Assessor::LABELS),
        coded("rating_cycle_kind", CycleKind::LABELS),
        coded("rating_cycle_state", CycleState::LABELS),
        coded("rating_dimension", Dimension::LABELS),
        coded("rating_objection_outcome", ObjectionOutcome::LABELS),
        coded("rating_objector", Objector::LABELS),
        coded("rating_review_outcome", ReviewOutcome::LABELS),
        coded("rating_state", RatingState::LABELS),
        coded("plaque_state", PlaqueState::LABELS),
        coded("star", Star::LABELS),
        coded("recheck_outcome", RecheckOutcome::LABELS),
        coded("revocation_kind", RevocationKind::LABELS),
        coded("selection", Selection::LABELS),
        coded("self_governance", SelfGovernance::LABELS),
        coded("service_mode", ServiceMode::LABELS),
        coded("survey_problem", ProblemKind::LABELS),
        coded("typical_case_state", TypicalCaseState::LABELS),
        coded("utility_kind", UtilityKind::LABELS),
        coded("verification_outcome", VerificationOutcome::LABELS),
        coded("violation_source", ViolationSource::LABELS),
        coded("violation_state", ViolationState::LABELS),
        rows("problem_code", CODES.iter().map(|c| term(c.name, c.zh, c.en)).collect()),
        rows("fault_code", FAULT_CODES.iter().map(|(code, zh, en)| term(code, zh, en)).collect()),
    ]
}
