//! What a Rust file names: the paths in its `use` trees, expressions, types and macros, from the root of their crate.
//!
//! Reads one file at a time and expands nothing. What stands alone and is neither imported nor `crate`, `self` or
//! `super` stays as it is written: a local name, or that of another crate.

use std::collections::{BTreeMap, BTreeSet};

use syn::{
    Item, ItemExternCrate, ItemMod, ItemUse, Macro, UseTree,
    buffer::{Cursor, TokenBuffer},
    visit::{self, Visit},
};

/// Returns every path that a file names, with `self`, `super` and its imports written out; a glob ends with `*`.
pub(crate) fn named(path: &str, text: &str) -> BTreeSet<String> {
    let file = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
    let mut reader = Reader { module: module_of(path), ..Reader::default() };
    reader.visit_file(&file);
    reader.found.iter().map(|(module, path)| reader.written_out(module, path).join("::")).collect()
}

/// Returns the path of the module that a file holds.
pub(crate) fn module(path: &str) -> String {
    module_of(path).join("::")
}

/// Whether a path is `place` or something in it, or a glob by which `place` may be named without its beginning.
pub(crate) fn is_in(path: &str, place: &str) -> bool {
    let is_below = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    is_below(path, place) || path.strip_suffix("::*").is_some_and(|outer| is_below(place, outer))
}

type Path = Vec<String>;

#[derive(Default)]
struct Reader {
    /// Where the reader is.
    module: Path,
    /// What is imported, by the module and the name that it has there.
    imports: BTreeMap<(Path, String), Path>,
    /// What is named, with the module in which it is.
    found: Vec<(Path, Path)>,
}

impl Reader {
    fn note(&mut self, path: Path) {
        self.found.push((self.module.clone(), path));
    }

    fn import(&mut self, name: String, path: Path) {
        self.imports.insert((self.module.clone(), name), path.clone());
        self.note(path);
    }

