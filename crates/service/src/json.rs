//! A strict JSON reader with a limit on the number of values.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::input_error::{InputError, MOST_INPUT_ERRORS};

/// Most values of any kind in one document. The largest body that the API accepts, 200 inspection results with 100
/// items each, has fewer.
const MOST_VALUES: usize = 110_000;

#[derive(Debug)]
pub enum NotRead {
    /// Not JSON, with the parser's message.
    Malformed(String),
    /// Too many values.
    Refused(InputError),
}

/// Parses a document. Each member that appears twice in one object is an input error, because programs differ in which
/// of the two they use (RFC 8259, 4).
pub fn parse(bytes: &[u8]) -> Result<(Value, Vec<InputError>), NotRead> {
    let reader = Reader::default();
    let mut source = serde_json::Deserializer::from_slice(bytes);
    let read = (&reader).deserialize(&mut source).and_then(|value| source.end().map(|()| value));
    match (read, reader.too_large.into_inner()) {
        (_, Some(path)) => {
            let (zh, en) = (
                format!("请求体的值不得超过{MOST_VALUES}个"),
                format!("the body must have at most {MOST_VALUES} values"),
            );
            // The last step is the first value over the limit. Report its container, which is too large.
            let container: Vec<String> = path.into_iter().skip(1).collect();
            Err(NotRead::Refused(InputError::new(pointer(&container), "too_many", zh, en)))
        }
        (Err(error), None) => Err(NotRead::Malformed(error.to_string())),
        (Ok(value), None) => {
            let twice = |path: Vec<String>| {
                InputError::new(
                    pointer(&path),
                    "duplicate",
                    "同一对象中成员不得重复",
                    "a member must appear once only in an object",
                )
            };
            Ok((value, reader.twice.into_inner().into_iter().map(twice).collect()))
        }
    }
}

/// Joins steps, innermost first, to a pointer (RFC 6901).
fn pointer(steps: &[String]) -> String {
    steps.iter().rev().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect()
}

/// Pointers are built from the inside out, and only if there is an error.
#[derive(Default)]
struct Reader {
    values: Cell<usize>,
    too_large: RefCell<Option<Vec<String>>>,
    twice: RefCell<Vec<Vec<String>>>,
}

impl Reader {
    fn step(&self, step: &dyn fmt::Display, twice_before: usize) {
        if let Some(path) = self.too_large.borrow_mut().as_mut() {
            path.push(step.to_string());
        }
        let mut twice = self.twice.borrow_mut();
        if twice.len() > twice_before {
            let step = step.to_string();
            twice[twice_before..].iter_mut().for_each(|path| path.push(step.clone()));
        }
    }

    fn count<E: serde::de::Error>(&self) -> Result<(), E> {
        self.values.set(self.values.get() + 1);
        if self.values.get() > MOST_VALUES {
            *self.too_large.borrow_mut() = Some(Vec::new());
            return Err(E::custom("too many values"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for &Reader {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, source: D) -> Result<Value, D::Error> {
        self.count()?;
        source.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &Reader {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        loop {
            let before = self.twice.borrow().len();
            let item = items.next_element_seed(self);
            self.step(&all.len(), before);
            match item? {
                Some(item) => all.push(item),
                None => return Ok(Value::Array(all)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let before = self.twice.borrow().len();
            let value = members.next_value_seed(self);
            self.step(&name, before);
            let value = value?;
            if all.contains_key(&name) && self.twice.borrow().len() < MOST_INPUT_ERRORS {
                self.twice.borrow_mut().push(vec![name.clone()]);
            }
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn faults(text: &str) -> Vec<(String, &'static str)> {
        parse(text.as_bytes()).unwrap().1.into_iter().map(|fault| (fault.pointer, fault.code)).collect()
    }

    #[test]
    fn a_member_that_stands_twice_is_named_with_its_place() {
        assert_eq!(faults(r#"{"a":1,"b":{"a":1}}"#), []);
        assert_eq!(faults(r#"{"a":1,"a":1}"#), [("/a".to_owned(), "duplicate")]);
        assert_eq!(faults(r#"{"a":1,"\u0061":2}"#), [("/a".to_owned(), "duplicate")], "however it is written");
        assert_eq!(
            faults(r#"[{"x/y":[0,{"a":1,"a":2}]},{"b":1,"b":1}]"#),
            [("/0/x~1y/1/a".to_owned(), "duplicate"), ("/1/b".to_owned(), "duplicate")]
        );
    }

    #[test]
    fn what_holds_too_many_values_is_not_read_to_its_end() {
        let text = format!("{{\"a\":[1,2],\"evidence\":[{}0]}}", "0,".repeat(MOST_VALUES));
        let Err(NotRead::Refused(fault)) = parse(text.as_bytes()) else { panic!("it was read") };
        assert_eq!((fault.pointer.as_str(), fault.code), ("/evidence", "too_many"));
        let many = format!("[{}0]", "0,".repeat(MOST_VALUES - 2));
        assert!(parse(many.as_bytes()).is_ok());
    }

    #[test]
    fn what_is_no_json_is_malformed() {
        for text in ["", "{", "[1,]", "{\"a\"}", "1 2", "nul", "\"\u{1}\"", &"[".repeat(100_000), "1e999"] {
            assert!(matches!(parse(text.as_bytes()), Err(NotRead::Malformed(_))), "{text:.20}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_reads_what_serde_reads(names in proptest::collection::hash_set("[a-c/~]{1,3}", 0..6), number: f64, whole: i64) {
            let mut value = json!([null, true, whole, number, "文"]);
            for name in names {
                value = json!({ name: value, "other": [] });
            }
            let text = value.to_string();
            let (read, twice) = parse(text.as_bytes()).unwrap();
            prop_assert_eq!(&read, &serde_json::from_str::<Value>(&text).unwrap());
            prop_assert!(twice.is_empty());
        }
    }
}
