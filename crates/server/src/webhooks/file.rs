//! The file of webhooks: checked, and read again when it changes. Holds secrets, of which none prints.

use std::{
    collections::BTreeSet,
    fmt,
    fs::File,
    io::Read,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use mistatus_core::{claim::ServiceName, limits::SERVICE_NAME_MAX, signin_name::SigninName};
use serde::Deserialize;
use tokio::sync::watch;
use toml::Spanned;

use super::{
    Hook,
    secret::{PREFIX, Secret},
};
use crate::{
    api::NAME_ALLOWED,
    limits::{
        WEBHOOK_NAMES_MAX, WEBHOOK_SECRET_BYTES_MAX, WEBHOOK_SECRET_BYTES_MIN, WEBHOOKS_BYTES_MAX,
        WEBHOOKS_MAX,
    },
    metrics::Metrics,
    names,
    outgoing::{Address, BadAddress},
    stamp,
};

/// The webhooks of a file. A new list for each change of the file, also where the same stands in it.
pub(crate) type CurrentHooks = watch::Receiver<Arc<[Arc<Hook>]>>;

/// Follows a file.
pub(crate) struct WebhooksFile {
    path: PathBuf,
    /// What the file held when it was taken over last.
    seen: Option<String>,
    /// What it held at the last look. Only what it holds at two looks is taken over: programs that write it may empty it
    /// before, and webhooks that were gone for a moment would lose what waits for them.
    last: Option<String>,
    list: watch::Sender<Arc<[Arc<Hook>]>>,
}

/// The file's content.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    #[serde(default)]
    webhook: Vec<Row>,
}

/// A webhook in the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: Spanned<String>,
    url: Spanned<String>,
    secret: Spanned<String>,
    names: Option<Spanned<Vec<Spanned<String>>>>,
}

/// What is wrong with a file, and where.
#[derive(Debug)]
struct Fault {
    place: Option<Range<usize>>,
    what: String,
}

