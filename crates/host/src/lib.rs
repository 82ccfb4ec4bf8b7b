//! A headless OpenFX host
