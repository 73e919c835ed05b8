//! The issuing body of an official document and the remedies stated in it, both according to the policy.

use crate::db::{Conn, WorkResult};
use crate::divisions;
use crate::offices::model::OfficeRow;
use crate::policy::issuing::{IssuesAs, IssuingRules};

/// The name of a division's government; for a sub-district, its office (街道办事处).
fn government(names: &[String]) -> String {
    let all = names.concat();
    if all.ends_with("街道") { format!("{all}办事处") } else { format!("{all}人民政府") }
}

fn names_down_to(conn: &mut Conn, division: &str) -> WorkResult<Vec<String>> {
    let mut names = Vec::new();
    for digits in [6, 9] {
        if let Some(code) = division.get(..digits)
            && let Some(found) = divisions::find(conn, code)?
        {
            names.push(found.name);
        }
    }
    Ok(names)
}

/// The body on whose behalf an office issues (发文机关).
pub fn issuing_body(conn: &mut Conn, rules: &IssuingRules, office: &OfficeRow) -> WorkResult<String> {
    let Some(body) = rules.body(office.role) else { return Ok(office.name.clone()) };
    if let Some(name) = &body.name {
        return Ok(name.clone());
    }
    let names = match body.issues_as {
        IssuesAs::Office => Vec::new(),
        IssuesAs::Government => names_down_to(conn, &office.division)?,
    };
    Ok(if names.is_empty() { office.name.clone() } else { government(&names) })
}

/// The reconsideration body (行政复议机关) and the competent court (有管辖权的人民法院).
pub fn remedies(conn: &mut Conn, rules: &IssuingRules, county: &str) -> WorkResult<(String, String)> {
    let name = divisions::find(conn, county)?.map(|division| division.name).unwrap_or_default();
    let review = rules.reconsideration_body.clone().unwrap_or_else(|| format!("{name}人民政府"));
    let court = rules.court.clone().unwrap_or_else(|| format!("{name}人民法院"));
    Ok((review, court))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_government_is_named_by_its_divisions() {
        let of = |names: &[&str]| government(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert_eq!(of(&["永宁县", "望远镇"]), "永宁县望远镇人民政府");
        assert_eq!(of(&["金凤区", "长城中路街道"]), "金凤区长城中路街道办事处");
        assert_eq!(of(&["永宁县"]), "永宁县人民政府");
    }
}
