//! Error pages for people; integrators get problems as JSON.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderValue};
use serde::Serialize;

use super::html::{HTML, page};
use crate::http::language::Language;
use crate::problem::Problem;

#[derive(Serialize)]
struct ErrorPage<'a> {
    title: &'a str,
    said: &'a str,
    faults: Vec<String>,
    request: &'a str,
}

/// Title and text of the error page for a status.
fn words(status: u16) -> (&'static str, &'static str) {
    match status {
        404 => ("没有找到", "没有您要找的内容：地址可能有误，或者内容已不再公开。"),
        400 => ("请求有误", "您填写的内容有误，请返回修改后再试。"),
        405 => ("请求有误", "此页面不接受这样的请求。"),
        429 => ("访问过于频繁", "请稍候片刻再试。"),
        503 | 408 => ("暂时无法访问", "系统繁忙，请稍后再试。"),
        _ => ("系统出现错误", "请稍后再试。仍未恢复的，请将下面的请求编号告知系统管理员。"),
    }
}

/// The same response, with a page instead of the problem.
pub fn as_page(response: HttpResponse, problem: &Problem, _: Language, request_id: &str) -> HttpResponse {
    let (title, said) = words(response.status().as_u16());
    let bad = problem.status() == actix_web::http::StatusCode::BAD_REQUEST;
    let faults = problem.body(Language::Zh, None).errors.into_iter().filter(|_| bad).map(|one| one.detail).collect();
    let shown = ErrorPage { title, said, faults, request: request_id };
    let Ok(text) = page("error", shown) else { return response };
    let mut response = response.set_body(BoxBody::new(text));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(HTML));
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static("zh-CN"));
    response
}
