//! Which module may import which.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::source::{ModulePath, Source};

/// The floors of the house from the ground up. A folder imports only from folders before it in this list.
const FLOORS: [&str; 18] = [
    "error",
    "text",
    "together",
    "calendar",
    "db",
    "entity",
    "credentials",
    "list",
    "changes",
    "activity",
    "identity",
    "bookkeeping",
    "account",
    "picture",
    "graphql",
    "server",
    "config",
    "command",
];

/// The rooms of `bookkeeping/`, in the same way.
const ROOMS: [&str; 7] = ["journal", "wallets", "customers", "invoicing", "spending", "import", "verify"];

/// What modules import against an order. `parent` is the folder whose children `order` lists.
fn against(order: &[&str], parent: &[&str], source: &Source) -> Vec<String> {
    let place = |module: &ModulePath| {
        let path = module.iter().map(String::as_str).collect::<Vec<_>>();
        let room = *path.strip_prefix(parent)?.first()?;
        order.iter().position(|name| *name == room)
    };
    let mut found = Vec::new();
    for (module, imports) in &source.imports {
        for import in imports {
            if let (Some(from), Some(to)) = (place(module), place(import))
                && from < to
            {
                found.push(format!("{} imports {}", module.join("::"), import.join("::")));
            }
        }
    }
    found
}

/// Each module on a circle of imports, or between two circles, followed by what it imports.
fn circles(imports: &BTreeMap<ModulePath, BTreeSet<ModulePath>>) -> Vec<Vec<String>> {
    let mut left = imports.clone();
    // What imports nothing that is left, or is imported by nothing that is left, is in no circle.
    loop {
        let imported: BTreeSet<_> = left.values().flatten().cloned().collect();
        let before = left.len();
        let names: BTreeSet<_> = left.keys().cloned().collect();
        left.retain(|module, others| {
            others.retain(|other| names.contains(other));
            !others.is_empty() && imported.contains(module)
        });
        if left.len() == before {
            break;
        }
    }
    left.into_iter()
        .map(|(module, others)| [vec![module], others.into_iter().collect()].concat())
        .map(|group| group.into_iter().map(|module| module.join("::")).collect())
        .collect()
}

#[apply(test)]
fn folders_import_downwards_only() {
    let source = Source::read();
    assert!(source.imports.len() > 200, "the source is read");
    assert_eq!(against(&FLOORS, &[], &source), [""; 0]);
    assert_eq!(against(&ROOMS, &["bookkeeping"], &source), [""; 0]);
}

#[apply(test)]
fn every_folder_has_its_place_in_the_order() {
    let folders = |parent: &str| -> BTreeSet<String> {
        let inside = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(parent)).unwrap().map(Result::unwrap);
        let folders = inside.filter(|entry| entry.path().is_dir());
        folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    assert_eq!(folders("src"), FLOORS.map(str::to_owned).into());
    assert_eq!(folders("src/bookkeeping"), ROOMS.map(str::to_owned).into());
}

/// The types of the graph refer to each other by nature, so `graphql/` is left out.
#[apply(test)]
fn no_two_files_import_each_other() {
    let mut imports = Source::read().imports;
    imports.retain(|module, _| module.first().is_none_or(|folder| folder != "graphql"));
    assert_eq!(circles(&imports), Vec::<Vec<String>>::new());
}

#[apply(test)]
fn a_circle_of_three_modules_is_found() {
    let module = |name: &str| vec![name.to_owned()];
    let imports = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")];
    let imports = imports.map(|(from, to)| (module(from), BTreeSet::from([module(to)]))).into();
    assert_eq!(circles(&imports), [["a", "b"], ["b", "c"], ["c", "a"]]);
}
