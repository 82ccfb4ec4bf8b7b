//! `deltaplate render`.
