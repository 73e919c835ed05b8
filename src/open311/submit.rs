//! Turns a form into a complaint: locates the place, stores the attachments, and submits the complaint like any other.

use actix_web::http::StatusCode;
use chrono::NaiveDateTime;
use serde_json::json;

use super::form_rules::Submitted;
use super::model::Open311Created;
use super::place_rules::{self, Bounds, Found, OF_COMMUNITY};
use super::{OWN_PATH, service_rules, store};
use crate::access::Scope;
use crate::complaints::model::{ComplaintChannel, ComplaintKind, ComplaintRow};
use crate::complaints::record::GoverningRules;
use crate::complaints::{ComplaintIn, intake};
use crate::complexes;
use crate::complexes::coordinates::CoordinateSystem;
use crate::complexes::model::{Point, PointIn};
use crate::db::{Conn, Id, WorkError, WorkResult};
use crate::divisions;
use crate::files::{self, Stored};
use crate::http::Entity;
use crate::http::language::Language;
use crate::input_error::InputError;
use crate::policy::complaints::ComplaintCategory;
use crate::problem::{Code, Problem};
use crate::proceedings::model::Evidence;
use crate::service::{Body, Ctx, Tx};
use crate::words::days::chinese_time;

/// A valid form, with its files in the attachment store.
pub struct Sent {
    pub form: Submitted,
    pub files: Vec<Stored>,
}

pub fn create_request(tx: &mut Tx, body: &Body<Sent>) -> WorkResult<Entity<Open311Created>> {
    let ctx = tx.ctx;
    // A replay needs no visibility check: the response contains only an id and two deadlines.
    let sent = tx.creation(body, |_, _, _| Ok(()), |_, _, _| Ok(()))?;
    let place = place(tx.conn, ctx, &sent.form)?;
    let county = match &place {
        Place::Complex(id, _) => complexes::county_of(tx.conn, *id)?,
        Place::Community(code, _) => code.get(..6).unwrap_or_default().to_owned(),
    };
    let terms = GoverningRules::load(tx.conn, ctx, &county)?;
    let (_, rules) = terms.governing(ctx.today);
    let category = service_rules::find(rules, &sent.form.service_code).ok_or_else(unknown_service)?;
    let mut evidence = linked(&sent.form);
    for (at, file) in sent.files.iter().enumerate() {
        let id = files::create(tx, file)?;
        // A file name may contain a person's name, and titles have a wider audience than file names.
        let title = format!("照片{}", at + 1);
        evidence.push(Evidence { title, text: None, url: None, attachment_id: Some(id) });
    }
    let input = input(&sent.form, category, place, evidence)?;
    let mut faults = Vec::new();
    intake::check(tx.conn, ctx, &terms, &input, &mut faults)?;
    if !faults.is_empty() {
        return Err(Problem::input_errors(faults.into_iter().map(named_here).collect()).into());
    }
    let row = intake::submit(tx, &terms, &input)?;
    Ok(Entity { status: StatusCode::CREATED, ..Entity::created(row.id, row.version, created(ctx, &row), OWN_PATH) })
}

/// "404 - service_code or jurisdiction_id was not found (specified in error response)".
fn unknown_service() -> Problem {
    let fault = InputError::new("/service_code", "not_found", "没有此服务（service_code）", "unknown service_code");
    Problem::new(Code::NotFound).with(vec![fault])
}

fn linked(form: &Submitted) -> Vec<Evidence> {
    let one =
        |url: &String| Evidence {
            title: "图片链接".into(), text: None, url: Some(url.clone()), attachment_id: None
        };
    form.media.iter().map(one).collect()
}

/// The place of a request, inside the client's territory.
enum Place {
    Complex(Id, Option<Point>),
    Community(String, Point),
}

