//! The Merkle tree of RFC 9162, 2.1. To extend it, only the hashes of its right edge are needed.

use std::collections::HashMap;

use tlog_tiles::{
    Error, Hash, HashReader, stored_hash_index, stored_hashes_for_record_hash, sub_tree_index, tree_hash,
};

/// No ledger has more entries than this. A larger size is forged or damaged.
pub const MAX_SIZE: u64 = 1 << 40;

/// Stored hashes in memory, by position.
pub struct Known<'a>(pub &'a HashMap<u64, Hash>);

impl HashReader for Known<'_> {
    fn read_hashes(&self, positions: &[u64]) -> Result<Vec<Hash>, Error> {
        let hash = |position: &u64| self.0.get(position).copied();
        let all: Option<Vec<Hash>> = positions.iter().map(hash).collect();
        all.ok_or_else(|| Error::InvalidInput("a stored hash is missing".into()))
    }
}

/// Positions of the roots of the complete subtrees of a tree of this size. Its root hash and every later entry depend
/// only on these.
pub fn edge(size: u64) -> Vec<u64> {
    sub_tree_index(0, size, Vec::new())
}

/// A tree that is extended at its right edge.
pub struct Tree {
    size: u64,
    known: HashMap<u64, Hash>,
}

impl Tree {
    /// The tree of this size whose [`edge`] has these hashes.
    pub fn resume(size: u64, edge: impl IntoIterator<Item = (u64, Hash)>) -> Tree {
        Tree { size, known: edge.into_iter().collect() }
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    pub fn root(&self) -> Result<Hash, Error> {
        tree_hash(self.size, &Known(&self.known))
    }

    /// Appends an entry. Returns the hashes to store, with their positions.
    pub fn append(&mut self, leaf: Hash) -> Result<Vec<(u64, Hash)>, Error> {
        if self.size >= MAX_SIZE {
            return Err(Error::InvalidInput("the tree is full".into()));
        }
        let hashes = stored_hashes_for_record_hash(self.size, leaf, &Known(&self.known))?;
        let first = stored_hash_index(0, self.size);
        let placed: Vec<(u64, Hash)> = (first..).zip(hashes).collect();
        self.known.extend(placed.iter().copied());
        self.size += 1;
        Ok(placed)
    }

    /// All hashes: those it was resumed with, and those added.
    pub fn into_hashes(self) -> HashMap<u64, Hash> {
        self.known
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tlog_tiles::{EMPTY_HASH, check_record, check_tree, node_hash, prove_record, prove_tree, record_hash};

    /// The definition of RFC 9162, 2.1.1, written literally.
    fn mth(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => EMPTY_HASH,
            [one] => *one,
            all => {
                let (left, right) = all.split_at(all.len().next_power_of_two() / 2);
                node_hash(mth(left), mth(right))
            }
        }
    }

    proptest! {
        #[test]
        fn a_tree_grown_in_steps_has_the_root_that_the_rfc_defines(steps in prop::collection::vec(1usize..40, 1..8)) {
            let leaves: Vec<Hash> = (0..steps.iter().sum()).map(|n: usize| record_hash(&n.to_be_bytes())).collect();
            let mut stored = HashMap::new();
            let mut size = 0;
            for step in steps {
                // Each step starts from the stored hashes only.
                let at = edge(size as u64);
                let mut tree = Tree::resume(size as u64, at.into_iter().map(|p| (p, stored[&p])));
                prop_assert_eq!(tree.root().unwrap(), mth(&leaves[..size]));
                for leaf in &leaves[size..size + step] {
                    stored.extend(tree.append(*leaf).unwrap());
                }
                size += step;
                prop_assert_eq!(tree.root().unwrap(), mth(&leaves[..size]));
            }
            let known = Known(&stored);
            let (whole, root) = (size as u64, mth(&leaves));
            for n in 0..whole {
                let proof = prove_record(whole, n, &known).unwrap();
                check_record(&proof, whole, root, n, leaves[n as usize]).unwrap();
                let proof = prove_tree(whole, n + 1, &known).unwrap();
                check_tree(&proof, whole, root, n + 1, mth(&leaves[..n as usize + 1])).unwrap();
            }
        }
    }

    #[test]
    fn a_tree_without_its_edge_is_refused() {
        assert!(Tree::resume(5, []).root().is_err());
        assert!(Tree::resume(5, []).append(EMPTY_HASH).is_err());
        assert_eq!(Tree::resume(0, []).root().unwrap(), EMPTY_HASH);
    }
}
