//! Ledger events of complexes.

use crate::service::events::Fact::{Code, Count, Day, Number, Text};
use crate::service::events::{Subject, Type};

pub const EVENTS: &[Subject] = &[Subject {
    kind: "complex",
    schema: "EventDataComplex",
    about: "A complex 住宅小区",
    facts: &[
        ("name", Text),
        ("grid", Text),
        ("address", Text),
        ("longitude", Number),
        ("latitude", Number),
        ("area_m2", Number),
        ("households", Count),
        ("buildings", Count),
        ("delivered_on", Day),
        ("self_governance", Code),
        ("version", Count),
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
