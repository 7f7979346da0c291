//! Why a date may be another one.

/// Why a date may be another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Its year has two digits, and is far from now: `25/11/69` may be of the Thai year 2569.
    Year,
    /// The name of its month is another month in another language: `listopada` is October in Croatian, and November in Polish.
    Month,
}

impl Doubt {
    /// The doubt as the end of a sentence about the date.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Year => "has a year of two digits that is not clear. Write the year with four digits.",
            Self::Month => "has a month that is another one in another language. Write the month as a number.",
        }
    }
}
