//! `/v1/statistics/complaints`

use serde_json::{Value, json};
use xiaoqu::access::Role;

use crate::support::browser;
use crate::support::cases::Case;
use crate::support::complaining::{by_phone, complaint, step};
use crate::support::rating::{a_cycle, begin_rating, cycle_input};
use crate::support::rows::{a_complex_in, complex_input, text};
use crate::support::{
    COMMUNITY, COUNTY, NEIGHBOUR, NEIGHBOUR_COMMUNITY, OTHER_COUNTY, OTHER_TOWNSHIP, TOWNSHIP, TestApp,
};
use crate::{on_both_databases, on_sqlite};

const AT: &str = "/v1/statistics/complaints";

/// A complaint as stored.
#[derive(Clone, Copy)]
struct Row<'a> {
    at: &'a str,
    category: &'a str,
    state: &'a str,
    complex: Option<&'a str>,
    company: Option<&'a str>,
    place: [&'a str; 3],
    confidentiality: &'a str,
    handler: (&'a str, &'a str),
    due: &'a str,
    accepted: Option<bool>,
    resolved: Option<bool>,
    minutes: Option<i64>,
    mark: Option<i64>,
    reopened: bool,
    red: i64,
}

const HERE: [&str; 3] = [COUNTY, TOWNSHIP, COMMUNITY];

/// A complaint handled by the social affairs office that is not accepted yet.
const NEW: Row = Row {
    at: "2026-02-10T02:00:00Z",
    category: "fees.overcharging",
    state: "submitted",
    complex: None,
    company: None,
    place: HERE,
    confidentiality: "open",
    handler: ("social_affairs_office", TOWNSHIP),
    due: "2026-04-01T00:00:00Z",
    accepted: None,
    resolved: None,
    minutes: None,
    mark: None,
    reopened: false,
    red: 0,
};

/// A complaint with a reply.
const DONE: Row = Row { state: "closed", accepted: Some(true), resolved: Some(true), minutes: Some(120), ..NEW };

fn put(app: &TestApp, rows: &[Row]) {
    let instant = |text: &str| match app.db_url.starts_with("sqlite:") {
        true => text.parse::<chrono::DateTime<chrono::Utc>>().expect("an instant").timestamp_micros().to_string(),
        false => format!("'{text}'"),
    };
    let quoted = |text: Option<&str>| text.map_or("NULL".to_owned(), |text| format!("'{text}'"));
    let number = |number: Option<i64>| number.map_or("NULL".to_owned(), |number| number.to_string());
    let truth = |truth: Option<bool>| truth.map_or("NULL".to_owned(), |truth| truth.to_string());
    for row in rows {
        let open = !["replied", "closed", "rejected", "merged"].contains(&row.state);
        let [county, township, community] = row.place;
        let with_company = row.handler.0 == "property_company";
        app.execute(&format!(
            "INSERT INTO complaints (id, version, kind, channel, category, state, is_open, complex_id, company_id, with_company, \
             county, township, community, confidentiality, is_public, handler_role, handler_division, supervising_role, \
             supervising_division, submitted_at, resolve_due, accepted_on_time, resolved_on_time, working_minutes, satisfaction, \
             reopened, red_cards, course, updated_at) VALUES ('{}', 1, 'complaint', 'app', '{}', '{}', {open}, {}, {}, \
             {with_company}, '{county}', '{township}', '{community}', '{}', true, '{}', '{}', 'township_leader', '{TOWNSHIP}', {}, \
             {}, {}, {}, {}, {}, {}, {}, '{{}}', {})",
            uuid::Uuid::now_v7(),
            row.category,
            row.state,
            quoted(row.complex),
            quoted(row.company),
            row.confidentiality,
            row.handler.0,
            row.handler.1,
            instant(row.at),
            instant(row.due),
            truth(row.accepted),
            truth(row.resolved),
            number(row.minutes),
            number(row.mark),
            row.reopened,
            row.red,
            instant(row.at),
        ));
    }
}

