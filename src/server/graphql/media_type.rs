//! The media type of a response, as the client's `Accept` header asks (RFC 9110 section 12.5.1).

use std::cmp::Reverse;

use axum::http::{HeaderMap, header::ACCEPT};
use mediatype::{MediaType as Range, MediaTypeList, Name, ReadParams, names};

/// The media type of a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::server) enum MediaType {
    /// `application/json`, for clients that do not accept the other type.
    #[default]
    Json,
    /// `application/graphql-response+json`, see
    /// <https://graphql.github.io/graphql-over-http/draft/#sec-application-graphql-response-json>.
    GraphqlResponse,
}

/// How the results of a subscription are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) enum Form {
    /// `text/event-stream`, see <https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md#distinct-connections-mode>.
    Events,
    /// `multipart/mixed`, see <https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol>.
    Parts,
}

/// What a client accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) struct Accepted {
    /// The media type of a single response. `None` when the client accepts none of those that there are.
    pub(in crate::server) one: Option<MediaType>,
    /// How the client takes several results, if it names a way.
    pub(in crate::server) stream: Option<Form>,
}

impl Accepted {
    pub(in crate::server) fn of(headers: &HeaderMap) -> Self {
        Self { one: MediaType::accepted(headers), stream: Form::accepted(headers) }
    }
}

/// The parameter by which a client says that it knows how subscriptions are sent in parts, with the only value that there is.
const PARTS: (Name<'_>, &str) = (Name::new_unchecked("subscriptionSpec"), "1.0");

impl Form {
    /// The one with the highest quality; among equal ones the one that is named first.
    fn accepted(headers: &HeaderMap) -> Option<Self> {
        let header = accept(headers);
        let named = MediaTypeList::new(&header).filter_map(|range| weighted(range.ok()?)).enumerate();
        let named = named.filter_map(|(place, (range, quality))| Some((Self::named(&range)?, quality, place)));
        let best =
            named.filter(|(_, quality, _)| *quality > 0).max_by_key(|(_, quality, place)| (*quality, Reverse(*place)));
        best.map(|(form, ..)| form)
    }

    fn named(range: &Range<'_>) -> Option<Self> {
        let says_parts = || range.get_param(PARTS.0).is_some_and(|version| version.unquoted_str() == PARTS.1);
        if range.essence() == Range::new(names::TEXT, names::EVENT_STREAM) {
            Some(Self::Events)
        } else if range.essence() == Range::new(names::MULTIPART, names::MIXED) && says_parts() {
            Some(Self::Parts)
        } else {
            None
        }
    }

    pub(in crate::server) fn content_type(self) -> &'static str {
        match self {
            Self::Events => "text/event-stream; charset=utf-8",
            Self::Parts => "multipart/mixed;boundary=graphql;subscriptionSpec=1.0",
        }
    }
}

/// The media types of a single response, the default first.
const OFFERED: [(MediaType, Range<'_>); 2] = [
    (MediaType::Json, Range::new(names::APPLICATION, names::JSON)),
    (
        MediaType::GraphqlResponse,
        Range::from_parts(names::APPLICATION, Name::new_unchecked("graphql-response"), Some(names::JSON), &[]),
    ),
];

/// How well a media range of the header fits a media type: exactly, by its type only, or as `*/*`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Anything,
    Type,
    Exact,
}

impl MediaType {
    /// The media type to answer with. `None` when the client accepts none of those that there are. Without the header, the
    /// default.
    ///
    /// The most specific range that fits a media type gives its quality. The highest quality wins; among equal ones a type that
    /// the client names, then the one that it names first, then the default.
    pub(in crate::server) fn accepted(headers: &HeaderMap) -> Option<Self> {
        let header = accept(headers);
        if header.trim_matches([' ', '\t', ',']).is_empty() {
            return Some(Self::default());
        }
        // What cannot be read is left out.
        let ranges: Vec<_> = MediaTypeList::new(&header).filter_map(|range| weighted(range.ok()?)).collect();
        let ranked = OFFERED.into_iter().filter_map(|(offered, media_type)| {
            let fitting = ranges.iter().enumerate();
            let fitting = fitting
                .filter_map(|(place, (range, quality))| Some((fit(range, &media_type)?, Reverse(place), *quality)));
            let (fit, place, quality) = fitting.max()?;
            (quality > 0).then_some((offered, (quality, fit == Fit::Exact, place)))
        });
        // Of equal ones, `max_by_key` takes the last.
        ranked.rev().max_by_key(|(_, rank)| *rank).map(|(offered, _)| offered)
    }

    pub(in crate::server) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }
}

