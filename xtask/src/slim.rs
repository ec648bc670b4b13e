//! Takes out of the generated WebAssembly and glue what no page needs.
//!
//! A panic's message is put together and then goes to a standard error that no browser has: panics trap at once instead.
//! Leptos' server functions bring exports for streams along that nothing here calls (docs/decisions/0002);
//! and names such as `__wbg_addEventListener_847fd86b8c33ec43`, which both sides repeat and no compressor shortens.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, anyhow, bail};
use walrus::{
    Module,
    ir::{InstrLocId, Unreachable},
    passes,
};

use crate::split;

/// Prefixes of exports that come from dependencies and are never called.
const UNUSED_EXPORTS: [&str; 2] = ["intounderlying", "__wbg_intounderlying"];

/// Beginnings of the names of functions that do nothing but end in a panic with a message.
const PANICS: [&str; 10] = [
    "core::panicking::",
    "core::option::expect_failed",
    "core::option::unwrap_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "core::str::slice_error_fail",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::capacity_overflow",
    "alloc::raw_vec::handle_error",
    "std::thread::local::panic_access_error",
];

/// Where the paths in panics' messages begin, and what is the same in all of a project.
const SOURCE_ROOTS: [&[u8]; 3] = [b"/rustc/", b"/rust/deps/", b"/src/"];

const SOURCE_END: &[u8] = b".rs";

/// Shrinks the two files in place. They belong together before and after.
pub(crate) fn shrink(wasm: &Path, glue: &Path) -> Result<()> {
    let mut module = Module::from_file(wasm).with_context(|| wasm.display().to_string())?;
    let unused: Vec<_> = module
        .exports
        .iter()
        .filter(|export| UNUSED_EXPORTS.iter().any(|prefix| export.name.starts_with(prefix)))
        .map(walrus::Export::id)
        .collect();
    for export in unused {
        module.exports.delete(export);
    }
    if trap_panics(&mut module) == 0 {
        bail!("no function of the WebAssembly panics: their names have changed");
    }
    passes::gc::run(&mut module);

    let mut imports = BTreeMap::new();
    for (at, import) in module.imports.iter_mut().enumerate() {
        if import.module == split::LINK {
            continue;
        }
        let short = short_name(at);
        import.module = "w".to_owned();
        imports.insert(std::mem::replace(&mut import.name, short.clone()), short);
    }
    let mut exports = BTreeMap::new();
    for (at, export) in module.exports.iter_mut().enumerate() {
        let short = if is_shared(&export.name) { export.name.clone() } else { short_name(at) };
        exports.insert(std::mem::replace(&mut export.name, short.clone()), short);
    }
    module.emit_wasm_file(wasm).with_context(|| wasm.display().to_string())?;

    let text = fs::read_to_string(glue).with_context(|| glue.display().to_string())?;
    let text = without_unused_classes(&text);
    let text = with_imports(&text, &imports)?;
    let text = with_exports(&text, &exports)?;
    fs::write(glue, text).with_context(|| glue.display().to_string())
}

/// Shrinks the second file in place. What it shares with the first keeps its names, and it has no glue.
pub(crate) fn shrink_panels(wasm: &Path) -> Result<()> {
    let mut module = Module::from_file(wasm).with_context(|| wasm.display().to_string())?;
    // It may have none: most are in the first file.
    trap_panics(&mut module);
    passes::gc::run(&mut module);
    module.emit_wasm_file(wasm).with_context(|| wasm.display().to_string())
}

/// Whether the second file finds something of the first by this name.
fn is_shared(export: &str) -> bool {
    export.starts_with(split::SHARED)
        || ["memory", "__indirect_function_table", "__stack_pointer", "__tls_base"]
            .contains(&export)
}

/// Leaves of a panic the trap: `RuntimeError: unreachable`, with the names of the functions in between.
/// Returns how many functions there were.
fn trap_panics(module: &mut Module) -> usize {
    let panics: Vec<_> = module
        .funcs
        .iter_local()
        .map(|(id, _)| id)
        .filter(|id| module.funcs.get(*id).name.as_deref().is_some_and(ends_in_panic))
        .collect();
    for &id in &panics {
        let body = module.funcs.get_mut(id).kind.unwrap_local_mut();
        let entry = body.entry_block();
        body.block_mut(entry).instrs = vec![(Unreachable {}.into(), InstrLocId::default())];
    }
    // Only those messages said where in the sources they came from.
    let data: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    for id in data {
        blank_paths(&mut module.data.get_mut(id).value);
    }
    panics.len()
}

/// Takes the name of a function as the linker or the standard library's build has it:
/// `core::panicking::panic_fmt::h0123`, `core[0123]::panicking::panic_fmt`.
fn ends_in_panic(name: &str) -> bool {
    let name = match (name.find('['), name.find(']')) {
        (Some(start), Some(end)) if start < end => [&name[..start], &name[end + 1..]].concat(),
        _ => name.to_owned(),
    };
    PANICS.iter().any(|panic| name.starts_with(panic))
}

