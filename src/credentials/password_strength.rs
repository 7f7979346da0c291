//! Whether a password is hard enough to guess. There are no composition rules ("a digit, a symbol"), since they help attackers
//! more than users ([NIST SP 800-63B](https://pages.nist.gov/800-63-4/sp800-63b.html), section 3.1.1.2).

use zxcvbn::{Score, zxcvbn};

use crate::{
    entity::user,
    error::{Code, Refusal, Result},
};

/// How many characters from the start of a password are analysed.
const LOOKED_AT: usize = 32;

/// Checks a password: 8 to 128 characters, different from the user's own names and numbers, and not guessable within 100
/// million tries (a score of 3 by [zxcvbn](https://github.com/dropbox/zxcvbn)). Takes up to tens of milliseconds.
///
/// # Errors
/// `INVALID` at `path`, with advice in the message.
pub(super) fn check(password: &str, user: &user::Model, path: &'static str) -> Result<(), Refusal> {
    let refuse = |message: String| Err(Refusal::new(Code::Invalid, path, message));
    if !(8..=128).contains(&password.chars().count()) {
        return refuse("A password must have 8 to 128 characters.".to_owned());
    }
    let names = [Some(&user.username), user.phone.as_ref(), user.email.as_ref(), Some(&user.display_name)];
    let names: Vec<_> = names.into_iter().flatten().map(String::as_str).collect();
    if names.iter().any(|name| same(name, password))
        || user.phone.as_deref().is_some_and(|phone| dials(password, phone))
    {
        return refuse("The password must not be your username, phone number, e-mail address or name.".to_owned());
    }
    // The first characters suffice to make a password strong. Analysing more could take seconds for a password that is made to
    // be slow.
    let beginning: String = password.chars().take(LOOKED_AT).collect();
    let strength = zxcvbn(&beginning, &names);
    if strength.score() >= Score::Three {
        return Ok(());
    }
    let mut message = vec!["This password is easy to guess.".to_owned()];
    if let Some(feedback) = strength.feedback() {
        message.extend(feedback.warning().map(|warning| warning.to_string()));
        message.extend(feedback.suggestions().iter().map(ToString::to_string));
    }
    refuse(message.join(" "))
}

/// Whether two texts have the same letters and digits, ignoring case and punctuation.
fn same(name: &str, password: &str) -> bool {
    let letters = |text: &str| text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let name = letters(name);
    !name.is_empty() && name == letters(password)
}

/// Whether a password is the phone number without its country code, with or without a leading zero.
fn dials(password: &str, phone: &str) -> bool {
    let is_number = password.chars().all(|c| c.is_ascii_digit() || " -./()+".contains(c));
    let digits = password.chars().filter(char::is_ascii_digit).collect::<String>();
    let national = digits.trim_start_matches('0');
    is_number && national.len() >= 6 && phone.ends_with(national)
}

#[cfg(test)]
mod tests {
    use super::dials;

    #[test]
    fn a_phone_number_is_known_as_it_is_dialled_at_home() {
        for password in ["9845012367", "09845012367", "98450 12367", "(0)98450-12367", "+91 98450 12367", "5012367"] {
            assert!(dials(password, "+919845012367"), "{password}");
        }
        for password in ["9845012368", "98450123670", "nine845012367", "12367", "00000000"] {
            assert!(!dials(password, "+919845012367"), "{password}");
        }
    }
}
