//! Collects the fields that are selected on an object: fragments put in, `@skip` and `@include` decided, fields of one name
//! merged. See <https://spec.graphql.org/October2021/#CollectFields()>.

use std::collections::HashSet;

use apollo_compiler::{
    ExecutableDocument, Name, Node,
    ast::{DirectiveList, Value},
    executable::{Field, Selection, SelectionSet},
};
use async_graphql::{ServerError, Value as ConstValue, indexmap::IndexMap};

use super::literal::Literals;
use crate::server::graphql::{document::Lines, refused::Refused, types::Types};

/// The fields of an object by their names in the response, in order. Fields of one name are merged.
pub(super) type Fields<'a> = IndexMap<&'a Name, Vec<&'a Node<Field>>>;

/// Collects fields in one document.
pub(super) struct Collecting<'a> {
    pub(super) types: &'a Types,
    pub(super) document: &'a ExecutableDocument,
    pub(super) lines: &'a Lines,
    pub(super) literals: &'a Literals<'a>,
}

impl<'a> Collecting<'a> {
    /// The fields that some selection sets select on an object of this type.
    pub(super) fn fields(&self, object: &str, sets: &[&'a SelectionSet]) -> Result<Fields<'a>, Refused> {
        let (mut fields, mut seen) = (Fields::new(), HashSet::new());
        for set in sets {
            self.collect(object, set, &mut fields, &mut seen)?;
        }
        Ok(fields)
    }

    fn collect(
        &self,
        object: &str,
        set: &'a SelectionSet,
        fields: &mut Fields<'a>,
        seen: &mut HashSet<&'a Name>,
    ) -> Result<(), Refused> {
        for selection in &set.selections {
            if !self.is_included(selection.directives())? {
                continue;
            }
            match selection {
                Selection::Field(field) => fields.entry(field.response_key()).or_default().push(field),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_ref();
                    if condition.is_none_or(|condition| self.types.applies(condition, object)) {
                        self.collect(object, &fragment.selection_set, fields, seen)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if seen.insert(&spread.fragment_name)
                        && let Some(fragment) = self.document.fragments.get(&spread.fragment_name)
                        && self.types.applies(fragment.type_condition(), object)
                    {
                        self.collect(object, &fragment.selection_set, fields, seen)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether the selection sets select the same fields, whichever of its possible types an object has.
    pub(super) fn is_uniform(&self, possible: &[&Name], sets: &[&'a SelectionSet]) -> bool {
        let mut seen = HashSet::new();
        let mut sets = sets.to_vec();
        while let Some(set) = sets.pop() {
            for selection in &set.selections {
                let (condition, below) = match selection {
                    Selection::Field(_) => continue,
                    Selection::InlineFragment(fragment) => (fragment.type_condition.as_ref(), &fragment.selection_set),
                    Selection::FragmentSpread(spread) => {
                        let Some(fragment) = self.document.fragments.get(&spread.fragment_name) else { continue };
                        if !seen.insert(&spread.fragment_name) {
                            continue;
                        }
                        (Some(fragment.type_condition()), &fragment.selection_set)
                    }
                };
                let applies = |condition: &Name| possible.iter().all(|object| self.types.applies(condition, object));
                if !condition.is_none_or(applies) {
                    return false;
                }
                sets.push(below);
            }
        }
        true
    }

    /// What `@skip` and `@include` say.
    fn is_included(&self, directives: &DirectiveList) -> Result<bool, Refused> {
        for directive in directives {
            let wanted = match directive.name.as_str() {
                "include" => true,
                "skip" => false,
                _ => continue,
            };
            let Some(argument) = directive.arguments.iter().find(|argument| argument.name == "if") else { continue };
            let condition = match &*argument.value {
                Value::Boolean(condition) => Some(*condition),
                Value::Variable(name) => match self.literals.variable(name) {
                    Some(ConstValue::Boolean(condition)) => Some(*condition),
                    _ => None,
                },
                _ => None,
            };
            match condition {
                Some(condition) if condition == wanted => {}
                Some(_) => return Ok(false),
                None => {
                    let message = format!("The condition of \"@{}\" must not be null.", directive.name);
                    let place = self.lines.position(argument.value.location());
                    return Err(Refused::from(vec![ServerError::new(message, Some(place))]).coded("BAD_USER_INPUT"));
                }
            }
        }
        Ok(true)
    }
}
