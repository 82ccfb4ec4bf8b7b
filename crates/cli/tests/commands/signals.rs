//! Ctrl-C and SIGTERM.

#![cfg(unix)]

use std::fs::OpenOptions;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use images::SampleType;

use crate::child::{graph, hostile};
use crate::support::{Make, folder, names, texture};

fn send(child: &Child, signal: &str) {
    let kill = Command::new("kill")
        .args([signal, &child.id().to_string()])
        .status();
    assert!(kill.unwrap().success());
}

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
    send(&child, signal);
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

/// True while a process of this program works in that folder.
#[cfg(target_os = "linux")]
fn somebody_works_in(home: &Path) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mut folders = processes.map(|process| std::fs::read_link(process.path().join("cwd")));
    let home = home.canonicalize().unwrap();
    folders.any(|folder| folder.is_ok_and(|folder| folder == home))
}

/// Renders with a plug-in that does not return, sends the signals to the parent when it has begun,
/// and gives the parent's exit code. Nobody is left, and nothing unfinished.
#[cfg(target_os = "linux")]
fn child_stopped_by(plugin: &str, begun: &str, signals: &[&str]) -> Option<i32> {
    let home = folder();
    let mut parent = Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .args(graph(home.path(), 8, plugin, &["--quiet"]))
        .current_dir(home.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stderr.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    assert!(lines.any(|line| line == begun));
    assert!(somebody_works_in(home.path()));
    for signal in signals {
        send(&parent, signal);
        sleep(Duration::from_millis(50));
    }
    let code = parent.wait().unwrap().code();
    // A plug-in that listens was asked.
    assert_eq!(lines.any(|line| line == "stopping"), begun == "waiting");
    // Without its parent, the child ends by itself.
    let begin = Instant::now();
    while somebody_works_in(home.path()) {
        assert!(begin.elapsed() < Duration::from_secs(20), "the child lives");
        sleep(Duration::from_millis(5));
    }
    let left = names(home.path());
    assert!(left.iter().all(|name| !name.starts_with('.')), "{left:?}");
    assert!(!left.contains(&"b.exr".to_owned()), "{left:?}");
    code
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_stops_when_its_parent_is_asked_to() {
    let stop = |signals: &[&str]| child_stopped_by("test.wait.render", "waiting", signals);
    assert_eq!(stop(&["-INT"]), Some(130));
    assert_eq!(stop(&["-TERM"]), Some(143));
}

#[cfg(target_os = "linux")]
#[test]
fn a_child_that_does_not_stop_is_ended() {
    let stop = |signals: &[&str]| child_stopped_by("test.hang.render", "hanging", signals);
    // After some seconds of grace, at once, and without a parent.
    assert_eq!(stop(&["-TERM"]), Some(143));
    assert_eq!(stop(&["-INT", "-INT"]), Some(130));
    assert_eq!(stop(&["-KILL"]), None);
}

#[cfg(target_os = "linux")]
#[test]
fn a_check_stops_too() {
    let home = folder();
    let mut parent = Command::new(env!("CARGO_BIN_EXE_deltaplate"))
        .args(["nodes", "test.wait.render", "--quiet", "--check"])
        .arg(hostile())
        .current_dir(home.path())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(parent.stderr.take().unwrap()).lines();
    let mut lines = lines.map_while(Result::ok);
    assert!(lines.any(|line| line == "waiting"));
    send(&parent, "-INT");
    assert_eq!(parent.wait().unwrap().code(), Some(130));
    assert!(!somebody_works_in(home.path()));
}
