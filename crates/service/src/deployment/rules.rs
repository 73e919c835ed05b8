//! Decides whether a database and a process belong to the same deployment.

use crate::db::{Mismatch, Refusal};

pub const ID: &str = "id";
pub const TIME_ZONE: &str = "time_zone";
pub const PUBLIC_URL: &str = "public_url";

/// What a database stores about its deployment. Empty until the first process has used it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub id: Option<String>,
    pub time_zone: Option<String>,
    pub public_url: Option<String>,
}

/// The facts in a database that decide whether a process may use it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Migration versions: those applied, and those that this program contains.
    pub applied: Vec<String>,
    pub known: Vec<String>,
    /// Every data key that the database was used with.
    pub data_keys: Vec<String>,
    pub facts: Facts,
    /// True if somebody has acted in it, so that it contains more than the initial rows.
    pub is_used: bool,
}

impl Found {
    /// The same database as it will be after its migrations.
    pub fn as_migrated(&self) -> Found {
        let mut found = self.clone();
        found.applied.extend(self.known.iter().filter(|version| !self.applied.contains(version)).cloned());
        found
    }
}

/// The keys, settings and migrations of this process.
pub struct Own<'a> {
    pub data_keys: Vec<String>,
    pub time_zone: &'a str,
    pub public_url: &'a str,
}

impl Own<'_> {
    pub fn facts(&self, id: Option<String>) -> Facts {
        Facts { id, time_zone: Some(self.time_zone.to_owned()), public_url: Some(self.public_url.to_owned()) }
    }
}

/// Why a process must not use a database. `ours` is the id of a database whose keys were compared before.
pub fn refuse(found: &Found, own: &Own, ours: Option<&str>) -> Option<Refusal> {
    let refused = |mismatch, detail| Some(Refusal { mismatch, detail });
    let newer: Vec<&str> =
        found.applied.iter().filter(|version| !found.known.contains(version)).map(String::as_str).collect();
    if !newer.is_empty() {
        let detail = format!(
            "the database has migrations that this program does not know ({}): it was migrated by a newer version of xiaoqu, \
             and only that one may use it",
            newer.join(", ")
        );
        return refused(Mismatch::NewerSchema, detail);
    }
    let is_ours = ours.is_some() && found.facts.id.as_deref() == ours;
    let lost: Vec<&str> = found.data_keys.iter().filter(|id| !own.data_keys.contains(id)).map(String::as_str).collect();
    if !lost.is_empty() && !is_ours {
        let detail = format!(
            "the database was used with data keys that the keyring does not have: {}. It is the wrong keyring or the wrong \
             database. If these keys are lost for good, `xiaoqu keys give-up` removes them from the database; personal \
             data encrypted with them is lost, too",
            lost.join(", ")
        );
        return refused(Mismatch::Keyring, detail);
    }
    if found.known.iter().any(|version| !found.applied.contains(version)) {
        return refused(
            Mismatch::NotMigrated,
            "the database is not migrated to this version: run `xiaoqu migrate`; until then nothing is served".into(),
        );
    }
    if !found.is_used {
        return None;
    }
    let differs = |mismatch, name: &str, theirs: &Option<String>, own: &str, effect: &str| {
        let theirs = theirs.as_deref().filter(|theirs| *theirs != own)?;
        let flag = name.replace('_', "-");
        Some(Refusal {
            mismatch,
            detail: format!(
                "the database has been used with {name} = {theirs}, but the setting is {own}. {effect} Set {name} back, or \
                 run `xiaoqu deployment accept --{flag}` if the change is intended"
            ),
        })
    };
    let zone = "Stored deadlines keep their instants.";
    let url = "Tokens of the service become invalid, and printed QR codes keep the old address.";
    differs(Mismatch::TimeZone, TIME_ZONE, &found.facts.time_zone, own.time_zone, zone)
        .or_else(|| differs(Mismatch::PublicUrl, PUBLIC_URL, &found.facts.public_url, own.public_url, url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(all: &[&str]) -> Vec<String> {
        all.iter().map(|one| (*one).to_owned()).collect()
    }

    fn own(keys: &[&str]) -> Own<'static> {
        Own { data_keys: texts(keys), time_zone: "Asia/Shanghai", public_url: "https://a.example" }
    }

    fn used(keys: &[&str]) -> Found {
        Found {
            applied: texts(&["1", "2"]),
            known: texts(&["1", "2"]),
            data_keys: texts(keys),
            facts: own(&[]).facts(Some("this".into())),
            is_used: true,
        }
    }

    fn why(found: &Found, own: &Own, ours: Option<&str>) -> Option<Mismatch> {
        refuse(found, own, ours).map(|refusal| refusal.mismatch)
    }

    #[test]
    fn a_keyring_fits_when_it_has_every_key_that_was_used() {
        assert_eq!(why(&used(&[]), &own(&["a"]), None), None);
        assert_eq!(why(&used(&["a"]), &own(&["a", "b"]), None), None);
        assert_eq!(why(&used(&["a"]), &own(&["b"]), None), Some(Mismatch::Keyring));
        assert_eq!(why(&used(&["a", "b"]), &own(&["b"]), None), Some(Mismatch::Keyring));
    }

    #[test]
    fn a_replica_that_lags_behind_a_rotation_keeps_its_database_and_gets_no_other() {
        assert_eq!(why(&used(&["a", "b"]), &own(&["a"]), Some("this")), None);
        assert_eq!(why(&used(&["a", "b"]), &own(&["a"]), Some("another")), Some(Mismatch::Keyring));
    }

    #[test]
    fn the_wrong_keyring_is_told_before_a_missing_migration() {
        let old = Found { applied: texts(&["1"]), ..used(&["a"]) };
        assert_eq!(why(&old, &own(&["a"]), None), Some(Mismatch::NotMigrated));
        assert_eq!(why(&old, &own(&["b"]), None), Some(Mismatch::Keyring));
        assert_eq!(why(&old.as_migrated(), &own(&["a"]), None), None);
    }

    #[test]
    fn an_older_program_does_not_use_a_newer_schema() {
        let newer = Found { applied: texts(&["1", "2", "3"]), ..used(&["a"]) };
        let refusal = refuse(&newer, &own(&["a"]), Some("this")).unwrap();
        assert_eq!(refusal.mismatch, Mismatch::NewerSchema);
        assert!(refusal.detail.contains("(3)"), "{}", refusal.detail);
    }

    #[test]
    fn settings_may_change_until_somebody_has_acted() {
        let moved = Own { time_zone: "Asia/Urumqi", ..own(&["a"]) };
        let renamed = Own { public_url: "https://b.example", ..own(&["a"]) };
        assert_eq!(why(&used(&["a"]), &moved, None), Some(Mismatch::TimeZone));
        assert_eq!(why(&used(&["a"]), &renamed, None), Some(Mismatch::PublicUrl));
        let fresh = Found { is_used: false, ..used(&["a"]) };
        assert_eq!((why(&fresh, &moved, None), why(&fresh, &renamed, None)), (None, None));
        let upgraded = Found { facts: Facts::default(), ..used(&["a"]) };
        assert_eq!(why(&upgraded, &renamed, None), None, "a database of before remembers nothing");
    }
}
