mod concurrency;
mod http;
mod idempotency;
mod limits;
mod paging;
mod problems;
mod refusals;
