mod appeal;
mod at_once;
mod company_view;
mod process;
mod report;
mod worked_case;
