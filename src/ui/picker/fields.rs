//! What the panel asks beside the status: a note and an end, in the time zone of the user, and what holds for idleness. Only
//! for the browser.
//!
//! What is written there goes with the status that is chosen then. What was there before belongs to the status before:
//! it goes with that one, and stays when the same is chosen again. What is chosen about idleness holds at once, and stays.

use std::{any::Any, cell::Cell, rc::Rc};

use leptos::{ev::SubmitEvent, html, prelude::*};
use mistatus_core::{
    idle::{IdleAfter, IdleChoice},
    limits::NOTE_MAX,
    presence::{Intent, Note, Source},
    status::MiStatus,
    time::{Span, UnixMs},
};
use web_sys::HtmlElement;

use super::{DrawFields, IdleOffer};
use crate::{
    model::MyView,
    ui::{
        dom::{after_effects, effect},
        fixed::fixed,
        intl,
        language::{Language, Word},
    },
};

/// What the fields are drawn with.
pub struct FieldsWanted {
    /// What they are drawn into.
    pub(super) place: HtmlElement,
    pub(super) view: ReadSignal<MyView>,
    pub(super) language: Language,
    /// Called with what the user wants.
    pub(super) done: Box<dyn Fn(Intent)>,
    pub(super) idle: IdleOffer,
    /// Called when the user wants to be connected.
    pub(super) connect: Rc<dyn Fn()>,
    /// Called when their size is another.
    pub(super) resized: Rc<dyn Fn()>,
}

/// The fields, until they are dropped. The picker knows them by what they can do alone: they may come later than it does.
pub trait Fields {
    /// Returns whether what is written can be; where it cannot, the browser says so at the field, which gets the focus.
    fn are_valid(&self) -> bool;

    /// Returns a status with what is written for it.
    fn beside(&self, status: MiStatus) -> Intent;
}

#[derive(Clone, Copy)]
struct Inputs {
    form: NodeRef<html::Form>,
    note: NodeRef<html::Input>,
    end: NodeRef<html::Select>,
    date: NodeRef<html::Input>,
    shows_idle: NodeRef<html::Input>,
    idle_after: NodeRef<html::Select>,
}

struct Drawn {
    inputs: Inputs,
    view: ReadSignal<MyView>,
    _mounted: Box<dyn Any>,
    _owner: Owner,
}

/// An end that is offered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// That of the present status, or none where it has none.
    Unchanged,
    Never,
    Minutes(u32),
    Today,
    ThisWeek,
    /// What is written in the field for it.
    Date,
}

/// How far ahead the date is that the field for it begins with, in milliseconds.
const HOUR: f64 = 3_600_000.0;

/// In the order shown.
const ENDS: [End; 8] = [
    End::Unchanged,
    End::Never,
    End::Minutes(30),
    End::Minutes(60),
    End::Minutes(120),
    End::Today,
    End::ThisWeek,
    End::Date,
];

const MINUTE_MS: u64 = 60_000;

/// After how many minutes without input users may want to be idle.
const IDLE_MINUTES: [u32; 6] = [1, 5, 10, 15, 30, 60];

/// Draws the fields, with what is true now in them.
#[must_use]
pub fn fields(wanted: FieldsWanted) -> Box<dyn Fields> {
    let owner = Owner::new();
    let view = wanted.view;
    let (inputs, mounted) = owner.with(|| {
        let inputs = Inputs {
            form: NodeRef::new(),
            note: NodeRef::new(),
            end: NodeRef::new(),
            date: NodeRef::new(),
            shows_idle: NodeRef::new(),
            idle_after: NodeRef::new(),
        };
        let place = wanted.place.clone();
        (inputs, Box::new(leptos::mount::mount_to(place, move || inputs.draw(wanted))))
    });
    Box::new(Drawn { inputs, view, _mounted: mounted, _owner: owner })
}

/// Returns what draws the fields as soon as they are wanted.
#[must_use]
pub fn at_once() -> DrawFields {
    Box::new(|wanted, drawn| drawn(fields(wanted)))
}

impl Fields for Drawn {
    fn are_valid(&self) -> bool {
        self.inputs.form.get_untracked().is_none_or(|form| form.report_validity())
    }

