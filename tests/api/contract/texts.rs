//! Texts: parsed strictly in every interface, normalised where that is harmless, and otherwise refused with a pointer.

use reqwest::Method;
use serde_json::json;
use xiaoqu::access::Role;

use crate::on_both_databases;
use crate::support::complaining::complaint;
use crate::support::rows::{a_complex, a_uscc, company_input, complex_input, path, text};

const FORM: &str = "application/x-www-form-urlencoded";

on_both_databases! {
    async fn what_was_pasted_along_is_removed_and_what_misleads_is_named(app: TestApp) {
        let mut input = company_input();
        input["name"] = json!("\u{feff}星河\u{200b}物业\u{ad}公司");
        input["service_hotline"] = json!("\u{200b}0951-0000000");
        let made = app.county().post("/v1/companies", &input).await.expect(201);
        assert_eq!((&made["name"], &made["service_hotline"]), (&json!("星河物业公司"), &json!("0951-0000000")));
        let mut other = company_input();
        other["name"] = json!("星河\u{202e}物业");
        let answer = app.county().post("/v1/companies", &other).await;
        answer.faults(&[("/name", "forbidden_character")]);
        let detail = text(&answer.json["errors"][0]["detail"]).to_owned();
        assert!(detail.contains("第3个字符") && detail.contains("U+202E"), "{detail}");
        for nothing in ["\u{3164}\u{3164}", "\u{2800}\u{2800}", "\u{115f}\u{1160}"] {
            other["name"] = json!(nothing);
            app.county().post("/v1/companies", &other).await.faults(&[("/name", "blank")]);
        }
        // Nothing remains of it.
        other["name"] = json!("\u{200b}\u{ad}");
        assert_eq!(app.county().post("/v1/companies", &other).await.status, 400);
        // An identifier is never normalised.
        other = company_input();
        other["uscc"] = json!(format!("{}\u{200b}", a_uscc()));
        let answer = app.county().post("/v1/companies", &other).await;
        assert!(answer.errors().contains(&("/uscc", "forbidden_character")), "{}", answer.json);
    }

    async fn a_complaint_with_a_pasted_space_is_taken(app: TestApp) {
        let complex = a_complex(&app).await;
        let mut input = complaint("service.lift", &complex);
        input["description"] = json!("电梯\u{200b}停运三天，\u{feff}老人无法下楼");
        let ticket = app.office(Role::Resident, "").post("/v1/complaints", &input).await.expect(201);
        assert_eq!(ticket["description"], "电梯停运三天，老人无法下楼");
    }

    async fn names_are_found_as_people_read_them(app: TestApp) {
        let mut input = complex_input();
        input["name"] = json!("星河苑（二期） Ａ区");
        let complex = app.county().post("/v1/complexes", &input).await.expect(201);
        let mut input = company_input();
        input["name"] = json!("ＡＢＣ 物业100%");
        let company = app.county().post("/v1/companies", &input).await.expect(201);
        for q in ["苑(二期)", "苑（二期）", "A区", "ａ区", "期） a", "期)A"] {
            let q: String = form_urlencoded::byte_serialize(q.as_bytes()).collect();
            let found = app.county().get(&format!("/v1/complexes?q={q}")).await;
            assert_eq!(found.ids(), [text(&complex["id"])], "{q}");
            let found = app.nobody().get(&format!("/public/data/complexes?q={q}")).await;
            assert_eq!(found.ids(), [text(&complex["id"])], "{q}");
        }
        for q in ["abc物业", "ABC%20", "%EF%BC%91%EF%BC%90%EF%BC%90%EF%BC%85"] {
            assert_eq!(app.county().get(&format!("/v1/companies?q={q}")).await.ids(), [text(&company["id"])], "{q}");
        }
        assert!(app.county().get("/v1/companies?q=1%25").await.items().is_empty(), "a wildcard is a letter");
        assert!(!app.county().get("/v1/divisions?q=%E6%9C%9B%E3%80%80%E8%BF%9C").await.items().is_empty());
    }

    async fn another_encoding_is_told_at_every_door(app: TestApp) {
        let post = |path: &str| app.nobody().call(Method::POST, path);
        let open311 = "/open311/v2/requests.json";
        // 电梯 in GBK.
        let gbk = [&b"service_code=service.lift&description="[..], b"%B5%E7%CC%DD"].concat();
        let answer = post(open311).body(FORM, gbk.clone()).await;
        assert_eq!(answer.status, 400);
        assert!(String::from_utf8_lossy(&answer.bytes).contains("description: 须为 UTF-8 编码"));
        assert_eq!(post(open311).body(&format!("{FORM}; charset=GBK"), gbk).await.status, 415);
        let part = |kind: &str, value: &[u8]| {
            let head = format!("--b\r\nContent-Disposition: form-data; name=\"description\"\r\n{kind}\r\n");
            [head.as_bytes(), value, b"\r\n--b--\r\n"].concat()
        };
        let multipart = "multipart/form-data; boundary=b";
        let answer = post(open311).body(multipart, part("", b"\xb5\xe7")).await;
        assert_eq!(answer.status, 400);
        assert!(String::from_utf8_lossy(&answer.bytes).contains("UTF-8"));
        let declared = part("Content-Type: text/plain; charset=GBK\r\n", b"\xb5\xe7");
        assert_eq!(post(open311).body(multipart, declared).await.status, 415);
        assert_eq!(app.nobody().get("/open311/v2/requests.json?status=%B5%E7").await.status, 400);

        let county = app.county();
        county.get("/v1/companies?q=%B5%E7").await.faults(&[("query/q", "invalid_format")]);
        county.get("/v1/companies?q=%EF%BF%BD").await.faults(&[("query/q", "forbidden_character")]);
        app.nobody().get("/public/data/complexes?q=%B5%E7").await.faults(&[("query/q", "invalid_format")]);
        assert_eq!(app.nobody().get("/public?q=%B5%E7").await.status, 400);
        let json = county.call(Method::POST, "/v1/companies").body("application/json; charset=GBK", "{}");
        json.await.problem(415, "unsupported_media_type");
        let grant = "grant_type=client_credentials&client_id=%B5%E7&client_secret=x";
        assert_eq!(post("/oauth/token").body(FORM, grant).await.expect(400)["error"], "invalid_request");
        let mut input = company_input();
        input["name"] = json!("星河\u{fffd}物业");
        county.post("/v1/companies", &input).await.faults(&[("/name", "forbidden_character")]);
    }

    async fn the_name_of_a_file_is_what_follows_the_last_backslash(app: TestApp) {
        let png = crate::support::files::a_png();
        let upload = async |disposition: &str| {
            let head = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; {disposition}\r\nContent-Type: image/png\r\n\r\n");
            let body = [head.as_bytes(), &png, b"\r\n--b--\r\n"].concat();
            app.social().call(Method::POST, "/v1/attachments").body("multipart/form-data; boundary=b", body).await
        };
        let named = upload("filename=\"C:\\Users\\demo\\现场.png\"").await;
        assert_eq!(named.expect(201)["name"], "现场.png");
        assert_eq!(upload("filename=\"现\u{200b}场.png\"").await.expect(201)["name"], "现场.png");
        upload("filename=\"gnp.\u{202e}场.png\"").await.faults(&[("/file", "forbidden_character")]);
    }

    async fn a_code_is_read_as_it_was_typed_from_paper(app: TestApp) {
        let complex = a_complex(&app).await;
        assert!(app.county().get(&path("complexes", &complex)).await.status == 200);
        // An unknown code is reported in any script, which shows that the query was parsed.
        for typed in ["640121-2026-0001", "640121%E2%80%942026%EF%BC%8D0001", "64012120260001", "６４０１２１２０２６０００１"] {
            app.nobody().get(&format!("/v1/plaques/{typed}")).await.problem(404, "not_found");
        }
    }
}
