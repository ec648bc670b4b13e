//! Lets a release build notice that the widget's files have changed. Generates nothing.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    // Debug builds read the files when they run.
    if std::env::var("PROFILE").as_deref() == Ok("release") {
        println!("cargo::rerun-if-changed=../../dist/widget");
    }
}
