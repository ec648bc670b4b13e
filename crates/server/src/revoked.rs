//! Credentials that hold no longer before their end: a file of the operator, read again when it changes.

use std::{
    collections::{BTreeMap, HashSet},
    fmt, fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use mistatus_core::{signin_name::SigninName, time::UnixMs};
use tokio::sync::watch;

use crate::{
    metrics::Metrics,
    names,
    stamp::{self, Stamp},
};

/// The claims of a token by which it may be revoked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Credential {
    pub(crate) name: SigninName,
    pub(crate) issued_at: Option<UnixMs>,
    pub(crate) id: Option<String>,
}

/// The revoked users and tokens.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(crate) struct Revoked {
    users: BTreeMap<SigninName, Extent>,
    tokens: HashSet<String>,
}

/// Tells which tokens of a user are revoked. The later is the stricter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Extent {
    IssuedBefore(UnixMs),
    All,
}

/// A receiver of the current list of revocations.
pub(crate) type CurrentlyRevoked = watch::Receiver<Arc<Revoked>>;

/// Follows a file.
#[derive(Debug)]
pub(crate) struct RevokedFile {
    path: PathBuf,
    seen: Option<Stamp>,
    list: watch::Sender<Arc<Revoked>>,
}

/// Tells where a list makes no sense. Does not repeat the line: it may hold a name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct BadLine {
    line: usize,
    what: &'static str,
}

impl Revoked {
    pub(crate) fn parse(text: &str) -> Result<Self, BadLine> {
        let mut all = Self::default();
        for (line, row) in (1..).zip(text.lines()) {
            let row = row.trim();
            if row.is_empty() || row.starts_with('#') {
                continue;
            }
            all.add(row).map_err(|what| BadLine { line, what })?;
        }
        Ok(all)
    }

    fn add(&mut self, row: &str) -> Result<(), &'static str> {
        let (kind, rest) = row.split_once(char::is_whitespace).ok_or(WHAT_IS_ALLOWED)?;
        let rest = rest.trim();
        match kind {
            "sub" => {
                let (name, extent) = match rest.rsplit_once(" before ") {
                    Some((name, instant)) => {
                        let instant = parse_instant(instant.trim()).ok_or(INSTANT)?;
                        (name.trim(), Extent::IssuedBefore(instant))
                    }
                    None => (rest, Extent::All),
                };
                let name = names::parse(name).map_err(|_| "this is no sign-in name")?;
                let known = self.users.entry(name).or_insert(extent);
                *known = extent.max(*known);
            }
            "jti" => {
                self.tokens.insert(rest.to_owned());
            }
            _ => return Err(WHAT_IS_ALLOWED),
        }
        Ok(())
    }

    /// Whether a token holds no longer. One that does not say when it was issued counts as old.
    pub(crate) fn covers(&self, credential: &Credential) -> bool {
        let by_name = match self.users.get(&credential.name) {
            None => false,
            Some(Extent::All) => true,
            Some(Extent::IssuedBefore(instant)) => {
                credential.issued_at.is_none_or(|issued_at| issued_at < *instant)
            }
        };
        by_name || credential.id.as_ref().is_some_and(|id| self.tokens.contains(id))
    }

    fn len(&self) -> usize {
        self.users.len() + self.tokens.len()
    }
}

impl RevokedFile {
    /// Reads the file for the first time; it must be right then.
    pub(crate) fn open(path: PathBuf) -> Result<(Self, CurrentlyRevoked), String> {
        let (list, current) = watch::channel(Arc::default());
        let mut file = Self { path, seen: None, list };
        file.read().map_err(|error| format!("{}: {error}", file.path.display()))?;
        Ok((file, current))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the file again whenever it has changed, for as long as anybody cares.
    pub(crate) async fn follow(mut self, every: Duration, metrics: Arc<Metrics>) {
        while !self.list.is_closed() {
            tokio::time::sleep(every).await;
            let read = tokio::task::spawn_blocking(move || {
                let read = self.read();
                (self, read)
            });
            let Ok((file, result)) = read.await else { return };
            self = file;
            let wrong = "the list of revoked credentials is wrong; the last good one stays";
            if stamp::is_other(result, &metrics.revoked_failing, wrong) {
                let entries = self.list.borrow().len();
                tracing::info!(entries, "the list of revoked credentials was read");
            }
        }
    }

    /// Reads the file if it may have changed; tells whether it had.
    fn read(&mut self) -> Result<bool, String> {
        let stamp = Stamp::of(&self.path).map_err(|error| error.to_string())?;
        if stamp.is_unchanged(self.seen) {
            return Ok(false);
        }
        let text = fs::read_to_string(&self.path).map_err(|error| error.to_string())?;
        let list = Revoked::parse(&text).map_err(|error| error.to_string())?;
        self.seen = Some(stamp);
        Ok(self.list.send_if_modified(|current| {
            let changed = **current != list;
            if changed {
                *current = Arc::new(list);
            }
            changed
        }))
    }
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.what)
    }
}