impl WebhooksFile {
    /// Reads the file for the first time; it must be right then.
    ///
    /// # Errors
    /// What is wrong with it, with its name and the line.
    pub(crate) fn open(path: PathBuf) -> Result<Self, String> {
        let (list, _) = watch::channel(Vec::new().into());
        let mut file = Self { path, seen: None, last: None, list };
        let text = file.text()?;
        file.take_over(text)?;
        Ok(file)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn current(&self) -> CurrentHooks {
        self.list.subscribe()
    }

    /// Reads the file again whenever it has changed, for as long as anybody cares.
    pub(crate) async fn follow(mut self, every: Duration, metrics: Arc<Metrics>) {
        while !self.list.is_closed() {
            tokio::time::sleep(every).await;
            let read = tokio::task::spawn_blocking(move || {
                let read = self.look();
                (self, read)
            });
            let Ok((file, result)) = read.await else { return };
            self = file;
            let wrong = "the file of webhooks is wrong; the last good one stays";
            if stamp::is_other(result, &metrics.webhooks_failing, wrong) {
                let webhooks = self.list.borrow().len();
                tracing::info!(webhooks, "the file of webhooks was read");
            }
        }
    }

    /// Looks at the file; tells whether something else stands in it, which is taken over.
    fn look(&mut self) -> Result<bool, String> {
        let text = self.text()?;
        let is_whole = self.last.as_ref() == Some(&text);
        if self.seen.as_ref() == Some(&text) || !is_whole {
            self.last = Some(text);
            return Ok(false);
        }
        self.take_over(text).map(|()| true)
    }

    fn take_over(&mut self, text: String) -> Result<(), String> {
        let hooks = parse(&text).map_err(|what| format!("{}: {what}", self.path.display()))?;
        self.seen = Some(text);
        self.list.send_replace(hooks.into_iter().map(Arc::new).collect());
        Ok(())
    }

    fn text(&self) -> Result<String, String> {
        text(&self.path).map_err(|what| format!("{}: {what}", self.path.display()))
    }
}

fn text(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut text = String::new();
    // One byte more than there may be.
    let mut bounded = file.take(WEBHOOKS_BYTES_MAX + 1);
    bounded.read_to_string(&mut text).map_err(|error| error.to_string())?;
    if bounded.limit() == 0 {
        return Err(format!("it has more than {WEBHOOKS_BYTES_MAX} bytes"));
    }
    Ok(text)
}

/// Reads the text of a file of webhooks.
pub(crate) fn parse(text: &str) -> Result<Vec<Hook>, String> {
    if text.is_empty() {
        return Err(
            "it is empty; where there is to be no webhook, a comment says so (# none)".to_owned()
        );
    }
    check(text).map_err(|Fault { place, what }| match place {
        Some(place) => {
            let before = text.as_bytes().iter().take(place.start);
            format!("line {}: {what}", 1 + before.filter(|byte| **byte == b'\n').count())
        }
        None => what,
    })
}

fn check(text: &str) -> Result<Vec<Hook>, Fault> {
    let rows = toml::from_str::<Content>(text)
        .map_err(|error| Fault { place: error.span(), what: without_values(error.message()) })?;
    let rows = rows.webhook;
    if rows.len() > WEBHOOKS_MAX {
        let what = format!("there are {} webhooks; at most {WEBHOOKS_MAX} are allowed", rows.len());
        return Err(Fault { place: None, what });
    }
    let mut names = BTreeSet::new();
    rows.into_iter()
        .map(|row| {
            let place = row.name.span();
            let hook = hook(row)?;
            if !names.insert(hook.name.clone()) {
                let what = format!("`name`: there is another webhook of the name {}", hook.name);
                return Err(Fault { place: Some(place), what });
            }
            Ok(hook)
        })
        .collect()
}

fn hook(row: Row) -> Result<Hook, Fault> {
    Ok(Hook {
        name: checked(&row.name, |name| {
            let allowed = format!(
                "`name` has 1 to {SERVICE_NAME_MAX} characters out of letters, digits, `.`, `_` and `-`"
            );
            ServiceName::parse(name).map(|name| name.as_str().to_owned()).map_err(|_| allowed)
        })?,
        address: checked(&row.url, |url| Address::parse(url).map_err(wrong_url))?,
        secret: checked(&row.secret, |secret| {
            Secret::parse(secret).map_err(|what| {
                format!(
                    "`secret` {what}; allowed is {PREFIX} and the base64 of {WEBHOOK_SECRET_BYTES_MIN} to \
                     {WEBHOOK_SECRET_BYTES_MAX} random bytes"
                )
            })
        })?,
        names: row.names.map(|names| checked_names(&names)).transpose()?,
    })
}

fn checked_names(names: &Spanned<Vec<Spanned<String>>>) -> Result<BTreeSet<SigninName>, Fault> {
    checked(names, |names| match names.len() {
        0 => {
            Err("`names` is empty; leave it out where the webhook is to follow everybody"
                .to_owned())
        }
        1..=WEBHOOK_NAMES_MAX => Ok(()),
        more => Err(format!(
            "`names` has {more} names; at most {WEBHOOK_NAMES_MAX} are allowed, or none for everybody"
        )),
    })?;
    let parse = |name: &Spanned<String>| {
        checked(name, |name| {
            let wrong =
                |_| format!("`names` holds what is no sign-in name; allowed is {NAME_ALLOWED}");
            names::parse(name).map_err(wrong)
        })
    };
    names.get_ref().iter().map(parse).collect()
}

/// Checks a value, and says where it stands if it is wrong.
fn checked<T, U>(
    value: &Spanned<T>,
    check: impl FnOnce(&T) -> Result<U, String>,
) -> Result<U, Fault> {
    check(value.get_ref()).map_err(|what| Fault { place: Some(value.span()), what })
}

fn wrong_url(bad: BadAddress) -> String {
    let what = bad.words("is an address by http:, where anybody on the way could read it");
    format!(
        "`url` {what}; allowed are https://HOST/PATH, and http: for this machine itself (127.0.0.1, [::1] or localhost)"
    )
}

/// Takes out of a message what stands in the file: it may be a secret, and the message goes into the log.
fn without_values(message: &str) -> String {
    let message = message.lines().next().unwrap_or_default();
    let message = match (message.find(VALUE), message.rfind(EXPECTED)) {
        (Some(from), Some(to)) if from < to => {
            format!("{}a text{}", &message[..from], &message[to..])
        }
        _ => message.to_owned(),
    };
    match message.find(PREFIX) {
        Some(at) => format!("{}{PREFIX}…", &message[..at]),
        None => message,
    }
}

impl fmt::Debug for WebhooksFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhooksFile({}, {})", self.path.display(), self.list.borrow().len())
    }
}

