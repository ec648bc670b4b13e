//! A list of elements in the order of their keys.
//!
//! As Leptos' `<For>`, but nothing that stays is ever moved: with `<For>`, what is put in front takes what follows out of
//! the document and back, and with it the focus and what was selected. It brings no index along, either.

use std::{mem, ops::Deref};

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::{Attribute, any_attribute::AnyAttribute},
        hydration::Cursor,
        renderer::{
            Rndr,
            types::{Element, Node, Placeholder},
        },
        view::{Position, PositionState, add_attr::AddAnyAttr},
    },
};

/// Views by their keys, which ascend.
pub(crate) struct Sorted<K, F> {
    keys: Vec<K>,
    draw: F,
    owner: Owner,
}

/// What is drawn of [`Sorted`].
pub(crate) struct SortedState<K, S> {
    views: Vec<(K, S)>,
    end: Placeholder,
}

/// Makes a function that draws views by their keys: each once, as long as its key is there. The keys ascend.
///
/// What is drawn belongs to the present owner.
pub(crate) fn sorted<K, F: Clone>(keys: impl Fn() -> Vec<K>, draw: F) -> impl Fn() -> Sorted<K, F> {
    let owner = Owner::current().unwrap_or_default();
    move || Sorted { keys: keys(), draw: draw.clone(), owner: owner.clone() }
}

impl<K, F, V> Render for Sorted<K, F>
where
    K: Ord + Copy + 'static,
    F: Fn(K) -> V,
    V: Render,
    V::State: Deref<Target = Element>,
{
    type State = SortedState<K, V::State>;

    fn build(self) -> Self::State {
        let mut state = SortedState { views: Vec::new(), end: Rndr::create_placeholder() };
        self.rebuild(&mut state);
        state
    }

    fn rebuild(self, state: &mut Self::State) {
        let end: &Node = state.end.as_ref();
        let mut before = mem::take(&mut state.views).into_iter().peekable();
        for key in self.keys {
            while let Some((_, mut gone)) = before.next_if(|(other, _)| *other < key) {
                gone.unmount();
            }
            let view = before.next_if(|(other, _)| *other == key).unwrap_or_else(|| {
                let view = self.owner.with(|| (self.draw)(key).build());
                // There is none before it is mounted.
                if let Some(parent) = Rndr::get_parent(end) {
                    let next = before.peek().map_or(end, |(_, next)| next);
                    // Fails only where a parent would end up in itself.
                    let _ = parent.insert_before(&view, Some(next));
                }
                (key, view)
            });
            state.views.push(view);
        }
        for (_, mut gone) in before {
            gone.unmount();
        }
    }
}

impl<K, S: Mountable> Mountable for SortedState<K, S> {
    fn unmount(&mut self) {
        for (_, view) in &mut self.views {
            view.unmount();
        }
        self.end.unmount();
    }

    fn mount(&mut self, parent: &Element, marker: Option<&Node>) {
        for (_, view) in &mut self.views {
            view.mount(parent, marker);
        }
        self.end.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        match self.views.first() {
            Some((_, first)) => first.insert_before_this(child),
            None => self.end.insert_before_this(child),
        }
    }

    fn elements(&self) -> Vec<Element> {
        self.views.iter().flat_map(|(_, view)| view.elements()).collect()
    }
}

/// Attributes are for elements, of which this is none.
impl<K, F, V> AddAnyAttr for Sorted<K, F>
where
    K: Ord + Copy + Send + 'static,
    F: Fn(K) -> V + Send + 'static,
    V: RenderHtml,
    V::State: Deref<Target = Element>,
{
    type Output<SomeNewAttr: Attribute> = Self;

    fn add_any_attr<NewAttr: Attribute>(self, _: NewAttr) -> Self::Output<NewAttr> {
        self
    }
}

impl<K, F, V> RenderHtml for Sorted<K, F>
where
    K: Ord + Copy + Send + 'static,
    F: Fn(K) -> V + Send + 'static,
    V: RenderHtml,
    V::State: Deref<Target = Element>,
{
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(
        self,
        buf: &mut String,
        position: &mut Position,
        escape: bool,
        mark_branches: bool,
        _: Vec<AnyAttribute>,
    ) {
        for key in self.keys {
            let view = self.owner.with(|| (self.draw)(key));
            view.to_html_with_buf(buf, position, escape, mark_branches, vec![]);
            *position = Position::NextChild;
        }
        buf.push_str("<!>");
    }

    fn hydrate<const FROM_SERVER: bool>(
        self,
        cursor: &Cursor,
        position: &PositionState,
    ) -> Self::State {
        let views = self.keys.into_iter().map(|key| {
            let view = self.owner.with(|| (self.draw)(key));
            (key, view.hydrate::<FROM_SERVER>(cursor, position))
        });
        let views = views.collect();
        let end = cursor.next_placeholder(position);
        position.set(Position::NextChild);
        SortedState { views, end }
    }

    fn into_owned(self) -> Self {
        self
    }
}
