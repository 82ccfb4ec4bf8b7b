//! An open file to be read, and the bounds that its size sets.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::Path;

use crate::error::{Fault, Outcome};
use crate::{Format, Header, ReadOptions, SampleType, Samples};

/// An open image file.
pub(crate) struct Source {
    file: BufReader<Counted>,
    size: u64,
}

/// A file, and the bytes that were fetched from it.
struct Counted {
    file: File,
    bytes: u64,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        self.bytes += count as u64;
        Ok(count)
    }
}

impl Seek for Counted {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Source {
    pub(crate) fn open(path: &Path) -> Outcome<Self> {
        Self::with_buffer(path, 1 << 16)
    }

    /// Opens a file that is read `capacity` bytes at a time.
    pub(crate) fn with_buffer(path: &Path, capacity: usize) -> Outcome<Self> {
        let file = File::open(path)?;
        let facts = file.metadata()?;
        if !facts.is_file() {
            return Err(Fault::from(io::Error::other("not a file")));
        }
        Ok(Source {
            file: BufReader::with_capacity(capacity, Counted { file, bytes: 0 }),
            size: facts.len(),
        })
    }

    /// The file's size.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// The bytes that were fetched from the file so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.file.get_ref().bytes
    }

    /// Goes to a position; what is there already is not read again.
    pub(crate) fn go_to(&mut self, position: u64) -> Outcome<()> {
        let now = self.file.stream_position()?;
        match i64::try_from(i128::from(position) - i128::from(now)) {
            Ok(offset) if position <= self.size => Ok(self.file.seek_relative(offset)?),
            _ => Err(Fault::damaged(
                "the file points beyond its own end: it is damaged or truncated",
            )),
        }
    }

    /// Goes forward past `bytes` that nobody needs.
    pub(crate) fn skip(&mut self, bytes: u32) -> Outcome<()> {
        Ok(self.file.seek_relative(i64::from(bytes))?)
    }

    /// Tells the format by the first bytes, and goes back to them.
    pub(crate) fn format(&mut self) -> Outcome<Format> {
        let mut magic = Vec::new();
        self.file.by_ref().take(16).read_to_end(&mut magic)?;
        self.file.rewind()?;
        match magic.as_slice() {
            [] => Err(Fault::damaged("the file is empty")),
            [0x76, 0x2f, 0x31, 0x01, ..] => Ok(Format::Exr),
            [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => Ok(Format::Tiff),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Ok(Format::Png),
            [0xff, 0xd8, 0xff, ..] => Err(Fault::unsupported(
                "a JPEG cannot be restored bit for bit, because its coding is lossy; \
                 convert it to TIFF, PNG or EXR first and work on that",
            )),
            [b'S', b'D', b'P', b'X', ..] | [b'X', b'P', b'D', b'S', ..] => Ok(Format::Dpx),
            [b'#', b'?', ..] => Ok(Format::Hdr),
            _ => Err(Fault::unsupported(
                "not an image that is known here (EXR, TIFF, PNG, DPX or HDR)",
            )),
        }
    }

    /// Refuses a header that asks for more memory than allowed, or than its file can hold.
    pub(crate) fn bound(&self, header: &Header, options: &ReadOptions) -> Outcome<()> {
        self.bound_memory(header, options)?;
        self.bound_claims(std::slice::from_ref(header))
    }

    /// Refuses headers of parts that together claim more than the file can hold.
    pub(crate) fn bound_claims(&self, parts: &[Header]) -> Outcome<()> {
        let mut least = 0u64;
        for header in parts {
            let ratio = header.metadata.codec.max_ratio();
            least = least.saturating_add(header.decoded_bytes().div_ceil(ratio));
            if least > self.size {
                return Err(Fault::too_large(format!(
                    "the header claims {}, more than a file of {} bytes can hold: it is damaged or \
                     truncated",
                    area(header),
                    self.size
                )));
            }
        }
        Ok(())
    }

    /// Refuses a header that asks for more memory than allowed.
    pub(crate) fn bound_memory(&self, header: &Header, options: &ReadOptions) -> Outcome<()> {
        let decoded = header.decoded_bytes();
        if decoded > options.max_bytes {
            return Err(Fault::too_large(format!(
                "{} take {decoded} bytes, the limit is {}",
                area(header),
                options.max_bytes
            )));
        }
        Ok(())
    }
}

fn area(header: &Header) -> String {
    format!("{} x {} pixels", header.data.width(), header.data.height())
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer)
    }
}

impl BufRead for Source {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.file.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.file.consume(amount);
    }
}

impl Seek for Source {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// `len` zeros, or a fault where the memory is not to be had.
pub(crate) fn zeroed<T: Clone + Default>(len: usize) -> Outcome<Vec<T>> {
    let mut zeros = Vec::new();
    zeros
        .try_reserve_exact(len)
        .map_err(|_| Fault::too_large("not enough memory for the samples"))?;
    zeros.resize(len, T::default());
    Ok(zeros)
}

/// A plane of zeros for each channel.
pub(crate) fn zeroed_planes(header: &Header) -> Outcome<Vec<Samples>> {
    let area = header.data.width() * header.data.height();
    let kinds = header.channels.iter().map(|channel| channel.sample_type);
    kinds.map(|kind| zeroed_plane(kind, area)).collect()
}

/// So many samples of value zero.
pub(crate) fn zeroed_plane(kind: SampleType, area: usize) -> Outcome<Samples> {
    Ok(match kind {
        SampleType::U8 => Samples::U8(zeroed(area)?),
        SampleType::U10 => Samples::U10(zeroed(area)?),
        SampleType::U12 => Samples::U12(zeroed(area)?),
        SampleType::U16 => Samples::U16(zeroed(area)?),
        SampleType::Uint => Samples::Uint(zeroed(area)?),
        SampleType::Half => Samples::Half(zeroed(area)?),
        SampleType::Float => Samples::Float(zeroed(area)?),
    })
}
