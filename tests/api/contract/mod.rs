mod concurrency;
mod http;
mod idempotency;
mod paging;
mod problems;
