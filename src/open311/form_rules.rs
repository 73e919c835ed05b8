//! The form of a request (POST Service Request), as clients of the standard send it. Unknown fields are ignored, empty
//! fields count as absent, and all input errors are reported together.

use std::collections::BTreeMap;

use super::service_rules::{COMPLEX, LOCATION, ORGANISATION};
use crate::characters::{self, is_forbidden, tidied};
use crate::complaints::ContactIn;
use crate::complexes::model::Point;
use crate::db::Id;
use crate::http::form;
use crate::input_error::InputError;
use crate::problem::Problem;

/// "Free form text limited to 4,000 characters" (description).
const MOST_OF_DESCRIPTION: usize = 4000;
const MOST_OF_LOCATION: usize = 200;
const MOST_OF_NAME: usize = 60;
const MOST_OF_URL: usize = 1000;
/// Most picture URLs.
pub const MOST_MEDIA: usize = 10;

/// The fields of a form, in the order received.
#[derive(Clone, Debug, Default)]
pub struct Form(pub Vec<(String, String)>);

impl Form {
    /// "All text received by the service from the client will be assumed to be UTF-8" (Encoding): anything else is an
    /// input error.
    pub fn of_urlencoded(body: &[u8]) -> Result<Form, Problem> {
        Ok(Form(form::strict(body, "/")?))
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty())
    }

    /// The first non-empty value of a field.
    pub fn get<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// `attribute[code]=value`, and `attribute[code][]=value` of a list.
    fn attribute<'a>(&'a self, code: &'a str) -> Option<&'a str> {
        let named = |field: &str| {
            let inner = field.strip_prefix("attribute[")?.split_once(']')?;
            (inner.0 == code && matches!(inner.1, "" | "[]")).then_some(())
        };
        let mut found = self.0.iter().filter(|(field, value)| named(field).is_some() && !value.trim().is_empty());
        found.next().map(|(_, value)| value.trim())
    }

    /// A canonical text of every field except the key, to recognise a repeated request.
    pub fn canonical(&self) -> String {
        let mut sorted: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in self.0.iter().filter(|(name, _)| name != "api_key") {
            sorted.entry(name).or_default().push(value);
        }
        let mut text = form_urlencoded::Serializer::new(String::new());
        for (name, values) in sorted {
            values.into_iter().for_each(|value| {
                text.append_pair(name, value);
            });
        }
        text.finish()
    }
}

/// A valid form, before its place and its category are looked up.
#[derive(Clone, Debug, PartialEq)]
pub struct Submitted {
    pub jurisdiction: Option<String>,
    pub service_code: String,
    pub point: Option<Point>,
    pub complex: Option<Id>,
    pub location: Option<String>,
    pub organisation: Option<String>,
    pub description: Option<String>,
    pub contact: Option<ContactIn>,
    pub media: Vec<String>,
}

/// Reads the form, or returns all its input errors.
pub fn read(form: &Form) -> Result<Submitted, Vec<InputError>> {
    let mut faults = Vec::new();
    let service_code = form.get("service_code").unwrap_or_default().to_owned();
    if service_code.is_empty() {
        required("/service_code", &mut faults);
    }
    let point = point(form, &mut faults);
    let complex = complex(form, point.is_some(), &mut faults);
    let location = location(form, &mut faults);
    if point.is_none() && complex.is_none() && faults.iter().all(|fault| !PLACES.contains(&fault.pointer.as_str())) {
        // The standard accepts a text address alone, but the complex cannot be determined from it reliably.
        let (zh, en) = (
            "须填写 lat 和 long，或者以 address_id、attribute[complex_id] 填写小区编号；不得只填写文字地址",
            "send lat and long, or the complex id as address_id or attribute[complex_id]; a text address is not enough",
        );
        faults.push(InputError::new("/lat", "required", zh, en));
    }
    let description = line_breaks(form.get("description"));
    check_text("/description", description.as_deref(), MOST_OF_DESCRIPTION, true, &mut faults);
    let contact = contact(form, &mut faults);
    let media = media(form, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Submitted {
        jurisdiction: form.get("jurisdiction_id").map(str::to_owned),
        service_code,
        point,
        complex,
        location,
        organisation: form.attribute(ORGANISATION).map(str::to_owned),
        description,
        contact,
        media,
    })
}

/// Pointers of the fields that state the place.
const PLACES: &[&str] = &["/lat", "/long", "/address_id", "/attribute[complex_id]"];

fn required(pointer: &str, faults: &mut Vec<InputError>) {
    faults.push(InputError::new(pointer, "required", "此字段必填", "this field is required"));
}

fn line_breaks(text: Option<&str>) -> Option<String> {
    text.map(|text| tidied(text).replace("\r\n", "\n").replace('\r', "\n")).filter(|text| !text.trim().is_empty())
}

