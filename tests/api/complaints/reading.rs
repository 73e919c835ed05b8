//! Reading about misconduct or somebody's private life is recorded.

use serde_json::Value;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::complaining::{at, complaint, of};
use crate::support::rows::{a_served_complex, text};
use crate::support::{COMMUNITY, TestApp};

fn readings(app: &TestApp) -> Vec<Value> {
    app.values("SELECT leaf AS value FROM ledger_events WHERE kind = 'complaint.restricted_read'")
        .iter()
        .map(|leaf| serde_json::from_str(leaf).expect("a leaf"))
        .collect()
}

on_both_databases! {
    async fn reading_a_restricted_complaint_or_its_timeline_is_an_event(app: TestApp) {
        let (_, complex) = a_served_complex(&app).await;
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("privacy.leak", &complex)).await.expect(201);
        assert_eq!(ticket["confidentiality"], "restricted");
        let handler = app.office(
            Role::from_code(text(&ticket["handler"]["role"])).expect("a role"),
            text(&ticket["handler"]["division"]),
        );
        resident.get(&of(&ticket)).await.expect(200);
        resident.get(&at(&ticket, "timeline")).await.expect(200);
        app.office(Role::Community, COMMUNITY).get(&of(&ticket)).await.problem(404, "not_found");
        assert!(readings(&app).is_empty(), "neither whoever complained nor whoever saw nothing");

        assert_eq!(handler.get(&of(&ticket)).await.expect(200)["id"], ticket["id"]);
        handler.get(&at(&ticket, "timeline")).await.expect(200);
        let read = readings(&app);
        let what: Vec<&str> = read.iter().map(|leaf| text(&leaf["data"]["step"]["read"])).collect();
        assert_eq!(what, ["complaint", "timeline"]);
        for leaf in &read {
            assert_eq!((&leaf["subject"]["id"], &leaf["actor"]["role"]), (&ticket["id"], &ticket["handler"]["role"]));
        }

        let open = resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        app.county().get(&of(&open)).await.expect(200);
        app.county().get(&at(&open, "timeline")).await.expect(200);
        assert_eq!(readings(&app).len(), 2, "an open ticket is read without a trace");
    }
}
