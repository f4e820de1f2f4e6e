//! Forms of single values: codes, degrees, days, telephone numbers, addresses of the web.
//! No row and no report: only what a text is.

use crate::domain::calendar::Day;

/// `^([013-9]\d|2[AB1-9])\d{3}$`: INSEE's code of a commune, as the standard says.
pub(super) fn is_commune(code: &str) -> bool {
    let three_digits = |rest: &[u8]| rest.len() == 3 && rest.iter().all(u8::is_ascii_digit);
    match code.as_bytes() {
        [b'2', second, rest @ ..] => {
            matches!(second, b'A' | b'B' | b'1'..=b'9') && three_digits(rest)
        }
        [first, second, rest @ ..] => {
            first.is_ascii_digit() && second.is_ascii_digit() && three_digits(rest)
        }
        _ => false,
    }
}

/// Millionths of a degree; a decimal comma is read too.
#[expect(clippy::float_arithmetic, reason = "degrees are no money")]
pub(super) fn microdegrees(text: &str, limit: f64) -> Option<i32> {
    let degrees: f64 = text.trim().replace(',', ".").parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "at most 180 million")]
    (degrees.abs() <= limit).then(|| (degrees * 1e6).round() as i32)
}

/// `2024-04-11`, with or without a time, or `11/04/2024`.
pub(super) fn day(text: &str) -> Option<Day> {
    let iso = text.get(..10)?;
    let parts: Vec<&str> = iso.split('/').collect();
    match (&*parts, text.get(10..)?.chars().next()) {
        ([_], None | Some('T' | ' ')) => iso.parse().ok(),
        ([day, month, year], None) => format!("{year}-{month}-{day}").parse().ok(),
        _ => None,
    }
}

/// Countries of French numbers, as the standard lists them.
const CALLING_CODES: [&str; 10] =
    ["+33", "+590", "+594", "+262", "+596", "+269", "+687", "+689", "+508", "+681"];

/// A number in international form: the standard's pattern.
pub(super) fn phone(text: &str) -> Option<String> {
    let number: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-' | '(' | ')'))
        .collect();
    let number = match (number.strip_prefix("00"), number.strip_prefix('0')) {
        (Some(rest), _) => format!("+{rest}"),
        (None, Some(rest)) if rest.len() == 9 => format!("+33{rest}"),
        _ => number,
    };
    let code = CALLING_CODES.iter().find(|code| number.starts_with(**code))?;
    let rest = number.strip_prefix(code)?;
    let fits = (6..=9).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit());
    fits.then_some(number)
}

/// Whether a number is that of a mobile telephone: 6 and 7 in France, 69 and the like overseas.
/// Where fixed and mobile numbers look alike (+269, +508, +681, +687, +689), it may be one.
pub(super) fn is_mobile(number: &str) -> bool {
    const FIXED: [&str; 5] = ["+590590", "+594594", "+262262", "+262269", "+596596"];
    match number.strip_prefix("+33") {
        Some(rest) => rest.starts_with(['6', '7']),
        None => !FIXED.iter().any(|prefix| number.starts_with(prefix)),
    }
}

/// Whether a text is an address that a page may link to: `http` or `https` and a host.
pub(super) fn is_web(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '"' | '<' | '>' | '\\' | '`');
    host.contains('.') && !host.contains('@') && url.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corsica_and_overseas_are_communes_and_other_letters_are_not() {
        let all = |codes: &[&str], is| codes.iter().all(|code| is_commune(code) == is);
        assert!(all(&["01004", "2A004", "2B033", "21001", "97411"], true));
        assert!(all(&["20004", "2C004", "A1004", "5100", "510000", "", "é1004"], false));
    }

    #[test]
    fn degrees_are_rounded_to_millionths_and_kept_on_the_globe() {
        assert_eq!(microdegrees("6.720031881096503", 180.0), Some(6_720_032));
        assert_eq!(microdegrees(" -0,008588 ", 180.0), Some(-8_588));
        assert_eq!(microdegrees("90.1", 90.0), None);
        assert_eq!(microdegrees("NaN", 90.0), None);
        assert_eq!(microdegrees("nord", 90.0), None);
    }

    #[test]
    fn days_are_read_in_two_orders() {
        let read = |text| day(text).map(|day| day.to_string());
        assert_eq!(read("2022-05-09T10:00:00Z").as_deref(), Some("2022-05-09"));
        assert_eq!(read("09/05/2022").as_deref(), Some("2022-05-09"));
        for text in ["", "2022-13-01", "31/02/2022", "2022-05-091", "9 mai 2022", "éééééééé"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_become_international_and_mobiles_are_known() {
        assert_eq!(phone("01.80 05-98(80)").as_deref(), Some("+33180059880"));
        assert_eq!(phone("00262262123456").as_deref(), Some("+262262123456"));
        assert_eq!(phone("3949"), None);
        assert_eq!(phone("+32 2 123 45 67"), None);
        assert!(is_mobile("+33612345678") && is_mobile("+590690123456"));
        assert!(!is_mobile("+33180059880") && !is_mobile("+262262123456"));
    }

    #[test]
    fn only_plain_addresses_of_the_web_are_linked() {
        assert!(is_web("https://www.a.fr/x?y=é;z") && is_web("HTTP://a.fr"));
        for url in
            ["javascript:alert(1)", "http://a", "https://x@a.fr", "ftp://a.fr", "http://a.fr/\"x"]
        {
            assert!(!is_web(url), "{url}");
        }
    }
}