/// Ten complaints of the county that count in this year, and some others that do not.
fn a_year(app: &TestApp, complex: &str, company: &str) {
    let (complex, company) = (Some(complex), Some(company));
    let of_company = Row { category: "service.cleaning", complex, company, handler: ("property_company", ""), ..DONE };
    let at_complex = Row { complex, company, ..NEW };
    let late = "2026-02-20T00:00:00Z";
    put(
        app,
        &[
            // The first instant of the year, in the deployment's time zone.
            Row { at: "2025-12-31T16:00:00Z", minutes: Some(60), mark: Some(5), ..of_company },
            Row {
                accepted: Some(false),
                resolved: Some(false),
                minutes: Some(600),
                mark: Some(2),
                reopened: true,
                red: 2,
                ..of_company
            },
            // The last instants of January.
            Row {
                at: "2026-01-31T15:59:59.500Z",
                state: "replied",
                category: "environment.noise",
                complex,
                company,
                handler: ("enforcement_office", TOWNSHIP),
                ..DONE
            },
            Row { due: late, ..at_complex },
            Row { due: late, state: "waiting_for_complainant", accepted: Some(true), ..at_complex },
            Row { state: "merged", red: 1, ..at_complex },
            Row { state: "rejected", ..at_complex },
            Row {
                confidentiality: "restricted",
                category: "privacy.leak",
                complex,
                company,
                handler: ("police_station", TOWNSHIP),
                minutes: Some(240),
                ..DONE
            },
            Row {
                place: [COUNTY, NEIGHBOUR, NEIGHBOUR_COMMUNITY],
                minutes: Some(30),
                handler: ("community", NEIGHBOUR_COMMUNITY),
                ..DONE
            },
            // No office of a township may know of it.
            Row {
                confidentiality: "restricted",
                category: "officials.inaction",
                place: [COUNTY, "", ""],
                handler: ("discipline_office", COUNTY),
                ..NEW
            },
            // About the county itself; of the previous year; of another county.
            Row {
                confidentiality: "confidential",
                category: "officials.inaction",
                place: [COUNTY, "", ""],
                handler: ("discipline_office", COUNTY),
                ..NEW
            },
            Row { at: "2025-12-31T15:59:59.900Z", ..of_company },
            Row { place: [OTHER_COUNTY, OTHER_TOWNSHIP, "640122100200"], ..DONE },
        ],
    );
}

/// The integers in a figure, by path.
fn numbers(value: &Value, at: &str, all: &mut Vec<(String, i64)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, field)| numbers(field, &format!("{at}/{name}"), all)),
        Value::Number(number) => all.push((at.to_owned(), number.as_i64().expect("a whole number"))),
        _ => {}
    }
}

fn added_up(lines: &Value) -> Vec<(String, i64)> {
    let mut sums: std::collections::BTreeMap<String, i64> = std::collections::BTreeMap::new();
    for line in lines.as_array().expect("lines") {
        let mut all = Vec::new();
        numbers(&line["counts"], "", &mut all);
        for (name, number) in all {
            *sums.entry(name).or_default() += number;
        }
    }
    sums.into_iter().collect()
}

