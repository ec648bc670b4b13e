//! The lines in sight: one box each, drawn when it comes into sight and gone when it leaves it.
//!
//! Made by hand, unlike everything else that people see: of 10,000 people some twenty are in the document, and while
//! somebody scrolls their boxes are made, moved and taken away by place, which a keyed view of Leptos does only for lists
//! that it has as a whole.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::*;
use mistatus_core::status::MiStatus;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, Node};

use super::{People, Wanted};
use crate::{
    model::{Entry, Line, Row, Section},
    ui::{
        dom::{self, append, effect, element, on_end, set, set_text, unique},
        intl,
        language::{Language, Word},
        picker::place::px,
        status::{self, state_text},
    },
};

/// Lines beyond either edge that are there before they are seen, so that nothing flashes while scrolling.
const BEYOND: usize = 8;

/// Height of a line in CSS pixels where the page has none yet.
const HEIGHT_FALLBACK: f64 = 36.0;

/// The lines of a tree that are in the document.
pub(super) struct Rows {
    people: Rc<dyn People>,
    wanted: ReadSignal<Wanted>,
    tree: HtmlElement,
    /// As high as all lines together.
    space: HtmlElement,
    /// As high as one line; never seen.
    measure: HtmlElement,
    drawn: RefCell<Vec<DrawnRow>>,
    /// What the ids of lines begin with.
    prefix: String,
    ids: Cell<u32>,
    owner: Owner,
}

/// One line in the document.
struct DrawnRow {
    row: Row,
    root: HtmlElement,
    owner: Owner,
}

impl Drop for DrawnRow {
    fn drop(&mut self) {
        self.owner.cleanup();
        self.root.remove();
    }
}

impl Rows {
    /// Makes room for lines in a tree, until the present owner ends.
    pub(super) fn new(
        tree: HtmlElement,
        people: Rc<dyn People>,
        wanted: ReadSignal<Wanted>,
    ) -> Rc<Self> {
        let space = element("div", "mi-space", &[("role", "none")]);
        let measure = element("div", "mi-row mi-measure", &[("role", "none")]);
        append(&tree, &[&measure, &space]);
        let rows = Rc::new(Self {
            people,
            wanted,
            tree,
            space,
            measure,
            drawn: RefCell::default(),
            prefix: [&unique(), "row-"].concat(),
            ids: Cell::new(0),
            owner: Owner::current().unwrap_or_default().child(),
        });
        let ended = Rc::clone(&rows);
        on_end(Box::new(move || {
            ended.drawn.take();
            ended.owner.cleanup();
            // The tree may outlive its lines, where its owner is drawn anew.
            ended.space.remove();
            ended.measure.remove();
        }));
        rows
    }

    /// Returns the tree.
    pub(super) const fn tree(&self) -> &HtmlElement {
        &self.tree
    }

    fn height(&self) -> f64 {
        let height = f64::from(self.measure.offset_height());
        if height > 0.0 { height } else { HEIGHT_FALLBACK }
    }

    /// Returns how many lines fit.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels by pixels")]
    pub(super) fn page(&self) -> usize {
        ((f64::from(self.tree.client_height()) / self.height()) as usize).max(1)
    }

