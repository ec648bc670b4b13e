//! Whose the files are: closed to others, and not taken from another program.

use std::{fs, path::Path};

use super::*;

#[cfg(unix)]
mod modes {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Returns the modes of the files of a database that is open.
    fn modes(directory: &Path) -> Vec<u32> {
        let mut database = open(directory).unwrap();
        seed(&mut database, &[record()]).unwrap();
        let files = fs::read_dir(directory).unwrap();
        let modes: Vec<_> = files.map(|file| mode(&file.unwrap().path())).collect();
        assert!(modes.len() > 1, "the database and its log are there");
        modes
    }

    #[test]
    fn a_new_directory_and_its_files_are_closed_to_others() {
        let parent = tempfile::tempdir().unwrap();
        let directory = parent.path().join("a/b");
        assert!(modes(&directory).iter().all(|mode| *mode == 0o600));
        assert_eq!(mode(&directory), 0o700);
    }

    #[test]
    fn a_directory_that_existed_and_its_files_are_closed_to_others() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        set_mode(directory, 0o755);
        fs::create_dir(directory.join("lost+found")).unwrap();
        drop(open(directory).unwrap());
        fs::remove_dir(directory.join("lost+found")).unwrap();
        assert_eq!(mode(directory), 0o700, "that of a file system of its own");
        set_mode(directory, 0o755);
        modes(directory);
        assert_eq!(mode(directory), 0o700, "an empty one");
        let file = directory.join("mistatus.sqlite3");
        set_mode(&file, 0o644);
        set_mode(directory, 0o2775);
        assert!(modes(directory).iter().all(|mode| *mode == 0o600));
        assert_eq!(mode(directory), 0o700);
        let read = load(&open(directory).unwrap()).unwrap();
        assert_eq!(read, [record()], "nothing is lost");
    }

    #[test]
    fn service_keys_are_closed_to_others_at_the_start() {
        let directory = tempfile::tempdir().unwrap();
        let keys = directory.path().join("service-keys.toml");
        fs::write(&keys, "").unwrap();
        set_mode(&keys, 0o666);
        drop(open(directory.path()).unwrap());
        assert_eq!(mode(&keys), 0o600);
    }

    #[test]
    fn an_open_directory_with_other_files_is_refused_and_left_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let directory = directory.path();
        fs::write(directory.join("index.html"), "for everybody").unwrap();
        set_mode(directory, 0o755);
        let error = open(directory).unwrap_err().to_string();
        for word in ["0755", "chmod 700", "--data", directory.to_str().unwrap()] {
            assert!(error.contains(word), "{word:?} is missing in {error:?}");
        }
        assert_eq!((mode(directory), files(directory).len()), (0o755, 1));
        set_mode(directory, 0o700);
        assert!(modes(directory).contains(&0o600));
    }
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    for statements in [
        "PRAGMA application_id = 1196444487; CREATE TABLE users (name TEXT)",
        "PRAGMA application_id = 1196444487",
        "CREATE TABLE bookmarks (url TEXT)",
        "CREATE TABLE users (id INTEGER PRIMARY KEY, password TEXT); PRAGMA user_version = 4",
        "CREATE TABLE bookmarks (url TEXT); PRAGMA user_version = 99",
    ] {
        let directory = tempfile::tempdir().unwrap();
        let foreign = Connection::open(directory.path().join("mistatus.sqlite3")).unwrap();
        foreign.execute_batch(statements).unwrap();
        drop(foreign);
        refused(directory.path(), &["another program", "--data"]);
    }
}

#[test]
fn a_database_says_whose_it_is_and_those_from_before_do_from_now_on() {
    let directory = tempfile::tempdir().unwrap();
    first_version(directory.path());
    for _ in 0..2 {
        let database = open(directory.path()).unwrap();
        let id: i32 =
            database.pragma_query_value(None, "application_id", |row| row.get(0)).unwrap();
        assert_eq!(id.to_be_bytes(), *b"MSts");
        assert_eq!(load(&database).unwrap().len(), 3);
    }
}

#[test]
fn a_row_out_of_range_is_left_out_and_the_rest_is_read() {
    let directory = tempfile::tempdir().unwrap();
    let mut database = open(directory.path()).unwrap();
    seed(&mut database, &[record()]).unwrap();
    for statement in [
        "INSERT INTO users (folded, name, status) VALUES ('far@x', 'far@x', 70000)",
        "INSERT INTO users (folded, name, status) VALUES ('below@x', 'below@x', -1)",
        "INSERT INTO users (folded, name, status) VALUES ('bytes@x', CAST(x'ff' AS TEXT), 2)",
        "INSERT INTO users (folded, name, status, friendly_name) VALUES ('shown@x', 'shown@x', 2, CAST(x'ff' AS TEXT))",
        "INSERT INTO users (folded, name, status, last_group) VALUES ('groups@x', 'groups@x', 2, -5)",
        "INSERT INTO contacts (owner, contact, name) VALUES ('alice@x', 'odd', CAST(x'ff' AS TEXT))",
        "INSERT INTO groups (owner, number, name) VALUES ('alice@x', 5000000000, 'Far')",
        "INSERT INTO groups (owner, number, name) VALUES ('alice@x', 7, 'Near')",
        "INSERT INTO messages (id, writer, reader, from_name, to_name, text, at, request, state)
         VALUES (-1, 'bob@x', 'alice@x', 'bob@x', 'alice@x', 'Hi', 0, 1, 0)",
        "INSERT INTO messages (id, writer, reader, from_name, to_name, text, at, request, state)
         VALUES (2, 'bob@x', 'alice@x', 'bob@x', 'alice@x', CAST(x'ff' AS TEXT), 0, 2, 0)",
        "INSERT INTO messages (id, writer, reader, from_name, to_name, text, at, request, state)
         VALUES (3, 'bob@x', 'alice@x', 'bob@x', 'alice@x', 'Hello', 0, 3, 0)",
    ] {
        database.execute(statement, []).unwrap();
    }
    let read = load_sorted(&database);
    let names: Vec<_> = read.iter().map(|user| user.name.as_str()).collect();
    assert_eq!(names, ["Alice@x", "below@x", "far@x", "groups@x", "shown@x"]);
    assert!(read[1..].iter().all(|user| user.intent == Intent::AUTOMATIC));
    assert_eq!(read[4].friendly_name, None);
    assert_eq!((&read[0].contacts, &read[0].intent), (&record().contacts, &record().intent));
    let groups: Vec<_> = read[0].relations.groups.iter().map(|group| group.id.0).collect();
    assert_eq!(groups, [7]);
    let waiting = load_messages(&database).unwrap().waiting;
    assert_eq!(waiting.iter().map(|message| message.id.0).collect::<Vec<_>>(), [3]);
}
