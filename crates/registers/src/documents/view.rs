//! Official documents as returned to a caller.

use super::model::{DocumentRow, OfficialDocument};
use crate::proceedings::view::officer;
use crate::service::{Ctx, Service};

/// The public URL for verifying a document.
pub fn verification_url(state: &Service, code: &str) -> String {
    format!("{}/public/documents/{code}", state.local_issuer.url)
}

pub fn view(ctx: &Ctx, row: DocumentRow) -> OfficialDocument {
    OfficialDocument {
        kind: row.kind,
        state: row.state,
        subject_kind: row.subject_kind,
        verification_url: verification_url(&ctx.state, &row.code),
        township: Some(row.township).filter(|code| !code.is_empty()),
        community: Some(row.community).filter(|code| !code.is_empty()),
        issued_by: officer(ctx, row.issued_by.0),
        id: row.id,
        version: row.version,
        number: row.number,
        title: row.title,
        subject_id: row.subject_id,
        company_id: row.company_id,
        complex_id: row.complex_id,
        county: row.county,
        office_role: row.office_role,
        office_division: row.office_division,
        office_name: row.office_name,
        addressee: row.addressee,
        policy_version: row.policy_version,
        issued_on: row.issued_on,
        issued_at: row.issued_at,
        code: row.code,
        digest: row.digest,
        withdrawn_on: row.withdrawn_on,
        withdrawal_reason: row.withdrawal_reason,
        updated_at: row.updated_at,
    }
}
