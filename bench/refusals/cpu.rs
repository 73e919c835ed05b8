//! CPU time of the threads of this process, from the scheduler's counters (`/proc/self/task/*/schedstat`, nanoseconds).

use std::collections::HashMap;
use std::time::Duration;

/// CPU time of each thread except the calling one.
pub fn of_others() -> HashMap<String, u64> {
    let own = std::fs::read_link("/proc/thread-self").ok().and_then(|path| Some(path.file_name()?.to_owned()));
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let others = tasks.filter(|task| Some(task.file_name()) != own);
    others
        .filter_map(|task| {
            let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
            Some((task.file_name().to_string_lossy().into_owned(), text.split(' ').next()?.parse().ok()?))
        })
        .collect()
}

/// CPU time since then. A thread that has ended is omitted.
pub fn since(before: &HashMap<String, u64>) -> Duration {
    let spent = of_others().into_iter().map(|(thread, now)| now - before.get(&thread).copied().unwrap_or(0).min(now));
    Duration::from_nanos(spent.sum())
}
