mod deadlines;
mod lifecycle;
mod links;
mod matters;
mod persons;
mod sight;
