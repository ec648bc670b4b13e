//! Puts the parts together, and takes them apart again in the right order.

use std::{
    collections::HashMap,
    fmt,
    net::SocketAddr,
    sync::{Arc, atomic::AtomicU64, atomic::Ordering::Relaxed},
    thread::JoinHandle as Thread,
    time::Duration,
};

use mistatus_core::time::Tick;
use mistatus_hub::Hub;
use tokio::{
    net::TcpListener,
    sync::{mpsc, watch},
    task::JoinHandle,
};

#[cfg(unix)]
use crate::control::{self, PeopleDesk};
use crate::{
    addresses::{Addresses, Strangers},
    api::KeyRates,
    auth::Auth,
    backups::Backups,
    clock::{self, Clock},
    config::Config,
    demo,
    door::Door,
    engine::{Engine, LastUpdate, ServiceRequests, ToEngine},
    events::Events,
    http::{self, App},
    limits,
    metrics::Metrics,
    rate::UserRates,
    refusals::RefusalLog,
    service_keys::KeysFile,
    store,
    stream::StreamContext,
    webhooks::{self, Publisher},
};

/// A running server.
pub struct Server {
    address: SocketAddr,
    metrics_address: Option<SocketAddr>,
    auth: Arc<Auth>,
    engine: mpsc::Sender<ToEngine>,
    metrics: Arc<Metrics>,
    stopping: watch::Sender<bool>,
    door: JoinHandle<()>,
    metrics_door: Option<JoinHandle<()>>,
    registry: JoinHandle<()>,
    crowd: Option<JoinHandle<()>>,
    webhooks: Option<JoinHandle<()>>,
    #[cfg(unix)]
    control: JoinHandle<()>,
    storing: Thread<()>,
}

/// Tells why a server could not start.
#[derive(Debug)]
pub struct StartError(String);

impl Server {
    /// Opens the database, listens, and serves until [`Server::stop`].
    ///
    /// # Errors
    /// The address is taken, or the data directory cannot be used; the text says which.
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let mut database = store::open(&config.data).map_err(|e| StartError(e.to_string()))?;
        let unreadable = |error| {
            StartError(format!("cannot read the database in {}: {error}", config.data.display()))
        };
        if config.demo {
            store::seed(&mut database, &demo::people()).map_err(unreadable)?;
        }
        let mut hub = Hub::new(config.hub.clone());
        if config.directory {
            let people = store::people::load_people(&database).map_err(unreadable)?;
            if people.is_empty() {
                tracing::warn!(
                    "the directory is empty, so nobody can sign in: `mistatus-server people import FILE` fills it"
                );
            }
            hub.use_directory(people);
        }
        let records = store::load(&database).map_err(unreadable)?;
        tracing::info!(users = records.len(), "database read");
        for record in records {
            hub.restore(record, Tick::default(), clock::wall());
        }
        hub.restore_messages(store::load_messages(&database).map_err(unreadable)?);
        let (keys_file, service_keys) = KeysFile::of(&config.data).open().map_err(StartError)?;
        let (listener, address) = listen(config.listen).await?;
        let (metrics_listener, metrics_address) = match config.metrics_listen {
            Some(wanted) => {
                let (listener, address) = listen(wanted).await?;
                (Some(listener), Some(address))
            }
            None => (None, None),
        };

        let metrics = Arc::new(Metrics::default());
        let clock = Clock::start();
        let refusals = Arc::<RefusalLog>::default();
        let (report_sender, reports) = mpsc::unbounded_channel();
        let (store, storing) =
            store::start(database, report_sender, metrics.clone(), config.keep_messages)
                .map_err(|error| StartError(format!("cannot start the store: {error}")))?;
        let backups = Arc::new(Backups::new(config.data, store.clone(), metrics.clone()));
        let webhooks = config.webhooks.map(|file| (file, store.clone()));
        let (engine, inbox) = mpsc::channel(limits::ENGINE_QUEUE_MAX);
        let owner = Engine {
            hub,
            clock,
            store,
            metrics: metrics.clone(),
            outboxes: HashMap::new(),
            last_update: LastUpdate::default(),
            services: ServiceRequests::default(),
            events: Events::new(clock::wall()),
            refusals: refusals.clone(),
            stopping: false,
        };
        let registry = tokio::spawn(owner.run(inbox, reports));
        #[cfg(unix)]
        let people_desk = config.directory.then(|| PeopleDesk::new(engine.clone()));

