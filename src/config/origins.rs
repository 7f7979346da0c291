//! The setting `DAYBOOK_CORS_ORIGINS`.

use axum::http::HeaderValue;
use url::Url;

use super::setting::BadSetting;
use crate::app::Origins;

const SHOULD_HOLD: &str = "* alone, or origins separated by commas, such as https://shop.example,http://localhost:5173: \
                           scheme, host and port, with no path, no slash at the end and no wildcard";

/// Parses a list of origins, or `*`.
pub(super) fn parse(text: &str) -> Result<Origins, BadSetting> {
    let origins: Vec<_> = text.split(',').map(str::trim).filter(|origin| !origin.is_empty()).collect();
    match origins[..] {
        [] => Ok(Origins::Own),
        ["*"] => Ok(Origins::Any),
        _ => origins.into_iter().map(origin).collect::<Result<_, _>>().map(Origins::Listed),
    }
}

/// An origin as browsers send it (RFC 6454, section 6.2): the scheme and the host in lower case, the host in ASCII, and no port
/// that is the default of the scheme. Browsers and the server compare origins byte by byte.
///
/// `null` is refused. Every page in a sandbox and every local file has that origin, so allowing it would allow anybody.
fn origin(text: &str) -> Result<HeaderValue, BadSetting> {
    let bad = || BadSetting::new("DAYBOOK_CORS_ORIGINS", "--cors-origins", text, SHOULD_HOLD);
    let (_, authority) = text.split_once("://").ok_or_else(bad)?;
    // `Url` reads such texts too, and leaves some of it out.
    let is_more = |c: char| "/\\?#@*".contains(c) || c.is_whitespace() || c.is_control();
    if authority.contains(is_more) {
        return Err(bad());
    }
    let url = Url::parse(text).map_err(|_| bad())?;
    // Pages of files have the origin `null`.
    let host = url.host_str().filter(|host| !host.is_empty() && url.scheme() != "file").ok_or_else(bad)?;
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let origin = format!("{}://{}{port}", url.scheme(), host.to_ascii_lowercase());
    HeaderValue::try_from(origin).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::{Origins, parse};

    fn listed(text: &str) -> Vec<String> {
        match parse(text) {
            Ok(Origins::Listed(origins)) => origins.iter().map(|origin| origin.to_str().unwrap().to_owned()).collect(),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn an_origin_is_kept_as_browsers_write_it() {
        for (text, origin) in [
            ("https://shop.example", "https://shop.example"),
            ("HTTPS://Shop.Example", "https://shop.example"),
            ("https://shop.example:443", "https://shop.example"),
            ("http://shop.example:80", "http://shop.example"),
            ("http://shop.example:443", "http://shop.example:443"),
            ("http://localhost:5173", "http://localhost:5173"),
            ("http://[0:0::1]:8080", "http://[::1]:8080"),
            ("https://بازار.example", "https://xn--mgbab2bd.example"),
            ("capacitor://localhost", "capacitor://localhost"),
            ("chrome-extension://ABCdef", "chrome-extension://abcdef"),
        ] {
            assert_eq!(listed(text), [origin], "{text}");
        }
        assert_eq!(listed(" https://a.example , ,https://b.example,"), ["https://a.example", "https://b.example"]);
    }

    #[test]
    fn what_is_no_origin_is_refused_and_named() {
        for text in [
            "shop.example",
            "localhost:5173",
            "//shop.example",
            "https:shop.example",
            "https://",
            "https://shop.example/",
            "https://shop.example/app",
            "https://shop.example?x",
            "https://shop.example#x",
            "https://amina@shop.example",
            "https://*.shop.example",
            "https://shop.example:65536",
            "https://shop example",
            "https://shop.example\\app",
            "file://",
            "file://shop",
            "null",
            "*",
        ] {
            let bad = parse(&format!("https://good.example,{text}")).unwrap_err();
            assert_eq!((bad.variable, bad.holds), ("DAYBOOK_CORS_ORIGINS", format!("{text:?}")));
        }
    }

    #[test]
    fn nothing_and_all_are_no_lists() {
        assert!(matches!(parse(""), Ok(Origins::Own)) && matches!(parse(" , "), Ok(Origins::Own)));
        assert!(matches!(parse(" * "), Ok(Origins::Any)));
    }
}
