//! An avatar upload service on bombproof. `README.md` beside this folder says how to run it.

use std::process::ExitCode;

use clap::Parser;

// What is configured, and what every request shares.
mod args;
mod service;
mod metrics;
#[path = "../../../tests/support/counting_allocator.rs"]
mod counting_allocator;

// What lasts: objects in a store, rows in a database.
mod store;
mod database;
mod avatars;

// An upload on its way: bytes, renditions, one blob, one pointer.
mod body;
mod render;
mod publish;

// What is answered.
mod failure;
mod upload;
mod read;
mod inspect;
mod status;
mod page;

// What runs: the server, the sweep, the regeneration.
mod listen;
mod linger;
mod sweep;
mod regenerate;

use args::{Args, Command};
use counting_allocator::CountingAllocator;

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    // Threads that block: decoders, and calls to a store that is a folder. Their stacks are memory too.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().max_blocking_threads(args.settings.jobs + 16).thread_stack_size(1 << 20);
    runtime.build()?.block_on(async {
        let service = service::start(args.settings).await?;
        match args.command.unwrap_or(Command::Serve) {
            Command::Serve => listen::serve(service).await,
            Command::Sweep { unknown } => sweep::once(&service, unknown).await,
            Command::Regenerate(wish) => regenerate::run(service, wish).await,
        }
    })
}
