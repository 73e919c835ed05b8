//! Ledger events of complexes.

use crate::service::events::Fact::{Code, Count, Day, Number, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "complex",
    schema: "EventDataComplex",
    about: "A residential complex 住宅小区",
    facts: &[
        ("name", Text, "Name."),
        ("grid", Text, "Grid cell (网格)."),
        ("address", Text, "Address."),
        ("longitude", Number, "Longitude in degrees, WGS 84."),
        ("latitude", Number, "Latitude in degrees, WGS 84."),
        ("area_m2", Number, "Floor area (建筑面积) in square metres."),
        ("households", Count, "Number of households."),
        ("buildings", Count, "Number of buildings."),
        ("delivered_on", Day, "Day of delivery to buyers (交付); null if unknown."),
        ("self_governance", Code, "Self-governance state (自治组织状态)."),
        ("version", Count, "Version of the resource after the event."),
    ],
    digests: &[],
    types: &[
        Type { code: "complex.registered", zh: "小区登记", en: "A complex was registered" },
        Type { code: "complex.changed", zh: "小区信息变更", en: "A complex was changed" },
        Type {
            code: "complex.service_recorded",
            zh: "服务登记（旧）",
            en: "A service was recorded (before there were contracts)",
        },
    ],
}];
