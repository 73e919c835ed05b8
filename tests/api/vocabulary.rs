use std::collections::HashSet;

use xiaoqu::access::role::ROLES;
use xiaoqu::problem::{CODES, INPUT_ERROR_CODES};

use crate::on_sqlite;
use crate::support::rows::text;

on_sqlite! {
    async fn every_code_has_both_labels_and_stands_once(app: TestApp) {
        let list = app.social().get("/v1/vocabulary").await;
        let names: Vec<&str> = list.items().iter().map(|set| text(&set["name"])).collect();
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        for set in list.items() {
            let terms = set["values"].as_array().expect("terms");
            let codes: HashSet<&str> = terms.iter().map(|term| text(&term["code"])).collect();
            assert_eq!(codes.len(), terms.len(), "{}", set["name"]);
            for term in terms {
                assert!(!text(&term["zh"]).is_empty() && !text(&term["en"]).is_empty(), "{term}");
            }
        }
        let terms_of = |name: &str| {
            let set = list.items().iter().find(|set| set["name"] == name).unwrap_or_else(|| panic!("{name}"));
            set["values"].as_array().expect("terms").len()
        };
        assert_eq!(terms_of("role"), ROLES.len());
        assert_eq!(terms_of("problem_code"), CODES.len());
        assert_eq!(terms_of("fault_code"), INPUT_ERROR_CODES.len());
    }
}
