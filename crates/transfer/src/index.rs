//! Where the frames of a pack are: one is read without the headers of all the others.
//!
//! The attribute `deltaplate:index` of a pack's first part has a line for each frame: its number, the
//! number of its first part, how many parts it has, and the positions of that part's header and of its
//! offset table. Its parts are side by side. A program that writes the file anew may carry the
//! attribute along although it is no longer true, so whoever goes by it looks at the parts' names.

use std::fmt::Write;

use images::{Codec, Error, Header, PartPlace, PartSpan};

const INDEX: &str = "deltaplate:index";

/// Digits of a position: the index must not move what it points to.
const DIGITS: usize = 11;

/// Puts the index of `frames`, each with its first part and how many there are, into the first part.
pub(crate) fn add(
    parts: &mut [(String, Header, Codec)],
    frames: &[(i64, usize, usize)],
) -> Result<(), Error> {
    let nowhere = PartPlace {
        header: 0,
        table: 0,
    };
    let draft = text(frames, &vec![nowhere; parts.len()]);
    let Some((_, first, _)) = parts.first_mut() else {
        return Ok(());
    };
    first.metadata.set_text(INDEX, &draft);
    let places = images::part_places(parts)?;
    let index = text(frames, &places);
    let first = &mut parts[0].1.metadata;
    if index.len() == draft.len() {
        first.set_text(INDEX, &index);
    } else {
        // Longer positions than any file has: those who read it go through all headers.
        first.remove(INDEX);
    }
    Ok(())
}

fn text(frames: &[(i64, usize, usize)], places: &[PartPlace]) -> String {
    let mut text = String::new();
    for &(frame, first, count) in frames {
        let PartPlace { header, table } = places[first];
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{frame} {first} {count} {header:0DIGITS$} {table:0DIGITS$}"
        );
    }
    text
}

/// Where the index in this header says that a frame is.
pub(crate) fn find(header: &Header, frame: i64) -> Option<PartSpan> {
    let text = header.metadata.text(INDEX)?;
    let number = frame.to_string();
    let line = text
        .lines()
        .find(|line| line.split(' ').next() == Some(&number))?;
    let mut words = line.split(' ').skip(1);
    let mut next = || words.next();
    let (first, count) = (next()?.parse().ok()?, next()?.parse().ok()?);
    let (header, table) = (next()?.parse().ok()?, next()?.parse().ok()?);
    Some(PartSpan {
        first,
        count,
        place: PartPlace { header, table },
    })
}
