//! Ctrl-C and SIGTERM.

#![cfg(unix)]

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use images::SampleType;

use crate::support::{Make, folder, names, texture};

/// Runs `min`, and sends it a signal while it waits for its first input, which is a pipe.
fn stopped_by(signal: &str) -> i32 {
    let home = folder();
    let path = |name: &str| home.path().join(name);
    Make::sized(8, 8, "RGB", SampleType::U8).write(&path("p.tif"), texture);
    assert!(
        Command::new("mkfifo")
            .arg(path("bg.tif"))
            .status()
            .unwrap()
            .success()
    );
    let mut child = Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .arg("min")
        .args([path("bg.tif"), path("p.tif"), "-o".into(), path("d.exr")])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // From its first line on the command listens to signals; it goes on when the pipe is opened.
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert_eq!(line, "reading\n");
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
    OpenOptions::new().write(true).open(path("bg.tif")).unwrap();
    let code = child.wait().unwrap().code().unwrap();
    assert_eq!(names(home.path()), ["bg.tif", "p.tif"]);
    code
}

#[test]
fn signals_end_with_the_code_of_a_shell() {
    assert_eq!(stopped_by("-INT"), 130);
    assert_eq!(stopped_by("-TERM"), 143);
}
