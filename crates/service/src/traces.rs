//! OpenTelemetry traces, if configured: a span for each request and for each of its database calls, sent by OTLP over
//! HTTP. A span never contains a query, a body, a token or the caller's identity. The request id links it to the log
//! and the ledger.

use std::fmt;
use std::time::Duration;

use actix_web::http::header::HeaderMap;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanBuilder, SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, Sampler, SdkTracer, SdkTracerProvider, SpanData, SpanExporter as Export,
};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::db::{Db, WorkError};

/// Timeout of one export. Exports run on a thread of their own; spans that exceed the queue meanwhile are dropped.
const DELIVERY: Duration = Duration::from_secs(5);
/// How long a stopping service tries to export the remaining spans.
const LAST_DELIVERY: Duration = Duration::from_secs(2);

#[derive(Clone, Debug)]
pub struct TraceOptions {
    /// URL of the collector, without `/v1/traces`.
    pub endpoint: String,
    /// Percentage of requests traced, among those whose caller made no sampling decision.
    pub percent: usize,
}

pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
    incoming: TraceContextPropagator,
    database: &'static str,
}

/// Span of a request. It ends when its last clone is dropped, or by [`RequestSpan::end`].
#[derive(Clone)]
pub struct RequestSpan {
    context: Context,
    tracer: SdkTracer,
    database: &'static str,
}

struct Headers<'a>(&'a HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(|name| name.as_str()).collect()
    }
}

impl Traces {
    pub fn new(options: &TraceOptions, db: &Db) -> anyhow::Result<Traces> {
        let client = reqwest::Client::builder()
            .timeout(DELIVERY)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_timeout(DELIVERY)
            .with_endpoint(format!("{}/v1/traces", options.endpoint))
            .build()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let exporter = OnOwnRuntime { runtime: Some(runtime), exporter, away: AtomicBool::new(false) };
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(4096)
            .with_max_export_batch_size(512)
            .with_scheduled_delay(Duration::from_secs(1))
            .build();
        // A sampling decision of the caller (`traceparent`) takes precedence.
        let ratio = Sampler::TraceIdRatioBased(options.percent as f64 / 100.0);
        let resource = Resource::builder_empty()
            .with_service_name("xiaoqu")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_span_processor(BatchSpanProcessor::builder(exporter).with_batch_config(batches).build())
            .with_sampler(Sampler::ParentBased(Box::new(ratio)))
            .with_resource(resource)
            .build();
        let tracer = provider.tracer("xiaoqu");
        let database = if db.is_postgres() { "postgresql" } else { "sqlite" };
        Ok(Traces { provider, tracer, incoming: TraceContextPropagator::new(), database })
    }

    /// Starts the span of a request, as a child of the caller's span if the headers name one.
    pub fn begin(&self, headers: &HeaderMap) -> RequestSpan {
        let parent = self.incoming.extract_with_context(&Context::new(), &Headers(headers));
        let builder = SpanBuilder::from_name("request").with_kind(SpanKind::Server);
        let span = self.tracer.build_with_context(builder, &parent);
        RequestSpan { context: parent.with_span(span), tracer: self.tracer.clone(), database: self.database }
    }

    /// Exports the remaining spans, if the collector accepts them.
    pub fn close(&self) {
        let _ = self.provider.shutdown_with_timeout(LAST_DELIVERY);
    }
}

impl RequestSpan {
    pub fn end(&self, method: &str, route: &str, operation: &'static str, status: u16, request_id: &str) {
        let span = self.context.span();
        if span.is_recording() {
            span.update_name(if route.is_empty() { method.to_owned() } else { format!("{method} {route}") });
            span.set_attribute(KeyValue::new("http.request.method", method.to_owned()));
            span.set_attribute(KeyValue::new("http.route", route.to_owned()));
            span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
            span.set_attribute(KeyValue::new("xiaoqu.operation", operation));
            span.set_attribute(KeyValue::new("xiaoqu.request_id", request_id.to_owned()));
            if status >= 500 {
                span.set_status(Status::error(""));
            }
        }
        span.end();
    }

    /// Runs database work in a child span of the request's span.
    pub async fn store<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = Result<T, WorkError>>,
    ) -> Result<T, WorkError> {
        if !self.context.span().is_recording() {
            return work.await;
        }
        let builder = SpanBuilder::from_name(name)
            .with_kind(SpanKind::Client)
            .with_attributes([KeyValue::new("db.system.name", self.database)]);
        let context = self.context.with_span(self.tracer.build_with_context(builder, &self.context));
        let result = work.await;
        // A problem is a regular response, not a failure of the database.
        if matches!(result, Err(WorkError::Out(_) | WorkError::Query(_) | WorkError::Panicked)) {
            context.span().set_status(Status::error(""));
        }
        context.span().end();
        result
    }
}

/// The HTTP client needs a Tokio runtime, and the export thread has none.
struct OnOwnRuntime {
    runtime: Option<tokio::runtime::Runtime>,
    exporter: SpanExporter,
    away: AtomicBool,
}

impl fmt::Debug for OnOwnRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnOwnRuntime")
    }
}

impl Export for OnOwnRuntime {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let Some(runtime) = &self.runtime else { return Ok(()) };
        let delivered = runtime.block_on(self.exporter.export(batch));
        // Log only changes, not every batch.
        if self.away.swap(delivered.is_err(), Ordering::Relaxed) != delivered.is_err() {
            match &delivered {
                Ok(()) => tracing::info!("traces are delivered again"),
                Err(error) => tracing::warn!(%error, "traces cannot be delivered and are dropped"),
            }
        }
        delivered
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

impl Drop for OnOwnRuntime {
    fn drop(&mut self) {
        // This may be dropped on a thread of another runtime, where blocking until this one stops is not allowed.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