/// How serde begins to say which text it found, and how it goes on.
const VALUE: &str = "string \"";
const EXPECTED: &str = ", expected ";

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    fn good() -> String {
        format!(
            "[[webhook]]\nname = 'board'\nurl = 'https://board.example.com/s3cret?key=k'\nsecret = '{SECRET}'\n"
        )
    }

    #[test]
    fn a_file_holds_webhooks_for_some_people_or_everybody() {
        assert_eq!(parse("# none").unwrap(), vec![]);
        assert!(parse("").unwrap_err().contains("it is empty"));
        let file = format!(
            "{0}\n{1}names = ['alice@x', 'ALICE@x', 'bob@x']\n",
            good(),
            good().replace("board'", "phone'")
        );
        let hooks = parse(&file).unwrap();
        assert_eq!(hooks[0].names, None);
        assert_eq!(hooks[1].names.as_ref().map(BTreeSet::len), Some(2));
        let printed = format!("{hooks:?}");
        assert!(
            !printed.contains("MfKQ") && !printed.contains("key=k") && !printed.contains("s3cret"),
            "{printed}"
        );
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line_and_without_secrets() {
        let with = |line: &str| format!("{}{line}\n", good());
        let instead = |field: &str, value: &str| {
            let line = |line: &str| match line.starts_with(&format!("{field} = ")) {
                true => format!("{field} = {value}\n"),
                false => format!("{line}\n"),
            };
            good().lines().map(line).collect::<String>()
        };
        let many = format!("names = [{}]", "'a@x', ".repeat(1_001));
        for (file, words) in [
            (with("secrt = 'whsec_abc'"), &["line 5", "unknown field `secrt`", "secret"][..]),
            (with("whsec_abcdef = 1"), &["line 5", "unknown field"]),
            (with("names = 'whsec_abcdef'"), &["line 5", "expected a sequence"]),
            (with("names = []"), &["line 5", "`names` is empty"]),
            (with("names = ['a@x',\n' b']"), &["line 6", "`names`", "sign-in name"]),
            (with(&many), &["line 5", "1001 names", "1000"]),
            (with("[webhok]"), &["line 5", "unknown field `webhok`"]),
            (with("name = "), &["line 5"]),
            (good().replace("name = 'board'\n", ""), &["line 1", "missing field `name`"]),
            (format!("{0}{0}", good()), &["line 6", "`name`", "another webhook", "board"]),
            (good().repeat(33), &["33 webhooks", "32"]),
            (instead("name", "''"), &["line 2", "`name`", "1 to "]),
            (instead("name", "'a b'"), &["line 2", "`name`", "letters"]),
            (instead("url", "'https://user:whsec_abc@x/'"), &["line 3", "`url`", "password"]),
            (
                instead("url", "'http://board.example.com/'"),
                &["line 3", "`url`", "http:", "https://HOST"],
            ),
            (instead("url", "'ftp://board.example.com/'"), &["line 3", "`url`", "another kind"]),
            (instead("url", "'/in'"), &["line 3", "`url`", "no host"]),
            (instead("url", "7"), &["line 3", "expected a string"]),
            (instead("secret", "'whsec_abcdef'"), &["line 4", "`secret`", "24 to 64"]),
            (instead("secret", "'abcdefgh'"), &["line 4", "`secret`", "whsec_"]),
            (instead("secret", "['whsec_abcdef']"), &["line 4", "expected a string"]),
        ] {
            let error = parse(&file).expect_err(&file);
            for word in words {
                assert!(error.contains(word), "{word:?} is missing in {error:?} of {file}");
            }
            for secret in ["abc", "MfKQ", "key=k"] {
                assert!(!error.contains(secret), "{error}");
            }
        }
    }
}
