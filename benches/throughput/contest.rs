//! Contenders measured in turn, round by round, since machines and disks drift; medians of rounds.
//! Nothing of vouchers.

use std::{sync::Mutex, time::Duration};

use crate::machine::{median, now, percentile};

/// What one contender does, again and again, on `clients` threads at once.
pub struct Contender<'a> {
    pub name: String,
    pub clients: usize,
    /// Redemptions (or rows) that one call stands for.
    pub each: usize,
    pub act: Box<dyn Fn(usize) + Sync + 'a>,
}

/// Medians over the rounds.
#[derive(Clone, Debug)]
pub struct Figure {
    pub name: String,
    pub a_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
}

impl<'a> Contender<'a> {
    pub fn new(name: &str, clients: usize, act: impl Fn(usize) + Sync + 'a) -> Self {
        Self { name: name.to_owned(), clients, each: 1, act: Box::new(act) }
    }

    pub fn each(mut self, each: usize) -> Self {
        self.each = each;
        self
    }

    fn run(&self, time: Duration) -> (f64, f64, f64) {
        let latencies = Mutex::new(Vec::new());
        let begin = now();
        std::thread::scope(|scope| {
            for client in 0..self.clients {
                let latencies = &latencies;
                scope.spawn(move || {
                    let mut own = Vec::new();
                    while begin.elapsed() < time {
                        let asked = now();
                        (self.act)(client);
                        own.push(asked.elapsed().as_secs_f64() * 1e3);
                    }
                    latencies.lock().unwrap().extend(own);
                });
            }
        });
        let elapsed = begin.elapsed().as_secs_f64();
        let latencies = latencies.into_inner().unwrap();
        let done = (latencies.len() * self.each) as f64;
        (done / elapsed, percentile(&latencies, 50), percentile(&latencies, 99))
    }
}

/// Runs all in turn, `rounds` times; a first short turn each warms up and does not count.
pub fn contest(contenders: &[Contender<'_>], rounds: usize, time: Duration) -> Vec<Figure> {
    for contender in contenders {
        contender.run(time / 5);
    }
    let mut samples = vec![Vec::new(); contenders.len()];
    for _ in 0..rounds {
        for (contender, samples) in contenders.iter().zip(&mut samples) {
            samples.push(contender.run(time));
        }
    }
    let figure = |(contender, samples): (&Contender<'_>, Vec<(f64, f64, f64)>)| {
        let of = |pick: fn(&(f64, f64, f64)) -> f64| {
            median(&samples.iter().map(pick).collect::<Vec<_>>())
        };
        Figure {
            name: contender.name.clone(),
            a_second: of(|sample| sample.0),
            p50_ms: of(|sample| sample.1),
            p99_ms: of(|sample| sample.2),
        }
    };
    contenders.iter().zip(samples).map(figure).collect()
}
