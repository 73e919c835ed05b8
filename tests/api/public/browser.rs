//! The pages in a real browser: at the width of a phone and of a desk, in light and dark, with axe-core; the sheet in print,
//! and its code read back from the picture.

use super::sections::a_full_complex;
use crate::on_sqlite;
use crate::support::browser;
use crate::support::rows::{a_complex, text};

on_sqlite! {
    async fn every_page_reads_well_on_phone_and_desk_and_the_sheet_prints_with_its_code(app: TestApp) {
        let (_, complex) = a_full_complex(&app).await;
        let bare = a_complex(&app).await;
        let at = |complex: &serde_json::Value| format!("/public/complexes/{}", text(&complex["id"]));
        let pages = ["/public".to_owned(), "/public?q=花园".to_owned(), at(&complex), at(&bare), "/public/documents".to_owned()];
        let (sheet, code) = (format!("{}/notice", at(&complex)), format!("https://xiaoqu.test{}", at(&complex)));
        let Some(found) = browser::check(&app.base_url, &pages, &sheet, &code).await else { return };
        assert_eq!(found["faults"], serde_json::json!([]), "{found:#}");
        assert_eq!((&found["pages"], &found["code"]), (&serde_json::json!(1), &serde_json::json!(code)));
        assert!(found["passed"].as_u64() > Some(100), "axe-core looked at something: {found}");
    }
}
