//! The addresses of files, as editors write them, and their paths.

use std::path::{Path, PathBuf};

use url::Url;

/// The path of a file's address; none for what is no file on disk, such as a buffer without a name.
pub(crate) fn path_of(uri: &str) -> Option<PathBuf> {
    let url = Url::parse(uri).ok()?;
    if url.scheme() == "file" { url.to_file_path().ok() } else { None }
}

/// The address of a file.
pub(crate) fn uri_of(path: &Path) -> Option<String> {
    Url::from_file_path(path).ok().map(String::from)
}

/// A path below a root, with `/` between folders, as sources are named.
pub(crate) fn below(root: &Path, path: &Path) -> Option<String> {
    let parts: Option<Vec<&str>> =
        path.strip_prefix(root).ok()?.components().map(|part| part.as_os_str().to_str()).collect();
    parts.map(|parts| parts.join("/"))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_decoded_and_encoded() {
        for (uri, path) in [
            ("file:///app/index.yaml", Some("/app/index.yaml")),
            ("file:///my%20app/caf%C3%A9/%5Bid%5D.yaml", Some("/my app/café/[id].yaml")),
            ("file://localhost/app/a.yaml", Some("/app/a.yaml")),
            ("untitled:Untitled-1", None),
            ("git:/app/index.yaml", None),
            ("https://example.com/a.yaml", None),
            ("nothing", None),
            ("", None),
        ] {
            assert_eq!(path_of(uri).as_deref(), path.map(Path::new), "{uri}");
        }
        let path = Path::new("/my app/100% café/[id].yaml");
        assert_eq!(path_of(&uri_of(path).unwrap()).as_deref(), Some(path));
        assert_eq!(below(Path::new("/my app"), path).as_deref(), Some("100% café/[id].yaml"));
        assert_eq!(below(Path::new("/other"), path), None);
    }
}
