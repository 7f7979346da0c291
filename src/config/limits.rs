//! Settings against abuse: what anybody may do, and whose word counts for where they are.

use std::{net::IpAddr, sync::Arc};

use clap::Args;
use ipnet::IpNet;

use super::{BadSetting, count};
use crate::app::Limits;

/// The most that a limit may be.
const MOST: u32 = 1_000_000_000;
/// The most failures that may be free: they are remembered for an hour each.
const MOST_FAILURES: u32 = 1_000_000;

/// The settings as they came, not checked yet.
#[derive(Args, Clone, Debug)]
pub(super) struct LimitSettings {
    /// Proxies that are believed where a request comes from (`X-Forwarded-For`): addresses and networks, such as
    /// 127.0.0.1,10.0.0.0/8. They must add the address that they see to that header, or replace it
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        default_value = "",
        hide_default_value = true
    )]
    trusted_proxies: String,

    /// Failed logins under one name that are free; each one after them makes the next wait twice as long, up to 15 minutes.
    /// One is forgotten each hour, all when a login succeeds. 0: no limit
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_LOGIN_FAILURES_PER_IDENTIFIER",
        value_name = "COUNT",
        default_value = "10"
    )]
    login_failures_per_identifier: String,

    /// The same from one address, under whatever names; one is forgotten each minute. 0: no limit
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_LOGIN_FAILURES_PER_ADDRESS",
        value_name = "COUNT",
        default_value = "100"
    )]
    login_failures_per_address: String,

    /// Users who may register from one address in a day. 0: no limit
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_REGISTRATIONS_PER_ADDRESS",
        value_name = "COUNT",
        default_value = "1000"
    )]
    registrations_per_address: String,

    /// What the requests of one user, or of one address where nobody is logged in, may cost in a minute: 1 for each, 1 more
    /// for 100 rows or a field of a mutation, 100 for a password, a refresh token or a download. 0: no limit
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_REQUEST_COST_PER_MINUTE",
        value_name = "POINTS",
        default_value = "120000"
    )]
    request_cost_per_minute: String,
}

impl LimitSettings {
    pub(super) fn limits(&self) -> Result<Limits, BadSetting> {
        Ok(Limits {
            login_failures_per_identifier: count(
                "DAYBOOK_LOGIN_FAILURES_PER_IDENTIFIER",
                "--login-failures-per-identifier",
                &self.login_failures_per_identifier,
                0..=MOST_FAILURES,
            )?,
            login_failures_per_address: count(
                "DAYBOOK_LOGIN_FAILURES_PER_ADDRESS",
                "--login-failures-per-address",
                &self.login_failures_per_address,
                0..=MOST_FAILURES,
            )?,
            registrations_per_address: count(
                "DAYBOOK_REGISTRATIONS_PER_ADDRESS",
                "--registrations-per-address",
                &self.registrations_per_address,
                0..=MOST,
            )?,
            request_cost_per_minute: count(
                "DAYBOOK_REQUEST_COST_PER_MINUTE",
                "--request-cost-per-minute",
                &self.request_cost_per_minute,
                0..=MOST,
            )?,
        })
    }

    pub(super) fn trusted_proxies(&self) -> Result<Arc<[IpNet]>, BadSetting> {
        let network = |text: &str| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        let networks = self.trusted_proxies.split(',').map(str::trim).filter(|text| !text.is_empty()).map(network);
        networks.collect::<Option<_>>().ok_or_else(|| {
            let should_hold = "addresses and networks with commas between them, such as 127.0.0.1,10.0.0.0/8";
            BadSetting::new("DAYBOOK_TRUSTED_PROXIES", "--trusted-proxies", &self.trusted_proxies, should_hold)
        })
    }
}