on_both_databases! {
    async fn complaints_are_counted_by_area_and_every_line_adds_up(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        a_year(&app, case.id("P"), text(&case.company["id"]));
        let get = async |query: &str| app.county().get(&format!("{AT}{query}")).await.expect(200);
        let year = get("").await;
        assert_eq!((&year["from"], &year["to"], &year["by"], &year["name"]), (&json!("2026-01-01"), &json!("2026-03-02"), &json!("area"), &json!("永宁县")));
        // Calculated by hand: ten received, one merged, one rejected. Replies after 30, 60, 120, 240 and 600 minutes.
        assert_eq!(year["total"], json!({
            "received": 10, "merged": 1, "rejected": 1, "handled": 8, "open": 3,
            "acceptance": { "on_time": 5, "late": 1, "pending": 2, "on_time_percent": "83.3" },
            "resolution": { "on_time": 4, "late": 1, "open_in_time": 2, "open_late": 1, "on_time_percent": "66.7" },
            "reply": { "replies": 5, "mean_hours": "3.50", "median_hours": "2.00", "p90_hours": "10.00" },
            "satisfaction": { "rated": 2, "satisfied": 1, "satisfied_percent": "50.0", "mean": "3.50" },
            "reopened": 1, "red_cards": 2,
        }));
        let lines: Vec<(&Value, &str, i64)> = year["lines"].as_array().unwrap().iter()
            .map(|line| (&line["division"], text(&line["name"]), line["counts"]["received"].as_i64().unwrap())).collect();
        assert_eq!(lines[1], (&json!(TOWNSHIP), "望远镇", 8));
        assert_eq!((lines[0].0, lines[0].2, lines[2].0, lines[2].2), (&json!(NEIGHBOUR), 1, &json!(null), 1));
        for by in ["area", "office", "category", "company"] {
            let found = get(&format!("?by={by}")).await;
            let mut whole = Vec::new();
            numbers(&found["total"], "", &mut whole);
            whole.sort();
            assert_eq!(found["total"], year["total"], "{by}");
            assert_eq!(added_up(&found["lines"]), whole, "{by}");
        }
        let companies = get("?by=company").await["lines"].clone();
        assert_eq!((&companies[0]["company_id"], &companies[0]["name"], &companies[0]["counts"]["received"]), (&case.company["id"], &case.company["name"], &json!(8)));
        assert_eq!((&companies[1]["company_id"], &companies[1]["counts"]["received"]), (&json!(null), &json!(2)));
        let offices = get("?by=office").await["lines"].clone();
        assert_eq!((&offices[0]["role"], &offices[0]["division"], &offices[0]["name"], &offices[0]["counts"]["received"]),
            (&json!("social_affairs_office"), &json!(TOWNSHIP), &json!("望远镇社会事务办公室"), &json!(4)));
        let company = offices.as_array().unwrap().iter().find(|line| line["role"] == "property_company").expect("the companies");
        assert_eq!((&company["division"], &company["counts"]["acceptance"]["on_time_percent"]), (&json!(null), &json!("50.0")));
        let categories = get("?by=category").await["lines"].clone();
        assert_eq!((&categories[0]["category"], &categories[0]["name"]), (&json!("fees.overcharging"), &json!("擅自涨价、乱收费")));
        // A narrower filter returns a part of the total.
        for (narrower, received) in [
            ("?category=service.cleaning", 2), ("?category=nobody.knows", 0), (&format!("?complex_id={}", case.id("P")), 8),
            (&format!("?company_id={}", text(&case.company["id"])), 8), ("?to=2026-01-31", 2), ("?to=2026-01-30", 1),
            ("?from=2025-12-31&to=2025-12-31", 1), ("?from=2026-02-01", 8),
        ] {
            assert_eq!(get(narrower).await["total"]["received"], received, "{narrower}");
        }
        let nothing = get("?from=2020-01-01&to=2020-12-31").await;
        assert_eq!((&nothing["lines"], &nothing["total"]["resolution"]["on_time_percent"], &nothing["total"]["reply"]["mean_hours"]), (&json!([]), &json!(null), &json!(null)));
    }

    async fn nobody_counts_what_it_does_not_see(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        a_year(&app, case.id("P"), text(&case.company["id"]));
        let received = async |role: Role, division: &str, query: &str| {
            let found = app.office(role, division).get(&format!("{AT}{query}")).await.expect(200);
            let sum: i64 = found["lines"].as_array().unwrap().iter().map(|line| line["counts"]["received"].as_i64().unwrap()).sum();
            (found["total"]["received"].as_i64().unwrap(), sum)
        };
        let part = format!("?division={TOWNSHIP}");
        let community = format!("?division={COMMUNITY}");
        // Leaders see restricted complaints, both in a part and in the whole of their territory. The offices do not.
        assert_eq!(received(Role::TownshipLeader, TOWNSHIP, "").await, (8, 8));
        assert_eq!(received(Role::TownshipLeader, TOWNSHIP, &community).await, (8, 0));
        assert_eq!(received(Role::CountyAuthority, COUNTY, &part).await, (8, 8));
        assert_eq!(received(Role::CountyAuthority, COUNTY, &community).await.0, 8);
        assert_eq!(received(Role::SocialAffairsOffice, TOWNSHIP, "").await, (7, 7));
        assert_eq!(received(Role::Community, COMMUNITY, "").await, (7, 0));
        assert_eq!(received(Role::GovernanceCenter, NEIGHBOUR, "").await, (1, 1));
        assert_eq!(received(Role::CountyAuthority, OTHER_COUNTY, "").await, (1, 1));
        for outside in [NEIGHBOUR, COUNTY, OTHER_COUNTY] {
            app.social().get(&format!("{AT}?division={outside}")).await.problem(404, "not_found");
        }
        for path in [AT.to_owned(), format!("{AT}/report"), format!("{AT}/heat")] {
            app.office(Role::FireRescue, COUNTY).get(&path).await.problem(403, "forbidden");
            case.portal().get(&path).await.problem(403, "forbidden");
            app.social().get(&format!("{path}?from=2026-03-02&to=2026-03-01")).await.faults(&[("query/to", "before_start")]);
            app.social().get(&format!("{path}?from=2023-03-01&to=2026-03-01")).await.faults(&[("query/to", "out_of_range")]);
            let longest = app.social().get(&format!("{path}?from=2023-03-02&to=2026-03-01")).await;
            assert_eq!(longest.status, 200);
        }
    }

    async fn a_complaint_that_was_answered_through_the_api_is_counted(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        let complex = app.social().get(&format!("/v1/complexes/{}", case.id("P"))).await.expect(200);
        let resident = app.officer(Role::Resident, "", "resident-7");
        let ticket = resident.post("/v1/complaints", &complaint("service.cleaning", &complex)).await.expect(201);
        let desk = app.office(Role::LivelihoodServiceCenter, TOWNSHIP);
        desk.post("/v1/complaints", &by_phone("service.order", &complex)).await.expect(201);
        // Submitted at nine on Monday, reply at ten on Tuesday: from 9 to 12 and 14 to 18, then from 8:30 to 10.
        step(&case.portal(), &ticket, "acceptance", json!({ "text": "已安排保洁" })).await;
        app.set_clock("2026-03-03T02:00:30Z");
        step(&case.portal(), &ticket, "reply", json!({ "text": "已清理完毕" })).await;
        step(&resident, &ticket, "satisfaction", json!({ "score": 4 })).await;
        let found = app.social().get(AT).await.expect(200);
        let total = &found["total"];
        assert_eq!((&total["received"], &total["open"], &total["acceptance"]["pending"]), (&json!(2), &json!(1), &json!(1)));
        assert_eq!((&total["resolution"]["on_time"], &total["satisfaction"]["mean"]), (&json!(1), &json!("4.00")));
        assert_eq!((&total["reply"]["mean_hours"], &total["reply"]["p90_hours"]), (&json!("8.50"), &json!("8.50")));
        assert_eq!(found["lines"][0]["division"], COMMUNITY);
    }

    async fn the_hottest_complexes_come_first_and_pages_go_on(app: TestApp) {
        let mut ids = Vec::new();
        for households in [Some(200), Some(1000), None, Some(50)] {
            let mut input = complex_input();
            input["households"] = json!(households);
            ids.push(text(&app.county().post("/v1/complexes", &input).await.expect(201)["id"]).to_owned());
        }
        let beside = a_complex_in(&app, NEIGHBOUR_COMMUNITY).await;
        let (warm, cool, unknown) = (Some(ids[0].as_str()), Some(ids[1].as_str()), Some(ids[2].as_str()));
        let hidden = Row { confidentiality: "restricted", category: "privacy.leak", complex: cool, handler: ("police_station", TOWNSHIP), ..NEW };
        put(&app, &[
            Row { complex: warm, ..NEW }, Row { complex: warm, state: "merged", ..NEW }, Row { complex: warm, category: "animals", ..DONE },
            Row { complex: warm, state: "rejected", ..NEW },
            Row { complex: cool, ..NEW }, hidden,
            Row { complex: unknown, category: "other", ..NEW }, Row { complex: unknown, category: "animals", ..NEW },
            Row { complex: Some(text(&beside["id"])), place: [COUNTY, NEIGHBOUR, NEIGHBOUR_COMMUNITY], ..NEW },
            NEW,
        ]);
        let list = async |query: &str| app.social().get(&format!("{AT}/heat?{query}")).await;
        let all = list("with_total=true").await;
        assert_eq!(all.json["total"], json!(4));
        let shown = |row: &Value| (text(&row["complex_id"]).to_owned(), row["complaints"].as_i64().unwrap(), row["per_hundred_households"].clone());
        let wanted = [(&ids[0], 3, json!("1.50")), (&ids[1], 1, json!("0.10")), (&ids[3], 0, json!("0.00")), (&ids[2], 2, json!(null))];
        assert_eq!(all.items().iter().map(shown).collect::<Vec<_>>(), wanted.map(|(id, tickets, heat)| (id.clone(), tickets, heat)));
        let first = &all.items()[0];
        assert_eq!((&first["top_category"], &first["top_category_zh"], &first["top_category_complaints"]), (&json!("fees.overcharging"), &json!("擅自涨价、乱收费"), &json!(2)));
        assert_eq!((&all.items()[3]["top_category"], &all.items()[2]["top_category"]), (&json!("animals"), &json!(null)));
        // The pages together are the same list.
        let mut paged = Vec::new();
        let mut query = "limit=1".to_owned();
        loop {
            let page = list(&query).await;
            paged.extend(page.items().to_vec());
            let Some(next) = page.json["next_cursor"].as_str() else { break };
            query = format!("limit=1&cursor={next}");
        }
        assert_eq!(&paged, all.items());
        list("cursor=bm90aGluZw").await.faults(&[("query/cursor", "invalid_cursor")]);
        assert_eq!(list("category=animals").await.items()[0]["complaints"], json!(1));
        assert_eq!(list(&format!("township={NEIGHBOUR}")).await.items().len(), 0);
        // The leader also counts restricted complaints, and the county also counts the neighbouring township.
        let leaders = app.office(Role::TownshipLeader, TOWNSHIP).get(&format!("{AT}/heat")).await;
        assert_eq!(leaders.items()[1]["complaints"], json!(2));
        assert_eq!(app.county().get(&format!("{AT}/heat")).await.items().len(), 5);
    }

    async fn the_report_of_complaints_adds_up_and_loads_nothing(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        a_year(&app, case.id("P"), text(&case.company["id"]));
        let answer = app.county().get(&format!("{AT}/report")).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
        let page = String::from_utf8(answer.bytes.clone()).unwrap();
        for said in [
            "永宁县", "共收到诉求10件", "<li>按期办结率<b>66.7%</b></li>", "<li>九成诉求办理时长（小时）<b>10.00</b></li>", "望远镇社会事务办公室",
            "<title>各乡镇（街道）诉求办理情况的条形图，数字见下表</title>", "擅自涨价、乱收费", "未归属下级区划", text(&case.company["name"]),
        ] {
            assert!(page.contains(said), "{said} is not in {page}");
        }
        // The totals of all four tables are the same.
        assert_eq!(page.matches("<th scope=\"row\">合计</th><td>10</td><td>4</td><td>1</td><td>2</td><td>1</td><td>1</td><td>1</td>").count(), 4);
        assert!(!page.contains("<script") && !page.contains("http"), "it is whole by itself");
        let community = app.office(Role::Community, COMMUNITY).get(&format!("{AT}/report")).await;
        let page = String::from_utf8(community.bytes.clone()).unwrap();
        assert!(page.contains("共收到诉求7件") && !page.contains("id=\"area\"") && !page.contains("泄露"), "{page}");
        let bare = app.office(Role::TownshipLeader, OTHER_TOWNSHIP).get(&format!("{AT}/report?to=2025-12-31")).await;
        assert!(String::from_utf8(bare.bytes.clone()).unwrap().contains("该期间未收到诉求"));
    }

    async fn whoever_rates_a_complex_is_told_of_its_complaints(app: TestApp) {
        let case = Case::new(&app, &["P", "Q"]).await;
        let (complex, company) = (Some(case.id("P")), Some(text(&case.company["id"])));
        let within = Row { at: "2025-09-10T02:00:00Z", complex, company, ..DONE };
        let of_company = Row { handler: ("property_company", ""), category: "service.cleaning", ..within };
        put(&app, &[
            Row { mark: Some(4), minutes: Some(90), ..of_company },
            Row { resolved: Some(false), mark: Some(1), minutes: Some(180), ..of_company },
            within,
            // Before the period; at another complex; without the company; and restricted ones.
            Row { at: "2025-06-30T15:59:59Z", ..of_company },
            Row { complex: Some(case.id("Q")), ..of_company },
            Row { company: None, ..of_company },
            Row { confidentiality: "restricted", category: "privacy.leak", ..within },
        ]);
        let cycle = a_cycle(&app, &cycle_input()).await;
        let rating = begin_rating(&app, &cycle, case.id("P")).await;
        let sheet = app.social().get(&format!("{}/fact-sheet", crate::support::rating::at(&rating))).await.expect(200);
        let (all, own) = (&sheet["complaints"]["all"], &sheet["complaints"]["with_company"]);
        assert_eq!((&all["received"], &own["received"]), (&json!(3), &json!(2)));
        assert_eq!((&all["resolution"]["on_time_percent"], &own["resolution"]["on_time_percent"]), (&json!("66.7"), &json!("50.0")));
        assert_eq!((&own["satisfaction"]["satisfied_percent"], &own["satisfaction"]["mean"], &own["reply"]["p90_hours"]), (&json!("50.0"), &json!("2.50"), &json!("3.00")));
        let quiet = begin_rating(&app, &cycle, case.id("Q")).await;
        let sheet = app.social().get(&format!("{}/fact-sheet", crate::support::rating::at(&quiet))).await.expect(200);
        assert_eq!(sheet["complaints"]["all"]["received"], json!(1));
    }
}

on_sqlite! {
    async fn the_report_of_complaints_reads_well_and_prints(app: TestApp) {
        let case = Case::new(&app, &["P"]).await;
        a_year(&app, case.id("P"), text(&case.company["id"]));
        let at = format!("{AT}/report");
        let township = format!("{at}?division={TOWNSHIP}");
        let plan = json!({
            "pages": [&at, &township, &format!("{at}?to=2020-12-31")], "sheets": [{ "path": &at, "long": true }],
            "drawings": [], "token": app.token(Role::CountyAuthority, COUNTY),
        });
        let Some(found) = browser::check(&app.base_url, &plan).await else { return };
        assert_eq!(found["faults"], json!([]), "{found:#}");
        assert!(text(&found["sheets"][0]["text"]).replace(char::is_whitespace, "").contains("九成诉求办理时长"), "{found:#}");
        assert!(found["sheets"][0]["pages"].as_i64() <= Some(4), "{found:#}");
    }
}
