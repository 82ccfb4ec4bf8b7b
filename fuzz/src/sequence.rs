//! Names of sequences, and ranges of frames.

use std::path::Path;

use images::{FrameRange, Pattern, frame_in, ranges};

/// The first line of any text is a range, the rest the name of a sequence.
pub fn sequence(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (range, name) = text.split_once('\n').unwrap_or((text, text));
    let frames = match range.parse::<FrameRange>() {
        Ok(range) => range.into_frames(),
        Err(error) => return drop(error.to_string()),
    };
    let said = ranges(&frames);
    if said
        .chars()
        .all(|c| c.is_ascii_digit() || c == '-' || c == ',')
    {
        let read: FrameRange = said.parse().expect("what is said of frames is a range");
        assert_eq!(read.frames(), frames);
    }
    frame_in(Path::new(name));
    let Some(pattern) = Pattern::parse(Path::new(name)) else {
        return;
    };
    for &frame in frames.iter().take(9) {
        let path = pattern.path(frame);
        let name = path.file_name().and_then(|name| name.to_str());
        assert_eq!(name.and_then(|name| pattern.frame_of(name)), Some(frame));
        assert_eq!(path.parent(), Path::new(&pattern.to_string()).parent());
    }
}
