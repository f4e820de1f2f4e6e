//! The machine under the figures: medians, percentiles, its fsync time, a thread's CPU.
//! No database.

use std::{
    fs,
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

/// The present moment, to measure durations with.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub fn now() -> Instant {
    Instant::now()
}

/// The middle one; of an even number, the lower of the two.
pub fn median(values: &[f64]) -> f64 {
    percentile(values, 50)
}

pub fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted.get(last * percent / 100).copied().unwrap_or(f64::NAN)
}

/// Milliseconds of an append of one page and its fsync: the median of `times`.
pub fn fsync_ms(folder: &Path, times: usize) -> f64 {
    let path = folder.join("fsync");
    let mut file = fs::File::create(&path).unwrap();
    let mut taken = Vec::new();
    for _ in 0..times {
        let begin = now();
        file.write_all(&[0x5a; 4096]).unwrap();
        file.sync_data().unwrap();
        taken.push(begin.elapsed().as_secs_f64() * 1e3);
    }
    fs::remove_file(path).unwrap();
    median(&taken)
}

/// CPU that this process's writer threads have used, where the system tells.
pub fn writers_cpu() -> Option<Duration> {
    let mut nanoseconds = 0;
    for task in fs::read_dir("/proc/self/task").ok()?.flatten() {
        let name = fs::read_to_string(task.path().join("comm")).unwrap_or_default();
        if name.trim() == "writer" {
            let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
            nanoseconds += text.split(' ').next()?.parse::<u64>().ok()?;
        }
    }
    Some(Duration::from_nanos(nanoseconds))
}
