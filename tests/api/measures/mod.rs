mod approval;
mod blacklist;
mod branches;
mod completion;
mod finality;
mod inbox;
mod late_offices;
mod preview;
