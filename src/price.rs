//! Declares what fields cost, beside their resolvers: `#[graphql(directive = price::Page::apply())]`.
//!
//! The declarations are part of the schema, as the directives `@cost` and `@listSize` of the GraphQL cost directives
//! (<https://ibm.github.io/graphql-specs/cost-spec.html>), where gateways and people can read them. The server works out the
//! price of an operation from nothing else. What is not declared is free when it is a scalar or an enum, and costs 1 when it is
//! an object.

use async_graphql::{
    TypeDirective,
    registry::{MetaDirectiveInvocation, Registry, location_traits},
};

use crate::page;

mod directives {
    use async_graphql::TypeDirective;

    /// What a field costs in itself, or what each field costs that returns this type. What its selections cost is added. A field
    /// without this directive costs 1 when it returns an object, and nothing otherwise. A field of an input object costs this for
    /// each item of a list, for each line of a text, or once for true.
    #[TypeDirective(
        name = "cost",
        location = "FieldDefinition",
        location = "InputFieldDefinition",
        location = "Interface",
        location = "Object"
    )]
    pub(super) fn cost(#[graphql(desc = "The cost, as a whole number.")] weight: String) {}

    /// How many items a list has when the price of an operation is worked out. What each item costs, with its selections, counts
    /// as often.
    #[TypeDirective(name = "listSize", location = "FieldDefinition")]
    pub(super) fn list_size(
        #[graphql(desc = "The number of items when no argument gives it.")] assumed_size: Option<i32>,
        #[graphql(
            desc = "The arguments that give the number of items; a dot leads to a field of an input object. A number is the number of items, but more than 100 count as 100; a list has one item for each of its own; a text has one for each line; true is the assumed size; two months have one for each month from the first to the second."
        )]
        slicing_arguments: Option<Vec<String>>,
        #[graphql(desc = "The fields below that have so many items, where the field itself returns an object.")]
        sized_fields: Option<Vec<String>>,
        #[graphql(desc = "Whether exactly one of these arguments must be given.", default_with = "Some(true)")]
        require_one_slicing_argument: Option<bool>,
    ) {
    }
}

/// What it costs to search a list for a text: all of its rows are read.
pub(crate) const SEARCH: u32 = 2000;

/// What a field or a type costs.
pub(crate) struct Cost;

impl Cost {
    pub(crate) fn apply(weight: u32) -> MetaDirectiveInvocation {
        directives::cost::apply(weight.to_string())
    }
}

/// A list with this number of items.
pub(crate) struct List;

impl List {
    pub(crate) fn apply(size: i32) -> MetaDirectiveInvocation {
        directives::list_size::apply(Some(size), None, None, None)
    }
}

/// A connection with the usual arguments.
pub(crate) struct Page;

impl Page {
    pub(crate) fn apply() -> MetaDirectiveInvocation {
        directives::list_size::apply(
            Some(page::DEFAULT.into()),
            Some(names(&["first", "last"])),
            Some(names(&["edges", "nodes"])),
            Some(false),
        )
    }
}

/// A connection that is read from its start only.
pub(crate) struct FirstPage;

impl FirstPage {
    pub(crate) fn apply() -> MetaDirectiveInvocation {
        directives::list_size::apply(
            Some(page::DEFAULT.into()),
            Some(names(&["first"])),
            Some(names(&["edges", "nodes"])),
            Some(false),
        )
    }
}

/// A list whose arguments give the number of its items.
pub(crate) struct ListBy;

impl ListBy {
    pub(crate) fn apply(arguments: &[&str]) -> MetaDirectiveInvocation {
        directives::list_size::apply(None, Some(names(arguments)), None, Some(false))
    }
}

/// An object with lists whose sizes the arguments give.
pub(crate) struct ListsBy;

impl ListsBy {
    pub(crate) fn apply(arguments: &[&str], lists: &[&str]) -> MetaDirectiveInvocation {
        directives::list_size::apply(None, Some(names(arguments)), Some(names(lists)), Some(false))
    }
}

/// The same where an argument may be true, or none may be given: then the lists have the assumed size.
pub(crate) struct AssumedListsBy;

impl AssumedListsBy {
    pub(crate) fn apply(size: i32, arguments: &[&str], lists: &[&str]) -> MetaDirectiveInvocation {
        directives::list_size::apply(Some(size), Some(names(arguments)), Some(names(lists)), Some(false))
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// Lets the library accept a type as a directive that is declared by another type.
macro_rules! declared_by {
    ($($type:ident => $declared:ident at $($location:ident)*;)*) => {$(
        impl TypeDirective for $type {
            fn name(&self) -> std::borrow::Cow<'static, str> {
                directives::$declared.name()
            }

            fn register(&self, registry: &mut Registry) {
                directives::$declared.register(registry);
            }
        }

        $(impl location_traits::$location for $type {})*
    )*};
}

declared_by! {
    Cost => cost at Directive_At_FIELD_DEFINITION Directive_At_INPUT_FIELD_DEFINITION Directive_At_INTERFACE
        Directive_At_OBJECT;
    List => list_size at Directive_At_FIELD_DEFINITION;
    Page => list_size at Directive_At_FIELD_DEFINITION;
    FirstPage => list_size at Directive_At_FIELD_DEFINITION;
    ListBy => list_size at Directive_At_FIELD_DEFINITION;
    ListsBy => list_size at Directive_At_FIELD_DEFINITION;
    AssumedListsBy => list_size at Directive_At_FIELD_DEFINITION;
}
