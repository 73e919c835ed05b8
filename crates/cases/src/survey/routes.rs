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

/// The `{key}` of a path: the complex that it starts with, and the parsed key if it is well-formed.
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

/// Get the disclosure survey
///
/// Returns, for an area, the completeness of the six disclosures today and at the end of each of the last eight
/// quarters, and the number of findings by kind. Each part of the area has its own counts.
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

/// List survey findings
///
/// Lists the findings in your territory, ordered by complex: disclosures that are missing, overdue or rejected,
/// prices that do not match the filed contract, and contracts that are not filed. Each finding names the acts under
/// which it can be reported.
#[utoipa::path(get, path = "/v1/disclosure-survey/findings",
    tag = "disclosures", params(ListSurveyFindings), responses((status = 200, description = "A page", body = PageOf<SurveyFinding>)))]
pub async fn list_survey_findings(ctx: Ctx) -> Response {
    let query: ListSurveyFindings = ctx.query()?;
    ctx.list(move |conn, ctx| actions::list_findings(conn, ctx, &query)).await
}

/// Report a survey finding
///
/// Reports a violation (source `survey`, found today). Its description contains the facts of the finding and your
/// own; its evidence contains the facts and the proof of the disclosure. Responds 409 if the finding no longer
/// exists.
#[utoipa::path(post, path = "/v1/disclosure-survey/findings/{key}/violation",
    tag = "disclosures", params(("key" = String, Path, description = "Key of the finding, from the list")),
    request_body = SurveyFindingReportIn, responses((status = 201, description = "Reported", body = Violation)))]
pub async fn report_survey_finding(ctx: Ctx, key: PathFinding, body: Body<SurveyFindingReportIn>) -> Response {
    ctx.act(body, move |tx, body| actions::report_survey_finding(tx, key.0, key.1.as_ref(), body)).await
}
