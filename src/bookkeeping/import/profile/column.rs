//! How a profile names a column of a file.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A column of a file. As text, `#` and a number is a position, such as `#3` for the third column; any other text is a
/// name in the header, ignoring case and extra blanks.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Column {
    /// The column with this name in the header.
    Named(String),
    /// The column at this position; the first column has position 1.
    At(usize),
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => f.write_str(name),
            Self::At(position) => write!(f, "#{position}"),
        }
    }
}

impl FromStr for Column {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let position = text.strip_prefix('#').and_then(|position| position.parse().ok()).filter(|at| *at > 0);
        Ok(position.map_or_else(|| Self::Named(text.to_owned()), Self::At))
    }
}

impl From<&str> for Column {
    fn from(text: &str) -> Self {
        match text.parse() {
            Ok(column) => column,
            Err(never) => match never {},
        }
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(String::deserialize(deserializer)?.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::Column;

    #[test]
    fn a_column_is_named_or_counted() {
        assert_eq!(Column::from(" Betrag "), Column::Named("Betrag".to_owned()));
        assert_eq!(Column::from("#3"), Column::At(3));
        for name in ["#", "#0", "#x", "3", "# of checks"] {
            assert_eq!(Column::from(name), Column::Named(name.to_owned()));
            assert_eq!(Column::from(name).to_string(), name);
        }
        assert_eq!(Column::At(12).to_string(), "#12");
    }
}