    fn beside(&self, status: MiStatus) -> Intent {
        let again = |view: &MyView| {
            (view.chosen_status() == Some(status)).then(|| self.inputs.changed(view))
        };
        let again = self.view.try_with_untracked(again).flatten();
        again.unwrap_or_else(|| self.inputs.beside(status))
    }
}

impl Inputs {
    // What was there before belonged to the status before.
    fn beside(self, status: MiStatus) -> Intent {
        let is_written =
            self.note.get_untracked().is_some_and(|note| note.value() != note.default_value());
        let note = if is_written { self.note() } else { None };
        Intent { note, until: self.until(None), ..Intent::chosen(status, Source::User) }
    }

    // The present status with what stands in the fields.
    fn changed(self, view: &MyView) -> Intent {
        let status = view.chosen_status().unwrap_or(MiStatus::Online);
        let until = self.until(view.intent.as_ref().and_then(|known| known.until));
        Intent { note: self.note(), until, ..Intent::chosen(status, Source::User) }
    }

    fn note(self) -> Option<Note> {
        let written = self.note.get_untracked()?.value();
        // The field takes no more than a note may have.
        Note::parse(written.trim()).ok().flatten()
    }

    fn end(self) -> End {
        let place = self.end.get_untracked().map(|end| end.selected_index().cast_unsigned());
        place.and_then(|place| ENDS.get(place as usize).copied()).unwrap_or(End::Unchanged)
    }

    fn until(self, before: Option<UnixMs>) -> Option<UnixMs> {
        const MINUTE: f64 = 60_000.0;
        let instant = match self.end() {
            End::Unchanged => return before,
            End::Never => return None,
            End::Minutes(minutes) => js_sys::Date::now() + f64::from(minutes) * MINUTE,
            End::Today => intl::today().end,
            End::ThisWeek => intl::end_of_week(),
            End::Date => intl::from_local(&self.date.get_untracked()?.value())?,
        };
        Some(intl::unix(instant))
    }

