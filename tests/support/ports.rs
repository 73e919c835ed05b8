//! Ports for programs that take one as an argument.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// Linux gives outgoing connections, and listeners on port 0, a port from 32768 on (`ip_local_port_range`). A port below
/// is never theirs, so that it is still free when the program comes to listen on it.
const FIRST: u16 = 10_000;
const COUNT: u16 = 22_000;

/// A port of 127.0.0.1 that nobody listens on and that this process gives only once.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Several test processes start at places of their own.
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
