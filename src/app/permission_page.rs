//! Writes the permissions of all operations to one page for auditors, `data/permissions.csv`.

use super::{document, permissions};
use crate::access::permissions::Access;
use crate::access::role::ROLES;

/// One line per operation, in the order of the OpenAPI document. Machine tokens may call those that are not for persons
/// only.
pub fn permissions_page() -> anyhow::Result<String> {
    let document = document::document(false)?;
    let mut page = String::from("operation,method,path,asks_for,act_of_a_person,roles\n");
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in item.as_object().into_iter().flatten() {
            let id = operation["operationId"].as_str().unwrap_or_default();
            let row = permissions().of(id).ok_or_else(|| anyhow::anyhow!("no feature declares {id}"))?;
            let (asks_for, roles) = match row.access {
                Access::Public => ("nothing", &[][..]),
                Access::Key(roles) => ("key", roles),
                Access::Roles(roles) => ("token", roles),
            };
            let roles = match roles.len() == ROLES.len() {
                true => "every role".to_owned(),
                false => roles.iter().map(|role| role.code()).collect::<Vec<_>>().join(" "),
            };
            let person = if row.person_only { "yes" } else { "no" };
            page += &format!("{id},{},{path},{asks_for},{person},{roles}\n", method.to_ascii_uppercase());
        }
    }
    Ok(page)
}