    fn draw(self, wanted: FieldsWanted) -> impl IntoView {
        let FieldsWanted { view, language, done, resized, idle, connect, .. } = wanted;
        // The picker may be gone when its fields come.
        let known = view.try_with_untracked(|view| view.intent.clone()).flatten();
        let known = known.unwrap_or(Intent::AUTOMATIC);
        let done = Rc::new(done);
        let reset = Rc::clone(&done);
        // The browser submits only what is valid.
        let on_submit = move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(intent) = view.try_with_untracked(|view| self.changed(view)) {
                done(intent);
            }
        };
        let is_dated = RwSignal::new(false);
        let place = move || {
            let resized = Rc::clone(&resized);
            // They have their size once all of them is drawn.
            after_effects(Box::new(move || resized()));
        };
        place();
        let placing = place.clone();
        let on_end = move |_| {
            is_dated.set(self.end() == End::Date);
            place();
        };
        let is_automatic = known.says_the_same_as(&Intent::AUTOMATIC);
        let word = move |word| language.word(word);
        let ends = ENDS.iter().map(|end| {
            // Without an end, the first says that there is none.
            let hidden = *end == End::Never && known.until.is_none();
            view! { <option hidden=hidden>{end.name(known.until, language)}</option> }
        });
        let ends = ends.collect_view();
        let now = js_sys::Date::now();
        let chosen = view.try_with_untracked(|view| view.idle).unwrap_or_default();
        let idle = (idle.page)().map(|page| self.idle(page, chosen, &idle.on_choose, language));
        let signin = move || view.try_with(|view| language.signin(view)).unwrap_or_default();
        let is_out = Cell::new(false);
        effect(Box::new(move || {
            let is_out_now = signin().1.is_some();
            if is_out.replace(is_out_now) != is_out_now {
                placing();
            }
        }));
        let on_connect = move |_| {
            // Once there is a connection, the button is gone.
            if let Some(note) = self.note.get_untracked() {
                let _ = note.focus();
            }
            connect();
        };
        view! {
            <p {..fixed!(class="mi-signin" part="signin")} hidden=move || signin().1.is_none()>
                {move || signin().0}" "
                <button {..fixed!(class="mi-button" part="button" type="button")} on:click=on_connect>
                    {move || signin().1}
                </button>
            </p>
            <form {..fixed!(class="mi-details" part="details")} node_ref=self.form on:submit=on_submit>
                <label>
                    <span class="mi-caption">{word(Word::Note)}</span>
                    <input
                        {..fixed!(class="mi-field" part="field" dir="auto" autocomplete="off")}
                        node_ref=self.note
                        maxlength=NOTE_MAX value=known.note.as_ref().map(|note| note.as_str().to_owned())
                    />
                </label>
                <label>
                    <span class="mi-caption">{word(Word::Duration)}</span>
                    <select {..fixed!(class="mi-field" part="field")} node_ref=self.end on:change=on_end>
                        {ends}
                    </select>
                </label>
                <input
                    {..fixed!(class="mi-field" part="field" type="datetime-local" required="")}
                    node_ref=self.date
                    aria-label=word(Word::DateAndTime) disabled=move || !is_dated.get()
                    min=intl::local(now) value=intl::local(now + HOUR)
                />
                <span class="mi-actions">
                    <button {..fixed!(class="mi-button mi-confirm" part="button" type="submit")}>
                        {word(Word::Save)}
                    </button>
                    <button
                        {..fixed!(class="mi-button" part="button" type="button")} hidden=is_automatic
                        on:click=move |_| reset(Intent::chosen(MiStatus::Online, Source::User))
                    >
                        {word(Word::Automatic)}
                    </button>
                </span>
            </form>
            {idle}
        }
    }

    // What holds for idleness, with what is chosen now; the page's own setting is the first to choose from.
    fn idle(
        self,
        page: Span,
        chosen: IdleChoice,
        on_choose: &Rc<dyn Fn(IdleChoice)>,
        language: Language,
    ) -> impl IntoView + use<> {
        let minutes =
            |span: Span| (span.as_millis() / MINUTE_MS).try_into().unwrap_or(u32::MAX).max(1);
        let mut offered = IDLE_MINUTES.to_vec();
        let known = chosen.after.map(|after| minutes(after.span()));
        if let Some(known) = known.filter(|known| !offered.contains(known)) {
            offered.push(known);
            offered.sort_unstable();
        }
        let default = language.word(Word::Default);
        // A page may say any number of seconds.
        let default = match page.as_millis() % MINUTE_MS {
            0 => [&*intl::duration(minutes(page), language), " (", default, ")"].concat(),
            _ => default.to_owned(),
        };
        let option = |minutes: &u32| {
            let is_chosen = known == Some(*minutes);
            view! { <option selected=is_chosen>{intl::duration(*minutes, language)}</option> }
        };
        let options = offered.iter().map(option).collect_view();
        let is_shown = RwSignal::new(chosen.transmit);
        let on_choose = Rc::clone(on_choose);
        let on_change = move |_| {
            let (Some(shows), Some(after)) =
                (self.shows_idle.get_untracked(), self.idle_after.get_untracked())
            else {
                return;
            };
            is_shown.set(shows.checked());
            // The first is the page's own setting.
            let place = (after.selected_index() - 1).cast_unsigned() as usize;
            let after = offered.get(place).map(|minutes| u64::from(*minutes) * 60);
            let after = after.and_then(|seconds| IdleAfter::new(Span::from_secs(seconds)).ok());
            on_choose(IdleChoice { transmit: shows.checked(), after });
        };
        view! {
            <div {..fixed!(class="mi-details" part="details")} on:change=on_change>
                <label class="mi-check">
                    <input type="checkbox" node_ref=self.shows_idle checked=chosen.transmit/>
                    <span>{language.word(Word::ShowIdle)}</span>
                </label>
                <label hidden=move || !is_shown.get()>
                    <span class="mi-caption">{language.word(Word::IdleAfter)}</span>
                    <select {..fixed!(class="mi-field" part="field")} node_ref=self.idle_after>
                        <option>{default}</option>
                        {options}
                    </select>
                </label>
            </div>
        }
    }
}

impl End {
    fn name(self, before: Option<UnixMs>, language: Language) -> String {
        match (self, before) {
            (Self::Unchanged, Some(before)) => intl::time(before, language),
            (Self::Unchanged, None) | (Self::Never, _) => language.word(Word::NoEnd).to_owned(),
            (Self::Minutes(minutes), _) => intl::duration(minutes, language),
            (Self::Today, _) => intl::relative(0.0, "day", language),
            (Self::ThisWeek, _) => intl::relative(0.0, "week", language),
            (Self::Date, _) => language.word(Word::DateAndTime).to_owned(),
        }
    }
}
