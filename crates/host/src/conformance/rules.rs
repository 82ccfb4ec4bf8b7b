//! What is looked at.

use super::finding::Severity::{self, Error, Note, Warning};

/// Something that is looked at.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub name: &'static str,
    /// How bad a breach is.
    pub severity: Severity,
    /// What a breach is.
    pub breach: &'static str,
}

macro_rules! rules {
    ($($constant:ident $severity:ident $name:literal $breach:literal;)*) => {
        $(pub(super) const $constant: Rule = Rule { name: $name, severity: $severity, breach: $breach };)*

        /// All rules.
        pub const RULES: &[Rule] = &[$($constant),*];
    };
}

rules! {
    // The bundle's files.
    BUNDLE_NAME Error "bundle-name" "The folder is not called Name.ofx.bundle, or has no Contents.";
    NO_BINARY Warning "no-binary" "No folder for a platform holds Name.ofx.";
    NO_PLIST Warning "no-plist" "Contents/Info.plist is missing; macOS asks for it.";
    BAD_PLIST Error "bad-plist" "Info.plist is no property list, or names another executable.";
    PLIST_KEY Warning "plist-key" "Info.plist lacks a key, or has an unusual value.";
    NO_ICON Warning "no-icon" "The icon that the plug-in names is not in Resources.";
    ICON_FORMAT Warning "icon-format" "An icon is no sound PNG or SVG, or there is no PNG, the only kind that Natron reads.";
    // The library, before anything is loaded.
    NO_PLUGINS Error "no-plugins" "The library holds no plug-in.";
    BAD_STRUCTURE Error "bad-structure" "OfxGetPlugin answers something that is no plug-in.";
    WRONG_API Error "wrong-api" "A plug-in of another API, or of a version other than 1.";
    NO_SET_HOST Note "no-set-host" "The library does not export OfxSetHost, which came with API 1.4 and is optional.";
    DUPLICATE_ID Error "duplicate-id" "Two plug-ins have the same id and version.";
    ID_FORM Warning "id-form" "An id that is no reversed domain name of plain ASCII.";
    // Calls.
    CANNOT_CHECK Error "cannot-check" "The plug-in does not load, or does not describe itself: nothing more can be checked.";
    PROCESS_ENDED Error "process-ended" "The plug-in ended the process, or had to be stopped.";
    UNKNOWN_STATUS Error "unknown-status" "An action answers what is no status of OpenFX.";
    WRONG_STATUS Error "wrong-status" "An action answers a status that is not for actions.";
    NOT_OPTIONAL Error "not-optional" "Describe, DescribeInContext or Render is left to the host.";
    REPLY_DEFAULT Warning "reply-default" "Load, CreateInstance or DestroyInstance answers ReplyDefault, which some hosts take for a refusal.";
    FAILED_SILENTLY Error "failed-silently" "An action fails, and no message says why.";
    FAILED Warning "failed" "An action fails, and a message says why.";
    BAD_ANSWER Error "bad-answer" "An action succeeds with an answer that makes no sense.";
    VIOLATION Error "violation" "A breach of the rules that the host had to stop.";
    UNSTABLE Error "unstable-description" "After Unload and Load the plug-in describes itself differently, or not at all.";
    LEAKED_IMAGE Error "leaked-image" "An image was not released when the action ended.";
    LEAKED_MEMORY Error "leaked-memory" "Memory of the host's suites was not freed when the plug-in was unloaded.";
    STRAY_WRITE Error "stray-write" "Render writes outside its window, its image, or into an input.";
    UNWRITTEN Error "unwritten-pixels" "Render leaves pixels of its window as they were.";
    NOT_REPEATABLE Warning "not-repeatable" "The same render gives other pixels the second time.";
    TILES_DIFFER Warning "tiles-differ" "Rendered in parts, the frame has other pixels.";
    // Properties, as they are written.
    MANDATORY Error "mandatory" "A property is not set, or empty, without which the object makes no sense.";
    UNKNOWN_PROPERTY Error "unknown-property" "A property that OpenFX does not have.";
    ELSEWHERE Error "property-elsewhere" "A property that OpenFX has, on other objects.";
    VENDOR Note "vendor-property" "A property of one vendor's hosts.";
    WRONG_TYPE Error "wrong-type" "A value of another type than the property's.";
    BAD_INDEX Error "bad-index" "More values than the property has, or an index below 0.";
    READ_ONLY Error "read-only" "A property that only the host writes, or that is fixed once it is described.";
    BAD_VALUE Error "bad-value" "A value that OpenFX does not allow there.";
    NOT_TEXT Warning "not-text" "A string that is not UTF-8.";
    NEWER Note "newer-property" "A property newer than API 1.4: older hosts answer kOfxStatErrUnknown, which must not fail the plug-in.";
    OUTDATED Note "outdated" "A property or value that newer versions advise against.";
    MISREAD Warning "misread" "A property read by another type than its own.";
    DEFINED_TWICE Error "defined-twice" "Two clips, or two parameters, of one name.";
    UNKNOWN_KIND Warning "unknown-kind" "A type of parameter that the checking host does not have.";
    // The effect.
    LABEL_FORM Warning "label-form" "A label with a character that hosts use for something else.";
    LABELS Warning "labels" "The short or long label, or the grouping, is not set.";
    NO_DESCRIPTION Note "no-description" "No description of the plug-in.";
    MARKUP Note "markup" "A description with < or &, which some hosts take for markup.";
    NO_CONTEXT Error "no-context" "No context that OpenFX has.";
    NO_DEPTH Error "no-depth" "No depth that OpenFX has.";
    VERSION Warning "version" "The version that is described is not that of the structure.";
    UNSAFE Note "render-unsafe" "The plug-in renders one thing at a time in the whole process.";
    // Clips.
    CONTEXT_CLIP Error "context-clip" "A clip that the context demands is missing.";
    CONTEXT_PARAM Error "context-parameter" "A parameter that the context demands is missing.";
    REQUIRED_CLIP Error "required-clip" "A clip beyond those of the context is not optional.";
    MASK Warning "mask" "A mask that does not take Alpha, or is not optional.";
    CLIP_LABEL Warning "clip-label" "An input without a label.";
    CLIP_ORDER Warning "clip-order" "Hosts differ in which input they pass through when the node is disabled.";
    // Parameters.
    PARAM_NAME Warning "param-name" "A name that is not letters, digits and underscores.";
    PARAM_LABEL Warning "param-label" "A parameter without a label.";
    PARAM_HINT Warning "param-hint" "A parameter without a hint.";
    SCRIPT_NAME Error "script-name" "Two parameters of one script name.";
    DISPLAY_RANGE Warning "display-range" "A number without range or display range: Resolve clamps to the one that is set.";
    RANGE Error "range" "A range, or display range, whose least is above its greatest.";
    DISPLAY_OUTSIDE Warning "display-outside" "A display range that exceeds the range.";
    DEFAULT Error "default" "A default outside the range, or that is no option.";
    OPTIONS Warning "options" "Options that are empty or equal: MLT sets choices by label.";
    OPTION_ORDER Error "option-order" "Orders or names of options that are not as many as the options.";
    INTEGER_2D Warning "integer-2d" "An integer of two or three dimensions: Resolve crashes.";
    SECRET Note "secret" "Described as secret: Nuke cannot show it later.";
    PARENT Error "parent" "A parent that is no group, or a group within itself.";
    PAGE_CHILD Error "page-child" "A page that holds a group, a page, or what does not exist.";
    NOT_ON_PAGE Warning "not-on-page" "A parameter that no page holds: hosts with pages do not show it.";
    PAGE_ORDER Error "page-order" "The order of pages names what is no page.";
}
