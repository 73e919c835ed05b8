//! Input errors, as the checks of the rules return them.

use std::collections::HashSet;

/// Limit of input errors in a response. A hostile body could cause any number, and nobody corrects more at once.
pub const MOST_INPUT_ERRORS: usize = 100;
/// Limit of a pointer's length. It can contain the name of an unknown member, which may be as long as a body.
const MOST_POINTER: usize = 500;

/// An input error with its position. Checks return all input errors at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// JSON pointer (RFC 6901) into the checked document.
    pub pointer: String,
    /// Stable input error code.
    pub code: &'static str,
    pub detail_zh: String,
    pub detail_en: String,
}

impl InputError {
    pub fn new(
        pointer: impl Into<String>,
        code: &'static str,
        detail_zh: impl Into<String>,
        detail_en: impl Into<String>,
    ) -> InputError {
        InputError { pointer: pointer.into(), code, detail_zh: detail_zh.into(), detail_en: detail_en.into() }
    }
}

/// Collects input errors: each position and code once, and at most [`MOST_FAULTS`].
#[derive(Clone, Debug, Default)]
pub struct InputErrors {
    list: Vec<InputError>,
    seen: HashSet<(String, &'static str)>,
    more: bool,
}

impl InputErrors {
    pub fn push(&mut self, mut fault: InputError) {
        fault.pointer = cut(fault.pointer);
        if self.seen.contains(&(fault.pointer.clone(), fault.code)) {
            return;
        }
        if self.list.len() < MOST_INPUT_ERRORS {
            self.seen.insert((fault.pointer.clone(), fault.code));
        }
        self.add(fault);
    }

    fn add(&mut self, fault: InputError) {
        if self.list.len() == MOST_INPUT_ERRORS {
            self.more = true;
        } else {
            self.list.push(fault);
        }
    }

    /// True if an input error was dropped. Searching for more is then pointless.
    pub fn is_full(&self) -> bool {
        self.more
    }

    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds input errors at positions that have none yet: if the form of a value is wrong, a rule would report the same
    /// mistake again. One rule may report several errors at one position, such as two missing items of a list.
    pub fn extend_elsewhere(&mut self, others: Vec<InputError>) {
        let known: HashSet<String> = self.list.iter().map(|fault| fault.pointer.clone()).collect();
        for mut fault in others {
            if self.more {
                return;
            }
            if !known.contains(&fault.pointer) {
                fault.pointer = cut(fault.pointer);
                self.add(fault);
            }
        }
    }

    pub fn into_parts(self) -> (Vec<InputError>, bool) {
        (self.list, self.more)
    }
}

/// Keeps all errors of a rule in their order; only their number is limited.
impl From<Vec<InputError>> for InputErrors {
    fn from(mut list: Vec<InputError>) -> InputErrors {
        let more = list.len() > MOST_INPUT_ERRORS;
        list.truncate(MOST_INPUT_ERRORS);
        for fault in &mut list {
            fault.pointer = cut(std::mem::take(&mut fault.pointer));
        }
        InputErrors { list, seen: HashSet::new(), more }
    }
}

fn cut(mut pointer: String) -> String {
    if let Some((at, _)) = pointer.char_indices().nth(MOST_POINTER) {
        pointer.truncate(at);
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_collection_holds_each_fault_once_and_says_when_there_are_more() {
        let mut faults = InputErrors::default();
        for round in 0..3 {
            for at in 0..MOST_INPUT_ERRORS {
                faults.push(InputError::new(format!("/{at}"), "required", "", ""));
            }
            assert!(!faults.is_full(), "round {round}");
        }
        faults.push(InputError::new("/0", "blank", "", ""));
        assert!(faults.is_full());
        let (list, more) = faults.into_parts();
        assert_eq!((list.len(), more), (MOST_INPUT_ERRORS, true));
    }

    #[test]
    fn a_pointer_is_no_longer_than_a_reader_can_use() {
        let mut faults = InputErrors::default();
        faults.push(InputError::new(format!("/{}", "名".repeat(100_000)), "unknown_field", "", ""));
        assert_eq!(faults.into_parts().0[0].pointer.chars().count(), MOST_POINTER);
    }
}
