//! The area that a count is of, within the caller's own.

use crate::access::Scope;

/// Territory is equality on the column of a division's level.
pub fn scope_of(division: &str) -> Scope {
    match division.len() {
        6 => Scope::County(division.to_owned()),
        9 => Scope::Township(division.to_owned()),
        _ => Scope::Community(division.to_owned()),
    }
}

/// The smallest area that the filters leave, if there is one inside the caller's.
pub fn narrowed<const N: usize>(own: &str, filters: [Option<&str>; N]) -> Option<Scope> {
    let mut division = own;
    for wanted in filters.into_iter().flatten() {
        if wanted.starts_with(division) {
            division = wanted;
        } else if !division.starts_with(wanted) {
            return None;
        }
    }
    Some(scope_of(division))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smallest_area_inside_the_own_is_left() {
        let (own, inner) = ("640121102", "640121102001");
        assert_eq!(narrowed(own, [None, None]), Some(Scope::Township(own.into())));
        assert_eq!(narrowed(own, [Some(own), Some(inner)]), Some(Scope::Community(inner.into())));
        assert_eq!(narrowed(own, [Some("640121100"), None]), None);
        assert_eq!(narrowed(inner, [Some(own), None]), Some(Scope::Community(inner.into())));
        assert_eq!(narrowed("640121", [Some(own), Some("640121100200")]), None);
    }
}
