//! The modules of `src/` and what they import, read from their source.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use syn::{Item, UseTree, visit::Visit};

/// The path of a module or an item below `src/`, such as `["bookkeeping", "journal", "post"]`.
pub type ModulePath = Vec<String>;

/// All modules of the crate.
pub struct Source {
    /// Each module with the modules that its code names, without itself. A name that a module only re-exports counts as one of
    /// the module that defines it, and a re-export is no import.
    pub imports: BTreeMap<ModulePath, BTreeSet<ModulePath>>,
}

/// The files below a directory.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// What a module says about other modules.
#[derive(Default)]
struct Names {
    /// Its private imports, and the paths in its code.
    imported: Vec<ModulePath>,
    /// Its re-exports: the name that it gives, and the path that it gives it to.
    exported: BTreeMap<String, ModulePath>,
}

impl Source {
    pub fn read() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let paths = files(&root).into_iter();
        let paths = paths.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
        let paths = paths.filter(|path| !path.ends_with("main.rs"));
        let paths: BTreeMap<_, _> = paths.map(|path| (module_of(path.strip_prefix(&root).unwrap()), path)).collect();
        let known: BTreeSet<_> = paths.keys().cloned().collect();
        let mut modules = BTreeMap::new();
        for (module, path) in paths {
            let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            let mut reader = Reader { module: &module, known: &known, names: Names::default() };
            reader.visit_file(&file);
            let names = reader.names;
            modules.insert(module, names);
        }
        let owner = |path: &[String]| owner(&known, &modules, path, 0);
        let imports = modules.iter().map(|(module, names)| {
            let others = names.imported.iter().filter_map(|path| owner(path)).filter(|other| other != module);
            (module.clone(), others.collect())
        });
        Self { imports: imports.collect() }
    }
}

/// The module that defines what a path names; `None` for paths of other crates.
fn owner(
    known: &BTreeSet<ModulePath>,
    modules: &BTreeMap<ModulePath, Names>,
    path: &[String],
    depth: usize,
) -> Option<ModulePath> {
    let length = (1..=path.len()).rev().find(|length| known.contains(&path[..*length]))?;
    let module = path[..length].to_vec();
    let Some(exported) = path.get(length).and_then(|name| modules[&module].exported.get(name)) else {
        return Some(module);
    };
    assert!(depth < 10, "{path:?} is re-exported in a circle");
    owner(known, modules, &[exported.as_slice(), &path[length + 1..]].concat(), depth + 1)
}

fn module_of(file: &Path) -> ModulePath {
    let mut module: ModulePath = file.with_extension("").iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if module.last().is_some_and(|last| last == "mod" || last == "lib") {
        module.pop();
    }
    module
}

/// Collects the names in one file.
struct Reader<'a> {
    module: &'a [String],
    known: &'a BTreeSet<ModulePath>,
    names: Names,
}

impl Reader<'_> {
    /// The path below `src/`; `None` when it is one of another crate.
    fn resolve(&self, path: &[String]) -> Option<ModulePath> {
        let mut base = self.module.to_vec();
        let mut rest = path;
        match rest.first()?.as_str() {
            "crate" => base.clear(),
            "self" | "super" => {}
            // A module names those below it without `self`.
            child if self.known.contains(&[self.module, &[child.to_owned()]].concat()) => {}
            _ => return None,
        }
        while let [first, others @ ..] = rest {
            match first.as_str() {
                "crate" | "self" => {}
                "super" => drop(base.pop()),
                _ => break,
            }
            rest = others;
        }
        Some([base.as_slice(), rest].concat())
    }

    fn flatten(&mut self, tree: &UseTree, prefix: &[String], is_public: bool) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        let (path, name) = match tree {
            UseTree::Path(path) => return self.flatten(&path.tree, &with(&path.ident), is_public),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|item| self.flatten(item, prefix, is_public));
            }
            UseTree::Name(name) if name.ident == "self" => {
                (prefix.to_vec(), prefix.last().cloned().unwrap_or_default())
            }
            UseTree::Name(name) => (with(&name.ident), name.ident.to_string()),
            UseTree::Rename(rename) => (with(&rename.ident), rename.rename.to_string()),
            UseTree::Glob(_) => (prefix.to_vec(), String::new()),
        };
        let Some(path) = self.resolve(&path) else { return };
        if is_public {
            self.names.exported.insert(name, path);
        } else {
            self.names.imported.push(path);
        }
    }
}

fn is_for_tests(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg") && attribute.parse_args::<syn::Path>().is_ok_and(|path| path.is_ident("test"))
}

impl Visit<'_> for Reader<'_> {
    fn visit_item(&mut self, item: &Item) {
        match item {
            // Tests may use what they like.
            Item::Mod(module) if module.attrs.iter().any(is_for_tests) => {}
            Item::Use(import) => {
                let is_public = !matches!(import.vis, syn::Visibility::Inherited);
                self.flatten(&import.tree, &[], is_public);
            }
            _ => syn::visit::visit_item(self, item),
        }
    }

    // `pub(super)` imports nothing.
    fn visit_visibility(&mut self, _: &syn::Visibility) {}

    fn visit_path(&mut self, path: &syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let Some(path) = self.resolve(&segments) {
            self.names.imported.push(path);
        }
        syn::visit::visit_path(self, path);
    }
}
