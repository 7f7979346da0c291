//! [`Client`]: the address and the user agent of a request, before anybody is authenticated.

use std::net::{IpAddr, Ipv6Addr};

/// The maximum length of a stored user agent, in characters.
const LONGEST_USER_AGENT: usize = 200;

/// The address and the program that a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// The address of the client. `None` when the request did not come over a network.
    pub address: Option<IpAddr>,
    /// The `User-Agent` header, shortened. A client can put any text there.
    pub user_agent: Option<String>,
}

impl Client {
    /// A client with this address and user agent. The user agent is cut to 200 characters and stripped of control characters.
    #[must_use]
    pub fn new(address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        let shown = |text: &str| -> String {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_USER_AGENT).collect();
            shown.trim().to_owned()
        };
        let user_agent = user_agent.map(shown).filter(|text| !text.is_empty());
        // An IPv4 address that is written as an IPv6 address is the same address, and must count as one.
        Self { address: address.map(|address| address.to_canonical()), user_agent }
    }

    /// The address that limits are counted under. An IPv6 address is reduced to its /64 network, since a single subscriber
    /// controls all addresses of one.
    #[must_use]
    pub fn network(&self) -> Option<IpAddr> {
        self.address.map(|address| match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        })
    }
}
