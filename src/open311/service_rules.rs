//! Services: the public complaint categories of the policy in force, in the terms of the standard.

use super::model::{Open311Attribute, Open311Service, Open311ServiceDefinition, Open311Value};
use crate::http::language::Language;
use crate::policy::complaints::{ComplaintCategory, ComplaintRules, DeadlineClock, UtilityKind};
use crate::problem::Problem;

/// Codes of the attributes that a form may contain.
pub const ORGANISATION: &str = "organisation";
pub const LOCATION: &str = "location";
pub const COMPLEX: &str = "complex_id";

/// The public categories.
pub fn public(rules: &ComplaintRules) -> impl Iterator<Item = &ComplaintCategory> {
    rules.categories.iter().filter(|one| one.public)
}

/// A public category by its code; a non-public one is treated as unknown.
pub fn find<'a>(rules: &'a ComplaintRules, code: &str) -> Option<&'a ComplaintCategory> {
    rules.category(code).filter(|one| one.public)
}

pub fn name(category: &ComplaintCategory, language: Language) -> String {
    match language {
        Language::Zh => category.name_zh.clone(),
        Language::En => category.name_en.clone(),
    }
}

pub fn service(category: &ComplaintCategory, language: Language) -> Open311Service {
    let (accept, resolve) = (category.accept_within, category.resolve_within);
    let handler = category.first_handler.row();
    let description = match (language, category.clock) {
        (Language::Zh, DeadlineClock::Hours) => {
            format!("首办单位：{}；{accept}小时内受理，{resolve}小时内办结", handler.zh)
        }
        (Language::Zh, DeadlineClock::WorkingDays) => {
            format!("首办单位：{}；{accept}个工作日内受理，{resolve}个工作日内办结", handler.zh)
        }
        (Language::En, DeadlineClock::Hours) => {
            format!("First handled by: {}; accepted within {accept} h, answered within {resolve} h", handler.en)
        }
        (Language::En, DeadlineClock::WorkingDays) => {
            format!(
                "First handled by: {}; working days: accepted within {accept}, answered within {resolve}",
                handler.en
            )
        }
    };
    // "A comma separated list": a comma in a name would split it.
    let keywords = [&category.name_zh, &category.name_en, &category.group_zh].map(|one| one.replace(',', " "));
    Open311Service {
        service_code: category.code.clone(),
        service_name: name(category, language),
        description,
        metadata: true,
        r#type: "realtime",
        keywords: keywords.join(","),
        group: category.group_zh.clone(),
    }
}

pub fn definition(category: &ComplaintCategory, language: Language) -> Open311ServiceDefinition {
    let say = |zh: &str, en: &str| if language == Language::Zh { zh.to_owned() } else { en.to_owned() };
    let attribute = |code, datatype, required, about: String, how: String| Open311Attribute {
        variable: true,
        code,
        datatype,
        required,
        datatype_description: how,
        order: 0,
        description: about,
        values: Vec::new(),
    };
    let mut attributes = Vec::new();
    if !category.organisations.is_empty() {
        let values = category.organisations.iter().map(|kind| Open311Value {
            key: kind.code(),
            name: if language == Language::Zh { kind.zh() } else { kind.en() },
        });
        attributes.push(Open311Attribute {
            values: values.collect(),
            ..attribute(
                ORGANISATION,
                "singlevaluelist",
                true,
                say("专业运营类别", "Kind of utility operator"),
                say("选择一项", "Select one value"),
            )
        });
    }
    attributes.push(attribute(
        LOCATION,
        "string",
        false,
        say("具体位置", "Exact location"),
        say("楼号、单元、楼层等，不超过200字", "Building, unit, floor; at most 200 characters"),
    ));
    attributes.push(attribute(
        COMPLEX,
        "string",
        false,
        say("小区编号（没有坐标时）", "Id of the complex, if no coordinates are given"),
        say("小区的 UUID", "UUID of the complex"),
    ));
    for (order, attribute) in (1..).zip(&mut attributes) {
        attribute.order = order;
    }
    Open311ServiceDefinition { service_code: category.code.clone(), attributes }
}

/// The attribute, if the service has it; of one possible value it need not be said.
pub fn organisation(said: Option<&str>, category: &ComplaintCategory) -> Result<Option<UtilityKind>, Problem> {
    match (said, category.organisations.as_slice()) {
        (_, []) => Ok(None),
        (None, [only]) => Ok(Some(*only)),
        (None, _) => {
            let (zh, en) = ("此服务须填写此项", "required for this service");
            Err(Problem::input_error("/attribute[organisation]", "required", zh, en))
        }
        (Some(code), known) => {
            let found = UtilityKind::from_code(code).filter(|kind| known.contains(kind));
            let fault = || {
                let (zh, en) = ("须为此服务定义中的值", "must be a value of the service definition");
                Problem::input_error("/attribute[organisation]", "unknown_value", zh, en)
            };
            Ok(Some(found.ok_or_else(fault)?))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_public_is_no_service() {
        let rules = ComplaintRules::built_in();
        let codes: Vec<&str> = public(&rules).map(|one| one.code.as_str()).collect();
        assert!(codes.contains(&"service.lift"));
        for hidden in ["privacy.leak", "committee.conduct", "officials.inaction"] {
            assert!(rules.category(hidden).is_some() && !codes.contains(&hidden) && find(&rules, hidden).is_none());
        }
    }

    #[test]
    fn a_utility_asks_which_one_and_every_service_asks_where() {
        let rules = ComplaintRules::built_in();
        for category in public(&rules) {
            for language in [Language::Zh, Language::En] {
                let definition = definition(category, language);
                let first = &definition.attributes[0];
                assert_eq!(first.code == ORGANISATION, !category.organisations.is_empty(), "{}", category.code);
                assert_eq!(first.values.len(), category.organisations.len());
                assert!(definition.attributes.iter().any(|one| one.code == LOCATION && !one.required));
                let orders: Vec<usize> = definition.attributes.iter().map(|one| one.order.into()).collect();
                assert_eq!(orders, (1..=orders.len()).collect::<Vec<_>>());
                assert_eq!(service(category, language).keywords.split(',').count(), 3, "{}", category.code);
            }
        }
    }

    #[test]
    fn the_utility_is_named_where_there_are_several() {
        use UtilityKind::{Gas, Heat, Water};
        let rules = ComplaintRules::built_in();
        let of = |kinds: &[UtilityKind], said| {
            let category = ComplaintCategory { organisations: kinds.to_vec(), ..rules.categories[0].clone() };
            organisation(said, &category).map_err(|problem| problem.faults[0].code)
        };
        assert_eq!(of(&[], Some("gas")), Ok(None));
        assert_eq!(of(&[Water], None), Ok(Some(Water)));
        assert_eq!(of(&[Gas, Heat], None), Err("required"));
        assert_eq!(of(&[Gas, Heat], Some("gas")), Ok(Some(Gas)));
        assert_eq!(of(&[Gas, Heat], Some("water")), Err("unknown_value"));
    }
}
