//! CPU time of the threads of this process, by the scheduler's own count (`/proc/self/task/*/schedstat`, nanoseconds).

use std::collections::HashMap;
use std::time::Duration;

/// Time of each thread but the one that asks.
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

/// What they spent since then. A thread that has ended meanwhile is left out.
pub fn since(before: &HashMap<String, u64>) -> Duration {
    let spent = of_others().into_iter().map(|(thread, now)| now - before.get(&thread).copied().unwrap_or(0).min(now));
    Duration::from_nanos(spent.sum())
}
