use jsonwebtoken::Algorithm;
use serde_json::json;

use super::*;

/// Public keys for these tests. Their private keys do not exist any more.
const ED_KEY: &str = r#"{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
const EC_KEY: &str = r#"{"kty":"EC","crv":"P-256","kid":"b","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
const RSA_MODULUS: &str = "3u9atAks6Yi_7nQVaF7-7pynrr5FIVE3zO4BhZ-RkubADwrXYbJeK3HhxwAjlUk5PC_DEejz6KBgWe_NCkZJAHmSAm_Wg0nmx7Yqx5qCE36385mo52Si9Kz-zjY2vGMzh0-0hdslzQ8bbSrJDz4otYUqP_Eibk0LsLh6rLwFhQHZc6GQMBOqEDW_x6ufmil7JqANcYZszo0ccWIhP_-m6GzjGB5cdrCpPPSc0Wt9_XTgiQ5D_AmeuWKGZQpZ2-Bk63S5MagsIj_6MMZkpXEoRGRQLHFPPJgdWsGOCxjEx_xDJAOXjfwMW_qvN412ZapmmXupfHIM_eNkI5YbJdb1Lw";

/// A valid issuer in TOML with one field replaced, or removed if the value is empty.
fn issuer(field: &str, value: &str) -> String {
    let keys = format!("'{{\"keys\":[{ED_KEY}]}}'");
    let fields = [
        ("issuer", "'https://app.example'"),
        ("audience", "'xiaoqu'"),
        ("algorithms", "['EdDSA']"),
        ("jwks", keys.as_str()),
        ("allowed_roles", "['resident']"),
    ];
    let mut lines: Vec<String> =
        fields.iter().filter(|(name, _)| *name != field).map(|(name, value)| format!("{name} = {value}")).collect();
    if !value.is_empty() {
        lines.push(format!("{field} = {value}"));
    }
    format!("{{{}}}", lines.join(", "))
}

fn with_issuers(issuers: &[String]) -> Result<Vec<TrustedIssuer>, String> {
    let list = format!("[{}]", issuers.join(", "));
    let from_file = load(Some(&format!("trusted_issuers = {list}")), &[], &[]);
    let from_variable = load(None, &[("XIAOQU_TRUSTED_ISSUERS", &list)], &[]);
    assert_eq!(from_file.is_ok(), from_variable.is_ok());
    from_file.map(|settings| settings.access.trusted_issuers)
}

fn keys_of(issuer: &TrustedIssuer) -> usize {
    match &issuer.keys {
        KeySource::Set(set) => set.keys.len(),
        KeySource::Url(url) => panic!("{url}"),
    }
}

fn by_url(url: &str) -> Result<Vec<TrustedIssuer>, String> {
    with_issuers(&[issuer("jwks", "").replace('}', &format!(", jwks_url = '{url}'}}"))])
}

#[test]
fn keys_are_fetched_over_https_or_from_this_machine() {
    for url in
        ["https://sso.example/jwks", "https://sso.example:8443/a/b?p=x", "http://127.0.0.1:9/k", "http://[::1]:9/k"]
    {
        assert!(matches!(&by_url(url).unwrap()[0].keys, KeySource::Url(kept) if kept == url), "{url}");
    }
    for url in [
        "http://sso.example/jwks",
        "ftp://127.0.0.1/",
        "https://u:p@sso.example/",
        "https://sso.example/#x",
        "x",
        "",
        "file:///etc/passwd",
    ] {
        assert!(by_url(url).unwrap_err().contains("jwks_url"), "{url}");
    }
    let both = issuer("", "").replacen('{', "{jwks_url = 'https://sso.example/jwks', ", 1);
    assert!(with_issuers(&[both]).unwrap_err().contains("exactly one"));
}

#[test]
fn of_a_published_set_what_is_of_no_use_is_left_out() {
    let many = format!(
        r#"{{"keys":[{ED_KEY},{ED_KEY},{EC_KEY},{{"kty":"oct","k":"c2VjcmV0","kid":"s"}},{{"kty":"new"}},7,
        {{"kty":"OKP","crv":"Ed25519","kid":"enc","use":"enc","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}},
        {{"kty":"RSA","kid":"weak","n":"{}","e":"AQAB"}}]}}"#,
        "Q".repeat(171)
    );
    let ids = |algorithms: &[Algorithm]| -> Vec<String> {
        usable_keys(&many, algorithms).unwrap().keys.into_iter().filter_map(|key| key.common.key_id).collect()
    };
    assert_eq!(ids(&[Algorithm::EdDSA]), ["a"]);
    assert_eq!(ids(&[Algorithm::ES256, Algorithm::EdDSA, Algorithm::RS256]), ["a", "b"]);
    for rubbish in ["", "[]", "{}", r#"{"keys":[]}"#, r#"{"keys":{"a":1}}"#, "<html>"] {
        assert!(usable_keys(rubbish, &[Algorithm::EdDSA]).is_err(), "{rubbish}");
    }
    assert!(usable_keys(&many, &[Algorithm::PS256]).is_err());
}

