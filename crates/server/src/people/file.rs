//! People in a file, as spreadsheets and HR systems write them: CSV (RFC 4180) with a head. Knows no directory.

use std::{collections::BTreeMap, fmt::Write as _};

use csv::{ReaderBuilder, StringRecord, WriterBuilder};
use mistatus_core::{limits::ERROR_EXCERPT_MAX, signin_name::SigninName};
use mistatus_hub::Person;

use super::PersonText;
use crate::limits::PEOPLE_FILE_ERRORS_MAX;

/// The columns that a file may have. In the last one groups are divided by `;`.
const COLUMNS: [&str; 4] = ["name", "friendlyName", "title", "groups"];

/// Between two groups of a person.
const BETWEEN_GROUPS: char = ';';

/// Reads everybody in a file.
///
/// # Errors
/// What is not right, each with its line: all of it up to a bound, so that one run finds what there is to mend.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Person>, String> {
    // Spreadsheets begin with a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = ReaderBuilder::new().from_reader(bytes);
    let columns = Columns::of(reader.headers().map_err(|error| sentence(&error, bytes))?)?;
    let mut people = BTreeMap::<SigninName, (u64, Person)>::new();
    let mut order = Vec::new();
    let mut errors = Vec::new();
    for record in reader.records() {
        let read = record.map_err(|error| sentence(&error, bytes)).and_then(|record| {
            let line = line_of(record.position(), bytes);
            let person = columns.person(&record).map_err(|what| format!("line {line}: {what}"))?;
            match people.get(&person.name) {
                Some((first, _)) => Err(format!(
                    "line {line}: {} stands in line {first} already; each name must be there once",
                    person.name.as_str()
                )),
                None => Ok((line, person)),
            }
        });
        match read {
            Ok((line, person)) => {
                order.push(person.name.clone());
                people.insert(person.name.clone(), (line, person));
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        let take = |name: SigninName| people.remove(&name).map(|(_, person)| person);
        return Ok(order.into_iter().filter_map(take).collect());
    }
    let more = errors.len().saturating_sub(PEOPLE_FILE_ERRORS_MAX);
    errors.truncate(PEOPLE_FILE_ERRORS_MAX);
    let mut text = errors.join("\n");
    if more > 0 {
        let _ = write!(text, "\nand {more} more");
    }
    Err(text)
}

/// Writes everybody, as [`read`] reads them.
///
/// # Errors
/// There is no memory for it.
pub(crate) fn write(people: &[PersonText]) -> Result<Vec<u8>, String> {
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    let mut put = |row: [&str; 4]| writer.write_record(row).map_err(|error| error.to_string());
    put(COLUMNS)?;
    for person in people {
        let groups = person.groups.join(&BETWEEN_GROUPS.to_string());
        let [friendly_name, title] =
            [&person.friendly_name, &person.title].map(|text| text.as_deref().unwrap_or_default());
        put([&person.name, friendly_name, title, &groups])?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}

/// Where each of [`COLUMNS`] is.
struct Columns([Option<usize>; 4]);

impl Columns {
    fn of(head: &StringRecord) -> Result<Self, String> {
        let allowed = || format!("allowed are {}, in any order", COLUMNS.join(", "));
        let mut places = [None; 4];
        for (place, column) in head.iter().enumerate() {
            let known = COLUMNS.iter().position(|known| column.trim().eq_ignore_ascii_case(known));
            let Some(known) = known else {
                let excerpt: String = column.chars().take(ERROR_EXCERPT_MAX).collect();
                let hint = if excerpt.contains([';', '\t']) {
                    "; columns are divided by commas"
                } else {
                    ""
                };
                return Err(format!("line 1: there is no column `{excerpt}`; {}{hint}", allowed()));
            };
            if places[known].replace(place).is_some() {
                return Err(format!("line 1: the column {} is there twice", COLUMNS[known]));
            }
        }
        match places[0] {
            Some(_) => Ok(Self(places)),
            None => Err(format!("line 1: the column name is missing; {}", allowed())),
        }
    }

    fn person(&self, record: &StringRecord) -> Result<Person, String> {
        let [name, friendly_name, title, groups] =
            self.0.map(|place| place.and_then(|place| record.get(place)).unwrap_or_default());
        let groups = groups.split(BETWEEN_GROUPS).map(str::trim).filter(|group| !group.is_empty());
        let text = PersonText {
            name: name.to_owned(),
            friendly_name: Some(friendly_name.to_owned()),
            title: Some(title.to_owned()),
            groups: groups.map(str::to_owned).collect(),
        };
        text.check().map_err(|wrong| {
            format!("{}: {}; allowed is {}", wrong.field, wrong.what, wrong.allowed)
        })
    }
}

/// Returns in which line a record begins: its position is before the empty lines that are left out.
fn line_of(position: Option<&csv::Position>, bytes: &[u8]) -> u64 {
    let Some(position) = position else { return 1 };
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = bytes.get(at..).unwrap_or_default();
    let empty = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + empty.filter(|byte| **byte == b'\n').count() as u64
}

/// Says what is wrong with the file itself, and where.
fn sentence(error: &csv::Error, bytes: &[u8]) -> String {
    let line = line_of(error.position(), bytes);
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => {
            format!("line {line}: this is not UTF-8; save the file as CSV in UTF-8")
        }
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("line {line}: there are {len} fields; the first line has {expected_len}")
        }
        _ => format!("line {line}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(csv: &str) -> Vec<PersonText> {
        let people = read(csv.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        people.iter().map(PersonText::from).collect()
    }

    #[test]
    fn quoted_fields_groups_and_a_byte_order_mark_are_read() {
        let people = texts(
            "\u{feff}name,FriendlyName,groups,title\r\nada@x,\"Lovelace, \"\"Ada\"\"\",Maths; Board ;,\r\nbob@x,,,\r\n",
        );
        assert_eq!(people[0].friendly_name.as_deref(), Some("Lovelace, \"Ada\""));
        assert_eq!(people[0].groups, ["Board", "Maths"]);
        assert_eq!((people[0].title.as_deref(), people[1].name.as_str()), (None, "bob@x"));
        let again = write(&people).unwrap();
        assert_eq!(texts(&String::from_utf8(again).unwrap())[0].groups, ["Board", "Maths"]);
    }

    #[test]
    fn what_is_not_right_is_named_by_its_line() {
        let long = "x".repeat(257);
        for (csv, words) in [
            ("", "line 1: the column name is missing"),
            ("name,mail\na@x,b\n", "line 1: there is no column `mail`"),
            ("name;title\na@x;b\n", "divided by commas"),
            ("name,name\na@x,b\n", "line 1: the column name is there twice"),
            ("title\nb\n", "line 1: the column name is missing"),
            ("name,title\na@x,\"two\nlines\"\n\n,b\n", "line 5: name: "),
            ("name,title\na@x,b,c\n", "line 2: there are 3 fields; the first line has 2"),
            ("name\na@x\nb@x\nA@X\n", "line 4: A@X stands in line 2 already"),
            (&format!("name,title\na@x,{long}\n"), "line 2: title: it has 257 UTF-16 units"),
            (&format!("name,groups\na@x,{long}\n"), "line 2: groups[0]: "),
        ] {
            let error = read(csv.as_bytes()).expect_err(csv);
            assert!(error.contains(words), "{csv:?}: {error}");
        }
        let error = read(b"name,title\na@x,b\nb@x,caf\xe9\n").unwrap_err();
        assert!(error.contains("line 3: this is not UTF-8"), "{error}");
        let many = format!("name\n{}", " x\n".repeat(100));
        let error = read(many.as_bytes()).unwrap_err();
        assert!(error.ends_with("and 80 more"), "{error}");
    }
}
