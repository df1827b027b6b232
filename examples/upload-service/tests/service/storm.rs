//! 2,000 uploads, 30 % of them bombs, 64 at a time, in an address space of the pool and 96 MiB.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bombproof::Size;
use futures_util::{StreamExt, stream};

use crate::support::bombs::{bomb, status_of};
use crate::support::pictures::{noisy, number_of, numbered_in, photograph};
use crate::support::{Backend, Client, Server, metric};

mod chart;

const UPLOADS: u32 = 2_000;
const AT_A_TIME: usize = 64;
const POOL_MIB: u64 = 24;
const CEILING_MIB: u64 = POOL_MIB + 96;

/// What the process held at one moment.
#[derive(Clone, Copy, Debug)]
struct Sample {
    seconds: f64,
    resident: u64,
    reserved: u64,
    answered: u32,
}

#[tokio::test]
async fn honest_uploads_survive_a_storm() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let mut server = start_limited(&backend);
    let honest: Vec<Vec<u8>> = (0..40).map(honest).collect();
    let bombs: Vec<(Vec<u8>, u16)> = (0..300)
        .map(bomb)
        .map(|bomb| (status_of(&bomb), bomb))
        .map(|(status, bomb)| (bomb, status))
        .collect();

    let (answered, busy, over) = (AtomicU32::new(0), AtomicU32::new(0), AtomicBool::new(false));
    let storm = async {
        let uploads = stream::iter(0..UPLOADS).map(|upload| {
            let (client, url) = (&client, &server.url);
            let (honest, bombs, busy, answered) = (&honest, &bombs, &busy, &answered);
            async move {
                // 3 of 10 are bombs, evenly spread.
                let outcome = if upload % 10 < 3 {
                    let (bomb, expected) = &bombs[upload as usize % bombs.len()];
                    let status = patiently(client, url, "mallory", bomb, busy).await;
                    assert_eq!(status, *expected, "bomb {}", upload as usize % bombs.len());
                    ("bomb", status)
                } else {
                    let picture = &honest[upload as usize % honest.len()];
                    let status =
                        patiently(client, url, &format!("user-{upload}"), picture, busy).await;
                    assert_eq!(status, 200, "upload {upload}");
                    ("honest", status)
                };
                answered.fetch_add(1, Ordering::Relaxed);
                outcome
            }
        });
        let mut outcomes = BTreeMap::new();
        let mut uploads = uploads.buffer_unordered(AT_A_TIME);
        while let Some(outcome) = uploads.next().await {
            *outcomes.entry(outcome).or_insert(0) += 1;
        }
        over.store(true, Ordering::Relaxed);
        outcomes
    };
    let (outcomes, samples) = tokio::join!(storm, sample(&client, &server, &answered, &over));

    assert!(server.is_alive());
    assert_eq!(outcomes[&("honest", 200)], UPLOADS * 7 / 10);
    let refused: u32 =
        outcomes.iter().filter(|((kind, _), _)| *kind == "bomb").map(|(_, count)| count).sum();
    assert_eq!(refused, UPLOADS * 3 / 10);
    // A storm that the pool did not feel would show nothing.
    let busy = busy.load(Ordering::Relaxed);
    assert!(busy > 0, "nobody was told to come back");
    let peak = samples.iter().map(|sample| sample.resident).max().unwrap();
    assert!(peak < CEILING_MIB << 20, "{peak} bytes resident");
    assert!(samples.iter().all(|sample| sample.reserved <= POOL_MIB << 20));
    assert!(samples.len() > 50);

    for upload in (0..UPLOADS).filter(|upload| upload % 10 >= 3) {
        let avatar = client.stored_avatar(&server.url, &format!("user-{upload}"), 64).await;
        let picture = upload % 40;
        assert!(
            is_photograph(picture) || number_of(&avatar) == picture * 11_117,
            "upload {upload}"
        );
    }
    assert_eq!(metric(&client, &server.url, "pool_bytes_in_use").await, 0.0);

    eprintln!(
        "{outcomes:?}, {busy} times busy, {peak} bytes resident at the most, {:?}",
        samples.last()
    );
    let chart = chart::draw(&samples, peak, busy);
    let path = std::env::var("STORM_CHART")
        .unwrap_or(format!("{}/storm.svg", env!("CARGO_TARGET_TMPDIR")));
    fs::write(path, chart).unwrap();
}

/// `ulimit -v` counts all that is mapped: the program itself, stacks, what the allocator keeps.
fn start_limited(backend: &Backend) -> Server {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {} && exec \"$@\"", CEILING_MIB << 10), "sh"]);
    let program = crate::support::program(backend, &["--pool-mib", &POOL_MIB.to_string()]);
    command.arg(program.get_program()).args(program.get_args());
    // One heap for all threads: glibc reserves 64 MiB of addresses for each other one.
    command.env("MALLOC_ARENA_MAX", "1");
    Server::from(command, &backend.data().join("log"))
}

/// The status once the service is not busy any more.
async fn patiently(client: &Client, url: &str, user: &str, body: &[u8], busy: &AtomicU32) -> u16 {
    for attempt in 0..300 {
        let response = client.put(url, user, body.to_vec()).send().await.unwrap();
        if response.status() != 503 {
            return response.status().as_u16();
        }
        assert_eq!(response.headers()["retry-after"], "1");
        busy.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20 * (attempt % 10 + 1))).await;
    }
    503
}

async fn sample(
    client: &Client,
    server: &Server,
    answered: &AtomicU32,
    over: &AtomicBool,
) -> Vec<Sample> {
    let started = Instant::now();
    let mut samples = Vec::new();
    while !over.load(Ordering::Relaxed) {
        samples.push(Sample {
            seconds: started.elapsed().as_secs_f64(),
            resident: resident_bytes(server.pid()),
            reserved: metric(client, &server.url, "pool_bytes_in_use").await as u64,
            answered: answered.load(Ordering::Relaxed),
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    samples
}

fn resident_bytes(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
}

/// From small cards to photographs of megabytes.
fn honest(number: u32) -> Vec<u8> {
    if is_photograph(number) {
        return photograph(1_000 + 16 * number, 750);
    }
    if number % 5 == 3 {
        return noisy(Size::new(1_000, 800), number * 11_117);
    }
    numbered_in(Size::new(400 + 40 * number, 300 + 30 * number), number * 11_117)
}

fn is_photograph(number: u32) -> bool {
    number % 5 == 4
}
