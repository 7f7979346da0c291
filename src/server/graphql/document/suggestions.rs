//! Suggestions for names that the schema does not have, as graphql-js makes them: `Did you mean "name"?`.

use std::cmp::Reverse;

use apollo_compiler::{Name, schema::ExtendedType};
use strsim::osa_distance;

use crate::server::graphql::types::Types;

/// The longest name that is compared with others, in bytes. Comparing takes time quadratic in it.
const LONGEST: usize = 40;

/// The name in the schema that was probably meant, for an error of the validation. `kind` is the error's name, and `names` are the
/// names that its message quotes.
pub(super) fn suggestion<'a>(types: &'a Types, kind: &str, names: &[&str]) -> Option<&'a str> {
    let ty = |name: &str| types.schema.types.get(name);
    match (kind, names) {
        ("UndefinedField" | "UndefinedInputValue", [name, parent]) => closest(name, fields(ty(parent)?)),
        ("UndefinedArgument", [name, coordinate]) => {
            let (parent, field) = coordinate.split_once('.')?;
            let arguments = &types.field(parent, field)?.arguments;
            closest(name, arguments.iter().map(|argument| argument.name.as_str()))
        }
        ("UndefinedEnumValue", [name, parent]) => closest(name, ty(parent)?.as_enum()?.values.keys().map(Name::as_str)),
        (_, [name]) if kind.starts_with("UndefinedType") || kind == "UndefinedDefinition" => {
            closest(name, types.schema.types.keys().map(Name::as_str))
        }
        _ => None,
    }
}

fn fields(ty: &ExtendedType) -> Vec<&str> {
    match ty {
        ExtendedType::Object(object) => object.fields.keys().map(Name::as_str).collect(),
        ExtendedType::Interface(interface) => interface.fields.keys().map(Name::as_str).collect(),
        ExtendedType::InputObject(input) => input.fields.keys().map(Name::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The name that differs least, if it differs in less than about two letters of five.
fn closest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if wanted.len() > LONGEST {
        return None;
    }
    let most = wanted.len() * 2 / 5 + 1;
    let wanted = wanted.to_lowercase();
    let distance = |name: &str| osa_distance(&wanted, &name.to_lowercase());
    let near = names.into_iter().map(|name| (distance(name), name)).filter(|(distance, _)| *distance <= most);
    near.min_by_key(|(distance, name)| (*distance, Reverse(name.len()))).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{Types, suggestion};

    #[test]
    fn a_name_that_is_nearly_right_is_suggested() {
        let types = Types::new(&crate::graphql::sdl());
        for (kind, names, expected) in [
            ("UndefinedField", &["directive", "__Schema"][..], Some("directives")),
            ("UndefinedField", &["Id", "User"], Some("id")),
            ("UndefinedField", &["nothing", "User"], None),
            ("UndefinedField", &["mee", "Query"], Some("me")),
            ("UndefinedField", &["ids", "Node"], Some("id")),
            ("UndefinedArgument", &["frist", "Query.customers"], Some("first")),
            ("UndefinedEnumValue", &["DEBIT_", "EntryType"], Some("DEBIT")),
            ("UndefinedInputValue", &["disply_name", "UpdateProfileInput"], Some("displayName")),
            ("UndefinedDefinition", &["CurrencyCod"], Some("CurrencyCode")),
            ("UndefinedTypeInNamedFragmentTypeCondition", &["user"], Some("User")),
            ("UndefinedVariable", &["firs"], None),
            ("UndefinedField", &["idididididididididididididididididididididid", "User"], None),
        ] {
            assert_eq!(suggestion(&types, kind, names), expected, "{kind} {names:?}");
        }
    }
}
