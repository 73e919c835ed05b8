//! Tests of the verifier with damaged files and proofs: it never panics, and never accepts anything that was not
//! sealed.

use proptest::prelude::*;
use tlog_tiles::{prove_record, prove_tree};

use super::*;
use crate::keys::{Key, Keyring, Use};
use crate::ledger::checkpoint::Signer;
use crate::ledger::model::{Consistency, LedgerEntry, base64};

const ORIGIN: &str = "xiaoqu.test/ledger";

fn signer(seed: u8) -> (Signer, Verifiers) {
    let now = chrono::Utc::now();
    let ring = Keyring::new(Use::ALL.map(|usage| Key::of(usage, [seed; 32], now, now).unwrap()).to_vec()).unwrap();
    let key = ring.ledger_key(now);
    let public = key.verifier_key(ORIGIN);
    (Signer::new(&key.signer_key(ORIGIN)).unwrap(), Verifiers::parse([public.as_str()]).unwrap())
}

fn leaf(seq: u64) -> String {
    format!("{{\"id\":\"event {seq}\",\"data\":{{\"n\":{seq}}}}}")
}

/// A valid export: its lines, its hashes and its head.
fn export(size: u64) -> (Vec<String>, HashMap<u64, Hash>, Head) {
    let mut tree = Tree::resume(0, []);
    let mut lines = vec![serde_json::json!({ "format": FORMAT, "origin": ORIGIN, "size": size }).to_string()];
    for seq in 0..size {
        let hashes = tree.append(record_hash(leaf(seq).as_bytes())).unwrap();
        let hashes: Vec<String> = hashes.iter().map(|(_, hash)| hash.to_string()).collect();
        lines.push(serde_json::json!({ "seq": seq, "leaf": leaf(seq), "hashes": hashes }).to_string());
    }
    let head = Head { size, root: tree.root().unwrap() };
    let checkpoint = signer(1).0.sign(&head).unwrap();
    lines.push(serde_json::json!({ "checkpoint": checkpoint, "beyond": 0 }).to_string());
    (lines, tree.into_hashes(), head)
}

fn file(lines: &[String]) -> Vec<u8> {
    lines.iter().flat_map(|line| format!("{line}\n").into_bytes()).collect()
}

fn check(file: &[u8], kept: Option<&str>) -> Report {
    let kept: Vec<Kept> = kept.map(|text| Kept { name: "kept".into(), text: text.into() }).into_iter().collect();
    verify(file, &signer(1).1, &kept, |_, _| {})
}

/// The parsed content of a file, ignoring JSON whitespace.
fn meaning(file: &[u8]) -> Option<Vec<serde_json::Value>> {
    file.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).ok())
        .collect()
}

#[test]
fn sound_ledgers_of_every_small_size_are_found_sound() {
    for size in 0..40 {
        let (lines, _, head) = export(size);
        let kept = signer(1).0.sign(&head).unwrap();
        let report = check(&file(&lines), Some(&kept));
        assert_eq!((report.findings, report.size), (vec![], size));
    }
}

#[test]
fn a_checkpoint_of_another_key_or_ledger_is_not_believed() {
    let (lines, _, head) = export(5);
    let foreign = signer(2).0.sign(&head).unwrap();
    let report = check(&file(&lines), Some(&foreign));
    assert_eq!(report.findings, [Finding::Checkpoint("kept".into(), CheckpointFault::Unsigned)]);
}

