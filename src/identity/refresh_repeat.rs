//! Answers a refresh token that was used before.
//!
//! Two tabs that share a token use it at the same moment, and a client whose connection breaks sends it again. Neither may cost
//! the user the session. So within the grace period (`DAYBOOK_REFRESH_GRACE`) a used token returns the newest refresh token of
//! the session: usually its direct successor, or a later one if the successor was used in the meantime. All parties then hold
//! the same token, so a thief who copied one is still noticed at its next use outside the grace period.
//!
//! Only hashes are stored, so the newest token is derived again from the used one ([`TokenKeys::successors`]). This fails when
//! the secret that it was derived with is no longer configured: then the use is refused, but the session goes on.
//!
//! A thief who copies a token and uses it within the grace period gets the same tokens as its owner, without ending the session
//! at once. The copy alone is of no use after the grace period. This is the price of the grace period; the setting 0 avoids it.
//!
//! [`TokenKeys::successors`]: crate::credentials::TokenKeys

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{app::App, credentials::token::hash_refresh_token, db::Transaction, entity::refresh_token, error::Result};

/// How many tokens after the used one are looked at. No client renews its session so often within the grace period.
const MOST_STEPS: u64 = 100;

/// What a repeated use of a refresh token leads to.
pub(super) enum Repeat {
    /// The newest refresh token of the session, which is not used yet.
    Successor(String),
    /// The use is within the grace period, but the newest token cannot be derived.
    Unanswerable,
    /// The grace period is over.
    Late,
}

/// Decides about a used token. The caller must hold the lock on its session.
pub(super) async fn answer(
    app: &App,
    tx: &Transaction,
    token_hash: &[u8],
    token: &str,
    now: DateTime<Utc>,
) -> Result<Repeat> {
    // Read again, since the first use may have been committed while the caller waited for the lock.
    let used = refresh_token::Entity::find_by_id(token_hash.to_vec()).one(tx).await?;
    let Some((used, used_at)) = used.and_then(|used| Some((used.clone(), used.used_at?))) else {
        return Ok(Repeat::Late);
    };
    let grace = app.refresh_grace;
    // With the setting 0, not even a server whose clock is behind allows a second use.
    if grace <= TimeDelta::zero() || now >= used_at + grace {
        return Ok(Repeat::Late);
    }
    let later = refresh_token::Entity::find()
        .filter(refresh_token::Column::SessionId.eq(used.session_id))
        .filter(refresh_token::Column::CreatedAt.gte(used.created_at))
        .order_by_asc(refresh_token::Column::CreatedAt)
        .limit(MOST_STEPS)
        .all(tx)
        .await?;
    let later: HashMap<&[u8], _> = later.iter().map(|row| (row.token_hash.as_slice(), row)).collect();
    let mut token = token.to_owned();
    // No token follows itself, so each step reaches another row.
    for _ in 0..later.len() {
        let candidates = app.token_keys.successors(&token)?;
        let row_of = |candidate: &String| later.get(hash_refresh_token(candidate).as_slice());
        let next = candidates.into_iter().find_map(|candidate| Some((row_of(&candidate)?, candidate)));
        let Some((row, next)) = next else { break };
        if row.used_at.is_none() {
            return Ok(Repeat::Successor(next));
        }
        token = next;
    }
    Ok(Repeat::Unanswerable)
}
