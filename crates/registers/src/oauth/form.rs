//! Parses requests to the token endpoint (RFC 6749).

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::assertion;
use super::model::TokenRefused;
use crate::http::form;
use crate::http::schema::MOST_PARAMETERS;

/// Upper limit of a parameter; longer ones are not ours.
const MOST_BYTES: usize = 8 * 1024;

/// How a client authenticates.
#[derive(Debug, PartialEq)]
pub enum Proof {
    Secret {
        client_id: String,
        client_secret: String,
    },
    /// The assertion names the client; a `client_id` beside it must be the same.
    Assertion {
        client_id: Option<String>,
        assertion: String,
    },
}

/// A well-formed request. Whether the client is authentic is checked later.
#[derive(Debug, PartialEq)]
pub struct TokenRequest {
    pub proof: Proof,
    /// Requested operations without duplicates; `None` if the request has no `scope`.
    pub scope: Option<Vec<String>>,
}

pub const fn refused(error: &'static str, error_description: &'static str) -> TokenRefused {
    TokenRefused { error, error_description }
}

const fn invalid(description: &'static str) -> TokenRefused {
    refused("invalid_request", description)
}

/// Parses a request by RFC 6749, 2.3.1 and 4.4.2. `body` is the form, `authorization` the only header of that name.
pub fn read(media_type: &str, body: &[u8], authorization: Option<&str>) -> Result<TokenRequest, TokenRefused> {
    if form::check_charset(media_type).is_err() {
        return Err(invalid("the form must be UTF-8"));
    }
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(invalid("the body must be application/x-www-form-urlencoded"));
    }
    if body.len() > MOST_BYTES {
        return Err(invalid("the body is too long"));
    }
    if body.iter().filter(|byte| **byte == b'&').count() >= MOST_PARAMETERS {
        return Err(invalid("too many parameters"));
    }
    let mut read: HashMap<String, String> = HashMap::new();
    for (name, value) in form::pairs(body) {
        let value = value.ok_or(invalid("the form must be UTF-8"))?;
        // RFC 6749, 3.2: a parameter without a value counts as omitted, and no parameter may be repeated.
        if !value.is_empty() && read.insert(name, value).is_some() {
            return Err(invalid("a parameter is repeated"));
        }
    }
    match read.get("grant_type").map(String::as_str) {
        None => return Err(invalid("grant_type is missing")),
        Some("client_credentials") => {}
        Some(_) => return Err(refused("unsupported_grant_type", "grant_type must be client_credentials")),
    }
    let (client_id, client_secret) = (read.remove("client_id"), read.remove("client_secret"));
    let assertion = (read.remove("client_assertion_type"), read.remove("client_assertion"));
    let proof = match (authorization, client_id, client_secret, assertion) {
        (None, client_id, None, (Some(kind), Some(assertion))) => {
            if kind != assertion::TYPE {
                return Err(invalid("client_assertion_type must be the JWT bearer type (RFC 7523, 2.2)"));
            }
            Proof::Assertion { client_id, assertion }
        }
        (None, _, None, (Some(_), None) | (None, Some(_))) => {
            return Err(invalid("client_assertion and client_assertion_type must be sent together"));
        }
        (_, _, _, (Some(_), _) | (_, Some(_))) => return Err(invalid("more than one client authentication method")),
        (Some(header), id, None, _) => {
            let (name, secret) =
                basic(header).ok_or(refused("invalid_client", "the Authorization header must use HTTP Basic"))?;
            // The body may repeat the client id if it is the same (RFC 6749, 3.2.1).
            if id.is_some_and(|id| id != name) {
                return Err(invalid("client_id does not match the client authentication"));
            }
            Proof::Secret { client_id: name, client_secret: secret }
        }
        (Some(_), _, Some(_), _) => return Err(invalid("more than one client authentication method")),
        (None, Some(client_id), Some(client_secret), _) => Proof::Secret { client_id, client_secret },
        (None, ..) => return Err(refused("invalid_client", "client authentication is missing")),
    };
    let scope = read.get("scope").map(|text| {
        let mut words: Vec<String> = text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
        words.sort_unstable();
        words.dedup();
        words
    });
    Ok(TokenRequest { proof, scope })
}

