//! Memory under overload: 2,000 uploads, 30 % of them bombs, 64 at a time, in an address space of
//! the pool and 96 MiB.

use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bombproof::Size;
use futures_util::{StreamExt, stream};

use crate::support::backend::Backend;
use crate::support::bombs::{bomb, status_of};
use crate::support::client::{Client, metric};
use crate::support::pictures::{noisy, number_of, numbered_in, photograph};
use crate::support::server::{Server, service_command};

mod chart;

use chart::{Chart, Sample};

const UPLOADS: u32 = 2_000;
const CONCURRENT_UPLOADS: usize = 64;
const POOL_MIB: u64 = 40;
const ADDRESS_SPACE_MIB: u64 = POOL_MIB + 96;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Valid,
    Bomb,
}

struct Pictures {
    valid: Vec<Vec<u8>>,
    /// Each with the status that the service must answer.
    bombs: Vec<(Vec<u8>, u16)>,
}

impl Pictures {
    fn make() -> Self {
        let with_status = |bomb: Vec<u8>| {
            let status = status_of(&bomb);
            (bomb, status)
        };
        Self {
            valid: (0..VALID_PICTURES).map(valid_picture).collect(),
            bombs: (0..300).map(bomb).map(with_status).collect(),
        }
    }
}

/// What the uploads and the sampling of memory share.
#[derive(Default)]
struct Progress {
    answered: AtomicU32,
    /// How often the service answered 503.
    busy: AtomicU32,
    finished: AtomicBool,
}

#[tokio::test]
async fn valid_uploads_succeed_among_bombs_under_overload() {
    let (backend, client) = (Backend::sqlite(), Client::new());
    let mut server = start_with_memory_limit(&backend);
    let (pictures, progress) = (Pictures::make(), Progress::default());
    let (outcomes, samples) = tokio::join!(
        upload_all(&client, &server.url, &pictures, &progress),
        sample_memory(&client, &server, &progress)
    );

    assert!(server.is_alive());
    assert_eq!(outcomes[&(Kind::Valid, 200)], UPLOADS * 7 / 10);
    let refused: u32 =
        outcomes.iter().filter(|((kind, _), _)| *kind == Kind::Bomb).map(|(_, count)| count).sum();
    assert_eq!(refused, UPLOADS * 3 / 10);
    // Without a full pool there was no overload.
    let busy = progress.busy.load(Ordering::Relaxed);
    assert!(busy > 0, "the pool was never full");
    let peak = samples.iter().map(|sample| sample.resident_bytes).max().unwrap();
    assert!(peak < ADDRESS_SPACE_MIB << 20, "{peak} bytes resident");
    assert!(samples.iter().all(|sample| sample.reserved_bytes <= POOL_MIB << 20));
    assert!(samples.len() > 50);

    for upload in (0..UPLOADS).filter(|&upload| !is_bomb(upload)) {
        let avatar = client.stored_avatar(&server.url, &format!("user-{upload}"), 64).await;
        let picture = upload % VALID_PICTURES;
        assert!(
            is_photograph(picture) || number_of(&avatar) == picture * 11_117,
            "upload {upload}"
        );
    }
    assert_eq!(metric(&client, &server.url, "pool_bytes_in_use").await, 0.0);

    eprintln!("{outcomes:?}, {busy} times busy, peak of {peak} bytes, {:?}", samples.last());
    let chart = Chart {
        uploads: UPLOADS,
        concurrent_uploads: CONCURRENT_UPLOADS,
        pool_mib: POOL_MIB,
        address_space_mib: ADDRESS_SPACE_MIB,
        busy_answers: busy,
        samples,
    };
    let path = std::env::var("MEMORY_CHART")
        .unwrap_or(format!("{}/memory-under-load.svg", env!("CARGO_TARGET_TMPDIR")));
    fs::write(path, chart.to_svg()).unwrap();
}

/// `ulimit -v` limits all mapped memory: the program, the stacks, and what the allocator keeps.
fn start_with_memory_limit(backend: &Backend) -> Server {
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -v {} && exec \"$@\"", ADDRESS_SPACE_MIB << 10), "sh"]);
    let service = service_command(backend, &["--pool-mib", &POOL_MIB.to_string()]);
    command.arg(service.get_program()).args(service.get_args());
    // One heap for all threads: glibc reserves 64 MiB of addresses for each further heap.
    command.env("MALLOC_ARENA_MAX", "1");
    Server::from(command, &backend.data().join("log"))
}

/// Sends all uploads, and counts them by kind and status.
async fn upload_all(
    client: &Client,
    url: &str,
    Pictures { valid, bombs }: &Pictures,
    progress: &Progress,
) -> BTreeMap<(Kind, u16), u32> {
    let uploads = stream::iter(0..UPLOADS).map(|upload| async move {
        let outcome = if is_bomb(upload) {
            let (bomb, expected) = &bombs[upload as usize % bombs.len()];
            let status = upload_until_not_busy(client, url, "mallory", bomb, progress).await;
            assert_eq!(status, *expected, "bomb {}", upload as usize % bombs.len());
            (Kind::Bomb, status)
        } else {
            let picture = &valid[upload as usize % valid.len()];
            let user = format!("user-{upload}");
            let status = upload_until_not_busy(client, url, &user, picture, progress).await;
            assert_eq!(status, 200, "upload {upload}");
            (Kind::Valid, status)
        };
        progress.answered.fetch_add(1, Ordering::Relaxed);
        outcome
    });
    let mut outcomes = BTreeMap::new();
    let mut uploads = uploads.buffer_unordered(CONCURRENT_UPLOADS);
    while let Some(outcome) = uploads.next().await {
        *outcomes.entry(outcome).or_insert(0) += 1;
    }
    progress.finished.store(true, Ordering::Relaxed);
    outcomes
}

/// Retries while the service answers 503, and returns the final status.
async fn upload_until_not_busy(
    client: &Client,
    url: &str,
    user: &str,
    body: &[u8],
    progress: &Progress,
) -> u16 {
    for attempt in 0..1_000 {
        let response = client.put(url, user, body.to_vec()).send().await.unwrap();
        if response.status() != 503 {
            return response.status().as_u16();
        }
        assert_eq!(response.headers()["retry-after"], "1");
        progress.busy.fetch_add(1, Ordering::Relaxed);
        tokio::time::sleep(Duration::from_millis(20 * (attempt % 10 + 1))).await;
    }
    503
}

async fn sample_memory(client: &Client, server: &Server, progress: &Progress) -> Vec<Sample> {
    let started = Instant::now();
    let mut samples = Vec::new();
    while !progress.finished.load(Ordering::Relaxed) {
        samples.push(Sample {
            seconds: started.elapsed().as_secs_f64(),
            resident_bytes: resident_bytes(server.pid()),
            reserved_bytes: metric(client, &server.url, "pool_bytes_in_use").await as u64,
            answered: progress.answered.load(Ordering::Relaxed),
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

/// Three of ten uploads are bombs, evenly distributed.
fn is_bomb(upload: u32) -> bool {
    upload % 10 < 3
}

/// From small pictures to photographs of several megabytes.
fn valid_picture(number: u32) -> Vec<u8> {
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

const VALID_PICTURES: u32 = 40;
