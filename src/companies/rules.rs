//! Who writes a company's file: a row that several townships and counties see.

use super::model::{Company, CompanyPatch};
use crate::access::Role;
use crate::fault::Fault;

/// Does an office keep a company's file? The county authority of its home county does, and the social affairs office of the
/// township where it was registered.
pub fn keeps(role: Role, division: Option<&str>, company: &Company) -> bool {
    let Some(division) = division else { return false };
    match role {
        Role::CountyAuthority => division == company.county,
        Role::SocialAffairsOffice => division == company.division,
        _ => false,
    }
}

/// What one person does not change alone: a parent sees the contracts, violations and measures of its branches.
pub fn alone(company: &Company, change: &CompanyPatch) -> Option<Fault> {
    let parent = change.parent_id?;
    (parent != company.parent_id).then(|| {
        let zh = "变更上级企业须由另一人批准：请提出变更（…/changes）";
        Fault::new("/parent_id", "conflict", zh, "another parent needs a second person: propose it (…/changes)")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{Id, Instant};

    fn company(division: &str) -> Company {
        Company {
            id: Id::default(),
            version: 1,
            uscc: String::new(),
            uscc_override_reason: None,
            name: String::new(),
            legal_representative: String::new(),
            service_hotline: String::new(),
            parent_id: None,
            county: "640121".into(),
            division: division.into(),
            created_at: Instant::now(),
            updated_at: Instant::now(),
        }
    }

    #[test]
    fn a_file_is_written_by_its_home_register_only() {
        use Role::{Community, CountyAuthority, PropertyCompany, SocialAffairsOffice, TownshipLeader};
        let (by_county, by_township) = (company("640121"), company("640121102"));
        for (role, division, of_county, of_township) in [
            (CountyAuthority, "640121", true, true),
            (CountyAuthority, "640122", false, false),
            (SocialAffairsOffice, "640121102", false, true),
            (SocialAffairsOffice, "640121100", false, false),
            (TownshipLeader, "640121102", false, false),
            (Community, "640121102001", false, false),
        ] {
            assert_eq!(keeps(role, Some(division), &by_county), of_county, "{role:?} {division}");
            assert_eq!(keeps(role, Some(division), &by_township), of_township, "{role:?} {division}");
        }
        assert!(!keeps(PropertyCompany, None, &by_county));
    }

    #[test]
    fn a_parent_is_not_changed_by_one_person() {
        let mut own = company("640121");
        let change = |parent| CompanyPatch { parent_id: parent, ..CompanyPatch::default() };
        let other = Id::new();
        assert!(alone(&own, &change(Some(Some(other)))).is_some());
        assert!(alone(&own, &change(Some(None))).is_none() && alone(&own, &change(None)).is_none());
        own.parent_id = Some(other);
        assert!(alone(&own, &change(Some(None))).is_some() && alone(&own, &change(Some(Some(other)))).is_none());
    }
}
