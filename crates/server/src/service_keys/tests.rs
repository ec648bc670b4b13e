//! Names, files and comparisons of service keys.

use super::*;

#[test]
fn names_are_short_and_plain() {
    for name in ["a", "calendar", "PBX-2_test.eu", &"x".repeat(64)] {
        assert_eq!(name.parse::<KeyName>().unwrap().as_str(), name);
    }
    for name in ["", "a b", "ä", "a/b", "a\n", &"x".repeat(65)] {
        assert_eq!(name.parse::<KeyName>(), Err(BadKeyName), "{name:?}");
    }
}

#[test]
fn scopes_have_one_name_for_people_and_files() {
    for scope in Scope::value_variants() {
        let value = scope.to_possible_value().unwrap();
        assert_eq!(value.get_name(), scope.name());
        assert_eq!(serde_json::to_value(scope).unwrap(), scope.name());
    }
}

#[test]
fn a_key_is_found_by_its_secret_alone() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeysFile::of(directory.path());
    let create = |name: &str| file.create(name.parse().unwrap(), [Scope::PresenceRead].into());
    let [one, two] = [create("one").unwrap(), create("two").unwrap()];
    let (_follower, keys) = file.open().unwrap();
    assert_eq!(keys.find(&one).unwrap().name.as_str(), "one");
    assert_eq!(keys.find(&two).unwrap().scopes, [Scope::PresenceRead].into());
    let cut = &one[..one.len() - 1];
    for wrong in ["", "msk_", "one", cut, &one.to_uppercase(), &format!("{one} ")] {
        assert_eq!(keys.find(wrong), None, "{wrong}");
    }
}

#[test]
fn keys_have_256_bits_in_an_alphabet_for_addresses() {
    let key = secret::generate().unwrap();
    let random = key.strip_prefix("msk_").unwrap();
    assert_eq!(random.len(), 43);
    assert!(random.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    assert_ne!(key, secret::generate().unwrap());
}

#[test]
fn neither_the_file_nor_debug_output_holds_a_key() {
    let directory = tempfile::tempdir().unwrap();
    let file = KeysFile::of(directory.path());
    let key = file.create("one".parse().unwrap(), [Scope::Admin].into()).unwrap();
    let text = std::fs::read_to_string(directory.path().join("service-keys.toml")).unwrap();
    assert!(text.contains("one") && text.contains(&Hash::of(&key).to_string()), "{text}");
    let (_follower, keys) = file.open().unwrap();
    let shown = format!("{keys:?} {:?}", keys.find(&key));
    for secret in [&key["msk_".len()..], &Hash::of(&key).to_string()] {
        assert!(!shown.contains(secret), "{shown}");
    }
    assert!(!text.contains(&key["msk_".len()..]));
}

#[test]
fn a_file_that_makes_no_sense_is_refused_with_what_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("service-keys.toml");
    let hash = "0".repeat(64);
    let row = |name: &str, scope: &str, hash: &str| {
        format!("[[key]]\nname = '{name}'\nscopes = ['{scope}']\ncreated = ''\nsha256 = '{hash}'\n")
    };
    let good = row("one", "admin", &hash);
    for (text, word) in [
        ("[[keys]]".to_owned(), "keys"),
        (row("a b", "admin", &hash), "1 to 64"),
        (row("one", "everything", &hash), "presence:read"),
        (row("one", "admin", &hash[1..]), "64 hexadecimal"),
        (row("one", "admin", &format!("ä{}", &hash[1..])), "64 hexadecimal"),
        (format!("{good}{good}"), "two keys of the name one"),
        (format!("{good}{}", "# long\n".repeat(50_000)), "bytes"),
    ] {
        std::fs::write(&path, text).unwrap();
        let error = KeysFile::of(directory.path()).open().map(drop).unwrap_err();
        assert!(error.contains(word) && error.contains("service-keys.toml"), "{word}: {error}");
    }
    std::fs::write(&path, good).unwrap();
    assert!(KeysFile::of(directory.path()).open().is_ok());
}