/// Overwrites the paths of source files with zeros, which compress to nothing.
///
/// Texts lie side by side in the data, so only what follows a root is surely of a path: names before `/src/` stay.
fn blank_paths(data: &mut [u8]) {
    let is_of_path = |byte: &u8| byte.is_ascii_alphanumeric() || b"/._-".contains(byte);
    for start in 0..data.len() {
        let rest = &mut data[start..];
        if !SOURCE_ROOTS.iter().any(|root| rest.starts_with(root)) {
            continue;
        }
        let end = rest.windows(SOURCE_END.len()).position(|end| end == SOURCE_END);
        let path = end.map(|end| &mut rest[..end + SOURCE_END.len()]);
        if let Some(path) = path.filter(|path| path.iter().all(is_of_path)) {
            path.fill(0);
        }
    }
}

/// Returns `a`, `b`, …, `z`, `ba`, …
fn short_name(mut at: usize) -> String {
    let mut name = Vec::new();
    loop {
        // A digit of base 26 is less than 26.
        name.push(char::from(b'a' + u8::try_from(at % 26).unwrap_or_default()));
        at /= 26;
        if at == 0 {
            return name.into_iter().rev().collect();
        }
    }
}

fn without_unused_classes(glue: &str) -> String {
    let mut kept = Vec::new();
    let mut lines = glue.lines();
    while let Some(line) = lines.next() {
        let class = line.strip_prefix("export class ").or(line.strip_prefix("const "));
        if class.is_some_and(|name| name.starts_with("IntoUnderlying")) {
            let end =
                if line.starts_with("const ") { "    : new FinalizationRegistry" } else { "}" };
            lines.by_ref().find(|line| line.starts_with(end));
        } else if !line.starts_with("if (Symbol.dispose) IntoUnderlying") {
            kept.push(line);
        }
    }
    kept.join("\n") + "\n"
}

/// Renames the functions that the WebAssembly imports, and drops those that it does not.
fn with_imports(glue: &str, names: &BTreeMap<String, String>) -> Result<String> {
    let mut kept = Vec::new();
    let mut found = BTreeSet::new();
    let mut lines = glue.lines();
    while let Some(line) = lines.next() {
        // Entries of the imports object are indented by eight spaces; what is inside them by more.
        let entry = line.strip_prefix("        ").and_then(|entry| entry.split_once(": function("));
        match entry {
            Some((name, rest)) if name.starts_with("__wb") => {
                let mut block = vec![format!("function({rest}")];
                for line in lines.by_ref() {
                    block.push(line.to_owned());
                    if line.starts_with("        }") {
                        break;
                    }
                }
                if let Some(short) = names.get(name) {
                    found.insert(name);
                    kept.push(format!("        {short}: {}", block.join("\n")));
                }
            }
            _ => kept.push(line.replace("\"./mistatus_bg.js\": import0", "w: import0")),
        }
    }
    if let Some(missing) = names.keys().find(|name| !found.contains(name.as_str())) {
        bail!("the glue has no `{missing}`, which the WebAssembly imports: its layout has changed");
    }
    Ok(kept.join("\n") + "\n")
}

/// Renames the functions that the glue calls.
fn with_exports(glue: &str, names: &BTreeMap<String, String>) -> Result<String> {
    let mut parts = glue.split("wasm.");
    let mut text = parts.next().unwrap_or_default().to_owned();
    let mut before = text.clone();
    for part in parts {
        let end = part.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        // `mistatus_bg.wasm.` and the like are no accesses of the object `wasm`.
        let is_access = !before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
        let short = match names.get(name) {
            Some(short) if is_access => short,
            None if is_access => {
                return Err(anyhow!(
                    "the glue calls `{name}`, which the WebAssembly does not export"
                ));
            }
            _ => name,
        };
        text = text + "wasm." + short + rest;
        before = part.to_owned();
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panics_are_known_by_either_kind_of_name() {
        assert!(ends_in_panic("core::panicking::panic_fmt::h0123456789abcdef"));
        assert!(ends_in_panic("core[c5930c85a12de822]::panicking::panic_bounds_check"));
        assert!(!ends_in_panic("std::panicking::panic_count::is_zero_slow_path"));
        assert!(!ends_in_panic("<core::panicking::Message as core::fmt::Display>::fmt"));
    }

    #[test]
    fn paths_are_blanked_and_what_touches_them_stays() {
        let mut data =
            *b"idle/rustc/0a1b/library/core/src/cell.rsname-1.0/src/a_b.rstrue/src/no path.rs";
        blank_paths(&mut data);
        let text = String::from_utf8_lossy(&data);
        assert_eq!(text.replace('\0', ""), "idlename-1.0true/src/no path.rs");
    }
}
