//! The file of the keyring: JSON in exactly one form. A changed byte, and a key that was added, removed or copied from
//! another file, are detected: the whole file is authenticated with the wrapping key, and each secret is encrypted with
//! it, bound to its key id.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::ring::{Key, Keyring, Moment, Use};
use super::wrapping::WrappingKey;

const FORMAT: &str = "xiaoqu-keyring-1";
const MOST_BYTES: u64 = 1024 * 1024;

/// Why a keyring cannot be used, in one line that contains nothing of the file's content.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    #[error("{0} {1}")]
    Wrapping(String, String),
    #[error("the keyring {0} cannot be read: {1}")]
    Unreadable(String, std::io::Error),
    #[error("the keyring {0} cannot be read: there is no such file; `xiaoqu keys init` makes one")]
    Missing(String),
    #[error("the keyring {0} cannot be written: the folder {1} does not exist")]
    NoFolder(String, String),
    #[error("the keyring {0} cannot be written: {1}")]
    Unwritable(String, std::io::Error),
    #[error("the keyring {0} exists already, and is not overwritten")]
    Exists(String),
    #[error("the keyring {0} is not in the form that `xiaoqu keys` writes: {1}")]
    Form(String, &'static str),
    #[error("the wrapping key {1} is not the one that the keyring {0} is wrapped by ({2})")]
    WrongWrappingKey(String, String, String),
    #[error("the keyring {0} was changed or damaged: {1}")]
    Damaged(String, &'static str),
    #[error("the keyring {0}: {1}")]
    Content(String, anyhow::Error),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    /// Id of the wrapping key that decrypts the file. It reveals nothing of that key.
    wrapped_by: String,
    keys: Vec<WrittenKey>,
    /// Authenticates all members before it.
    seal: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenKey {
    id: String,
    r#use: Use,
    created_at: Moment,
    active_from: Moment,
    public: Option<String>,
    secret: String,
}

fn about_secret(id: &str) -> String {
    format!("{FORMAT} secret {id}")
}

fn about_file(written: &Written) -> anyhow::Result<String> {
    Ok(format!("{FORMAT} file {} {}", written.wrapped_by, serde_json::to_string(&written.keys)?))
}

fn text(written: &Written) -> anyhow::Result<String> {
    Ok(serde_json::to_string_pretty(written)? + "\n")
}

/// Serialises and encrypts a keyring.
pub(super) fn write(ring: &Keyring, wrapping: &WrappingKey) -> anyhow::Result<String> {
    let keys = ring.keys().map(|key| {
        Ok(WrittenKey {
            id: key.id.clone(),
            r#use: key.usage,
            created_at: key.created_at,
            active_from: key.active_from,
            public: key.public.map(|public| STANDARD.encode(public)),
            secret: STANDARD.encode(wrapping.wrapper.encrypt(&about_secret(&key.id), key.secret.expose())?),
        })
    });
    let mut written = Written {
        format: FORMAT.into(),
        wrapped_by: wrapping.id().into(),
        keys: keys.collect::<anyhow::Result<_>>()?,
        seal: String::new(),
    };
    written.seal = STANDARD.encode(wrapping.wrapper.encrypt(&about_file(&written)?, b"")?);
    text(&written)
}

/// Decrypts the keys in a file's text.
pub(super) fn parse(content: &[u8], wrapping: &WrappingKey, name: &str) -> Result<Keyring, FileError> {
    let form = |why| FileError::Form(name.into(), why);
    let damaged = |why| FileError::Damaged(name.into(), why);
    let content_fault = |error: anyhow::Error| FileError::Content(name.into(), error);
    let written: Written = serde_json::from_slice(content).map_err(|_| form("not JSON with the right members"))?;
    if written.format != FORMAT {
        return Err(form("another format"));
    }
    if written.wrapped_by != wrapping.id() {
        // Show the id only if it has the form of one, because the member could contain anything.
        let theirs = written.wrapped_by.as_str();
        let theirs = if theirs.len() == 16 && theirs.bytes().all(|b| b.is_ascii_hexdigit()) { theirs } else { "?" };
        return Err(FileError::WrongWrappingKey(name.into(), wrapping.id().into(), theirs.into()));
    }
    let seal = STANDARD.decode(&written.seal).map_err(|_| damaged("its seal is not base64"))?;
    let about = about_file(&written).map_err(content_fault)?;
    match wrapping.wrapper.decrypt(&about, &seal) {
        Some(rest) if rest.is_empty() => {}
        _ => return Err(damaged("its seal does not fit")),
    }
    // Only one form is accepted, so that no byte can be changed unnoticed.
    if text(&written).map_err(content_fault)?.as_bytes() != content {
        return Err(damaged("spaces or order were changed"));
    }
    let mut keys: Vec<Key> = Vec::new();
    for key in &written.keys {
        let sealed = STANDARD.decode(&key.secret).map_err(|_| damaged("a secret is not base64"))?;
        let secret =
            wrapping.wrapper.decrypt(&about_secret(&key.id), &sealed).ok_or(damaged("a secret does not open"))?;
        let secret = secret.try_into().map_err(|_| damaged("a secret has another length"))?;
        let opened = Key::of(key.r#use, secret, key.created_at, key.active_from).map_err(content_fault)?;
        let public = opened.public.map(|public| STANDARD.encode(public));
        if opened.id != key.id || public != key.public || keys.iter().any(|one| one.id == key.id) {
            return Err(damaged("a key is not the one that it says"));
        }
        keys.push(opened);
    }
    Keyring::new(keys).map_err(content_fault)
}

pub fn read(path: &Path, wrapping: &WrappingKey) -> Result<Keyring, FileError> {
    let name = path.display().to_string();
    let mut content = Vec::new();
    File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut content)).map_err(
        |error| match error.kind() {
            std::io::ErrorKind::NotFound => FileError::Missing(name.clone()),
            _ => FileError::Unreadable(name.clone(), error),
        },
    )?;
    if content.len() as u64 > MOST_BYTES {
        return Err(FileError::Form(name, "too large"));
    }
    parse(&content, wrapping, &name)
}

/// Writes a keyring to a new file.
pub fn create(path: &Path, ring: &Keyring, wrapping: &WrappingKey) -> Result<(), FileError> {
    put(path, ring, wrapping, |temporary| temporary.persist_noclobber(path).map(drop).map_err(|error| error.error))
}

/// Replaces the file of a keyring atomically: readers see the old file or the new one.
pub fn replace(path: &Path, ring: &Keyring, wrapping: &WrappingKey) -> Result<(), FileError> {
    put(path, ring, wrapping, |temporary| temporary.persist(path).map(drop).map_err(|error| error.error))
}

fn put(
    path: &Path,
    ring: &Keyring,
    wrapping: &WrappingKey,
    persist: impl FnOnce(tempfile::NamedTempFile) -> std::io::Result<()>,
) -> Result<(), FileError> {
    let name = path.display().to_string();
    let content = write(ring, wrapping).map_err(|error| FileError::Content(name.clone(), error))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(FileError::NoFolder(name, folder.display().to_string()));
    }
    let placed = || {
        // Temporary files have mode 0600.
        let mut temporary = tempfile::Builder::new().prefix(".keyring-").tempfile_in(folder)?;
        temporary.write_all(content.as_bytes())?;
        temporary.as_file().sync_all()?;
        keep_owner(path, temporary.as_file());
        persist(temporary)?;
        File::open(folder)?.sync_all()
    };
    placed().map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => FileError::Exists(name),
        _ => FileError::Unwritable(name, error),
    })
}

/// Keeps the owner of the file, so that the service can still read it after root has rotated a key.
#[cfg(unix)]
fn keep_owner(path: &Path, new: &File) {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    if let Ok(old) = std::fs::metadata(path) {
        // This fails unless the user is root, and then the owner is the same user anyway.
        let _ = fchown(new, Some(old.uid()), Some(old.gid()));
        let _ = new.set_permissions(std::fs::Permissions::from_mode(old.mode() & 0o640 | 0o600));
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &File) {}
