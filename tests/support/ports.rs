//! Ports for programs that take one as an argument.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Linux assigns ports from 32768 on (`ip_local_port_range`) to outgoing connections and to listeners on port 0. A
/// lower port is never assigned, so it is still free when the program starts to listen.
const FIRST: u16 = 10_000;
const COUNT: u16 = 22_000;

/// A free port of 127.0.0.1, which this process returns only once.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Concurrent test processes start at different ports.
    let start = (std::process::id() % u32::from(COUNT)) as u16;
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!(step < COUNT, "no port is free");
        let port = FIRST + ((u32::from(start) + u32::from(step)) % u32::from(COUNT)) as u16;
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
