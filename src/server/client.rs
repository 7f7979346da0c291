//! Finds the address of the client and adds it, with the user agent, to the request's extensions as a [`Client`].
//!
//! Anybody can send any `X-Forwarded-For` header. Only the entries that trusted proxies appended can be believed. So the header
//! is read from right to left, up to the first address that is not a trusted proxy's.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, header::USER_AGENT},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;
use tracing::{Span, field::display};

use crate::client::Client;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

pub(super) async fn identify(State(trusted): State<Arc<[IpNet]>>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip());
    let address = peer.map(|peer| origin(peer, request.headers(), &trusted));
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    let client = Client::new(address, user_agent);
    if let Some(address) = client.address {
        Span::current().record("address", display(address));
    }
    request.extensions_mut().insert(client);
    next.run(request).await
}

/// The client address of a request that was received from `peer`.
fn origin(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let lines = headers.get_all(X_FORWARDED_FOR).iter().rev();
    let mut entries = lines.flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b',')).map(address);
    let mut origin = peer.to_canonical();
    while is_trusted(&origin) {
        // An entry that is not an address, and everything to its left, may have been written by anybody.
        let Some(Some(before)) = entries.next() else { break };
        origin = before;
    }
    origin
}

/// Parses an address as proxies write it: with or without a port, and for IPv6 with or without brackets.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(entry).ok()?.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse().ok().map(|with_port: SocketAddr| with_port.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{X_FORWARDED_FOR, origin};

    fn from(peer: &str, lines: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8", "192.0.2.7/32"].map(|network| network.parse().unwrap());
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(X_FORWARDED_FOR, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        origin(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn who_is_no_trusted_proxy_is_who_asks() {
        for peer in ["203.0.113.9", "192.0.2.8", "2001:db8::1"] {
            assert_eq!(from(peer, &["198.51.100.1"]), peer);
        }
        assert_eq!(from("::ffff:203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn behind_trusted_proxies_it_is_whom_the_first_of_them_saw() {
        for (lines, origin) in [
            (vec![], "10.0.0.1"),
            (vec!["203.0.113.9"], "203.0.113.9"),
            (vec!["198.51.100.1, 203.0.113.9"], "203.0.113.9"),
            (vec!["198.51.100.1, 203.0.113.9, 10.1.2.3 ,192.0.2.7"], "203.0.113.9"),
            (vec!["198.51.100.1", "203.0.113.9", "10.1.2.3,fd00::7"], "203.0.113.9"),
            (vec!["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (vec!["203.0.113.9:4711"], "203.0.113.9"),
            (vec!["2001:db8::9"], "2001:db8::9"),
            (vec!["[2001:db8::9]"], "2001:db8::9"),
            (vec!["[2001:db8::9]:4711, [fd00::1]:80"], "2001:db8::9"),
            (vec!["203.0.113.9, ::ffff:10.0.0.2"], "203.0.113.9"),
        ] {
            assert_eq!(from("10.0.0.1", &lines), origin, "{lines:?}");
            assert_eq!(from("::ffff:10.0.0.1", &lines), origin, "{lines:?}");
        }
    }

    #[test]
    fn of_what_is_no_address_the_last_proxy_answers_for_it() {
        for line in ["unknown", "", "203.0.113.9,", "203.0.113.9, _hidden", "203.0.113.9 198.51.100.1", "é", "1.2.3"] {
            assert_eq!(from("10.0.0.1", &[line]), "10.0.0.1", "{line}");
            assert_eq!(from("10.0.0.1", &[&format!("{line}, 10.9.9.9")]), "10.9.9.9", "{line}");
        }
    }
}
