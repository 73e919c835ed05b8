//! The JWKS URL of an issuer: a real HTTP server with configurable responses, which counts requests.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use super::ports::free_port;

#[derive(Clone)]
pub enum Reply {
    Set(String),
    /// After a while.
    Late(Duration, String),
    Status(u16, String),
    /// To the path of the key set.
    Redirect(String),
    /// One byte at a time, without end.
    Drip,
    /// A body without end.
    Flood,
}

pub struct JwksServer {
    pub address: SocketAddr,
    asked: Arc<AtomicUsize>,
    reply: Arc<Mutex<Reply>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl JwksServer {
    pub fn start(reply: Reply) -> JwksServer {
        JwksServer::at("127.0.0.1:0".parse().expect("an address"), reply)
    }

    pub fn at(address: SocketAddr, reply: Reply) -> JwksServer {
        let listener = TcpListener::bind(address).expect("a port");
        let address = listener.local_addr().expect("its address");
        let (asked, reply) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(reply)));
        let stopped = Arc::new(AtomicBool::new(false));
        let (counter, replies, stop) = (asked.clone(), reply.clone(), stopped.clone());
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let (counter, replies, stop) = (counter.clone(), replies.clone(), stop.clone());
                std::thread::spawn(move || answer(stream, &counter, &replies, &stop));
            }
        });
        JwksServer { address, asked, reply, stopped, thread: Some(thread) }
    }

    /// A port on which nobody listens.
    pub fn nowhere() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], free_port()))
    }

    pub fn url(&self) -> String {
        url(self.address)
    }

    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    pub fn reply(&self, reply: Reply) {
        *self.reply.lock().expect("the reply") = reply;
    }
}

pub fn url(address: SocketAddr) -> String {
    format!("http://{address}/jwks")
}

impl Drop for JwksServer {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(mut stream: TcpStream, asked: &AtomicUsize, reply: &Mutex<Reply>, stopped: &AtomicBool) {
    let mut head = Vec::new();
    let mut byte = [0; 1];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.push(byte[0]),
            _ => return,
        }
    }
    asked.fetch_add(1, Ordering::SeqCst);
    let elsewhere = head.starts_with(b"GET /elsewhere ");
    let mut send = |text: &str| stream.write_all(text.as_bytes()).is_ok();
    let whole = |status: u16, headers: &str, body: &str| {
        format!("HTTP/1.1 {status} x\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len())
    };
    let reply = reply.lock().expect("the reply").clone();
    match reply {
        Reply::Set(set) => drop(send(&whole(200, "", &set))),
        Reply::Late(wait, set) => {
            std::thread::sleep(wait);
            send(&whole(200, "", &set));
        }
        Reply::Redirect(set) if elsewhere => drop(send(&whole(200, "", &set))),
        Reply::Redirect(_) => drop(send(&whole(302, "Location: /elsewhere\r\n", ""))),
        Reply::Status(status, body) => drop(send(&whole(status, "", &body))),
        Reply::Drip => {
            send("HTTP/1.1 200 x\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n");
            while !stopped.load(Ordering::SeqCst) && send("{") {
                std::thread::sleep(Duration::from_millis(200));
            }
        }
        Reply::Flood => {
            let part = " ".repeat(16 * 1024);
            send("HTTP/1.1 200 x\r\nConnection: close\r\n\r\n{\"keys\":[");
            while !stopped.load(Ordering::SeqCst) && send(&part) {}
        }
    }
}
