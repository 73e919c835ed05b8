//! Locates a request: from a point on the map to a complex, or to the community around it.

use crate::complexes::coordinates::{EARTH, metres};
use crate::complexes::model::Point;
use crate::db::Id;
use crate::problem::{Code, Problem};

/// Largest distance in metres from a request to its complex. A complex is stored as one central point, while people
/// point at a gate or the road outside.
pub const OF_COMPLEX: f64 = 500.0;
/// Largest distance in metres from a request to the nearest complex, whose community it then belongs to.
pub const OF_COMMUNITY: f64 = 5000.0;

/// A complex with its point.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub id: Id,
    pub community: String,
    pub point: Point,
}

/// A rectangle in degrees that contains everything within a distance of a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    pub south: f64,
    pub north: f64,
    pub west: f64,
    pub east: f64,
}

impl Bounds {
    /// The rectangle is rather too wide than too narrow. Near a pole or across the date line it covers all longitudes.
    pub fn around(point: Point, metres: f64) -> Bounds {
        let lat = (metres / EARTH).to_degrees() * 1.001;
        let across = lat / point.latitude.to_radians().cos().abs().max(1e-6);
        let (west, east) = (point.longitude - across, point.longitude + across);
        let round = across >= 180.0 || west < -180.0 || east > 180.0;
        Bounds {
            south: point.latitude - lat,
            north: point.latitude + lat,
            west: if round { -180.0 } else { west },
            east: if round { 180.0 } else { east },
        }
    }
}

/// The place of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Complex(Id),
    /// Outside a complex: the community.
    Community(String),
}

/// Chooses the nearest candidate; at equal distance the one registered first, so that the result is deterministic.
pub fn locate(point: Point, candidates: &[Candidate]) -> Option<Found> {
    let nearest = candidates
        .iter()
        .map(|one| (metres(point, one.point), one))
        .min_by(|(a, one), (b, other)| a.total_cmp(b).then(one.id.cmp(&other.id)));
    let (distance, one) = nearest?;
    if distance <= OF_COMPLEX {
        return Some(Found::Complex(one.id));
    }
    (distance <= OF_COMMUNITY).then(|| Found::Community(one.community.clone()))
}

/// Refuses a place outside the client's territory with 403 instead of 404. Complexes are public, so this reveals
/// nothing, and the sender learns that the key is the wrong one.
pub fn may_report_at(holds: bool) -> Result<(), Problem> {
    if holds {
        return Ok(());
    }
    let (zh, en) =
        ("api_key：该地点不在接入系统的辖区内。", "api_key: the place is outside the territory of the client.");
    Err(Problem::new(Code::Forbidden).detail(zh, en))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(longitude: f64, latitude: f64) -> Point {
        Point { longitude, latitude }
    }

    fn candidate(community: &str, point: Point) -> Candidate {
        Candidate { id: Id::new(), community: community.into(), point }
    }

    #[test]
    fn what_is_near_a_complex_is_of_it_and_what_is_farther_of_its_community() {
        let here = at(106.25, 38.28);
        // 444 m, 556 m and 5.6 km to the north.
        let (near, far, away) = (at(106.25, 38.284), at(106.25, 38.285), at(106.25, 38.33));
        let one = candidate("640121102001", near);
        assert_eq!(locate(here, std::slice::from_ref(&one)), Some(Found::Complex(one.id)));
        assert_eq!(locate(here, &[candidate("640121102001", far)]), Some(Found::Community("640121102001".into())));
        assert_eq!(locate(here, &[candidate("640121102001", away)]), None);
        assert_eq!(locate(here, &[]), None);
        let other = candidate("640121102002", far);
        assert_eq!(locate(here, &[other, one.clone()]), Some(Found::Complex(one.id)));
        let twin = candidate("640121102001", near);
        assert_eq!(locate(here, &[twin, one.clone()]), locate(here, &[one.clone(), one]));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_is_near_lies_inside_of_the_bounds(
            lon in -180.0..180.0, lat in -89.0..89.0, east in -0.2..0.2, north in -0.06..0.06
        ) {
            let (here, there): (Point, Point) = (at(lon, lat), at(lon + east, lat + north));
            prop_assume!(there.longitude.abs() <= 180.0 && metres(here, there) <= OF_COMMUNITY);
            let bounds = Bounds::around(here, OF_COMMUNITY);
            prop_assert!((bounds.south..=bounds.north).contains(&there.latitude));
            prop_assert!((bounds.west..=bounds.east).contains(&there.longitude), "{bounds:?} {there:?}");
        }
    }

    #[test]
    fn a_client_reports_from_its_own_territory() {
        assert!(may_report_at(true).is_ok());
        assert_eq!(may_report_at(false).map_err(|problem| problem.code), Err(Code::Forbidden));
    }
}
