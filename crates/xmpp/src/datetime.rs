//! Instants as XMPP writes them (XEP-0082).

use core::fmt::Write;

use mistatus_core::time::UnixMs;

const DAY: u64 = 86_400_000;

/// Writes an instant in UTC, with milliseconds where there are any; after the year 9999 the last one before.
#[must_use]
pub fn write(instant: UnixMs) -> String {
    let ms = instant.as_millis().min(253_402_300_799_999);
    let (year, month, day) = date(ms / DAY);
    let (hour, minute, second) = (ms / 3_600_000 % 24, ms / 60_000 % 60, ms / 1_000 % 60);
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    if !ms.is_multiple_of(1_000) {
        // Writing to a string cannot fail.
        let _ = write!(text, ".{:03}", ms % 1_000);
    }
    text.push('Z');
    text
}

/// Reads an instant; `None` for what is none, and for anything before 1970. Finer than milliseconds is cut.
#[must_use]
pub fn read(text: &str) -> Option<UnixMs> {
    let (date, rest) = text.split_at_checked(10)?;
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let (time, rest) = rest.strip_prefix('T')?.split_at_checked(8)?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let (fraction, zone) = match rest.strip_prefix('.') {
        Some(rest) => {
            let end = rest.find(|character: char| !character.is_ascii_digit())?;
            rest.split_at_checked(end)?
        }
        None => ("0", rest),
    };
    let ms: u64 = format!("{:0<3}", fraction.get(..3).unwrap_or(fraction)).parse().ok()?;
    let offset = match zone.split_at_checked(1)? {
        ("Z", "") => 0,
        (sign @ ("+" | "-"), zone) => {
            let [hours, minutes] = numbers(zone, ':', [2, 2])?;
            let minutes =
                i64::try_from((hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?)
                    .ok()?;
            if sign == "+" { minutes } else { -minutes }
        }
        _ => return None,
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u64::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    let is_valid = fraction.starts_with(|character: char| character.is_ascii_digit())
        && (1..=12).contains(&month)
        && (1..=days).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    // What comes before 1970 becomes negative below, and so is refused.
    let days =
        i64::try_from(is_valid.then(|| days_since_0000(year, month, day))?).ok()? - EPOCH_DAYS;
    let seconds = i64::try_from(hour * 3_600 + minute * 60 + second).ok()? - offset * 60;
    let total = days.checked_mul(86_400)?.checked_add(seconds)?.checked_mul(1_000)?;
    u64::try_from(total).ok().map(|total| UnixMs::from_millis(total + ms))
}

fn numbers<const N: usize>(text: &str, separator: char, digits: [usize; N]) -> Option<[u64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        let is_number = part.len() == digits && part.bytes().all(|digit| digit.is_ascii_digit());
        *number = is_number.then(|| part.parse().ok())??;
    }
    parts.next().is_none().then_some(numbers)
}

/// Days from 0000-03-01 to 1970-01-01 in the Gregorian calendar.
const EPOCH_DAYS: i64 = 719_468;

/// Counts days from 0000-03-01: years begin in March, so that the leap day comes last.
const fn days_since_0000(year: u64, month: u64, day: u64) -> u64 {
    // In January and February of the year 0 there is no earlier year to count from; that is far before 1970 anyway.
    let (year, month) =
        if month > 2 { (year, month - 3) } else { (year.saturating_sub(1), month + 9) };
    year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1
}

const fn date(days_since_1970: u64) -> (u64, u64, u64) {
    let days = days_since_1970 + EPOCH_DAYS.cast_unsigned();
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + (month <= 2) as u64;
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_instants_are_read_and_written() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799_000),
            ("2026-11-21T12:00:00.25Z", 1_795_262_400_250),
            ("2026-11-21T02:30:47.230684Z", 1_795_228_247_230),
            ("2026-11-21T13:00:00+01:00", 1_795_262_400_000),
            ("2026-11-21T11:30:00-00:30", 1_795_262_400_000),
        ] {
            assert_eq!(read(text), Some(UnixMs::from_millis(ms)), "{text}");
        }
        assert_eq!(write(UnixMs::from_millis(1_795_262_400_250)), "2026-11-21T12:00:00.250Z");
        assert_eq!(write(UnixMs::MAX), "9999-12-31T23:59:59.999Z");
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "2026",
            "2026-11-21",
            "2026-11-21T12:00:00",
            "2026-13-21T12:00:00Z",
            "2026-02-29T12:00:00Z",
            "2026-11-21T24:00:00Z",
            "2026-11-21 12:00:00Z",
            "2026-11-21T12:00:00.Z",
            "2026-11-21T12:00:00.1",
            "2026-11-21T12:00:00+1:00",
            "2026-11-21T12:00:00+99:00",
            "1969-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z",
            "+026-11-21T12:00:00Z",
            "2026-11-21T12:00:00Zé",
            "ééééééééééééé",
            "1970-01-01T00:00:00+00:01",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(ms in 0..253_402_300_800_000_u64) {
            let instant = UnixMs::from_millis(ms);
            prop_assert_eq!(read(&write(instant)), Some(instant));
        }

        #[test]
        fn no_text_makes_it_panic(text in "[0-9TZ:.+-]{0,40}|\\PC{0,30}") {
            let _ = read(&text);
        }
    }
}
