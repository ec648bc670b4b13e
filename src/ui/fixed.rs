//! Attributes that never change, all of an element as one: `<div {..fixed!(class="mi-log" part="log")}>`.
//!
//! Each attribute of its own is code that sets it and state that remembers it: bytes for every page.

use leptos::tachys::{
    html::attribute::{Attribute, NextAttribute},
    renderer::{Rndr, types::Element},
};

/// Names and values of attributes, and what else is to be done with an element in a browser, once.
#[derive(Clone, Copy)]
pub(crate) struct Fixed(
    pub(crate) &'static [(&'static str, &'static str)],
    pub(crate) fn(&Element),
);

macro_rules! fixed {
    ($($name:ident=$value:literal)*) => {
        $crate::ui::fixed::Fixed(&[$((stringify!($name), $value)),*], |_| ())
    };
}

pub(crate) use fixed;

impl Attribute for Fixed {
    const MIN_LENGTH: usize = 0;

    type State = ();
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn html_len(&self) -> usize {
        self.0.iter().map(|(name, value)| name.len() + value.len() + 4).sum()
    }

    // The values are this crate's: nothing in them is to be escaped.
    fn to_html(self, buf: &mut String, _: &mut String, _: &mut String, _: &mut String) {
        for (name, value) in self.0 {
            for part in [" ", name, "=\"", value, "\""] {
                buf.push_str(part);
            }
        }
    }

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) {
        if FROM_SERVER {
            (self.1)(element);
        } else {
            self.build(element);
        }
    }

    fn build(self, element: &Element) {
        for (name, value) in self.0 {
            Rndr::set_attribute(element, name, value);
        }
        (self.1)(element);
    }

    fn rebuild(self, (): &mut ()) {}

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}

impl NextAttribute for Fixed {
    type Output<NewAttr: Attribute> = (Self, NewAttr);

    fn add_any_attr<NewAttr: Attribute>(self, next: NewAttr) -> (Self, NewAttr) {
        (self, next)
    }
}
