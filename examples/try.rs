//! Try.
use std::time::Instant;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut limits = bombproof::Limits::default();
    limits.max_memory_bytes = 2 << 30;
    for path in &args[1..] {
        let bytes = std::fs::read(path).unwrap();
        let request = bombproof::Request::cover(256, 256);
        let header = match bombproof::probe(&bytes) {
            Ok(h) => h,
            Err(e) => {
                println!("{path}: {e}");
                continue;
            }
        };
        let plan = match bombproof::Plan::new(&header, &request, &limits) {
            Ok(h) => h,
            Err(e) => {
                println!("{path}: {e}");
                continue;
            }
        };
        println!("{plan}");
        let start = Instant::now();
        match bombproof::thumbnail(&bytes, &request, &limits) {
            Ok(t) => {
                println!("{path}: {:?} in {:?}", t, start.elapsed());
                std::fs::write(
                    format!(
                        "/tmp/out/{}.jpg",
                        std::path::Path::new(path).file_name().unwrap().to_str().unwrap()
                    ),
                    t.bytes(),
                )
                .unwrap();
            }
            Err(e) => println!("{path}: {e} in {:?}", start.elapsed()),
        }
    }
}
