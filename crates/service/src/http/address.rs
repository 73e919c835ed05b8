//! The client address of a request, also behind proxies that the operator trusts.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};
use ipnet::IpNet;

use crate::settings::ForwardedHeader;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[derive(Clone, Debug, Default)]
pub struct Proxies {
    pub trusted: Vec<IpNet>,
    pub header: ForwardedHeader,
}

impl Proxies {
    pub fn client_address(&self, request: &HttpRequest) -> Option<IpAddr> {
        let peer = request.peer_addr()?.ip().to_canonical();
        Some(if self.trusted.is_empty() { peer } else { self.behind(peer, request.headers()) })
    }

    /// Does an unconfigured proxy stand in between? Then all of its clients share one address in every rate limit.
    pub fn sees_unnamed_proxy(&self, request: &HttpRequest) -> bool {
        let headers = request.headers();
        (headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(FORWARDED))
            && request.peer_addr().is_some_and(|peer| !self.trusts(peer.ip().to_canonical()))
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Reads from the right, because each proxy appends the address that it saw: the first one that is not a trusted
    /// proxy is the client. Anything to its left was sent by the client and is not reliable.
    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let name = match self.header {
            ForwardedHeader::XForwardedFor => X_FORWARDED_FOR,
            ForwardedHeader::Forwarded => FORWARDED,
        };
        let lines: Vec<&str> = headers.get_all(name).map(|value| value.to_str().unwrap_or_default()).collect();
        let mut address = peer;
        for element in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
            if !self.trusts(address) {
                break;
            }
            let node = match self.header {
                ForwardedHeader::XForwardedFor => Some(element),
                ForwardedHeader::Forwarded => node_of(element),
            };
            // A proxy that hides its clients (`unknown`, `_name`) counts as one client.
            let Some(next) = node.and_then(parse) else { break };
            address = next;
        }
        address
    }
}

/// The value of `for` in one element of `Forwarded`.
fn node_of(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then_some(value)
    })
}

/// Parses an address with or without a port, quotes or brackets.
fn parse(node: &str) -> Option<IpAddr> {
    let node = node.trim().trim_matches('"');
    let bare = || match node.strip_prefix('[') {
        Some(rest) => rest.split_once(']').and_then(|(address, _)| address.parse().ok()),
        None => node.split_once(':').and_then(|(address, _)| address.parse().ok()),
    };
    node.parse().ok().or_else(bare).map(|address: IpAddr| address.to_canonical())
}

/// Key for rate limits: the whole IPv4 address, or the /64 of an IPv6 address, because one subscriber has a whole /64.
pub fn limit_key(address: IpAddr) -> u64 {
    match address.to_canonical() {
        IpAddr::V4(v4) => u64::from(v4.to_bits()),
        IpAddr::V6(v6) => (v6.to_bits() >> 64) as u64,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn client(header: ForwardedHeader, peer: &str, lines: &[(HeaderName, &str)]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap()).to_vec();
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        Proxies { trusted, header }.behind(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_wrote_is_believed() {
        let of = |peer, lines: &[&str]| {
            let lines: Vec<_> = lines.iter().map(|line| (X_FORWARDED_FOR, *line)).collect();
            client(ForwardedHeader::XForwardedFor, peer, &lines)
        };
        assert_eq!(of("203.0.113.9", &["198.51.100.1"]), "203.0.113.9", "the peer is no proxy of ours");
        assert_eq!(of("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            of("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"]),
            "198.51.100.1",
            "what the caller says counts not"
        );
        assert_eq!(of("10.0.0.1", &["1.1.1.1", "198.51.100.1"]), "198.51.100.1", "lines are one list");
        assert_eq!(of("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3", "all are ours");
        assert_eq!(of("10.0.0.1", &["198.51.100.1, unknown"]), "10.0.0.1");
        assert_eq!(of("10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["[2001:db8::1]:4711"]), "2001:db8::1");
        assert_eq!(of("fd00::1", &["::ffff:198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("10.0.0.1", &["198.51.100.1,"]), "10.0.0.1");
        let forwarded = [(FORWARDED, "for=198.51.100.1")];
        assert_eq!(
            client(ForwardedHeader::XForwardedFor, "10.0.0.1", &forwarded),
            "10.0.0.1",
            "not the header agreed on"
        );
    }

    #[test]
    fn the_standard_header_is_read_where_it_is_agreed_on() {
        let of =
            |line| client(ForwardedHeader::Forwarded, "10.0.0.1", &[(FORWARDED, line), (X_FORWARDED_FOR, "1.1.1.1")]);
        assert_eq!(of("for=198.51.100.1;proto=https;by=10.0.0.1"), "198.51.100.1");
        assert_eq!(of("for=1.1.1.1, For=\"[2001:db8:cafe::17]:4711\", for=10.0.0.2"), "2001:db8:cafe::17");
        assert_eq!(of("for=\"a, for=198.51.100.1"), "198.51.100.1", "an open quote of the caller swallows nothing");
        assert_eq!(of("for=_hidden"), "10.0.0.1");
        assert_eq!(of("proto=https"), "10.0.0.1");
    }

    #[test]
    fn a_subscriber_of_ipv6_is_one_address() {
        let key = |text: &str| limit_key(text.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_ne!(key("198.51.100.1"), key("198.51.100.2"));
        assert_eq!(key("::ffff:198.51.100.1"), key("198.51.100.1"));
    }
}