#[test]
fn a_fixed_claim_stays_within_the_limits() {
    let with = |fixed: &str, mapping: &str| {
        let mut one = issuer("", "").replacen('{', &format!("{{fixed_claims = {fixed}, "), 1);
        if !mapping.is_empty() {
            one = one.replacen('{', &format!("{{claim_mapping = {mapping}, "), 1);
        }
        with_issuers(&[one])
    };
    assert_eq!(with("{role = 'resident'}", "").unwrap()[0].fixed_claims["role"], "resident");
    for (fixed, mapping) in [
        ("{role = 'auditor'}", ""),
        ("{role = 7}", ""),
        ("{division = '640121'}", ""),
        ("{company = '91640121MA75XXXX0A'}", ""),
        ("{complex = 'garden'}", ""),
        ("{sub = 'x'}", ""),
        ("{name = 'x'}", ""),
        ("{role = 'resident'}", "{role = 'office'}"),
    ] {
        let line = with(fixed, mapping).expect_err(fixed);
        assert!(line.contains("[0].fixed_claims."), "{fixed}: {line}");
    }
}

#[test]
fn a_trusted_issuer_is_read_with_its_limits() {
    let one = &with_issuers(&[issuer("", "")]).unwrap()[0];
    assert_eq!((one.issuer.as_str(), one.machine, keys_of(one)), ("https://app.example", false, 1));
    assert_eq!(one.claims, ClaimMapping::default());
    assert!(one.person_claims.is_empty(), "nothing is a person until the operator says what is");
    assert_eq!(one.token_life, std::time::Duration::from_secs(3600));
    let both = issuer("machine", "true").replacen('{', "{person_claims = [{claim = 'sub'}], ", 1);
    assert!(with_issuers(&[both]).unwrap_err().contains("person_claims"));
    let file = format!(
        "[[trusted_issuers]]\nissuer = 'https://portal.example/a/'\naudience = 'x'\nalgorithms = ['EdDSA', 'ES256']\nmachine = true\n\
         jwks = '{}'\nallowed_roles = ['property_company', 'social_affairs_office']\nallowed_divisions = ['640121']\n\
         allowed_companies = ['91640121MA75XXXX0A']\n[trusted_issuers.claim_mapping]\ncompany = 'sub'\nrole = 'urn:role'\n",
        format_args!("{{\"keys\":[{ED_KEY},{EC_KEY}]}}")
    );
    let one = load(Some(&file), &[], &[]).unwrap().access.trusted_issuers.remove(0);
    assert_eq!(
        (one.claims.company.as_str(), one.claims.role.as_str(), one.claims.name.as_str()),
        ("sub", "urn:role", "name")
    );
    assert!(one.machine && one.allowed_divisions == ["640121"]);
    let folder = tempfile::tempdir().unwrap();
    let path = write(folder.path(), "jwks.json", &format!("{{\"keys\":[{ED_KEY}]}}"));
    with_issuers(&[issuer("jwks", "").replace('}', &format!(", jwks_file = '{path}'}}"))]).unwrap();
}