    /// Scrolls so far that a line is in sight.
    pub(super) fn reveal(&self, place: usize) {
        let height = self.height();
        let top = place as f64 * height;
        let (seen, room) =
            (f64::from(self.tree.scroll_top()), f64::from(self.tree.client_height()));
        let wanted = if top < seen {
            top
        } else if top + height > seen + room {
            top + height - room
        } else {
            return;
        };
        // The room grows with the lines, which may be new.
        #[expect(clippy::cast_possible_truncation, reason = "pixels of a list of 10,000")]
        self.tree.set_scroll_top(wanted.ceil() as i32);
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels by pixels")]
    fn in_sight(&self, count: usize) -> std::ops::Range<usize> {
        let height = self.height();
        let first = (f64::from(self.tree.scroll_top()) / height) as usize;
        let last = first + self.page() + 1 + BEYOND;
        first.saturating_sub(BEYOND).min(count)..last.min(count)
    }

    /// Returns the box of a line, where it is in the document.
    pub(super) fn root_of(&self, row: &Row) -> Option<HtmlElement> {
        let drawn = self.drawn.borrow();
        drawn.iter().find(|drawn| drawn.row == *row).map(|drawn| drawn.root.clone())
    }

    /// Returns what stands in the line in which something happened.
    pub(super) fn row_of(&self, event: &Event) -> Option<Row> {
        let target = event.target()?.dyn_into::<Node>().ok()?;
        let drawn = self.drawn.borrow();
        let drawn = drawn.iter().find(|drawn| drawn.root.contains(Some(&target)))?;
        Some(drawn.row.clone())
    }

    /// Brings the document to what is in sight. Lines that stay in sight keep their boxes.
    pub(super) fn render(
        &self,
        lines: &[Line],
        active: Option<&Row>,
        name_of: impl Fn(&Row) -> String,
    ) {
        // Without lines the tree is not displayed, so that it is nothing to stop at with the keyboard.
        set(&self.tree, "data-empty", lines.is_empty().then_some(""));
        let height = self.height();
        // Setting a style that is set already is free.
        let _ =
            self.space.style().set_property("height", &px((lines.len() as f64 * height).round()));
        let in_sight = self.in_sight(lines.len());
        let wanted = &lines[in_sight.clone()];
        let mut before = self.drawn.take();
        before.retain(|drawn| wanted.iter().any(|line| line.row == drawn.row));
        let mut drawn = Vec::with_capacity(wanted.len());
        let mut active_id = None;
        let language = self.wanted.with_untracked(|wanted| wanted.language);
        for (offset, line) in wanted.iter().enumerate() {
            let there = before.iter().position(|drawn| drawn.row == line.row);
            let one = match there {
                Some(there) => before.swap_remove(there),
                None => self.draw(&line.row),
            };
            let _ = one
                .root
                .style()
                .set_property("top", &px(((in_sight.start + offset) as f64 * height).round()));
            let is_active = active == Some(&line.row);
            paint(&one.root, line, is_active, language, &name_of);
            if is_active {
                active_id = one.root.get_attribute("id");
            }
            // Assistive technology reads in the order of the document.
            let place = self.space.children().item(u32::try_from(offset).unwrap_or_default());
            if place.as_ref() != Some(AsRef::<Element>::as_ref(&one.root)) {
                let _ = self.space.insert_before(&one.root, place.as_ref().map(AsRef::as_ref));
            }
            drawn.push(one);
        }
        set(&self.tree, "aria-activedescendant", active_id.as_deref());
        self.drawn.replace(drawn);
    }

    fn draw(&self, row: &Row) -> DrawnRow {
        self.ids.set(self.ids.get().wrapping_add(1));
        let id = [&self.prefix, &*self.ids.get().to_string()].concat();
        let root = element("div", "mi-row", &[("part", "row"), ("role", "treeitem"), ("id", &id)]);
        // Not of whoever happens to run now: a line stays when the list is laid out anew.
        let owner = self.owner.child();
        owner.with(|| match row {
            Row::Heading(section) => draw_heading(&root, *section),
            Row::Person(_, entry) => self.draw_person(&root, entry),
        });
        DrawnRow { row: row.clone(), root, owner }
    }

    fn draw_person(&self, root: &HtmlElement, entry: &Rc<Entry>) {
        let contact = self.people.contact(&entry.name);
        let (view, wanted) = (contact.clone(), self.wanted);
        let language = move || wanted.with(|wanted| wanted.language);
        dom::mount(root, move || status::full(view, language));
        let badge = element("span", "mi-badge", &[("part", "badge")]);
        let blocked = element("span", "mi-blocked", &[]);
        let more = more();
        append(root, &[&blocked, &badge, &more]);
        for class in [".mi-state", ".mi-note"] {
            if let Some(part) = root.query_selector(class).ok().flatten() {
                apart(&part);
            }
        }
        apart(&blocked);
        apart(&badge);
        let (people, entry, root) = (Rc::clone(&self.people), Rc::clone(entry), root.clone());
        let [.., news] = people.changes();
        effect(Box::new(move || {
            news.track();
            let language = language();
            let unread = people.unread(&entry.name);
            let count = if unread > 0 { unread.to_string() } else { String::new() };
            set_text(&badge, &count);
            let blocked_text = if entry.blocked { language.word(Word::Blocked) } else { "" };
            set_text(&blocked, blocked_text);
            let label = contact.with(|view| {
                let state = state_text(language, view.status, view.stale);
                let note = view.note.as_deref().unwrap_or_default();
                let messages =
                    if unread > 0 { intl::new_messages(unread, language) } else { String::new() };
                let parts = [view.display_name(), &state, note, blocked_text, &messages];
                parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
            });
            set(&root, "aria-label", Some(&label));
            name_more(&more, language, &entry.shown);
        }));
    }
}

fn draw_heading(root: &HtmlElement, section: Section) {
    let arrow = element("span", "mi-arrow", &[]);
    let name = element("bdi", "mi-heading", &[("part", "heading")]);
    let count = element("span", "mi-count", &[]);
    append(root, &[&arrow, &name, &count]);
    apart(&count);
    if matches!(section, Section::Group(_)) {
        append(root, &[&more()]);
    }
}

// A blank that nobody sees, so that what is written in a line are words as in its name.
pub(super) fn apart(part: &Element) {
    // Fails only for a place that is none.
    let _ = part.insert_adjacent_text("beforebegin", " ");
}

// Opens the menu by pointer, and by touch for whoever does not see it; the keyboard has keys for it.
fn more() -> HtmlElement {
    let attributes = [("part", "more"), ("role", "button"), ("aria-haspopup", "menu")];
    element("span", "mi-more", &attributes)
}

fn name_more(more: &Element, language: Language, of: &str) {
    set(more, "aria-label", Some(&[language.word(Word::More), ": ", of].concat()));
}

fn paint(
    root: &HtmlElement,
    line: &Line,
    is_active: bool,
    language: Language,
    name_of: &impl Fn(&Row) -> String,
) {
    let flag = |flag: bool| if flag { "true" } else { "false" };
    let (level, expanded) = match &line.row {
        Row::Heading(_) => ("1", line.under.map(|(_, open)| flag(open))),
        Row::Person(Section::All, _) => ("1", None),
        Row::Person(..) => ("2", None),
    };
    set(root, "aria-level", Some(level));
    set(root, "aria-expanded", expanded);
    set(root, "aria-posinset", Some(&line.place.to_string()));
    set(root, "aria-setsize", Some(&line.of.to_string()));
    set(root, "aria-selected", Some(flag(is_active)));
    if let (Row::Heading(_), Some((count, _))) = (&line.row, line.under) {
        let name = name_of(&line.row);
        let count = count.to_string();
        set(root, "aria-label", Some(&[&name, ", ", &count].concat()));
        if let Some(more) = root.query_selector(".mi-more").ok().flatten() {
            name_more(&more, language, &name);
        }
        for (class, text) in [(".mi-heading", &name), (".mi-count", &count)] {
            let part = root.query_selector(class).ok().flatten();
            if let Some(part) = part.filter(|part| part.text_content().as_ref() != Some(text)) {
                part.set_text_content(Some(text));
            }
        }
    }
}

/// Returns what a section without a name of its own is called.
pub(super) fn heading(language: Language, section: Section) -> &'static str {
    match section {
        Section::Online => language.status(MiStatus::Online),
        Section::Offline => language.status(MiStatus::Offline),
        Section::Others => language.word(Word::Others),
        Section::Strangers => language.word(Word::Strangers),
        Section::Blocked => language.word(Word::Blocked),
        Section::All | Section::Group(_) => language.word(Word::Contacts),
    }
}
