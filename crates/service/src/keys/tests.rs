//! Tests of the keyring's file, with many kinds of damage.

use std::sync::Arc;

use chrono::{Duration, TimeZone, Utc};
use proptest::prelude::*;
use signed_note::{Signer as _, StandardSigner, StandardVerifier, Verifier as _};

use super::file::{FileError, parse, write};
use super::*;
use crate::secret::Secret;

const WRAPPING: [u8; 32] = *b"wrapping-wrapping-wrapping-wrapp";

fn wrapping() -> WrappingKey {
    WrappingKey::new(&WRAPPING).unwrap()
}

fn start() -> Moment {
    Utc.with_ymd_and_hms(2026, 3, 2, 1, 0, 0).unwrap()
}

/// A keyring with two keys for tokens, the second ten minutes after the first.
fn ring() -> Keyring {
    let key =
        |usage, byte: u8, minutes| Key::of(usage, [byte; 32], start(), start() + Duration::minutes(minutes)).unwrap();
    Keyring::new(vec![key(Use::Token, 1, 0), key(Use::Token, 2, 10), key(Use::Ledger, 3, 0), key(Use::Data, 4, 0)])
        .unwrap()
}

/// A keyring with all uses, as a new one has.
fn whole_ring() -> Keyring {
    let all = ring().keys().cloned().chain([Key::of(Use::Index, [5; 32], start(), start()).unwrap()]).collect();
    Keyring::new(all).unwrap()
}

fn text() -> String {
    write(&ring(), &wrapping()).unwrap()
}

fn open(content: &[u8]) -> Result<Keyring, FileError> {
    parse(content, &wrapping(), "k.json")
}

fn ids(ring: &Keyring) -> Vec<String> {
    ring.keys().map(|key| key.id.clone()).collect()
}

#[test]
fn what_is_written_is_what_is_read() {
    let read = open(text().as_bytes()).unwrap();
    assert_eq!(ids(&read), ids(&ring()));
    for (read, written) in read.keys().zip(ring().keys()) {
        assert!(
            read.secret == written.secret && read.public == written.public && read.active_from == written.active_from
        );
    }
    assert_eq!(write(&read, &wrapping()).unwrap().len(), text().len(), "only nonces differ");
}

#[test]
fn the_file_holds_no_secret_in_the_open() {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
    let text = text();
    for byte in 1..=4 {
        for form in [STANDARD_NO_PAD.encode([byte; 32]), URL_SAFE_NO_PAD.encode([byte; 32]), hex::encode([byte; 32])] {
            assert!(!text.contains(&form));
        }
    }
}

#[test]
fn another_wrapping_key_is_named_as_such() {
    let other = WrappingKey::new(&[9; 32]).unwrap();
    let error = parse(text().as_bytes(), &other, "k.json").err().unwrap();
    assert!(matches!(error, FileError::WrongWrappingKey(..)));
    let line = error.to_string();
    assert!(line.contains(other.id()) && line.contains(wrapping().id()), "{line}");
}

#[test]
fn every_changed_byte_is_refused() {
    let good = text().into_bytes();
    for at in 0..good.len() {
        for change in [1u8, 2, 4, 8, 16, 32, 64, 128] {
            let mut bad = good.clone();
            bad[at] ^= change;
            assert!(open(&bad).is_err(), "byte {at} ^ {change} was accepted");
        }
    }
}

#[test]
fn every_shortened_or_lengthened_file_is_refused() {
    let good = text().into_bytes();
    for at in 0..good.len() {
        assert!(open(&good[..at]).is_err(), "the first {at} bytes were accepted");
        let without = [&good[..at], &good[at + 1..]].concat();
        assert!(open(&without).is_err(), "it was accepted without byte {at}");
        let doubled = [&good[..=at], &good[at..]].concat();
        assert!(open(&doubled).is_err(), "it was accepted with byte {at} twice");
    }
}

#[test]
fn keys_are_not_taken_out_swapped_or_brought_in() {
    let value: serde_json::Value = serde_json::from_str(&text()).unwrap();
    let with = |change: &dyn Fn(&mut Vec<serde_json::Value>)| {
        let mut changed = value.clone();
        change(changed["keys"].as_array_mut().unwrap());
        serde_json::to_string_pretty(&changed).unwrap() + "\n"
    };
    assert!(open(with(&|_| {}).as_bytes()).is_ok(), "the test itself keeps the form");
    let taken_out = with(&|keys| drop(keys.remove(1)));
    let twice = with(&|keys| keys.push(keys[0].clone()));
    let swapped = with(&|keys| keys.swap(0, 1));
    let secrets = with(&|keys| {
        let first = keys[0]["secret"].clone();
        keys[0]["secret"] = keys[1]["secret"].clone();
        keys[1]["secret"] = first;
    });
    let later = with(&|keys| keys[1]["active_from"] = "2030-01-01T00:00:00Z".into());
    let other_use = with(&|keys| keys[2]["use"] = "token".into());
    for bad in [taken_out, twice, swapped, secrets, later, other_use] {
        assert!(open(bad.as_bytes()).is_err());
    }
}

proptest! {
    #[test]
    fn rubbish_is_refused_and_never_panics(content in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(open(&content).is_err());
    }

    #[test]
    fn a_file_with_rubbish_in_it_is_refused(at in 0usize..1500, rubbish in proptest::collection::vec(any::<u8>(), 1..20)) {
        let good = text().into_bytes();
        let at = at % good.len();
        let mut bad = good.clone();
        bad.splice(at..(at + rubbish.len()).min(good.len()), rubbish);
        prop_assert!(bad == good || open(&bad).is_err());
    }
}

