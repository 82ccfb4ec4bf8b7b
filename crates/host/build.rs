//! Compiles the variadic entries of the parameter and message suites.

fn main() {
    println!("cargo::rerun-if-changed=src/ffi/variadics.c");
    cc::Build::new()
        .file("src/ffi/variadics.c")
        .warnings(true)
        .warnings_into_errors(false)
        .compile("deltaplate_host_variadics");
}
