//! An avatar upload service on bombproof. `README.md` beside this folder says how to run it.

use std::process::ExitCode;

use clap::Parser;

// Configuration, and the state that all requests share.
mod args;
mod state;
mod metrics;
mod heap_usage;
mod error;

// Persistence: objects in a store, rows in a database.
mod storage;

// The pipeline of an upload: read the body, decode and encode, store and publish.
mod request_body;
mod crop;
mod file_format;
mod render;
mod publish;

// The HTTP server and what it answers.
mod server;
mod drain_body;
mod handlers;

// Background work.
mod garbage_collector;
mod regenerate;

use args::{Args, Command};

fn main() -> anyhow::Result<ExitCode> {
    let args = Args::parse();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    // Blocking threads decode pictures and call a store that is a folder. Their stacks use memory
    // too, so their number and size are bounded.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    runtime.enable_all().max_blocking_threads(args.settings.jobs + 16).thread_stack_size(1 << 20);
    runtime.build()?.block_on(async {
        let state = state::open(args.settings).await?;
        match args.command.unwrap_or(Command::Serve) {
            Command::Serve => server::serve(state).await,
            Command::Sweep { unknown } => garbage_collector::run_once(&state, unknown).await,
            Command::Regenerate(options) => regenerate::run(state, options).await,
        }
    })
}