    fn read_use(&mut self, tree: &UseTree, mut before: Path) {
        match tree {
            UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.read_use(&path.tree, before);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.read_use(tree, before.clone());
                }
            }
            UseTree::Glob(_) => {
                before.push("*".to_owned());
                self.note(before);
            }
            UseTree::Name(name) => self.read_name(&name.ident.to_string(), None, before),
            UseTree::Rename(name) => {
                self.read_name(&name.ident.to_string(), Some(name.rename.to_string()), before);
            }
        }
    }

    /// Reads the last part of a tree, which may be the `self` of a group.
    fn read_name(&mut self, name: &str, other: Option<String>, mut path: Path) {
        if name != "self" || path.is_empty() {
            path.push(name.to_owned());
        }
        let own = path.last().cloned().unwrap_or_default();
        self.import(other.unwrap_or(own), path);
    }

    /// Reads the tokens of a macro: every name with what follows it behind `::`.
    fn read_tokens(&mut self, mut at: Cursor<'_>, before: &[String]) {
        while !at.eof() {
            if let Some((name, rest)) = at.ident() {
                let mut path = before.to_vec();
                path.push(name.to_string());
                at = rest;
                while let Some((name, rest)) = after_colons(at).and_then(Cursor::ident) {
                    path.push(name.to_string());
                    at = rest;
                }
                let rest = after_colons(at);
                if let Some((inner, _, _, rest)) = rest.and_then(Cursor::any_group) {
                    self.read_tokens(inner, &path);
                    at = rest;
                    continue;
                }
                if rest.and_then(Cursor::punct).is_some_and(|(mark, _)| mark.as_char() == '*') {
                    path.push("*".to_owned());
                }
                self.note(path);
            } else if let Some((inner, _, _, rest)) = at.any_group() {
                self.read_tokens(inner, before);
                at = rest;
            } else if let Some((_, rest)) = at.token_tree() {
                at = rest;
            }
        }
    }

    /// Returns a path from the root of the crate, where it does not begin with the name of another one.
    fn written_out(&self, module: &Path, path: &Path) -> Path {
        let mut path = path.clone();
        // Imports of imports; none of ours is longer than two.
        for _ in 0..8 {
            let import = (module.clone(), path[0].clone());
            match self.imports.get(&import) {
                // The import itself, as in `use shell::shell`.
                Some(target) if *target == path => break,
                Some(target) => {
                    let is_same = target[0] == path[0];
                    path.splice(..1, target.iter().cloned());
                    if is_same {
                        break;
                    }
                }
                None => break,
            }
        }
        let mut outer = module.clone();
        let mut is_relative = false;
        while let Some(first @ ("self" | "super")) = path.first().map(String::as_str) {
            if first == "super" {
                outer.pop();
            }
            is_relative = true;
            path.remove(0);
        }
        if is_relative {
            path.splice(..0, outer);
        }
        path
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        self.module.push(item.ident.to_string());
        visit::visit_item_mod(self, item);
        self.module.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.read_use(&item.tree, Path::new());
    }

    fn visit_item_extern_crate(&mut self, item: &'ast ItemExternCrate) {
        let name = item.ident.to_string();
        let own = item.rename.as_ref().map_or_else(|| name.clone(), |(_, own)| own.to_string());
        self.import(own, vec![name]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.note(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_item(&mut self, item: &'ast Item) {
        // What syn does not take apart, as a `use` of `{::std::fs}`.
        if let Item::Verbatim(tokens) = item {
            self.read_tokens(TokenBuffer::new2(tokens.clone()).begin(), &[]);
        }
        visit::visit_item(self, item);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        visit::visit_macro(self, mac);
        let tokens = TokenBuffer::new2(mac.tokens.clone());
        self.read_tokens(tokens.begin(), &[]);
    }
}

fn after_colons(at: Cursor<'_>) -> Option<Cursor<'_>> {
    let (first, rest) = at.punct()?;
    let (second, rest) = rest.punct()?;
    (first.as_char() == ':' && second.as_char() == ':').then_some(rest)
}

/// Returns which module a file holds: `src/ui/list.rs` is `crate::ui::list`.
fn module_of(path: &str) -> Path {
    let inside = path.rsplit_once("src/").map_or(path, |(_, inside)| inside);
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let names = inside.split('/').filter(|name| !matches!(*name, "lib" | "main" | "mod"));
    ["crate"].into_iter().chain(names).map(ToOwned::to_owned).collect()
}

#[test]
fn use_trees_are_read_to_their_leaves() {
    check(
        "use crate::{shell, ui::{self, list::{rows as lines, *}}};
         use self::menu::Item;
         pub(crate) use super::{super::model, styles as sheets};
         use leptos::prelude::*;
         use {gloo_timers, web_sys::Node};
         extern crate gloo_net as net;",
        &[
            "crate::model",
            "crate::shell",
            "crate::ui",
            "crate::ui::list::*",
            "crate::ui::list::menu::Item",
            "crate::ui::list::rows",
            "crate::ui::styles",
            "gloo_net",
            "gloo_timers",
            "leptos::prelude::*",
            "web_sys::Node",
        ],
    );
}

#[test]
fn paths_are_read_in_expressions_and_types() {
    check(
        "fn f(a: Option<crate::shell::A>) -> impl super::B { <C as crate::D>::e(gloo_net::f::<web_sys::G>) }",
        &[
            "C",
            "Option",
            "crate::D::e",
            "crate::shell::A",
            "crate::ui::B",
            "gloo_net::f",
            "web_sys::G",
        ],
    );
}

#[test]
fn what_is_imported_is_written_out() {
    check(
        "use crate as root;
         use mistatus::ui;
         use ui::list;
         use shell::shell;
         static A: root::shell::B = list::C(shell::D);",
        &[
            "crate",
            "crate::shell::B",
            "mistatus::ui",
            "mistatus::ui::list",
            "mistatus::ui::list::C",
            "shell::shell",
            "shell::shell::D",
        ],
    );
}

#[test]
fn modules_inside_a_file_have_imports_of_their_own() {
    check(
        "use crate::shell as inner;
         mod tests { use super::*; use super::super::menu; fn f() { inner::a(); self::b(); } }",
        &[
            "crate::shell",
            "crate::ui::list::*",
            "crate::ui::list::tests::b",
            "crate::ui::menu",
            "inner::a",
        ],
    );
}

#[test]
fn macros_are_read_by_their_tokens() {
    check(
        "view! { <crate::components::A on:click=move |_| { use crate::{b::C, d::*}; } {} /> }",
        &[
            "_",
            "click",
            "crate::b::C",
            "crate::components::A",
            "crate::d::*",
            "move",
            "on",
            "use",
            "view",
        ],
    );
}

#[test]
fn what_syn_does_not_take_apart_is_read_by_its_tokens() {
    check("use {::std::fs, web_sys};", &["std::fs", "use", "web_sys"]);
}

#[test]
fn a_place_holds_what_is_below_it_and_globs_reach_it_from_above() {
    for path in ["crate::shell", "crate::shell::link::Link", "crate::shell::*", "crate::*"] {
        assert!(is_in(path, "crate::shell"), "{path}");
    }
    for path in ["crate::shells", "crate", "crate::ui::shell", "crate::ui::*", "shell"] {
        assert!(!is_in(path, "crate::shell"), "{path}");
    }
}

/// Compares what a file `src/ui/list.rs` of this text names.
fn check(text: &str, expect: &[&str]) {
    let expect: BTreeSet<_> = expect.iter().map(ToString::to_string).collect();
    assert_eq!(named("src/ui/list.rs", text), expect);
}