#[test]
fn a_trusted_issuer_without_good_limits_is_refused() {
    let keys = |key: serde_json::Value| format!("'{}'", json!({"keys": [key]}));
    let ed: serde_json::Value = serde_json::from_str(ED_KEY).unwrap();
    let with = |name: &str, value: &str| {
        let mut key = ed.clone();
        key[name] = value.into();
        keys(key)
    };
    let weak = keys(json!({"kty": "RSA", "n": "Q".repeat(171), "e": "AQAB"}));
    let long = format!("'{{\"keys\":[{ED_KEY}],\"x\":\"{}\"}}'", "y".repeat(64 * 1024));
    let cases: Vec<(&str, String, &str)> = vec![
        ("issuer", "".into(), "issuer"),
        ("issuer", "'http://app.example'".into(), "[0].issuer"),
        ("issuer", "'app'".into(), "[0].issuer"),
        ("issuer", "'http://127.0.0.1:8080'".into(), "public_url"),
        ("issuer", "'http://127.0.0.1:8080/'".into(), "public_url"),
        ("audience", "''".into(), "[0].audience"),
        ("algorithms", "[]".into(), "[0].algorithms"),
        ("algorithms", "['HS256']".into(), "HS256"),
        ("algorithms", "['none']".into(), "none"),
        ("algorithms", "['EdDSA', 'EdDSA']".into(), "twice"),
        ("algorithms", "['EdDSA', 'RS256']".into(), "RS256"),
        ("algorithms", "['ES256']".into(), "fits none"),
        ("jwks", "".into(), "exactly one"),
        ("jwks", "'{}'".into(), "`keys`"),
        ("jwks", "'{\"keys\":[]}'".into(), "`keys`"),
        ("jwks", "'x'".into(), "not JSON"),
        ("jwks", long, "bytes"),
        ("jwks", keys(json!({"kty": "oct", "k": "c2VjcmV0"})), "only public keys"),
        ("jwks", with("d", "c2VjcmV0"), "only public keys"),
        ("jwks", with("use", "enc"), "`use`"),
        ("jwks", with("alg", "ES256"), "fits none"),
        ("jwks", format!("'{{\"keys\":[{ED_KEY},{ED_KEY}]}}'"), "`kid`"),
        ("allowed_roles", "[]".into(), "[0].allowed_roles"),
        ("allowed_roles", "['king']".into(), "king"),
        ("allowed_roles", "['county_authority']".into(), "allowed_divisions"),
        ("allowed_roles", "['property_company']".into(), "allowed_companies"),
        ("allowed_roles", "['complex_committee']".into(), "allowed_complexes"),
        ("allowed_complexes", "['garden']".into(), "the id of a complex"),
        ("allowed_complexes", "['019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11']".into(), "complex_committee"),
        ("allowed_organisations", "['post']".into(), "one of water"),
        ("allowed_organisations", "['gas']".into(), "utility_operator"),
        ("allowed_tasks", "[9]".into(), "from 1 to 8"),
        ("allowed_tasks", "[1]".into(), "township_leader"),
        ("max_token_minutes", "0".into(), "from 1 to 1440"),
        ("max_token_minutes", "1441".into(), "from 1 to 1440"),
        ("person_claims", "[{claim = ''}]".into(), "person_claims[0].claim"),
        ("person_claims", "[{claim = 'a', value = 'b', prefix = 'c'}]".into(), "either value or prefix"),
        ("machine_claims", "[{claim = 'a', prefix = ''}]".into(), "machine_claims[0].prefix"),
        ("machine_claims", "[{klaim = 'a'}]".into(), "klaim"),
        ("allowed_divisions", "['64012']".into(), "2, 4, 6, 9 or 12 digits"),
        ("allowed_divisions", "['64012x']".into(), "2, 4, 6, 9 or 12 digits"),
        ("allowed_companies", "['1']".into(), "18 characters"),
        ("allowed_companies", "['91640121MA75XXXX0A']".into(), "property_company"),
        ("claim_mapping", "{role = 'iss'}".into(), "claim_mapping.role"),
        ("claim_mapping", "{role = 'name'}".into(), "claim_mapping.name"),
        ("claim_mapping", "{rolle = 'x'}".into(), "rolle"),
        ("claim_mapping", "{role = ''}".into(), "claim_mapping.role"),
        ("machine", "'yes'".into(), "machine"),
        ("secret", "'c2VjcmV0'".into(), "secret"),
    ];
    for (field, value, part) in cases {
        let line = with_issuers(&[issuer(field, &value)]).expect_err(&format!("{field} = {value}"));
        assert!(line.starts_with("trusted_issuers: ") && line.contains(part), "{field} = {value}: {line}");
        assert!(!line.contains("c2VjcmV0"), "{line}");
    }
    let rsa = issuer("jwks", &weak).replace("EdDSA", "RS256");
    assert!(with_issuers(&[rsa]).unwrap_err().contains("2048 bits"));
    let strong = issuer("jwks", &keys(json!({"kty": "RSA", "n": RSA_MODULUS, "e": "AQAB"})));
    assert!(with_issuers(&[strong.replace("EdDSA", "RS256', 'PS256")]).is_ok());
    let two_prefixes =
        issuer("allowed_roles", "['county_authority']").replacen('{', "{allowed_divisions = ['640121100'], ", 1);
    assert!(with_issuers(&[two_prefixes]).unwrap_err().contains("at most 6 digits"));
    assert!(with_issuers(&[issuer("", ""), issuer("", "")]).unwrap_err().contains("twice"));
    assert!(load(None, &[], &[("trusted_issuers", "[]\npool_size = 3")]).is_err());
}
