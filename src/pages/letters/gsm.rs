//! Short messages in the letters of telephones: GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1).
//! One other letter would halve what fits into a message.

/// Characters of one message.
pub const LONGEST: usize = 160;

/// The alphabet without letters, digits and control characters.
const MARKS: &str = "@£$¥èéùìòÇØøÅå_ÆæßÉ !\"#%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà";

/// A text of that alphabet that fits into one message; letters that it lacks lose their marks.
pub fn text(said: &str) -> Option<String> {
    let plain: Option<String> = said.chars().map(letter).collect();
    plain.filter(|text| text.chars().count() <= LONGEST)
}

fn letter(c: char) -> Option<char> {
    if c.is_ascii_alphanumeric() || MARKS.contains(c) {
        return Some(c);
    }
    Some(match c {
        '\u{a0}' | '\u{202f}' => ' ',
        '’' | '‘' => '\'',
        '«' | '»' | '“' | '”' => '"',
        '–' | '—' => '-',
        'â' => 'a',
        'ç' => 'Ç',
        'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' => 'o',
        'û' => 'u',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Fact, Language, Words};

    #[test]
    fn every_short_message_fits_one_with_the_longest_facts() {
        let words = Words::new();
        let link = format!("https://{}/stop/{}", "h".repeat(40), "x".repeat(22));
        for language in [Language::French, Language::English] {
            let workshops = words.say(language, "workshops-count", &[("count", Fact::Count(10))]);
            let facts = [
                ("link", Fact::from(link.as_str())),
                ("date", Fact::from("22/02/2027")),
                ("workshops", Fact::from(workshops)),
            ];
            for key in ["sms-pass", "sms-reminder-unused", "sms-reminder-ending"] {
                let said = words.say(language, key, &facts);
                let sent = text(&said).unwrap_or_else(|| panic!("{key} is too long: {said}"));
                assert!(sent.ends_with(&link), "{sent}");
            }
        }
    }

    #[test]
    fn what_telephones_lack_is_written_plainly_or_not_at_all() {
        assert_eq!(text("jusqu’au 3\u{a0}: fête").as_deref(), Some("jusqu'au 3 : fete"));
        assert_eq!(text("日"), None);
        assert_eq!(text(&"a".repeat(161)), None);
    }
}
