mod content;
mod cut;
mod linking;
mod public;
mod upload;
mod visibility;
