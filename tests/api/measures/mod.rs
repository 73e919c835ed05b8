mod approval;
mod blacklist;
mod completion;
mod inbox;
mod preview;
