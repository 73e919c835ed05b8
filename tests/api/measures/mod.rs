mod approval;
mod blacklist;
mod branches;
mod completion;
mod inbox;
mod preview;
