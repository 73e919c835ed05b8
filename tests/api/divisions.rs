use std::collections::HashSet;

use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::rows::text;
use crate::support::{COUNTY, TOWNSHIP};

on_both_databases! {
    async fn the_divisions_of_yinchuan_are_there_for_everyone(app: TestApp) {
        let list = app.office(Role::Resident, "").get(&format!("/v1/divisions?parent_code={COUNTY}")).await;
        let codes: Vec<&str> = list.items().iter().map(|row| text(&row["code"])).collect();
        assert!(codes.contains(&TOWNSHIP) && codes.is_sorted(), "{codes:?}");
        assert!(list.items().iter().all(|row| row["level"] == "township" && row["parent_code"] == COUNTY));
        let found = app.social().get("/v1/divisions?q=%E6%9C%9B%E8%BF%9C%E9%95%87").await;
        assert!(found.items().iter().any(|row| row["code"] == TOWNSHIP));
    }

    async fn every_division_is_met_once_while_paging(app: TestApp) {
        let (mut seen, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = app.social().get(&format!("/v1/divisions?limit=200&with_total=true{cursor}")).await;
            seen.extend(page.items().iter().map(|row| text(&row["code"]).to_owned()));
            pages += 1;
            match page.json["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => {
                    assert_eq!(page.json["total"], seen.len());
                    break;
                }
            }
        }
        assert!(pages > 2 && seen.is_sorted());
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len());
    }
}