fn place(conn: &mut Conn, ctx: &Ctx, form: &Submitted) -> WorkResult<Place> {
    let county = form.jurisdiction.as_deref();
    let system = Scope::System("checks whether the complex exists, before its county is known");
    let found = match (form.complex, form.point) {
        (Some(id), point) => {
            let known = match complexes::find(conn, &system, id) {
                Ok(row) => Some(row),
                Err(WorkError::Problem(_)) => None,
                Err(other) => return Err(other),
            };
            let known = known.filter(|row| county.is_none_or(|county| county == row.county));
            known.map(|row| Place::Complex(row.id, point)).ok_or_else(|| {
                Problem::input_error("/address_id", "unknown_reference", "没有此小区", "unknown complex")
            })?
        }
        (None, Some(point)) => {
            let near = store::complexes_within(conn, county, Bounds::around(point, OF_COMMUNITY))?;
            match place_rules::locate(point, &near) {
                Some(Found::Complex(id)) => Place::Complex(id, Some(point)),
                Some(Found::Community(code)) => Place::Community(code, point),
                None => {
                    let (zh, en) = (
                        "该坐标5公里内没有已登记的小区，请以 address_id 填写小区编号",
                        "no complex is registered within 5 km of this point; state the id of the complex as address_id",
                    );
                    return Err(Problem::input_error("/lat", "unknown_reference", zh, en).into());
                }
            }
        }
        (None, None) => return Err(Problem::broken("a request that was checked names no place").into()),
    };
    let holds = match &found {
        Place::Complex(id, _) => match complexes::find(conn, &ctx.scope, *id) {
            Ok(_) => true,
            Err(WorkError::Problem(_)) => false,
            Err(other) => return Err(other),
        },
        Place::Community(code, _) => {
            let place = divisions::find(conn, code)?.map(|division| division.place());
            place.is_some_and(|place| ctx.scope.contains(&place.county, &place.township, &place.community))
        }
    };
    place_rules::may_report_at(holds)?;
    Ok(found)
}

fn input(
    form: &Submitted,
    category: &ComplaintCategory,
    place: Place,
    evidence: Vec<Evidence>,
) -> WorkResult<ComplaintIn> {
    let at = |point: Point| PointIn {
        longitude: point.longitude,
        latitude: point.latitude,
        system: CoordinateSystem::Wgs84,
    };
    let (complex_id, division, point) = match place {
        Place::Complex(id, point) => (Some(id), None, point),
        Place::Community(code, point) => (None, Some(code), Some(point)),
    };
    Ok(ComplaintIn {
        kind: ComplaintKind::Complaint,
        channel: ComplaintChannel::Open311,
        category: category.code.clone(),
        complex_id,
        division,
        point: point.map(at),
        location: form.location.clone(),
        description: form.description.clone().unwrap_or_else(|| category.name_zh.clone()),
        evidence,
        anonymous: form.contact.is_none(),
        contact: form.contact.clone(),
        // The standard has no field for consent, so none was given.
        consent_to_company: false,
        organisation: service_rules::organisation(form.organisation.as_deref(), category)?,
        complained_office: None,
        hotline_number: None,
    })
}

/// Renames the pointer of an input error from the complaint's field to the form's field.
fn named_here(mut fault: InputError) -> InputError {
    let known = [
        ("/category", "/service_code"),
        ("/complex_id", "/address_id"),
        ("/division", "/lat"),
        ("/contact/phone", "/phone"),
        ("/contact/name", "/first_name"),
        ("/location", "/address_string"),
        ("/organisation", "/attribute[organisation]"),
    ];
    if let Some((_, here)) = known.iter().find(|(there, _)| *there == fault.pointer) {
        fault.pointer = (*here).to_owned();
    }
    fault
}

fn created(ctx: &Ctx, row: &ComplaintRow) -> Open311Created {
    let local = |at| ctx.state.clock.local(at);
    let service_notice = service_notice(local(row.course.0.accept_due), local(row.resolve_due), ctx.language);
    Open311Created { service_request_id: row.id, service_notice, account_id: None }
}

/// Both deadlines, in the deployment's time zone.
fn service_notice(accept: NaiveDateTime, resolve: NaiveDateTime, language: Language) -> String {
    match language {
        Language::Zh => format!("将于{}前受理、{}前答复", chinese_time(accept), chinese_time(resolve)),
        Language::En => {
            let time = "%Y-%m-%d %H:%M";
            let (accept, resolve) = (accept.format(time), resolve.format(time));
            format!("To be accepted by {accept} and answered by {resolve} (local time)")
        }
    }
}

/// The fingerprint of a form for its idempotency key: its fields and the digests of its files, without the `api_key`.
pub fn fingerprint(canonical: &str, digests: &[String]) -> Vec<u8> {
    json!([canonical, digests]).to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_writes_both_deadlines_as_its_reader_does() {
        let at = |text: &str| text.parse::<NaiveDateTime>().unwrap();
        let (accept, resolve) = (at("2026-03-05T18:00:00"), at("2026-03-09T17:30:00"));
        assert_eq!(
            service_notice(accept, resolve, Language::Zh),
            "将于2026年3月5日18时前受理、2026年3月9日17时30分前答复"
        );
        assert_eq!(
            service_notice(accept, resolve, Language::En),
            "To be accepted by 2026-03-05 18:00 and answered by 2026-03-09 17:30 (local time)"
        );
    }
}
