//! Settings against abuse: limits, and the proxies whose `X-Forwarded-For` header is trusted.

use std::{net::IpAddr, sync::Arc};

use clap::Args;
use ipnet::IpNet;

use super::{
    documents::DocumentSettings,
    http::HttpSettings,
    live::LiveSettings,
    setting::{BadSetting, count},
    waits::WaitSettings,
};
use crate::app::Limits;

/// The highest value of a limit.
const MOST: u32 = 1_000_000_000;
/// The highest number of failed logins without consequence. Failures are remembered for up to an hour each, so more would be
/// useless.
const MOST_FAILURES: u32 = 1_000_000;

/// The settings as given on the command line and in the environment, not checked yet.
#[derive(Args, Clone, Debug)]
pub(super) struct LimitSettings {
    /// Trusted reverse proxies: addresses and networks, such as 127.0.0.1,10.0.0.0/8. The client address of a request from one
    /// of them is read from its X-Forwarded-For header, so the proxy must append the address that it sees to that header, or
    /// replace it
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_TRUSTED_PROXIES",
        value_name = "NETWORKS",
        default_value = "",
        hide_default_value = true
    )]
    trusted_proxies: String,

    /// Failed logins under one identifier before waiting times begin. Each further failure doubles the wait, up to 15 minutes.
    /// One failure is forgotten each hour, and all of them after a successful login. 0: no limit
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_LOGIN_FAILURES_PER_IDENTIFIER",
        value_name = "COUNT",
        default_value = "10"
    )]
    login_failures_per_identifier: String,

    /// Failed logins from one address, under any identifiers, before waiting times begin. One failure is forgotten each minute.
    /// 0: no limit
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_LOGIN_FAILURES_PER_ADDRESS",
        value_name = "COUNT",
        default_value = "100"
    )]
    login_failures_per_address: String,

    /// Number of users who may register from one address per day. 0: no limit
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_REGISTRATIONS_PER_ADDRESS",
        value_name = "COUNT",
        default_value = "1000"
    )]
    registrations_per_address: String,

    /// Phone numbers and usernames of others that one user may look up per day, to pay them or to see whom a payment would pay.
    /// Those whom the user's book has paid before do not count. 0: no limit
    #[arg(long, global = true, env = "DAYBOOK_PAYEE_LOOKUPS_PER_DAY", value_name = "COUNT", default_value = "100")]
    payee_lookups_per_day: String,

    /// How often one user may be told per day, when changing their profile, that a username, phone number or e-mail address is
    /// taken. 0: no limit
    #[arg(long, global = true, env = "DAYBOOK_TAKEN_NAMES_PER_DAY", value_name = "COUNT", default_value = "20")]
    taken_names_per_day: String,

    /// Points that the requests of one user (or of one address, when not logged in) may cost per minute. A request costs 1
    /// point; each 100 of its price and each field of a mutation cost 1 more; a password, a refresh token or a download costs
    /// 100. 0: no limit
    #[arg(
        long,
        global = true,
        env = "DAYBOOK_REQUEST_COST_PER_MINUTE",
        value_name = "POINTS",
        default_value = "120000"
    )]
    request_cost_per_minute: String,

    #[command(flatten)]
    http: HttpSettings,
}

impl LimitSettings {
    pub(super) fn limits(
        &self,
        waits: &WaitSettings,
        documents: &DocumentSettings,
        live: &LiveSettings,
    ) -> Result<Limits, BadSetting> {
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
            payee_lookups_per_day: count(
                "DAYBOOK_PAYEE_LOOKUPS_PER_DAY",
                "--payee-lookups-per-day",
                &self.payee_lookups_per_day,
                0..=MOST,
            )?,
            taken_names_per_day: count(
                "DAYBOOK_TAKEN_NAMES_PER_DAY",
                "--taken-names-per-day",
                &self.taken_names_per_day,
                0..=MOST,
            )?,
            request_cost_per_minute: count(
                "DAYBOOK_REQUEST_COST_PER_MINUTE",
                "--request-cost-per-minute",
                &self.request_cost_per_minute,
                0..=MOST,
            )?,
            connections: self.http.connections()?,
            bodies: self.http.bodies()?,
            execution: self.http.execution()?,
            downloads: waits.downloads()?,
            uploads: waits.uploads()?,
            documents: documents.limits()?,
            sockets: live.sockets()?,
        })
    }

    pub(super) fn trusted_proxies(&self) -> Result<Arc<[IpNet]>, BadSetting> {
        let network = |text: &str| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        let networks = self.trusted_proxies.split(',').map(str::trim).filter(|text| !text.is_empty()).map(network);
        networks.collect::<Option<_>>().ok_or_else(|| {
            let should_hold = "addresses and networks, separated by commas, such as 127.0.0.1,10.0.0.0/8";
            BadSetting::new("DAYBOOK_TRUSTED_PROXIES", "--trusted-proxies", &self.trusted_proxies, should_hold)
        })
    }
}
