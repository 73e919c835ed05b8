mod deadlines;
mod inbox;
mod lifecycle;
mod links;
mod matters;
mod persons;
mod sight;
mod statistics;