proptest! {
    #[test]
    fn a_mangled_export_is_never_taken_for_the_sealed_one(
        size in 1u64..20,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0u8..4), 1..4),
    ) {
        let (lines, _, head) = export(size);
        let sound = file(&lines);
        let mut mangled = sound.clone();
        for (at, byte, kind) in edits {
            if mangled.is_empty() {
                break;
            }
            let at = at.index(mangled.len());
            match kind {
                0 => mangled[at] = byte,
                1 => { mangled.remove(at); }
                2 => mangled.insert(at, byte),
                _ => mangled.truncate(at),
            }
        }
        let kept = signer(1).0.sign(&head).unwrap();
        let report = check(&mangled, Some(&kept));
        if meaning(&mangled) != meaning(&sound) {
            prop_assert!(!report.is_sound(), "{}", String::from_utf8_lossy(&mangled));
        }
    }

    #[test]
    fn lines_that_are_dropped_doubled_or_swapped_are_found(
        size in 2u64..30,
        one in any::<prop::sample::Index>(),
        two in any::<prop::sample::Index>(),
        kind in 0u8..3,
    ) {
        let (mut lines, _, head) = export(size);
        let sound = lines.clone();
        let (one, two) = (one.index(lines.len()), two.index(lines.len()));
        match kind {
            0 => { lines.remove(one); }
            1 => { let line = lines[one].clone(); lines.insert(two, line); }
            _ => lines.swap(one, two),
        }
        prop_assume!(lines != sound);
        let kept = signer(1).0.sign(&head).unwrap();
        prop_assert!(!check(&file(&lines), Some(&kept)).is_sound());
        prop_assert!(!check(&file(&lines), None).is_sound());
    }

    #[test]
    fn no_bytes_make_the_checker_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(!check(&bytes, None).is_sound());
    }

    #[test]
    fn a_changed_leaf_is_named(size in 1u64..60, at in any::<prop::sample::Index>()) {
        let (mut lines, _, _) = export(size);
        let at = at.index(size as usize);
        lines[at + 1] = lines[at + 1].replace("event", "Event");
        prop_assert_eq!(check(&file(&lines), None).findings, vec![Finding::Changed(at as u64)]);
    }

    #[test]
    fn a_forged_proof_is_not_taken(
        size in 1u64..60,
        at in any::<prop::sample::Index>(),
        which in any::<prop::sample::Index>(),
        flip in 0usize..256,
        kind in 0u8..6,
    ) {
        let (_, hashes, head) = export(size);
        let (signer, keys) = signer(1);
        let seq = at.index(size as usize) as u64;
        let proof = prove_record(size, seq, &Known(&hashes)).unwrap();
        let mut entry = LedgerEntry {
            seq: seq as i64,
            leaf: Some(leaf(seq)),
            leaf_hash: String::new(),
            tree_size: size,
            inclusion_proof: proof.iter().map(|hash| base64(&hash.0)).collect(),
            checkpoint: Some(signer.sign(&head).unwrap()),
        };
        prop_assert!(verify_entry(&entry, &keys, None).is_ok());
        match kind {
            0 => entry.leaf = Some(leaf(seq + 1)),
            1 => entry.seq = (seq as i64 + 1 + flip as i64) * if flip % 2 == 0 { 1 } else { -1 },
            2 => entry.tree_size += 1 + flip as u64,
            3 => entry.inclusion_proof.push(base64(&[flip as u8; 32])),
            4 if !proof.is_empty() => {
                let mut hash = proof[which.index(proof.len())];
                hash.0[flip / 8] ^= 1 << (flip % 8);
                entry.inclusion_proof[which.index(proof.len())] = base64(&hash.0);
            }
            _ if !proof.is_empty() => { entry.inclusion_proof.remove(which.index(proof.len())); }
            _ => entry.leaf = None,
        }
        prop_assert!(verify_entry(&entry, &keys, None).is_err());
    }

    #[test]
    fn a_forged_consistency_proof_is_not_taken(
        size in 2u64..60,
        at in any::<prop::sample::Index>(),
        which in any::<prop::sample::Index>(),
        flip in 0usize..256,
    ) {
        let (_, hashes, head) = export(size);
        let (signer, keys) = signer(1);
        let from = at.index(size as usize - 1) as u64 + 1;
        let earlier = Head { size: from, root: tree_hash(from, &Known(&hashes)).unwrap() };
        let proof = prove_tree(size, from, &Known(&hashes)).unwrap();
        let texts = |proof: &[Hash]| proof.iter().map(|hash| base64(&hash.0)).collect::<Vec<_>>();
        let answer = |proof: &[Hash]| Consistency {
            from, to: size, from_root: String::new(), to_root: String::new(), proof: texts(proof),
        };
        let (old, new) = (signer.sign(&earlier).unwrap(), signer.sign(&head).unwrap());
        prop_assert!(verify_consistency(&answer(&proof), &keys, &old, &new).is_ok());
        let mut forged = proof.clone();
        if let Some(hash) = forged.get_mut(which.index(proof.len().max(1))) {
            hash.0[flip / 8] ^= 1 << (flip % 8);
            prop_assert!(verify_consistency(&answer(&forged), &keys, &old, &new).is_err());
        }
        // A different history of the same size.
        let other = Head { size: from, root: record_hash(&[flip as u8]) };
        let other = signer.sign(&other).unwrap();
        prop_assert!(verify_consistency(&answer(&proof), &keys, &other, &new).is_err());
        prop_assert!(verify_consistency(&answer(&proof), &keys, &new, &old).is_err());
    }
}
