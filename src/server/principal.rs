//! Who a request is counted under: the logged-in user or, without one, the network address.

use std::net::IpAddr;

use crate::{
    client::Client,
    id::{Id, kind},
    viewer::Viewer,
};

/// The user or the network address that a request is counted under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Principal {
    User(Id<kind::User>),
    Network(IpAddr),
    /// The request did not come over a network.
    Unknown,
}

impl Principal {
    pub(super) fn of(viewer: Option<&Viewer>, client: &Client) -> Self {
        let network = || client.network().map_or(Self::Unknown, Self::Network);
        viewer.map_or_else(network, |viewer| Self::User(viewer.user))
    }
}