/// RFC 6749, 2.3.1: id and secret are form-encoded each, then joined and encoded as Base64.
fn basic(header: &str) -> Option<(String, String)> {
    let (scheme, encoded) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") || encoded.len() > MOST_BYTES {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (name, secret) = text.split_once(':')?;
    let decoded = |half: &str| {
        // The form parser would split at an unescaped `&` or `=`, so such a value is taken as it is.
        if half.contains(['&', '=']) {
            return half.to_owned();
        }
        form::pairs(half.as_bytes()).next().map(|(name, _)| name).unwrap_or_default()
    };
    Some((decoded(name), decoded(secret)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    fn error(media_type: &str, body: &str, authorization: Option<&str>) -> &'static str {
        read(media_type, body.as_bytes(), authorization).unwrap_err().error
    }

    fn header(text: &str) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    #[test]
    fn a_client_shows_its_secret_in_one_of_two_ways() {
        let by_form = "grant_type=client_credentials&client_id=a&client_secret=b%2Bc&scope=y+x+y&other=1";
        let read_form = read(FORM, by_form.as_bytes(), None).unwrap();
        let secret = || Proof::Secret { client_id: "a".into(), client_secret: "b+c".into() };
        assert_eq!(read_form.proof, secret());
        assert_eq!(read_form.scope.unwrap(), ["x", "y"]);
        let by_header = read(FORM, b"grant_type=client_credentials", Some(&header("a:b%2Bc"))).unwrap();
        assert_eq!(by_header.proof, secret());
        assert_eq!(by_header.scope, None);
        let same = read(FORM, b"grant_type=client_credentials&client_id=a", Some(&header("a:b")));
        assert!(same.is_ok());
    }

    #[test]
    fn or_it_shows_an_assertion() {
        let kind: String = form_urlencoded::byte_serialize(assertion::TYPE.as_bytes()).collect();
        let whole = format!("grant_type=client_credentials&client_assertion_type={kind}&client_assertion=a.b.c");
        let assertion = |client_id: Option<&str>| Proof::Assertion {
            client_id: client_id.map(str::to_owned),
            assertion: "a.b.c".into(),
        };
        assert_eq!(read(FORM, whole.as_bytes(), None).unwrap().proof, assertion(None));
        let named = format!("{whole}&client_id=a");
        assert_eq!(read(FORM, named.as_bytes(), None).unwrap().proof, assertion(Some("a")));
        for (more, authorization) in [("&client_secret=b", None), ("", Some(header("a:b")))] {
            assert_eq!(error(FORM, &format!("{named}{more}"), authorization.as_deref()), "invalid_request");
        }
        for broken in [
            "grant_type=client_credentials&client_assertion=a.b.c".to_owned(),
            format!("grant_type=client_credentials&client_assertion_type={kind}"),
            whole.replace("jwt-bearer", "saml2-bearer"),
        ] {
            assert_eq!(error(FORM, &broken, None), "invalid_request", "{broken}");
        }
    }

    #[test]
    fn each_mistake_has_its_code() {
        let full = "grant_type=client_credentials&client_id=a&client_secret=b";
        assert_eq!(error("application/json", full, None), "invalid_request");
        assert_eq!(error(FORM, "", None), "invalid_request");
        assert_eq!(error(FORM, "grant_type=", None), "invalid_request");
        assert_eq!(error(FORM, "grant_type=password&client_id=a&client_secret=b", None), "unsupported_grant_type");
        assert_eq!(error(FORM, &format!("{full}&client_id=a"), None), "invalid_request");
        assert_eq!(error(FORM, full, Some(&header("a:b"))), "invalid_request");
        assert_eq!(error(FORM, "grant_type=client_credentials&client_id=z", Some(&header("a:b"))), "invalid_request");
        assert_eq!(error(FORM, "grant_type=client_credentials", None), "invalid_client");
        assert_eq!(error(FORM, "grant_type=client_credentials&client_id=a", None), "invalid_client");
        for odd in ["Bearer x", "Basic", "Basic !", &header("no colon")] {
            assert_eq!(error(FORM, "grant_type=client_credentials", Some(odd)), "invalid_client", "{odd}");
        }
    }

    proptest! {
        #[test]
        fn rubbish_never_panics(body in proptest::collection::vec(any::<u8>(), 0..200), header in ".{0,80}") {
            let _ = read(FORM, &body, Some(&header));
            let _ = read(FORM, &body, None);
        }
    }
}
