//! What `serve` needs beside the settings: keys and passwords that lie in files.

use std::path::Path;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use toml::Value;

use super::kinds::{Key32, Kind};
use super::{DatabaseUrl, Secret, Settings, SettingsError, TABLE};

/// The keys of a deployment.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Ed25519; signs the service's own tokens.
    pub signing_key: EncodingKey,
    /// The public half of `signing_key`, without a `kid`.
    pub signing_key_public: Jwk,
    pub data_key: Secret<[u8; 32]>,
}

impl Settings {
    /// Reads the keys; a missing or wrong one is one line, like a wrong setting.
    pub fn keys(&self) -> Result<Keys, SettingsError> {
        let file = self.access.signing_key_file.as_deref().ok_or_else(|| missing("signing_key_file"))?;
        let pem = read_file("signing_key_file", file)?;
        let wrong = |_| {
            file_fault(
                "signing_key_file",
                file,
                "is not an Ed25519 key; accepted: PEM (PKCS#8) as `openssl genpkey -algorithm ed25519` writes it",
            )
        };
        let signing_key = EncodingKey::from_ed_pem(&pem).map_err(wrong)?;
        let signing_key_public = Jwk::from_encoding_key(&signing_key, Algorithm::EdDSA).map_err(wrong)?;
        Ok(Keys { signing_key, signing_key_public, data_key: self.data_key()? })
    }

    fn data_key(&self) -> Result<Secret<[u8; 32]>, SettingsError> {
        if let Some(key) = &self.access.data_key {
            return Ok(key.clone());
        }
        let file = self.access.data_key_file.as_deref().ok_or_else(|| missing("data_key"))?;
        let text = String::from_utf8_lossy(&read_file("data_key_file", file)?).into_owned();
        let wrong =
            |_| file_fault("data_key_file", file, &format!("does not hold a key; accepted: {}", Key32.accepted()));
        Key32.read(&Value::String(text)).map_err(wrong)
    }

    /// libpq's connection URL with the password and the time limits; `None` on SQLite.
    pub fn postgres_url(&self) -> Result<Option<Secret<String>>, SettingsError> {
        let database = &self.database;
        let DatabaseUrl::Postgres(url) = &database.database_url else {
            return Ok(None);
        };
        let mut options = vec![
            ("connect_timeout", database.connect_timeout_seconds.as_secs().to_string()),
            ("tcp_user_timeout", database.tcp_user_timeout_seconds.as_millis().to_string()),
            ("options", format!("-c statement_timeout={}", database.statement_timeout_seconds.as_millis())),
            ("application_name", "xiaoqu".into()),
        ];
        if let Some(file) = &database.database_password_file {
            let bytes = read_file("database_password_file", file)?;
            let text =
                String::from_utf8(bytes).map_err(|_| file_fault("database_password_file", file, "is not UTF-8"))?;
            options.push(("password", text.trim_end_matches(['\r', '\n']).to_owned()));
        }
        let mut url = url.expose().clone();
        let said = url.split_once('?').map_or("", |(_, options)| options).to_owned();
        for (name, value) in options {
            // What the operator wrote into the URL wins.
            if said.split('&').any(|option| option.split('=').next() == Some(name)) {
                continue;
            }
            url.push(if url.contains('?') { '&' } else { '?' });
            url.push_str(&format!("{name}={}", percent_encode(&value)));
        }
        Ok(Some(Secret::new(url)))
    }
}

fn percent_encode(text: &str) -> String {
    text.bytes()
        .map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

fn read_file(name: &str, path: &Path) -> Result<Vec<u8>, SettingsError> {
    std::fs::read(path).map_err(|error| file_fault(name, path, &format!("cannot be read: {error}")))
}

fn file_fault(name: &str, path: &Path, fault: &str) -> SettingsError {
    SettingsError::new(format!("{name}: {} {fault}", path.display()))
}

fn missing(name: &str) -> SettingsError {
    let accepted =
        TABLE.iter().find(|setting| setting.name == name).map(|setting| setting.accepted()).unwrap_or_default();
    let variable = format!("{}{}", super::sources::PREFIX, name.to_uppercase());
    SettingsError::new(format!(
        "{name}: is not set in the file, {variable} or a flag, and is required; accepted: {accepted}"
    ))
}