        if let Some(file) = config.revoked {
            tokio::spawn(file.follow(config.revoked_check, metrics.clone()));
        }
        tokio::spawn(keys_file.follow(config.service_keys_check, metrics.clone()));
        let (stopping, stop) = watch::channel(false);
        #[cfg(unix)]
        let control = tokio::spawn(control::listen(backups.clone(), people_desk, stop.clone()));
        if let Some(keys) = config.auth.keys() {
            let files = keys.files.clone();
            tokio::spawn(files.follow(config.keys_check, metrics.clone(), stop.clone()));
            if let Some(remote) = keys.remote.clone() {
                tokio::spawn(remote.follow(config.jwks_times, metrics.clone(), stop.clone()));
            }
        }
        let webhooks = match webhooks {
            Some((file, store)) => {
                let first = webhooks::follow_everybody(&engine).await;
                let (hooks, engine) = (file.current(), engine.clone());
                let (times, metrics) = (config.webhook_times, metrics.clone());
                tokio::spawn(file.follow(times.check, metrics.clone()));
                let publisher = Publisher::new(hooks, engine, store, metrics, times)
                    .only_listed(config.directory);
                Some(tokio::spawn(publisher.run(first, stop.clone())))
            }
            None => None,
        };
        let addresses = Addresses::new(config.connections_per_address);
        let proxies: Arc<[_]> = config.proxies.into();
        let auth = Arc::new(config.auth);
        let app = App {
            stream: StreamContext {
                auth: auth.clone(),
                engine: engine.clone(),
                metrics: metrics.clone(),
                clock,
                connections: Arc::new(AtomicU64::new(1)),
                limits: config.stream,
                users: Arc::new(UserRates::new(config.user_rate)),
                readers: Arc::default(),
                refusals,
                stopping: stop.clone(),
            },
            origins: config.origins.into(),
            addresses: addresses.clone(),
            strangers: Strangers::new(config.strangers_per_address, config.strangers_max),
            proxies: proxies.clone(),
            metrics_from: config.metrics_from.into(),
            metrics_apart: metrics_listener.is_some(),
            service_keys,
            backups,
            demo: config.demo,
            pictures: config.pictures,
            invites: config.invites,
            directory: config.directory,
            api_rates: Arc::new(KeyRates::new(config.api_rate)),
            api_comment_every: config.api_comment_every,
        };
        let door = |router| Door {
            router,
            addresses: addresses.clone(),
            proxies: proxies.clone(),
            metrics: metrics.clone(),
            request_timeout: config.request_timeout,
            connection_max: config.connection_max,
            stopping: stop.clone(),
        };
        let metrics_door = metrics_listener
            .map(|listener| tokio::spawn(door(http::metrics_router(app.clone())).keep(listener)));
        let door = tokio::spawn(door(http::router(app)).keep(listener));
        let crowd = config.demo.then(|| tokio::spawn(demo::crowd(address)));
        Ok(Self {
            address,
            metrics_address,
            auth,
            engine,
            metrics,
            stopping,
            door,
            metrics_door,
            registry,
            crowd,
            webhooks,
            #[cfg(unix)]
            control,
            storing,
        })
    }

    /// Returns where the server listens; the port is the real one.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns where metrics are read, if that is another address; the port is the real one.
    #[must_use]
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.metrics_address
    }

    /// Reads the keys of the tokens again; `false` where there are none. Who is signed in stays so.
    ///
    /// # Errors
    /// The file and what is wrong with it; the last good key stays.
    pub fn reload(&self) -> Result<bool, String> {
        self.auth.reload()
    }

    /// Says goodbye to every client, waits until it has been heard, and until everything is written.
    pub async fn stop(self) {
        self.stopping.send_replace(true);
        if let Some(crowd) = self.crowd {
            crowd.abort();
        }
        let _ = self.engine.send(ToEngine::Shutdown).await;
        let goodbyes = async {
            while self.metrics.connections.load(Relaxed) > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if tokio::time::timeout(limits::SHUTDOWN_TIMEOUT, goodbyes).await.is_err() {
            tracing::warn!("some clients did not close in time");
        }
        let _ = self.door.await;
        if let Some(door) = self.metrics_door {
            let _ = door.await;
        }
        // The registry ends with its last sender, the store with the registry and those who ask for backups
        // or queue for webhooks.
        #[cfg(unix)]
        let _ = self.control.await;
        if let Some(webhooks) = self.webhooks {
            let _ = webhooks.await;
        }
        drop(self.engine);
        let ends = async {
            let _ = self.registry.await;
            let _ = tokio::task::spawn_blocking(|| self.storing.join()).await;
        };
        if tokio::time::timeout(limits::SHUTDOWN_TIMEOUT, ends).await.is_err() {
            tracing::warn!("the store did not finish in time");
        }
    }
}

async fn listen(wanted: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |error| StartError(format!("cannot listen on {wanted}: {error}"));
    let listener = TcpListener::bind(wanted).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}
