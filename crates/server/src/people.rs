//! What is said of people, by back ends and in files: checked once, for the directory. Keeps nothing.

pub(crate) mod file;

use std::collections::BTreeSet;

use mistatus_core::{
    friendly_name,
    group::GroupName,
    limits::{FRIENDLY_NAME_MAX, GROUP_NAME_MAX},
    signin_name::SigninName,
};
use mistatus_hub::{Person, Plan, config::PERSON_GROUPS_MAX};
use serde::{Deserialize, Serialize};

use crate::names;

/// What is said of somebody, as it was written: no debug output of it.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PersonText {
    pub(crate) name: String,
    pub(crate) friendly_name: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) groups: Vec<String>,
}

/// What a directory would change, by the names.
#[derive(Serialize, Deserialize)]
pub(crate) struct PlanText {
    pub(crate) added: Vec<String>,
    pub(crate) changed: Vec<String>,
    pub(crate) removed: Vec<String>,
    pub(crate) unchanged: usize,
    pub(crate) removes_everybody: bool,
}

/// A field that is not right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct WrongField {
    pub(crate) field: String,
    pub(crate) what: String,
    pub(crate) allowed: String,
}

/// What a sign-in name may be.
pub(crate) const NAME_ALLOWED: &str =
    "a sign-in name: 1 to 129 UTF-16 units, no space first, no line breaks";

impl PersonText {
    /// Checks it.
    ///
    /// # Errors
    /// The first field that is not right, and what is allowed.
    pub(crate) fn check(&self) -> Result<Person, WrongField> {
        let name = names::parse(&self.name).map_err(|error| WrongField {
            field: "name".to_owned(),
            what: error.to_string(),
            allowed: NAME_ALLOWED.to_owned(),
        })?;
        Ok(Person {
            name,
            friendly_name: shown("friendlyName", self.friendly_name.as_deref())?,
            title: shown("title", self.title.as_deref())?,
            groups: groups(&self.groups)?,
        })
    }
}

impl From<&Person> for PersonText {
    fn from(person: &Person) -> Self {
        Self {
            name: person.name.as_str().to_owned(),
            friendly_name: person.friendly_name.clone(),
            title: person.title.clone(),
            groups: person.groups.iter().map(|group| group.as_str().to_owned()).collect(),
        }
    }
}

impl From<&Plan> for PlanText {
    fn from(plan: &Plan) -> Self {
        let texts =
            |names: &[SigninName]| names.iter().map(|name| name.as_str().to_owned()).collect();
        Self {
            added: texts(&plan.added),
            changed: texts(&plan.changed),
            removed: texts(&plan.removed),
            unchanged: plan.unchanged,
            removes_everybody: plan.removes_everybody(),
        }
    }
}

/// Checks a text that others are shown; what cannot be seen is taken out, and where nothing is left, there is none.
fn shown(field: &str, text: Option<&str>) -> Result<Option<String>, WrongField> {
    let Some(text) = text else { return Ok(None) };
    let units = text.encode_utf16().count();
    if units > FRIENDLY_NAME_MAX {
        return Err(WrongField {
            field: field.to_owned(),
            what: format!("it has {units} UTF-16 units"),
            allowed: format!("a text of at most {FRIENDLY_NAME_MAX} UTF-16 units"),
        });
    }
    Ok(friendly_name::clean(text))
}

fn groups(texts: &[String]) -> Result<BTreeSet<GroupName>, WrongField> {
    if texts.len() > PERSON_GROUPS_MAX {
        return Err(WrongField {
            field: "groups".to_owned(),
            what: format!("there are {} groups", texts.len()),
            allowed: format!("at most {PERSON_GROUPS_MAX} groups"),
        });
    }
    let parse = |(place, text): (usize, &String)| {
        GroupName::parse(text).map_err(|error| WrongField {
            field: format!("groups[{place}]"),
            what: error.to_string(),
            allowed: format!("1 to {GROUP_NAME_MAX} UTF-16 units without control characters"),
        })
    };
    texts.iter().enumerate().map(parse).collect()
}
