//! `/v1/rating-cycles`, `/v1/ratings`, `/v1/focus-list`, `/v1/plaques`

mod announcement;
mod beside;
mod cycle;
mod following;
mod scores;
