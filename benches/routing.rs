//! Measures the cost of finding a route among 1,000 others, once for a route added first and once for one added last.
//! Prints the medians in microseconds and their ratio as one JSON object.

use std::sync::Arc;
use std::time::Instant;

use actix_web::dev::{Service, ServiceResponse};
use actix_web::{App, Error, HttpMessage, HttpRequest, HttpResponse, test, web};
use xiaoqu::access::permissions::{Access, Permission};
use xiaoqu::service::Route;
use xiaoqu::service::routes::{Dispatch, Routes};

const EXTRA: usize = 1000;
const ROUNDS: usize = 201;
const REQUESTS: usize = 500;
const ANYBODY: &Permission = &Permission { operation: "bench", access: Access::Public, person_only: false };

async fn answer(request: HttpRequest) -> HttpResponse {
    HttpResponse::Ok().body(request.match_info().get("id").unwrap_or_default().to_owned())
}

/// Median time of one request, in microseconds.
async fn microseconds(
    app: &impl Service<actix_http::Request, Response = ServiceResponse, Error = Error>,
    path: &str,
) -> f64 {
    let mut times = Vec::with_capacity(ROUNDS);
    for _ in 0..ROUNDS {
        let began = Instant::now();
        for _ in 0..REQUESTS {
            let response = app.call(test::TestRequest::get().uri(path).to_request()).await.expect("an answer");
            assert_eq!(response.status(), 200);
        }
        times.push(began.elapsed().as_secs_f64() * 1e6 / REQUESTS as f64);
    }
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

#[actix_web::main]
async fn main() {
    let between = (0..EXTRA).map(|at| format!("/v1/extra-{at:04}/{{id}}"));
    let patterns = ["/v1/first/{id}".to_owned()].into_iter().chain(between).chain(["/v1/last0/{id}".to_owned()]);
    let mut routes = Routes::default();
    let mut handlers: Vec<fn() -> actix_web::Route> = Vec::new();
    for (handler, pattern) in patterns.enumerate() {
        routes.add(Route { handler, ..Route::under(&pattern, ANYBODY) });
        handlers.push(|| web::to(answer));
    }
    let routes = Arc::new(routes);
    let app = App::new().default_service(Dispatch(handlers)).wrap_fn(move |request, next| {
        // As the gate does.
        if let Some(route) = routes.under(request.match_info().as_str()).and_then(|all| all.first()) {
            request.extensions_mut().insert(route.clone());
        }
        next.call(request)
    });
    let app = test::init_service(app).await;
    let id = "019a2f6e-7c1a-7b34-9c55-0f2d1f0a4b11";
    let (first, last) = (format!("/v1/first/{id}"), format!("/v1/last0/{id}"));
    microseconds(&app, &first).await;
    let (first, last) = (microseconds(&app, &first).await, microseconds(&app, &last).await);
    println!("{{\"first\": {first:.2}, \"last\": {last:.2}, \"throughput of the last\": {:.3}}}", first / last);
}
