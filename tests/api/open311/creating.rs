use reqwest::Method;
use serde_json::{Value, json};
use xiaoqu::access::Role;

use super::{LAT, LONG, REQUESTS, a_portal, form, good, here, key, refused, send, sent, xml};
use crate::on_both_databases;
use crate::support::TestApp;
use crate::support::files::a_jpeg;
use crate::support::rows::{a_company, a_service, text};
use crate::support::systems::{client_input, reason};

/// The request that FixMyStreet sends with a photograph, part by part: perllib/Open311.pm,
/// `_populate_service_request_params` (fields), `_add_photos_to_upload` (`photo1`, its file name and type) and
/// `_request` (`Content_Type => 'form-data'`: the fields, then the uploads, as Perl's HTTP::Request::Common writes
/// them). At 84d7c80c5d9abd0d330325742c6b9eedc30b19fd.
fn of_fixmystreet(fields: &[(&str, &str)], photos: &[Vec<u8>]) -> (&'static str, Vec<u8>) {
    let mut all = Vec::new();
    for (name, value) in fields {
        all.extend(format!("--xYzZY\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    for (at, photo) in photos.iter().enumerate() {
        let head = format!(
            "--xYzZY\r\nContent-Disposition: form-data; name=\"photo{}\"; filename=\"1234.{at}.full.jpeg\"\r\nContent-Type: image/jpeg\r\n\r\n",
            at + 1
        );
        all.extend([head.as_bytes(), photo, b"\r\n"].concat());
    }
    all.extend(b"--xYzZY--\r\n");
    ("multipart/form-data; boundary=xYzZY", all)
}

async fn complaint(app: &TestApp, id: &str) -> Value {
    app.social().get(&format!("/v1/complaints/{id}")).await.expect(200)
}

on_both_databases! {
    async fn a_form_becomes_a_complaint_in_the_client_s_name(app: TestApp) {
        let (complex, company) = (here(&app).await, a_company(&app).await);
        a_service(&app, &complex, &company, "2026-01-01").await;
        let portal = a_portal(&app).await;
        let key = key(&portal);
        let (lat, long) = (LAT.to_string(), LONG.to_string());
        let mut fields = good(&key, &lat, &long);
        fields.extend([
            ("first_name", "某"), ("last_name", "欧阳"), ("phone", "13912345678"), ("email", "secret@example.invalid"),
            ("device_id", "device-secret"), ("account_id", "account-secret"), ("address_string", "2 号楼"),
            ("attribute[location]", "1 单元"), ("attribute[easting]", "1"), ("media_url", "https://photos.example.invalid/1.jpg"),
        ]);
        let answer = app.nobody().post_form("/open311/v2/requests.xml", &form(&fields)).await;
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
        let text_of = xml(&answer);
        let id = text_of.split(['<', '>']).skip_while(|part| *part != "service_request_id").nth(1).expect("the id").to_owned();
        assert!(text_of.contains("</service_notice><account_id></account_id></request></service_requests>"), "{text_of}");
        assert!(text_of.contains("2026年3月2日10时") && text_of.contains("2026年3月3日9时"), "by the clocks here: {text_of}");
        assert_eq!(answer.header("location"), format!("/open311/v2/requests/{id}.xml"));
        let row = complaint(&app, &id).await;
        assert_eq!((&row["channel"], &row["category"], &row["kind"]), (&json!("open311"), &json!("service.lift"), &json!("complaint")));
        assert_eq!((&row["complex_id"], &row["handler"]["role"]), (&complex["id"], &json!("property_company")));
        assert_eq!((&row["description"], &row["location"]), (&json!("电梯停在 3 楼不动"), &json!("2 号楼；1 单元")));
        assert_eq!(row["evidence"][0]["url"], "https://photos.example.invalid/1.jpg");
        assert!(text(&row["contact"]["phone"]).starts_with("139****"), "{row}");
        // The public cannot read who sent it or what they wrote.
        for path in [format!("/open311/v2/requests/{id}.json?extensions=true"), format!("{REQUESTS}?extensions=true")] {
            let shown = app.nobody().get(&path).await;
            let words = String::from_utf8(shown.bytes.clone()).expect("UTF-8");
            for secret in ["欧阳", "13912345678", "secret", "3 楼不动", "2 号楼", "1 单元", "photos.example"] {
                assert!(!words.contains(secret), "{secret} in {words}");
            }
            assert_eq!(shown.json[0]["description"], "电梯故障");
            assert_eq!(shown.json[0]["agency_responsible"], "物业服务企业");
        }
        // Data that is not needed is not stored, not even encrypted.
        app.sealed().await;
        let events = app.county().get(&format!("/v1/events?subject_id={id}")).await;
        assert_eq!(events.items()[0]["type"], "complaint.submitted", "{}", events.json);
    }

    async fn photographs_come_as_fixmystreet_sends_them(app: TestApp) {
        here(&app).await;
        let portal = a_portal(&app).await;
        let key = key(&portal);
        let (lat, long) = (LAT.to_string(), LONG.to_string());
        let mut fields = good(&key, &lat, &long);
        fields.retain(|(name, _)| *name != "description");
        let told = "电梯停运\n\n三号楼电梯停在 3 楼不动\n\nhttps://fms.example.invalid/report/1234\n";
        fields.extend([("description", told), ("first_name", "Test"), ("last_name", "User"), ("email", "test@example.invalid")]);
        let photos = [a_jpeg(300_000), a_jpeg(2_000)];
        let (media_type, body) = of_fixmystreet(&fields, &photos);
        let post = || app.nobody().call(Method::POST, "/open311/v2/requests.xml").body(media_type, body.clone());
        let answer = post().await;
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.bytes));
        let id = xml(&answer).split(['<', '>']).skip_while(|part| *part != "service_request_id").nth(1).expect("the id").to_owned();
        let row = complaint(&app, &id).await;
        let evidence = row["evidence"].as_array().expect("evidence");
        assert_eq!(evidence.len(), 2, "{row}");
        assert_eq!(evidence[0]["title"], "照片1", "the name of a file may name a person");
        for (piece, photo) in evidence.iter().zip(&photos) {
            let at = format!("/v1/attachments/{}/content", text(&piece["attachment_id"]));
            assert!(app.social().get(&at).await.bytes == *photo);
            assert_eq!(app.nobody().get(&at).await.status, 401);
        }
        assert_eq!((app.attachments(), app.objects().len()), (2, 2));
        // It waits five minutes for a response, and then sends the same request again.
        let again = post().await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!(again.bytes, answer.bytes);
        assert_eq!((app.attachments(), app.objects().len()), (2, 2), "what came again is not kept");
    }

    async fn files_come_after_the_key_and_are_what_they_say(app: TestApp) {
        here(&app).await;
        let portal = a_portal(&app).await;
        let (key, lat, long) = (key(&portal), LAT.to_string(), LONG.to_string());
        let send = |fields: &[(&str, &str)], photos: &[Vec<u8>]| {
            let (media_type, body) = of_fixmystreet(fields, photos);
            app.nobody().call(Method::POST, REQUESTS).body(media_type, body)
        };
        let fields = good(&key, &lat, &long);
        refused(&send(&fields[1..], &[a_jpeg(2000)]).await, 403, &["api_key"]);
        refused(&send(&fields, &[b"<script>alert(1)</script>".to_vec()]).await, 400, &["file"]);
        let many: Vec<Vec<u8>> = (0..11).map(|at| a_jpeg(1000 + at)).collect();
        refused(&send(&fields, &many).await, 400, &["10"]);
        let wrong = [("api_key", key.as_str()), ("service_code", "no.such"), ("lat", lat.as_str()), ("long", long.as_str())];
        refused(&send(&wrong, &[a_jpeg(2000)]).await, 404, &["service_code"]);
        assert_eq!((app.attachments(), app.objects().len()), (0, 0), "of what was refused nothing is left");
        // A file field without a file.
        let (media_type, body) = of_fixmystreet(&fields, &[Vec::new()]);
        app.nobody().call(Method::POST, REQUESTS).body(media_type, body).await.expect(201);
    }

    async fn every_fault_of_a_form_is_told(app: TestApp) {
        let portal = a_portal(&app).await;
        let key = key(&portal);
        let fields = [("api_key", key.as_str()), ("lat", "north"), ("phone", "call me"), ("media_url", "ftp://x")];
        let answer = send(&app, &fields).await;
        refused(&answer, 400, &["service_code: ", "lat: ", "long: ", "phone: ", "media_url: "]);
        let english = app.nobody().post_form(REQUESTS, &form(&fields)).english().await;
        refused(&english, 400, &["service_code: this field is required"]);
    }

    async fn a_category_that_is_not_public_is_as_good_as_none(app: TestApp) {
        here(&app).await;
        let portal = a_portal(&app).await;
        let (key, lat, long) = (key(&portal), LAT.to_string(), LONG.to_string());
        let mut told = Vec::new();
        for code in ["privacy.leak", "committee.conduct", "officials.inaction", "no.such"] {
            let mut fields = good(&key, &lat, &long);
            fields[1].1 = code;
            let answer = send(&app, &fields).await;
            refused(&answer, 404, &["service_code"]);
            told.push(answer.json);
        }
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
    }

    async fn a_utility_is_named_by_the_attribute_of_its_service(app: TestApp) {
        here(&app).await;
        let portal = a_portal(&app).await;
        let (key, lat, long) = (key(&portal), LAT.to_string(), LONG.to_string());
        let mut fields = good(&key, &lat, &long);
        fields[1].1 = "utility.heat_gas";
        refused(&send(&app, &fields).await, 400, &["attribute[organisation]"]);
        fields.push(("attribute[organisation]", "water"));
        refused(&send(&app, &fields).await, 400, &["attribute[organisation]"]);
        fields.pop();
        fields.push(("attribute[organisation][]", "gas"));
        let made = send(&app, &fields).await.expect(201);
        let row = complaint(&app, text(&made[0]["service_request_id"])).await;
        assert_eq!((&row["organisation"], &row["handler"]["role"]), (&json!("gas"), &json!("utility_operator")));
    }

    async fn only_a_client_that_may_gets_a_request_in(app: TestApp) {
        here(&app).await;
        let (lat, long) = (LAT.to_string(), LONG.to_string());
        let attempt = async |key: &str| send(&app, &good(key, &lat, &long)).await;
        let portal = a_portal(&app).await;
        let mut told = Vec::new();
        for bad in ["x", ":", &format!("{}:", portal.id()), &format!("{}:xqs_wrong", portal.id()), &portal.secret, "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11:x"] {
            let answer = attempt(bad).await;
            refused(&answer, 403, &["api_key"]);
            told.push(answer.json);
        }
        assert!(told.iter().all(|one| *one == told[0]), "{told:?}");
        refused(&send(&app, &[("service_code", "service.lift")]).await, 403, &["api_key"]);
        // Not approved yet; limited to other operations; in a role that may not submit; suspended.
        let pending = app.a_client().await;
        let secret = app.a_secret(&pending, 0).await;
        refused(&attempt(&format!("{}:{secret}", text(&pending["id"]))).await, 403, &["api_key", "未获批准"]);
        let mut input = client_input();
        input["operations"] = json!(["list_complaints"]);
        refused(&attempt(&key(&app.a_system(&input).await)).await, 403, &["api_key"]);
        input["operations"] = json!(["create_open311_request"]);
        attempt(&key(&app.a_system(&input).await)).await.expect(201);
        let mut input = client_input();
        input["role"] = json!("police_station");
        refused(&attempt(&key(&app.a_system(&input).await)).await, 403, &["api_key"]);
        app.administrator().post(&format!("{}/suspension", portal.path()), &reason()).await.expect(200);
        refused(&attempt(&key(&portal)).await, 403, &["api_key"]);
        // A bearer token is not accepted here.
        let bearer = app.office(Role::SocialAffairsOffice, crate::support::TOWNSHIP);
        refused(&bearer.post_form(REQUESTS, "service_code=service.lift").await, 403, &["api_key"]);
    }

    async fn the_same_form_again_is_the_same_request(app: TestApp) {
        here(&app).await;
        let portal = a_portal(&app).await;
        let (key, lat, long) = (key(&portal), LAT.to_string(), LONG.to_string());
        let fields = good(&key, &lat, &long);
        let first = send(&app, &fields).await;
        let second = send(&app, &fields).await;
        assert_eq!(second.header("idempotent-replayed"), "true");
        assert_eq!(first.expect(201), second.expect(201));
        assert_ne!(sent(&app, &portal, &[("description", "又是电梯")]).await, sent(&app, &portal, &[]).await);
        // A repeat within an hour of the first is the same request, whatever the business time is. A later one is a new
        // complaint.
        let aged = |by: &str| match app.db_url.starts_with("sqlite:") {
            true => format!("UPDATE idempotency_keys SET created_at = created_at - {by} * 1000000"),
            false => format!("UPDATE idempotency_keys SET created_at = created_at - interval '{by} seconds'"),
        };
        let (once, again) = (send(&app, &fields).await.expect(201), send(&app, &fields).await.expect(201));
        assert_eq!(once, again);
        app.execute(&aged("3590"));
        assert_eq!(send(&app, &fields).await.expect(201), once, "59 minutes later");
        app.execute(&aged("20"));
        let later = send(&app, &fields).await;
        assert_ne!(later.expect(201), once, "more than an hour later");
        // With its own key, the sender decides which requests are the same.
        let keyed = |key: &str, form: &str| app.nobody().post_form(REQUESTS, form).key(key);
        let (one, other) = (form(&fields), form(&[&fields[..], &[("phone", "13912345678")]].concat()));
        let third = keyed("a", &one).await.expect(201);
        assert_eq!(keyed("a", &one).await.expect(201), third);
        assert_ne!(keyed("b", &one).await.expect(201), third);
        refused(&keyed("a", &other).await, 400, &["幂等键"]);
    }
}
