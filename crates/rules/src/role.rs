//! Roles (`data/roles.csv`): the responsible offices and the other holders of tokens.

use crate::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Kind of body of a role; determines how its territory is interpreted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleKind {
    Government,
    Utility,
    Partner,
    Committee,
    Company,
    Public,
    Oversight,
}

/// A row of the table of roles.
pub struct RoleRow {
    pub role: Role,
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
    /// Number of digits of the role's division code; 0 if its territory is not a division.
    pub division_digits: usize,
    pub kind: RoleKind,
}

macro_rules! roles {
    ($($variant:ident $code:literal $zh:literal $en:literal $digits:literal $kind:ident)*) => {
        /// Role (角色) in which a caller acts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[cfg_attr(
            feature = "store",
            derive(diesel::AsExpression, diesel::FromSqlRow),
            diesel(sql_type = diesel::sql_types::Text)
        )]
        #[serde(rename_all = "snake_case")]
        #[schema(example = "social_affairs_office")]
        pub enum Role { $($variant),* }

        pub const ROLES: &[RoleRow] = &[
            $(RoleRow { role: Role::$variant, code: $code, zh: $zh, en: $en, division_digits: $digits, kind: RoleKind::$kind }),*
        ];
    };
}

roles! {
    CountyAuthority "county_authority" "县级物业主管部门" "County authority" 6 Government
    TownshipLeader "township_leader" "镇分管领导" "Township leader" 9 Government
    SocialAffairsOffice "social_affairs_office" "社会事务办公室" "Social affairs office" 9 Government
    EnforcementOffice "enforcement_office" "综合执法办公室（应急办理办公室）" "Enforcement office" 9 Government
    PoliceStation "police_station" "派出所" "Police station" 9 Government
    PartyBuildingOffice "party_building_office" "党建办公室" "Party-building office" 9 Government
    GovernanceCenter "governance_center" "综治中心" "Governance centre" 9 Government
    LivelihoodServiceCenter "livelihood_service_center" "民生服务中心" "Livelihood service centre" 9 Government
    AgricultureServiceCenter "agriculture_service_center" "农业服务中心" "Agriculture service centre" 9 Government
    PowerSupplyStation "power_supply_station" "供电所" "Power supply station" 9 Utility
    UtilityOperator "utility_operator" "专业运营单位" "Utility operator" 6 Utility
    FireRescue "fire_rescue" "消防救援机构" "Fire and rescue agency" 6 Partner
    MarketSupervision "market_supervision" "市场监督管理部门" "Market supervision authority" 6 Partner
    DisciplineOffice "discipline_office" "纪检监察机构" "Discipline inspection body" 6 Partner
    Community "community" "村（社区）" "Community" 12 Government
    ComplexCommittee "complex_committee" "业主委员会或物业管理委员会" "Owners' committee or property management committee of one complex" 0 Committee
    PropertyCompany "property_company" "物业服务企业" "Property service company" 0 Company
    Resident "resident" "业主或物业使用人" "Owner or resident" 0 Public
    Auditor "auditor" "审计员" "Auditor" 6 Oversight
    SystemAdministrator "system_administrator" "系统管理员" "System administrator" 6 Oversight
}

#[cfg(feature = "store")]
crate::code_column!(Role);

impl Role {
    pub fn row(self) -> &'static RoleRow {
        &ROLES[self as usize]
    }

    pub fn code(self) -> &'static str {
        self.row().code
    }

    pub fn from_code(code: &str) -> Option<Role> {
        ROLES.iter().find(|r| r.code == code).map(|r| r.role)
    }

    /// Parses a code from the database. An unknown one is an internal error and not the caller's.
    #[track_caller]
    pub fn stored(code: &str) -> Result<Role, Problem> {
        match Role::from_code(code) {
            Some(role) => Ok(role),
            None => Err(Problem::broken_by("a stored Role is unknown", code)),
        }
    }

    /// True if the role sees only its own cases, and not the whole territory.
    pub fn is_addressed(self) -> bool {
        self == Role::PoliceStation || matches!(self.row().kind, RoleKind::Partner | RoleKind::Utility)
    }

    /// The county or township code of a place, depending on the role's division.
    pub fn area_of<'a>(self, county: &'a str, township: &'a str) -> &'a str {
        if self.row().division_digits == 6 { county } else { township }
    }

    /// Rank for appeals: a higher rank than that of the first decision must decide.
    pub fn rank(self) -> u8 {
        match self {
            Role::CountyAuthority => 3,
            Role::TownshipLeader => 2,
            role if role.row().division_digits == 9 => 1,
            _ => 0,
        }
    }
}

/// Kinds of utility operators: water, drainage, gas, heat, telecommunications, television.
pub const ORGANISATIONS: &[&str] = &["water", "drainage", "gas", "heat", "telecom", "tv"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_at_the_index_of_its_variant() {
        for (index, row) in ROLES.iter().enumerate() {
            assert_eq!(row.role as usize, index);
            assert_eq!(serde_json::to_value(row.role).unwrap(), row.code);
        }
    }
}
