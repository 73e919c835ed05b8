use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpRequest};

use super::actions;
use super::model::*;
use crate::db::Id;
use crate::http::{Entity, PageOf, Response};
use crate::problem::Problem;
use crate::service::{Body, Ctx};
use crate::violations::view::Violation;

/// The `{key}` of a path: the complex that it begins with, and the whole where it has the form of a key.
pub struct PathFinding(Id, Option<FindingKey>);

impl FromRequest for PathFinding {
    type Error = Problem;
    type Future = Ready<Result<PathFinding, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let text = request.match_info().get("key").unwrap_or_default();
        let complex = text.split('.').next().and_then(|id| id.parse().ok());
        ready(complex.map(|complex| PathFinding(complex, text.parse().ok())).ok_or_else(|| {
            Problem::input_error(
                "path/key",
                "invalid_format",
                "须为问题清单中的 key",
                "must be a key of the list of findings",
            )
        }))
    }
}

/// Get the survey of an area
///
/// How complete the six disclosures are, today and at the end of each of the last eight quarters, how many problems of which
/// kind there are, and the same for each part of the area.
#[utoipa::path(get, path = "/v1/disclosure-survey",
    tag = "disclosures", params(SurveyQuery), responses((status = 200, description = "The survey", body = DisclosureSurvey)))]
pub async fn get_disclosure_survey(ctx: Ctx) -> Response {
    let query: SurveyQuery = ctx.query()?;
    ctx.get_snapshot(move |conn, ctx| {
        let body = actions::get_survey(conn, ctx, &query)?;
        Ok(Entity { id: None, version: 0, status: StatusCode::OK, location: None, shown_once: false, body })
    })
    .await
}

/// List the findings of your area
///
/// What is missing, overdue or rejected, prices that the filed contract does not bear out, contracts that are not filed: by
/// complex. Each names the acts that it can be reported under.
#[utoipa::path(get, path = "/v1/disclosure-survey/findings",
    tag = "disclosures", params(ListSurveyFindings), responses((status = 200, description = "A page", body = PageOf<SurveyFinding>)))]
pub async fn list_survey_findings(ctx: Ctx) -> Response {
    let query: ListSurveyFindings = ctx.query()?;
    ctx.list(move |conn, ctx| actions::list_findings(conn, ctx, &query)).await
}

/// Report a finding as a violation
///
/// In one call: the violation (source `survey`, found today) tells the facts and the officer's words, and has the numbers
/// and the proof of the disclosure as evidence. Refused where the problem does not stand any more.
#[utoipa::path(post, path = "/v1/disclosure-survey/findings/{key}/violation",
    tag = "disclosures", params(("key" = String, Path, description = "Key of the finding")),
    request_body = SurveyFindingReportIn, responses((status = 201, description = "Reported", body = Violation)))]
pub async fn report_survey_finding(ctx: Ctx, key: PathFinding, body: Body<SurveyFindingReportIn>) -> Response {
    ctx.act(body, move |tx, body| actions::report_survey_finding(tx, key.0, key.1.as_ref(), body)).await
}