fn point(form: &Form, faults: &mut Vec<InputError>) -> Option<Point> {
    let mut degrees = |name: &str, most: f64| {
        let text = form.get(name)?;
        let found = text.parse().ok().filter(|number: &f64| number.abs() <= most);
        if found.is_none() {
            let (zh, en) = (format!("须为 -{most} 至 {most} 的数"), format!("must be a number from -{most} to {most}"));
            faults.push(InputError::new(format!("/{name}"), "out_of_range", zh, en));
        }
        Some(found)
    };
    match (degrees("lat", 90.0), degrees("long", 180.0)) {
        (Some(latitude), Some(longitude)) => Some(Point { latitude: latitude?, longitude: longitude? }),
        // "lat & long both need to be sent."
        (Some(_), None) => {
            required("/long", faults);
            None
        }
        (None, Some(_)) => {
            required("/lat", faults);
            None
        }
        (None, None) => None,
    }
}

/// The complex, from either field. If there is a point, an `address_id` that is not a UUID is ignored: FixMyStreet
/// sends its own values there.
fn complex(form: &Form, has_point: bool, faults: &mut Vec<InputError>) -> Option<Id> {
    for (pointer, text) in
        [("/address_id", form.get("address_id")), ("/attribute[complex_id]", form.attribute(COMPLEX))]
    {
        let Some(text) = text else { continue };
        match text.parse() {
            Ok(id) => return Some(id),
            Err(_) if has_point && pointer == "/address_id" => {}
            Err(_) => {
                let (zh, en) = ("须为小区的 UUID", "must be the UUID of a complex");
                faults.push(InputError::new(pointer, "invalid_format", zh, en));
            }
        }
    }
    None
}

/// The location in words, from both fields that can contain it.
fn location(form: &Form, faults: &mut Vec<InputError>) -> Option<String> {
    let told: Vec<&str> = [form.get("address_string"), form.attribute(LOCATION)].into_iter().flatten().collect();
    if told.is_empty() {
        return None;
    }
    let told = tidied(&told.join("；")).into_owned();
    if told.is_empty() {
        return None;
    }
    check_text("/address_string", Some(&told), MOST_OF_LOCATION, false, faults);
    Some(told)
}

/// The full name; for a Chinese name the family name comes first.
fn full_name(first: &str, last: &str) -> String {
    let han = |text: &str| {
        text.chars().all(|letter| matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}' | '·'))
    };
    match (first, last) {
        ("", one) | (one, "") => one.to_owned(),
        _ if han(first) && han(last) => format!("{last}{first}"),
        _ => format!("{first} {last}"),
    }
}

fn contact(form: &Form, faults: &mut Vec<InputError>) -> Option<ContactIn> {
    let part = |name| tidied(form.get(name).unwrap_or_default());
    let name = Some(full_name(&part("first_name"), &part("last_name"))).filter(|name| !name.is_empty());
    check_text("/first_name", name.as_deref(), MOST_OF_NAME, false, faults);
    let phone = form.get("phone").map(|phone| tidied(phone).into_owned());
    let dialled = |text: &str| {
        (7..=20).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit() || b"+ ()-".contains(&byte))
    };
    if phone.as_deref().is_some_and(|phone| !dialled(phone)) {
        let (zh, en) = ("须为7至20位的电话号码", "must be a phone number of 7 to 20 characters");
        faults.push(InputError::new("/phone", "invalid_format", zh, en));
    }
    (name.is_some() || phone.is_some()).then_some(ContactIn { name, phone, address: None })
}

fn media(form: &Form, faults: &mut Vec<InputError>) -> Vec<String> {
    let all: Vec<String> = form.all("media_url").chain(form.all("media_url[]")).map(str::to_owned).collect();
    let good = |url: &String| {
        let address = url.starts_with("https://") || url.starts_with("http://");
        address
            && url.chars().count() <= MOST_OF_URL
            && !url.contains(|letter: char| letter.is_whitespace() || is_forbidden(letter))
    };
    if !all.iter().all(good) {
        let (zh, en) = (
            "须为 http 或者 https 网址，不得超过1000个字符",
            "must be an http or https URL of at most 1000 characters",
        );
        faults.push(InputError::new("/media_url", "invalid_format", zh, en));
    }
    if all.len() > MOST_MEDIA {
        let (zh, en) = (format!("不得超过{MOST_MEDIA}项"), format!("must have at most {MOST_MEDIA} items"));
        faults.push(InputError::new("/media_url", "too_many", zh, en));
    }
    all
}

