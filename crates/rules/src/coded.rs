//! Enumerations that are transmitted as codes and have a Chinese and an English label.

/// A value of an enumeration with its labels, as in the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    pub code: &'static str,
    pub zh: &'static str,
    pub en: &'static str,
}

/// Implements `stored enum` of [`coded_enum!`](crate::coded_enum): with the feature `store`, the type is also a column
/// type.
#[cfg(feature = "store")]
#[macro_export]
macro_rules! stored_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($rows:tt)+ }) => {
        $crate::coded_enum! {
            $(#[$meta])*
            #[derive(diesel::AsExpression, diesel::FromSqlRow)]
            #[diesel(sql_type = diesel::sql_types::Text)]
            $vis enum $name { $($rows)+ }
        }
        $crate::code_column!($name);
    };
}

/// Implements `stored enum` of [`coded_enum!`](crate::coded_enum) without the feature `store`.
#[cfg(not(feature = "store"))]
#[macro_export]
macro_rules! stored_enum {
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($rows:tt)+ }) => {
        $crate::coded_enum! { $(#[$meta])* $vis enum $name { $($rows)+ } }
    };
}

/// Declares an enumeration from rows of `Variant "code" "中文" "English"`, in ascending order.
///
/// A `stored enum` is also a column type: text that contains the code.
///
/// The labels are `tt` because utoipa does not see through the invisible group around a `literal`.
#[macro_export]
macro_rules! coded_enum {
    ($(#[$meta:meta])* $vis:vis stored enum $name:ident { $($rows:tt)+ }) => {
        $crate::stored_enum! {
            $(#[$meta])*
            $vis enum $name { $($rows)+ }
        }
    };
    ($(#[$meta:meta])* $vis:vis enum $name:ident { $($variant:ident $code:tt $zh:tt $en:tt)+ }) => {
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        $(#[$meta])*
        $vis enum $name {
            $(#[doc = $en] #[serde(rename = $code)] $variant),+
        }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Codes and labels, in the order of the variants.
            pub const LABELS: &'static [$crate::coded::Label] = &[
                $($crate::coded::Label { code: $code, zh: $zh, en: $en }),+
            ];

            pub fn label(self) -> &'static $crate::coded::Label {
                &Self::LABELS[self as usize]
            }

            pub fn code(self) -> &'static str {
                self.label().code
            }

            pub fn zh(self) -> &'static str {
                self.label().zh
            }

            pub fn en(self) -> &'static str {
                self.label().en
            }

            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|value| value.code() == code)
            }

            /// Parses a code from the database. An unknown one is an internal error and not the caller's.
            #[allow(dead_code, reason = "not every enumeration is stored")]
            #[track_caller]
            pub fn stored(code: &str) -> Result<Self, $crate::problem::Problem> {
                match Self::from_code(code) {
                    Some(value) => Ok(value),
                    None => {
                        let what = concat!("a stored ", stringify!($name), " is unknown");
                        Err($crate::problem::Problem::broken_by(what, code))
                    }
                }
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use utoipa::PartialSchema;

    coded_enum! {
        /// Colour (颜色).
        #[schema(example = "deep_red")]
        pub enum Colour {
            DeepRed "deep_red" "深红" "Deep red"
            Green "green" "绿" "Green"
        }
    }

    #[test]
    fn codes_labels_json_and_schema_agree() {
        for (value, label) in Colour::ALL.iter().zip(Colour::LABELS) {
            assert_eq!(value.label(), label);
            assert_eq!(serde_json::to_value(value).unwrap(), label.code);
            assert_eq!(Colour::from_code(label.code), Some(*value));
        }
        assert_eq!(Colour::from_code("red"), None);
        assert_eq!(Colour::DeepRed.zh(), "深红");
        assert_eq!(Colour::Green.en(), "Green");
        let schema = serde_json::to_value(Colour::schema()).unwrap();
        assert_eq!(schema["enum"], serde_json::json!(["deep_red", "green"]));
    }
}