/// What the client accepts, as one line.
fn accept(headers: &HeaderMap) -> String {
    headers.get_all(ACCEPT).iter().filter_map(|line| line.to_str().ok()).collect::<Vec<_>>().join(",")
}

/// A media range with its quality, as an integer in the same order, zero for 0. `None` when the quality is not a number from 0
/// to 1.
fn weighted(range: Range<'_>) -> Option<(Range<'_>, u32)> {
    let quality = range.get_param(names::Q).map_or(Ok(1.0), |quality| quality.as_str().parse::<f32>());
    let quality = quality.ok().filter(|quality| (0.0..=1.0).contains(quality))?;
    Some((range, quality.abs().to_bits()))
}

/// How a range fits a media type. Its other parameters, such as `charset`, do not matter.
fn fit(range: &Range<'_>, media_type: &Range<'_>) -> Option<Fit> {
    match () {
        () if range.essence() == *media_type => Some(Fit::Exact),
        () if range.subty != names::_STAR => None,
        () if range.ty == media_type.ty => Some(Fit::Type),
        () => (range.ty == names::_STAR).then_some(Fit::Anything),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header::ACCEPT};

    use super::{
        Accepted, Form,
        MediaType::{self, GraphqlResponse, Json},
    };

    fn accepted(lines: &[&str]) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(ACCEPT, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        MediaType::accepted(&headers)
    }

    #[test]
    fn without_a_wish_the_media_type_is_json() {
        assert_eq!(accepted(&[]), Some(Json));
        for header in ["", " , ", "*/*", "application/*", "Application/*;q=0.1", "text/html, */*;q=0.1"] {
            assert_eq!(accepted(&[header]), Some(Json), "{header}");
        }
    }

    #[test]
    fn the_highest_quality_wins_then_what_is_named_then_what_is_named_first() {
        for (header, expected) in [
            ("application/json", Json),
            ("application/graphql-response+json", GraphqlResponse),
            ("APPLICATION/GraphQL-Response+JSON; charset=UTF-8", GraphqlResponse),
            ("application/graphql-response+json, application/json;q=0.9", GraphqlResponse),
            ("application/graphql-response+json;q=0.8, application/json;q=0.9", Json),
            ("application/graphql-response+json;q=0.899, application/json;q=0.9", Json),
            ("application/json, application/graphql-response+json", Json),
            ("application/graphql-response+json, application/json", GraphqlResponse),
            ("*/*, application/graphql-response+json", GraphqlResponse),
            ("application/graphql-response+json;q=0.5, */*", Json),
            ("application/json;q=0, */*", GraphqlResponse),
            ("*/*;q=0.1, application/*;q=0.2, application/json;q=0", GraphqlResponse),
            ("text/html;level=\"1,application/json\", application/graphql-response+json", GraphqlResponse),
            (
                "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, \
                 multipart/mixed",
                GraphqlResponse,
            ),
            ("application/graphql-response+json;q=2, nonsense, */*", Json),
        ] {
            assert_eq!(accepted(&[header]), Some(expected), "{header}");
        }
        assert_eq!(accepted(&["text/html", "application/graphql-response+json"]), Some(GraphqlResponse));
    }

    #[test]
    fn several_results_are_sent_only_in_a_form_that_the_client_names() {
        for (header, expected) in [
            ("*/*", None),
            ("text/*, multipart/*", None),
            ("text/event-stream", Some(Form::Events)),
            ("multipart/mixed", None),
            ("multipart/mixed;deferSpec=20220824, application/json", None),
            ("multipart/mixed;boundary=graphql;subscriptionSpec=1.0, application/json", Some(Form::Parts)),
            ("multipart/mixed;boundary=\"graphql\";subscriptionSpec=\"1.0\"", Some(Form::Parts)),
            ("multipart/mixed;subscriptionSpec=1.0;q=0.5, text/event-stream", Some(Form::Events)),
            ("text/event-stream, multipart/mixed;subscriptionSpec=1.0", Some(Form::Events)),
            ("text/event-stream;q=0", None),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(header))]);
            assert_eq!(Accepted::of(&headers).stream, expected, "{header}");
        }
    }

    #[test]
    fn what_the_client_excludes_is_not_sent() {
        for header in [
            "text/html",
            "text/event-stream",
            "application/*;q=0",
            "*/*;q=0",
            "*/*;q=0.000, text/*",
            "application/json;q=0",
            "application/json;q=0, application/graphql-response+json;q=0.0, */*",
            "application/jsonp",
            "application/json;q=x",
            "nonsense",
        ] {
            assert_eq!(accepted(&[header]), None, "{header}");
        }
    }
}
