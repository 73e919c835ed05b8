//! Checkpoints: a tree head as a signed note (C2SP tlog-checkpoint, signed-note), which other tools can verify, too.

use signed_note::{Note, Signer as _, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::{Checkpoint, Hash};

use super::tree::MAX_SIZE;

/// Number of entries, and the root hash.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Head {
    pub size: u64,
    pub root: Hash,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    #[error("the name of the ledger must not be empty, and must not contain a space or a plus")]
    Name,
    #[error("the key does not have the form NAME+ID+KEY (C2SP signed-note)")]
    Key,
    #[error("the checkpoint is not a signed note (C2SP tlog-checkpoint)")]
    Malformed,
    #[error("the checkpoint is not signed by any of the keys given")]
    Unsigned,
    #[error("the checkpoint is of the ledger {0:?}, not of {1:?}")]
    Origin(String, String),
}

/// The ledger key, with the name of the ledger.
#[derive(Clone)]
pub struct Signer(StandardSigner);

impl Signer {
    /// Parses a signer key: `PRIVATE+KEY+NAME+ID+KEY`.
    pub fn new(key: &str) -> Result<Signer, CheckpointFault> {
        StandardSigner::new(key).map(Signer).map_err(|_| CheckpointFault::Name)
    }

    pub fn sign(&self, head: &Head) -> Result<String, CheckpointFault> {
        let checkpoint = Checkpoint::new(self.0.name(), head.size, head.root, "").map_err(|_| CheckpointFault::Name)?;
        let mut note = Note::new(&checkpoint.to_bytes(), &[]).map_err(|_| CheckpointFault::Malformed)?;
        note.add_sigs(&[&self.0]).map_err(|_| CheckpointFault::Name)?;
        String::from_utf8(note.to_bytes()).map_err(|_| CheckpointFault::Malformed)
    }
}

/// The keys that verify the checkpoints of one ledger.
pub struct Verifiers {
    pub origin: String,
    verifiers: VerifierList,
}

impl Verifiers {
    pub fn parse<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Verifiers, CheckpointFault> {
        let mut origin = None;
        let mut verifiers: Vec<Box<dyn signed_note::Verifier>> = Vec::new();
        for key in keys {
            let key = key.trim();
            let verifier = StandardVerifier::new(key).map_err(|_| CheckpointFault::Key)?;
            let name = key.split('+').next().unwrap_or_default().to_owned();
            let first = origin.get_or_insert_with(|| name.clone());
            if *first != name {
                return Err(CheckpointFault::Origin(name, first.clone()));
            }
            verifiers.push(Box::new(verifier));
        }
        let origin = origin.ok_or(CheckpointFault::Key)?;
        Ok(Verifiers { origin, verifiers: VerifierList::new(verifiers) })
    }

    /// The head in a checkpoint, if one of these keys signed it.
    pub fn open(&self, text: &str) -> Result<Head, CheckpointFault> {
        let note = Note::from_bytes(text.as_bytes()).map_err(|_| CheckpointFault::Malformed)?;
        note.verify(&self.verifiers).map_err(|_| CheckpointFault::Unsigned)?;
        let checkpoint = Checkpoint::from_bytes(note.text()).map_err(|_| CheckpointFault::Malformed)?;
        if checkpoint.origin() != self.origin {
            return Err(CheckpointFault::Origin(checkpoint.origin().to_owned(), self.origin.clone()));
        }
        if checkpoint.size() > MAX_SIZE {
            return Err(CheckpointFault::Malformed);
        }
        Ok(Head { size: checkpoint.size(), root: *checkpoint.hash() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Key, Keyring, Use};
    use proptest::prelude::*;
    use tlog_tiles::record_hash;

    fn signer(origin: &str, seed: u8) -> (Signer, String) {
        let now = chrono::Utc::now();
        let ring = Keyring::new(Use::ALL.map(|usage| Key::of(usage, [seed; 32], now, now).unwrap()).to_vec()).unwrap();
        let key = ring.ledger_key(now);
        (Signer::new(&key.signer_key(origin)).unwrap(), key.verifier_key(origin))
    }

    fn head() -> Head {
        Head { size: 7, root: record_hash(b"seven") }
    }

    #[test]
    fn a_checkpoint_is_read_back_under_its_key_and_under_no_other() {
        let ((old, old_key), (_, new_key)) = (signer("xiaoqu.test/ledger", 1), signer("xiaoqu.test/ledger", 2));
        let text = old.sign(&head()).unwrap();
        assert!(text.starts_with("xiaoqu.test/ledger\n7\n"));
        let both = Verifiers::parse([new_key.as_str(), old_key.as_str()]).unwrap();
        assert_eq!(both.open(&text), Ok(head()));
        assert_eq!(Verifiers::parse([new_key.as_str()]).unwrap().open(&text), Err(CheckpointFault::Unsigned));
        let (_, other_key) = signer("other.test/ledger", 1);
        assert_eq!(Verifiers::parse([other_key.as_str()]).unwrap().open(&text), Err(CheckpointFault::Unsigned));
        assert!(Verifiers::parse([new_key.as_str(), other_key.as_str()]).is_err());
        assert!(Verifiers::parse([]).is_err());
    }

    #[test]
    fn a_name_that_would_break_the_note_is_refused() {
        let now = chrono::Utc::now();
        let ring = Keyring::generate(now).unwrap();
        assert!(Signer::new(&ring.ledger_key(now).signer_key("fine.test/ledger")).is_ok());
        for name in ["", "with space", "with+plus", "with\nline"] {
            assert!(Signer::new(&ring.ledger_key(now).signer_key(name)).is_err(), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn a_mangled_checkpoint_is_never_believed(at in 0usize..1000, byte in any::<u8>(), cut in any::<bool>()) {
            let (signer, key) = signer("xiaoqu.test/ledger", 1);
            let keys = Verifiers::parse([key.as_str()]).unwrap();
            let text = signer.sign(&head()).unwrap();
            let mut bytes = text.clone().into_bytes();
            let at = at % bytes.len();
            if cut { bytes.truncate(at) } else { bytes[at] = byte }
            if let Ok(mangled) = String::from_utf8(bytes) && mangled != text {
                prop_assert!(keys.open(&mangled).is_err());
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC*(\n\\PC*){0,6}") {
            let (_, key) = signer("xiaoqu.test/ledger", 1);
            prop_assert!(Verifiers::parse([key.as_str()]).unwrap().open(&text).is_err());
            prop_assert!(Verifiers::parse([text.as_str()]).is_err());
        }
    }
}
