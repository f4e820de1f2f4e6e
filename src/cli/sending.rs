//! What `serve` is told about sending: the server for e-mail, the gateway for short messages.
//! Nothing is sent here, and neither is asked: what is wrong is told at start.

use std::path::{Path, PathBuf};

use clap::Args;

use super::output::Failure;
use crate::{
    app::service::Service,
    sys::{
        gateway::{Gateway, GatewaySettings, Here},
        keyring::secret_line,
        mail::{MailSettings, Mailer},
    },
};

/// With a longer one the links would not fit into a short message.
const LONGEST_HOST: usize = 40;

#[derive(Args, Clone, Default)]
pub struct SendingOptions {
    /// The mail server: smtps://[USER@]HOST[:PORT], or smtp:// for STARTTLS
    #[arg(long, env = "PASS_NUMERIQUE_SMTP_URL", hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// A file whose first line is the mail server's password
    #[arg(long, env = "PASS_NUMERIQUE_SMTP_PASSWORD_FILE", hide_env_values = true)]
    pub smtp_password_file: Option<PathBuf>,
    /// Certificates (PEM) that the mail server's must come from, instead of the system's roots
    #[arg(long, env = "PASS_NUMERIQUE_SMTP_CA_FILE", hide_env_values = true)]
    pub smtp_ca_file: Option<PathBuf>,
    /// Who e-mails come from: an address, or Name <address>
    #[arg(long, env = "PASS_NUMERIQUE_MAIL_FROM", hide_env_values = true)]
    pub mail_from: Option<String>,
    /// Who reads answers, if not the sender
    #[arg(long, env = "PASS_NUMERIQUE_MAIL_REPLY_TO", hide_env_values = true)]
    pub mail_reply_to: Option<String>,
    /// The gateway for short messages: https://…, perhaps with {to} and {text}
    #[arg(long, env = "PASS_NUMERIQUE_SMS_URL", hide_env_values = true)]
    pub sms_url: Option<String>,
    /// A file whose first line is the gateway's bearer token
    #[arg(long, env = "PASS_NUMERIQUE_SMS_TOKEN_FILE", hide_env_values = true)]
    pub sms_token_file: Option<PathBuf>,
}

impl SendingOptions {
    /// Sets up what the service sends by; nothing, where nothing is set.
    ///
    /// # Errors
    /// Which setting is missing or wrong.
    pub fn set(&self, service: &mut Service) -> Result<(), Failure> {
        let mail = self.mailer(service.host())?;
        let sms = self.gateway(service.host())?;
        Ok(service.set_post(mail, sms)?)
    }

    fn mailer(&self, host: &str) -> Result<Option<Mailer>, Failure> {
        let Some(url) = &self.smtp_url else {
            let alone = [
                ("smtp-password-file", self.smtp_password_file.is_some()),
                ("smtp-ca-file", self.smtp_ca_file.is_some()),
                ("mail-from", self.mail_from.is_some()),
                ("mail-reply-to", self.mail_reply_to.is_some()),
            ];
            return needs("smtp-url", &alone);
        };
        let from = self.mail_from.clone();
        let settings = MailSettings {
            url: url.clone(),
            password: self.smtp_password_file.as_deref().map(secret).transpose()?,
            authorities: self.smtp_ca_file.as_deref().map(read).transpose()?,
            from: from.ok_or_else(|| Failure::Told("smtp-url needs mail-from".to_owned()))?,
            reply_to: self.mail_reply_to.clone(),
        };
        Mailer::new(&settings, host).map(Some).map_err(|cause| Failure::Told(cause.to_string()))
    }

    fn gateway(&self, host: &str) -> Result<Option<Gateway>, Failure> {
        let Some(url) = &self.sms_url else {
            return needs("sms-url", &[("sms-token-file", self.sms_token_file.is_some())]);
        };
        if host.len() > LONGEST_HOST {
            return Err(Failure::Told(format!(
                "sms-url: the host {host} has more than {LONGEST_HOST} characters: links to it do \
                 not fit into a short message"
            )));
        }
        let token = self.sms_token_file.as_deref().map(secret).transpose()?;
        let settings = GatewaySettings { url: url.clone(), token };
        Gateway::new(&settings, Here::Refused)
            .map(Some)
            .map_err(|cause| Failure::Told(cause.to_string()))
    }
}

/// A setting that does nothing without another is a mistake.
fn needs<T>(what: &str, alone: &[(&str, bool)]) -> Result<Option<T>, Failure> {
    match alone.iter().find(|(_, set)| *set) {
        Some((name, _)) => Err(Failure::Told(format!("{name} needs {what}"))),
        None => Ok(None),
    }
}

fn secret(path: &Path) -> Result<String, Failure> {
    secret_line(path).map_err(|cause| Failure::Told(cause.to_string()))
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|cause| Failure::Told(format!("{}: {cause}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T>(done: Result<Option<T>, Failure>) -> String {
        done.err().map(|failure| failure.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_setting_that_is_missing_or_wrong_is_told_by_name() {
        let nothing = SendingOptions::default();
        assert!(matches!(nothing.mailer("pass.example"), Ok(None)));
        assert!(matches!(nothing.gateway("pass.example"), Ok(None)));
        let from = Some("pass@example.fr".to_owned());
        let alone = SendingOptions { mail_from: from.clone(), ..SendingOptions::default() };
        assert_eq!(said(alone.mailer("pass.example")), "mail-from needs smtp-url");
        let missing = SendingOptions {
            smtp_url: Some("smtps://mail.example.fr".to_owned()),
            smtp_ca_file: Some("/nowhere/ca.pem".into()),
            mail_from: from.clone(),
            ..SendingOptions::default()
        };
        assert!(said(missing.mailer("pass.example")).starts_with("/nowhere/ca.pem: "));
        let url = Some("smtp://127.0.0.1:25".to_owned());
        let bare = SendingOptions { smtp_url: url.clone(), ..SendingOptions::default() };
        assert_eq!(said(bare.mailer("pass.example")), "smtp-url needs mail-from");
        let both = SendingOptions { smtp_url: url, mail_from: from, ..SendingOptions::default() };
        assert!(matches!(both.mailer("pass.example"), Ok(Some(_))));
        let sms = Some("https://sms.example.fr/".to_owned());
        let long = SendingOptions { sms_url: sms, ..SendingOptions::default() };
        assert!(said(long.gateway(&"h".repeat(41))).contains("more than 40 characters"));
    }

    #[test]
    fn a_password_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("password");
        std::fs::write(&path, "secret\n").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        let options = SendingOptions {
            smtp_url: Some("smtps://user@example.fr".to_owned()),
            smtp_password_file: Some(path.clone()),
            mail_from: Some("pass@example.fr".to_owned()),
            ..SendingOptions::default()
        };
        assert!(said(options.mailer("pass.example")).contains("chmod 600"));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(options.mailer("pass.example"), Ok(Some(_))));
    }
}
