use serde_json::{Value, json};
use xiaoqu::access::Role;
use xiaoqu::access::permissions::Access;
use xiaoqu::access::role::ROLES;

use crate::on_sqlite;
use crate::support::{COUNTY, ISSUER, TOWNSHIP};

/// A territory for a role.
pub fn territory(role: Role) -> &'static str {
    match (role, role.row().division_digits) {
        (Role::PropertyCompany, _) => "91350100M000100Y43",
        (Role::ComplexCommittee, _) => "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11",
        (_, 6) => COUNTY,
        (_, 9) => TOWNSHIP,
        (_, 12) => "640121102001",
        _ => "",
    }
}

on_sqlite! {
    async fn every_role_learns_who_it_is_and_what_it_may_do(app: TestApp) {
        for row in ROLES {
            let me = app.office(row.role, territory(row.role)).get("/v1/me").await.expect(200);
            assert_eq!((&me["role"], &me["issuer"]), (&json!(row.code), &json!(ISSUER)));
            assert_eq!((&me["subject"], &me["machine"]), (&json!(format!("{}-1", row.code)), &json!(false)));
            let allowed: Vec<&str> = xiaoqu::app::permissions()
                .rows()
                .iter()
                .filter(|p| matches!(p.access, Access::Roles(roles) if roles.contains(&row.role)))
                .map(|p| p.operation)
                .collect();
            assert_eq!(me["permissions"], json!(allowed), "{}", row.code);
            let given = ["division", "company", "complex"].map(|name| &me[name]);
            let named = given.iter().filter(|value| !value.is_null()).count();
            assert_eq!(named, usize::from(row.role != Role::Resident), "{}: {me}", row.code);
        }
    }

    async fn what_is_told_of_a_person_is_not_kept_by_anyone_between(app: TestApp) {
        let answer = app.social().get("/v1/me").await;
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.json["name"], Value::Null);
        assert_eq!(app.office(Role::TownshipLeader, TOWNSHIP).get("/v1/me").await.json["tasks"], json!([2, 4]));
    }
}
