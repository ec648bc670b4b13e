//! As much of JSON (RFC 8259) as a host-meta document needs: objects, lists and texts; other values are `Other`.

/// A JSON value.
#[derive(PartialEq, Debug)]
pub(super) enum Value {
    Object(Vec<(String, Value)>),
    List(Vec<Value>),
    Text(String),
    Other,
}

impl Value {
    pub(super) fn field(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => {
                fields.iter().find(|(field, _)| field == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match self {
            Self::List(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// Reads a document; `None` for what is none.
pub(super) fn read(text: &str) -> Option<Value> {
    let mut reader = Reader { rest: text };
    let value = reader.value(0)?;
    reader.skip_blanks();
    reader.rest.is_empty().then_some(value)
}

/// Deepest nesting; host-meta has three levels.
const DEPTH_MAX: usize = 16;

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn value(&mut self, depth: usize) -> Option<Value> {
        if depth > DEPTH_MAX {
            return None;
        }
        self.skip_blanks();
        if self.take('{') {
            let mut fields = Vec::new();
            self.list('}', |reader| {
                reader.skip_blanks();
                let name = reader.take('"').then(|| reader.text())??;
                reader.skip_blanks();
                let value = reader.take(':').then(|| reader.value(depth + 1))??;
                fields.push((name, value));
                Some(())
            })?;
            Some(Value::Object(fields))
        } else if self.take('[') {
            let mut items = Vec::new();
            self.list(']', |reader| {
                items.push(reader.value(depth + 1)?);
                Some(())
            })?;
            Some(Value::List(items))
        } else if self.take('"') {
            self.text().map(Value::Text)
        } else {
            // Numbers and names: what they say does not matter.
            let end = self
                .rest
                .find(|character: char| {
                    !character.is_ascii_alphanumeric() && !"+-.".contains(character)
                })
                .unwrap_or(self.rest.len());
            self.rest = self.rest.get(end..).unwrap_or_default();
            (end > 0).then_some(Value::Other)
        }
    }

    fn list(&mut self, end: char, mut one: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.skip_blanks();
        if self.take(end) {
            return Some(());
        }
        loop {
            one(self)?;
            self.skip_blanks();
            if self.take(end) {
                return Some(());
            }
            if !self.take(',') {
                return None;
            }
        }
    }

    fn text(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let character = self.rest.chars().next()?;
            self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
            match character {
                '"' => return Some(text),
                '\\' => text.push(self.escape()?),
                control if control.is_control() => return None,
                other => text.push(other),
            }
        }
    }

    fn escape(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = self.rest.get(character.len_utf8()..).unwrap_or_default();
        Some(match character {
            '"' | '\\' | '/' => character,
            'b' => '\u{8}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let digits = self.rest.get(..4)?;
                self.rest = self.rest.get(4..).unwrap_or_default();
                // Addresses and names of relations hold no pairs of surrogates.
                char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
            }
            _ => return None,
        })
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn take(&mut self, token: char) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
}