/// Reads `2026-11-21T09:00:00Z`, or seconds since 1970 as in the claim `iat`.
fn parse_instant(text: &str) -> Option<UnixMs> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Some(UnixMs::from_millis(u64::from(seconds) * 1000));
    }
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let leap = |year: u64| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let length = |month: u64| match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap(year) => 29,
        2 => 28,
        _ => 31,
    };
    if year < 1970
        || !(1..=12).contains(&month)
        || !(1..=length(month)).contains(&day)
        || hour > 23
        || minute > 59
        || second > 59
    {
        return None;
    }
    let days = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum::<u64>()
        + (1..month).map(length).sum::<u64>()
        + day
        - 1;
    Some(UnixMs::from_millis((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000))
}

fn numbers(text: &str, between: char, digits: [usize; 3]) -> Option<[u64; 3]> {
    let mut parts = text.split(between);
    let mut all = [0; 3];
    for (number, digits) in all.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != digits || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(all)
}

const WHAT_IS_ALLOWED: &str =
    "allowed are `sub NAME`, `sub NAME before INSTANT`, `jti ID`, comments with # and empty lines";
const INSTANT: &str =
    "after `before` comes an instant like 2026-11-21T09:00:00Z, or seconds since 1970";

#[cfg(test)]
mod tests {
    use super::*;

    fn credential(name: &str, issued_at: Option<u64>, id: Option<&str>) -> Credential {
        Credential {
            name: SigninName::parse(name).unwrap(),
            issued_at: issued_at.map(|seconds| UnixMs::from_millis(seconds * 1000)),
            id: id.map(str::to_owned),
        }
    }

    #[test]
    fn what_is_listed_is_covered_and_nothing_else() {
        let list = Revoked::parse(
            "# gone\nsub Alice@x\n\n  sub bob jones@x before 2001-09-09T01:46:40Z\njti a token\r\n\
             sub carol@x before 5\nsub carol@x before 9\nsub carol@x before 7\n",
        )
        .unwrap();
        let covered = |name, issued_at, id| list.covers(&credential(name, issued_at, id));
        assert!(covered("ALICE@x", Some(u64::from(u32::MAX)), None));
        assert!(covered("bob jones@x", Some(999_999_999), None));
        assert!(!covered("bob jones@x", Some(1_000_000_000), None));
        assert!(covered("bob jones@x", None, None), "who knows how old it is");
        assert!(covered("dave@x", None, Some("a token")));
        assert!(!covered("dave@x", None, Some("another")));
        assert!(covered("carol@x", Some(8), None), "the strictest line counts");
        assert!(!covered("carol@x", Some(9), None));
    }

    #[test]
    fn lines_that_make_no_sense_are_named_by_their_number() {
        for (row, word) in [
            ("alice@x", "sub NAME"),
            ("user alice@x", "jti ID"),
            ("sub", "sub NAME"),
            ("sub alice@x before yesterday", "2026-11-21"),
            ("sub alice@x before 2026-02-29T00:00:00Z", "2026-11-21"),
            ("sub alice@x before 2026-1-1T00:00:00Z", "2026-11-21"),
        ] {
            let error =
                Revoked::parse(&format!("# one\nsub bob@x\n{row}\n")).unwrap_err().to_string();
            assert!(error.starts_with("line 3: ") && error.contains(word), "{row}: {error}");
            assert!(!error.contains("alice"), "{error}");
        }
    }

    #[test]
    fn instants_are_those_of_the_calendar() {
        let seconds = |text| parse_instant(text).map(|at| at.as_millis() / 1000);
        assert_eq!(seconds("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(seconds("2000-02-29T23:59:59Z"), Some(951_868_799));
        assert_eq!(seconds("2026-11-21T09:00:00Z"), Some(1_795_251_600));
        assert_eq!(seconds("1795251600"), Some(1_795_251_600));
        assert_eq!(seconds("2100-02-29T00:00:00Z"), None);
        assert_eq!(seconds("2026-11-21 09:00:00"), None);
    }
}
