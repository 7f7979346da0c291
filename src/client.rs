//! Where a request comes from: what is known of a client before anybody is logged in.

use std::net::{IpAddr, Ipv6Addr};

/// The longest user agent that is kept, in characters.
const LONGEST_USER_AGENT: usize = 200;

/// The program and the place that a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Client {
    /// Its address; none when the request came over no network.
    pub address: Option<IpAddr>,
    /// What it calls itself, which may be anything.
    pub user_agent: Option<String>,
}

impl Client {
    /// A client at an address, with what it calls itself: cut to 200 characters, without control characters.
    #[must_use]
    pub fn new(address: Option<IpAddr>, user_agent: Option<&str>) -> Self {
        let shown = |text: &str| -> String {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(LONGEST_USER_AGENT).collect();
            shown.trim().to_owned()
        };
        let user_agent = user_agent.map(shown).filter(|text| !text.is_empty());
        // An address of IPv4 is the same one when it is written as one of IPv6.
        Self { address: address.map(|address| address.to_canonical()), user_agent }
    }

    /// What its address counts as against limits: one of IPv6 as its network of 64 bits, of which any line has all addresses.
    #[must_use]
    pub fn network(&self) -> Option<IpAddr> {
        self.address.map(|address| match address {
            IpAddr::V4(_) => address,
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
        })
    }
}
