//! Makes the [`Plan`] of an operation.

use apollo_compiler::{
    ExecutableDocument, Name, Node, ast,
    executable::{Field as Selected, Operation, SelectionSet},
};
use async_graphql::{Name as ExecutedName, parser::types::OperationType};

use super::{
    collect::{Collecting, Fields},
    literal::{LARGEST, Literals, Values, constant},
    plan::{Field, Plan, Shape},
};
use crate::server::graphql::{document::Document, refused::Refused, types::Types};

/// Applies the values of the variables to an operation.
///
/// # Errors
/// `BAD_USER_INPUT` when the condition of a directive is null, and `QUERY_TOO_COMPLEX` when the values become too large.
pub(in crate::server::graphql) fn normalize(
    types: &Types,
    document: &Document,
    operation: &Operation,
    values: &Values,
) -> Result<Plan, Refused> {
    let literals = Literals::new(types, values);
    let executable: &ExecutableDocument = &document.executable;
    let collecting = Collecting { types, document: executable, lines: &document.lines, literals: &literals };
    let root = shape(&collecting, &operation.selection_set.ty, &[&operation.selection_set])?;
    if literals.is_too_large() {
        let message = format!("The values of variables, counted at each use, are larger than {LARGEST} bytes.");
        return Err(Refused::too_complex("variables", LARGEST, LARGEST.saturating_add(1), message));
    }
    let kind = match operation.operation_type {
        ast::OperationType::Query => OperationType::Query,
        ast::OperationType::Mutation => OperationType::Mutation,
        ast::OperationType::Subscription => OperationType::Subscription,
    };
    Ok(Plan { kind, root, reads: document.reads.clone() })
}

/// What some selection sets select on objects of a type.
fn shape<'a>(collecting: &Collecting<'a>, ty: &Name, sets: &[&'a SelectionSet]) -> Result<Shape, Refused> {
    let types = collecting.types;
    if !types.is_abstract(ty) {
        return Ok(Shape::Same(fields(collecting, ty, collecting.fields(ty, sets)?)?));
    }
    let possible = types.possible(ty);
    // Any of the possible types stands for all.
    if let [one, ..] = possible.as_slice()
        && collecting.is_uniform(&possible, sets)
    {
        return Ok(Shape::Same(fields(collecting, ty, collecting.fields(one, sets)?)?));
    }
    let each = possible.into_iter().map(|object| {
        let fields = fields(collecting, object, collecting.fields(object, sets)?)?;
        Ok((ExecutedName::new(object), fields))
    });
    Ok(Shape::ByType(each.collect::<Result<_, Refused>>()?))
}

fn fields<'a>(collecting: &Collecting<'a>, parent: &Name, selected: Fields<'a>) -> Result<Vec<Field>, Refused> {
    let mut fields = Vec::with_capacity(selected.len());
    for (key, merged) in selected {
        fields.extend(field(collecting, parent, key, &merged)?);
    }
    Ok(fields)
}

/// One field. The selections of those that are merged are put together; their arguments are the same.
fn field<'a>(
    collecting: &Collecting<'a>,
    parent: &Name,
    key: &Name,
    merged: &[&'a Node<Selected>],
) -> Result<Option<Field>, Refused> {
    let Collecting { types, literals, lines, .. } = collecting;
    let Some(first) = merged.first() else { return Ok(None) };
    let definition = types.field(parent, &first.name).unwrap_or(&first.definition).clone();
    let arguments = definition.arguments.iter().filter_map(|argument| {
        let given = first.arguments.iter().find(|given| given.name == argument.name);
        let value = given.and_then(|given| literals.value(&argument.ty, &given.value));
        let default = || argument.default_value.as_ref().map(|value| constant(types, &argument.ty, value));
        Some((ExecutedName::new(&argument.name), value.or_else(default)?))
    });
    let arguments = arguments.collect();
    let null = literals.take_null();
    let sets: Vec<_> = merged.iter().map(|field| &field.selection_set).collect();
    let has_fields = sets.iter().any(|set| !set.selections.is_empty());
    let below = has_fields.then(|| shape(collecting, definition.ty.inner_named_type(), &sets)).transpose()?;
    let place = lines.position(first.location());
    Ok(Some(Field { key: ExecutedName::new(key), definition, arguments, null, place, below }))
}