#[test]
fn a_key_is_pending_active_superseded_and_expired() {
    let ring = ring();
    let tokens: Vec<&Key> = ring.keys().filter(|key| key.usage == Use::Token).collect();
    let states = |minutes| {
        let now = start() + Duration::minutes(minutes);
        [ring.state(tokens[0], now), ring.state(tokens[1], now)]
    };
    assert_eq!(states(-5), [State::Active, State::Pending]);
    assert_eq!(states(9), [State::Active, State::Pending]);
    assert_eq!(states(10), [State::Superseded, State::Active]);
    assert_eq!(states(10 + 24 * 60), [State::Superseded, State::Active], "a token of a day still lives");
    assert_eq!(states(13 + 24 * 60), [State::Expired, State::Active]);
    let published = |minutes| ring.published(start() + Duration::minutes(minutes)).count();
    assert_eq!((published(0), published(11), published(13 + 24 * 60)), (2, 2, 1));
    assert_eq!(ring.token_key(start()).key.id, tokens[0].id);
    assert_eq!(ring.token_key(start() + Duration::minutes(10)).key.id, tokens[1].id);
}

#[test]
fn a_ledger_key_makes_notes_that_other_tools_verify() {
    let ring = ring();
    let key = ring.ledger_key(start());
    let name = "wuye.example.gov.cn/ledger";
    let verifier = StandardVerifier::new(&key.verifier_key(name)).expect("a verifier key");
    let seed = {
        use base64::Engine;
        base64::engine::general_purpose::STANDARD.encode([&[1u8], key.seed().as_slice()].concat())
    };
    let signer =
        StandardSigner::new(&format!("PRIVATE+KEY+{name}+{:08x}+{seed}", verifier.key_id())).expect("a signer");
    let signature = signer.sign(b"a note\n").expect("a signature");
    assert!(verifier.verify(b"a note\n", &signature) && !verifier.verify(b"another\n", &signature));
}

#[test]
fn a_keyring_is_made_once_and_changed_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    create(&path, &ring(), &wrapping()).unwrap();
    assert!(matches!(create(&path, &ring(), &wrapping()), Err(FileError::Exists(_))));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    replace(&path, &ring(), &wrapping()).unwrap();
    assert_eq!(ids(&read(&path, &wrapping()).unwrap()), ids(&ring()));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
}

#[test]
fn a_running_service_follows_the_file_and_survives_a_broken_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keyring.json");
    create(&file, &ring(), &wrapping()).unwrap();
    let source = Source { file: file.clone(), wrapping: Wrapping::Value(Secret::new(WRAPPING)) };
    let keys = Arc::new(Keys::open(source).unwrap());
    let first = ids(&keys.ring());
    keys.refresh();
    assert_eq!(keys.generation(), 0, "nothing changed");

    let more = Key::generate(Use::Data, start(), start()).unwrap();
    let all: Vec<Key> = ring().keys().cloned().chain([more]).collect();
    replace(&file, &Keyring::new(all).unwrap(), &wrapping()).unwrap();
    keys.refresh();
    assert_eq!((keys.generation(), ids(&keys.ring()).len(), keys.broken()), (1, first.len() + 1, false));

    std::fs::write(&file, b"rubbish").unwrap();
    keys.refresh();
    assert_eq!((keys.generation(), ids(&keys.ring()).len(), keys.broken()), (1, first.len() + 1, true));
    std::fs::remove_file(&file).unwrap();
    keys.refresh();
    assert!(keys.broken());

    create(&file, &ring(), &wrapping()).unwrap();
    keys.refresh();
    assert_eq!((ids(&keys.ring()), keys.broken()), (first, false));
}

#[test]
fn a_keyring_of_before_there_were_index_keys_is_read_and_another_is_not_taken_back() {
    let old = ring();
    assert!(open(text().as_bytes()).unwrap().index_key(start()).is_none());
    assert!(Keyring::new(whole_ring().keys().filter(|key| key.usage != Use::Data).cloned().collect()).is_err());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keyring.json");
    create(&file, &whole_ring(), &wrapping()).unwrap();
    let keys = Keys::open(Source { file: file.clone(), wrapping: Wrapping::Value(Secret::new(WRAPPING)) }).unwrap();
    assert!(keys.ring().index_key(start()).is_some());
    replace(&file, &old, &wrapping()).unwrap();
    keys.refresh();
    assert!(keys.broken() && keys.ring().index_key(start()).is_some(), "who serves keeps its index key");
}

#[test]
fn an_index_key_makes_one_digest_of_one_value_and_another_key_another() {
    let ring = whole_ring();
    let key = ring.index_key(start()).unwrap();
    assert!(key.key.id.starts_with("index-") && key.key.public.is_none());
    assert_eq!(key.digest("a", "b"), key.digest("a", "b"));
    let other = Key::of(Use::Index, [6; 32], start(), start() + Duration::minutes(1)).unwrap();
    let both = Keyring::new(ring.keys().cloned().chain([other]).collect()).unwrap();
    let later = both.index_key(start() + Duration::minutes(1)).unwrap();
    let all = [key.digest("a", "b"), key.digest("a", "c"), key.digest("b", "b"), later.digest("a", "b")];
    let different: std::collections::HashSet<&String> = all.iter().collect();
    assert!(different.len() == 4 && all.iter().all(|one| one.len() == 64));
    assert_eq!(both.index_key(start()).unwrap().key.id, key.key.id);
}
