//! What every decision that bites has in common (办理程序): notice, delivery, statement, and who acted.

pub mod due_process;
pub mod model;
pub mod port;
pub mod rules;
pub mod said;
pub mod view;
