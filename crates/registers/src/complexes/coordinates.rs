//! Coordinate systems. Points are stored in WGS 84. Chinese maps use GCJ-02 (国测局坐标), Baidu uses BD-09; input in these
//! systems is converted.

use super::model::Point;
use crate::coded_enum;

coded_enum! {
    /// Coordinate system of a point (坐标系).
    pub enum CoordinateSystem {
        Wgs84 "wgs84" "WGS 84" "WGS 84"
        Gcj02 "gcj02" "国测局坐标 GCJ-02" "GCJ-02 (China's maps)"
        Bd09 "bd09" "百度坐标 BD-09" "BD-09 (Baidu)"
    }
}

/// Krasovsky 1940, the ellipsoid of the GCJ-02 transformation.
const A: f64 = 6_378_245.0;
const EE: f64 = 0.006_693_421_622_965_943;

/// Converts to WGS 84. Returns longitude and latitude in degrees, to 7 decimals (about a centimetre).
pub fn to_wgs84(system: CoordinateSystem, longitude: f64, latitude: f64) -> (f64, f64) {
    let (longitude, latitude) = match system {
        CoordinateSystem::Wgs84 => (longitude, latitude),
        CoordinateSystem::Gcj02 => gcj02_to_wgs84(longitude, latitude),
        CoordinateSystem::Bd09 => {
            let (longitude, latitude) = bd09_to_gcj02(longitude, latitude);
            gcj02_to_wgs84(longitude, latitude)
        }
    };
    let round = |degrees: f64| (degrees * 1e7).round() / 1e7;
    (round(longitude), round(latitude))
}

fn bd09_to_gcj02(longitude: f64, latitude: f64) -> (f64, f64) {
    let x_pi = std::f64::consts::PI * 3000.0 / 180.0;
    let (x, y) = (longitude - 0.0065, latitude - 0.006);
    let z = (x * x + y * y).sqrt() - 0.000_02 * (y * x_pi).sin();
    let theta = y.atan2(x) - 0.000_003 * (x * x_pi).cos();
    (z * theta.cos(), z * theta.sin())
}

/// The transformation has no closed inverse, so this iterates to its fixed point.
fn gcj02_to_wgs84(longitude: f64, latitude: f64) -> (f64, f64) {
    let (mut x, mut y) = (longitude, latitude);
    for _ in 0..6 {
        let (gx, gy) = wgs84_to_gcj02(x, y);
        x -= gx - longitude;
        y -= gy - latitude;
    }
    (x, y)
}

fn wgs84_to_gcj02(longitude: f64, latitude: f64) -> (f64, f64) {
    use std::f64::consts::PI;
    let (x, y) = (longitude - 105.0, latitude - 35.0);
    let mut dy = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * x.abs().sqrt();
    dy += (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    dy += (20.0 * (y * PI).sin() + 40.0 * (y / 3.0 * PI).sin()) * 2.0 / 3.0;
    dy += (160.0 * (y / 12.0 * PI).sin() + 320.0 * (y * PI / 30.0).sin()) * 2.0 / 3.0;
    let mut dx = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * x.abs().sqrt();
    dx += (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0;
    dx += (20.0 * (x * PI).sin() + 40.0 * (x / 3.0 * PI).sin()) * 2.0 / 3.0;
    dx += (150.0 * (x / 12.0 * PI).sin() + 300.0 * (x / 30.0 * PI).sin()) * 2.0 / 3.0;
    let radians = latitude / 180.0 * PI;
    let magic = 1.0 - EE * radians.sin().powi(2);
    dy = dy * 180.0 / ((A * (1.0 - EE)) / (magic * magic.sqrt()) * PI);
    dx = dx * 180.0 / (A / magic.sqrt() * radians.cos() * PI);
    (longitude + dx, latitude + dy)
}

/// Mean radius of the earth in metres.
pub const EARTH: f64 = 6_371_000.0;

/// Distance between two points on the ground in metres (haversine).
pub fn metres(a: Point, b: Point) -> f64 {
    let (lat_a, lat_b) = (a.latitude.to_radians(), b.latitude.to_radians());
    let (lat, lon) = (lat_b - lat_a, (b.longitude - a.longitude).to_radians());
    let h = (lat / 2.0).sin().powi(2) + lat_a.cos() * lat_b.cos() * (lon / 2.0).sin().powi(2);
    2.0 * EARTH * h.sqrt().min(1.0).asin()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousandth_of_a_degree_is_a_hundred_metres() {
        let at = |longitude: f64, latitude: f64| Point { longitude, latitude };
        let north = metres(at(106.25, 38.28), at(106.25, 38.281));
        assert!((north - 111.2).abs() < 0.5, "{north}");
        assert_eq!(metres(at(106.25, 38.28), at(106.25, 38.28)), 0.0);
    }

    #[test]
    fn the_three_systems_agree_on_one_point() {
        // Published coordinates of one place in Beijing (Tian'anmen) in all three systems.
        let wgs = (116.391_349_9, 39.907_375_7);
        let gcj = wgs84_to_gcj02(wgs.0, wgs.1);
        assert!((gcj.0 - 116.397_59).abs() < 2e-4 && (gcj.1 - 39.908_776).abs() < 2e-4, "{gcj:?}");
        let back = to_wgs84(CoordinateSystem::Gcj02, gcj.0, gcj.1);
        assert!((back.0 - wgs.0).abs() < 1e-6 && (back.1 - wgs.1).abs() < 1e-6);
        // Baidu's forward formula.
        let x_pi = std::f64::consts::PI * 3000.0 / 180.0;
        let z = gcj.0.hypot(gcj.1) + 0.000_02 * (gcj.1 * x_pi).sin();
        let theta = gcj.1.atan2(gcj.0) + 0.000_003 * (gcj.0 * x_pi).cos();
        let baidu = (z * theta.cos() + 0.0065, z * theta.sin() + 0.006);
        let from_baidu = to_wgs84(CoordinateSystem::Bd09, baidu.0, baidu.1);
        assert!((from_baidu.0 - wgs.0).abs() < 1e-5 && (from_baidu.1 - wgs.1).abs() < 1e-5);
    }
}