fn check_text(pointer: &str, text: Option<&str>, most: usize, breaks: bool, faults: &mut Vec<InputError>) {
    let Some(text) = text else { return };
    if text.chars().count() > most {
        let (zh, en) = (format!("不得超过{most}个字符"), format!("must have at most {most} characters"));
        faults.push(InputError::new(pointer, "too_long", zh, en));
    }
    if let Some(fault) = characters::fault(pointer, text) {
        faults.push(fault);
    } else if !breaks && text.contains(['\n', '\r']) {
        let (zh, en) = ("须为一行，不得换行", "must be one line without a line break");
        faults.push(InputError::new(pointer, "forbidden_character", zh, en));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read_form(body: &str) -> Result<Submitted, Vec<(String, &'static str)>> {
        read(&Form::of_urlencoded(body.as_bytes()).unwrap())
            .map_err(|faults| faults.into_iter().map(|fault| (fault.pointer, fault.code)).collect())
    }

    fn faults(body: &str) -> Vec<(String, &'static str)> {
        read_form(body).unwrap_err()
    }

    #[test]
    fn the_standards_own_example_is_read() {
        let body = "api_key=xyz&jurisdiction_id=city.gov&service_code=001&lat=37.76524078&long=-122.4212043\
            &address_string=1234+5th+street&email=smit333%40sfgov.edu&device_id=tt222111&account_id=123456&first_name=john\
            &last_name=smith&phone=111111111&description=A+large+sinkhole+is+destroying+the+street\
            &media_url=http%3A%2F%2Ffarm3.static.flickr.com%2F2002%2F2212426634_5ed477a060.jpg\
            &attribute[WHISPAWN]=123456&attribute[WHISDORN]=COISL001&attribute[organisation]=gas";
        let read = read_form(body).unwrap();
        assert_eq!(read.point, Some(Point { latitude: 37.76524078, longitude: -122.4212043 }));
        assert_eq!((read.service_code.as_str(), read.jurisdiction.as_deref()), ("001", Some("city.gov")));
        assert_eq!((read.location.as_deref(), read.organisation.as_deref()), (Some("1234 5th street"), Some("gas")));
        let contact = read.contact.unwrap();
        assert_eq!((contact.name.as_deref(), contact.phone.as_deref()), (Some("john smith"), Some("111111111")));
        assert_eq!(read.media, ["http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg"]);
    }

    #[test]
    fn a_place_is_a_point_or_a_complex() {
        let id = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";
        let complex = |body: &str| read_form(body).unwrap().complex.map(|id| id.to_string());
        assert_eq!(complex(&format!("service_code=a&address_id={id}")).as_deref(), Some(id));
        assert_eq!(
            complex(&format!("service_code=a&attribute%5Bcomplex_id%5D={id}&address_string=x")).as_deref(),
            Some(id)
        );
        assert_eq!(complex("service_code=a&address_id=%23NOTPINPOINTED%23&lat=1&long=1"), None);
        for (body, pointer, code) in [
            ("service_code=a", "/lat", "required"),
            ("service_code=a&address_string=somewhere", "/lat", "required"),
            ("service_code=a&lat=1", "/long", "required"),
            ("service_code=a&lat=&long=1", "/lat", "required"),
            ("service_code=a&lat=91&long=1", "/lat", "out_of_range"),
            ("service_code=a&lat=1&long=NaN", "/long", "out_of_range"),
            ("service_code=a&lat=1&long=inf", "/long", "out_of_range"),
            ("service_code=a&address_id=%23NOTPINPOINTED%23", "/address_id", "invalid_format"),
            ("lat=1&long=1", "/service_code", "required"),
            ("service_code=a&lat=1&long=1&phone=call+me", "/phone", "invalid_format"),
            ("service_code=a&lat=1&long=1&media_url=file:///etc/passwd", "/media_url", "invalid_format"),
            ("service_code=a&lat=1&long=1&description=%00", "/description", "forbidden_character"),
            ("service_code=a&lat=1&long=1&first_name=a%0Ab", "/first_name", "forbidden_character"),
        ] {
            assert_eq!(faults(body), [(pointer.to_owned(), code)], "{body}");
        }
        let long = "长".repeat(4001);
        assert_eq!(faults(&format!("description={long}")).len(), 3, "every fault at once");
    }

    #[test]
    fn a_chinese_name_begins_with_the_family() {
        assert_eq!(full_name("某", "张"), "张某");
        assert_eq!(full_name("张某", ""), "张某");
        assert_eq!(full_name("Ann", "Smith"), "Ann Smith");
        assert_eq!(full_name("某", "Smith"), "某 Smith");
        assert_eq!(full_name("", ""), "");
        let nobody = read_form("service_code=a&lat=1&long=1&email=a%40b.invalid&first_name=&last_name=+").unwrap();
        assert_eq!(nobody.contact, None);
    }

    #[test]
    fn the_same_form_is_told_by_its_fields_and_not_by_its_key() {
        let of = |body: &str| Form::of_urlencoded(body.as_bytes()).unwrap().canonical();
        assert_eq!(of("b=2&a=1&api_key=x"), of("api_key=y&a=1&b=2"));
        assert_ne!(of("a=1&a=2"), of("a=2&a=1"));
        assert_ne!(of("a=1&b=2"), of("a=1%26b%3D2"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn rubbish_never_panics(body in proptest::collection::vec(any::<u8>(), 0..300), field in "[a-z_\\[\\]]{0,20}") {
            let mut form = Form::of_urlencoded(&body).unwrap_or_default();
            form.0.push((field, "x".into()));
            let _ = read(&form);
            let _ = form.canonical();
        }
    }
}
