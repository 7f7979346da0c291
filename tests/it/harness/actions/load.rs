//! Users who move money for as long as something else is tested.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::task::JoinHandle;

use crate::harness::{Client, User, errors};

/// Tasks that deposit and transfer, and what was acknowledged to them.
pub struct Load {
    /// The users that move money.
    pub users: Vec<User>,
    acknowledged: Arc<Mutex<Vec<String>>>,
    stopped: Arc<AtomicBool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Load {
    /// Starts with some new users, each of whom deposits and pays the next one.
    pub async fn start(server: &Client, users: usize) -> Self {
        let acknowledged = Arc::<Mutex<Vec<String>>>::default();
        let stopped = Arc::<AtomicBool>::default();
        let mut registered = Vec::new();
        for number in 0..users {
            registered.push(User::register(server, &format!("user{number}")).await);
        }
        let tasks = (0..users).map(|number| {
            let (user, next) = (registered[number].clone(), registered[(number + 1) % users].clone());
            let (acknowledged, stopped) = (acknowledged.clone(), stopped.clone());
            tokio::spawn(async move {
                while !stopped.load(Ordering::SeqCst) {
                    let deposit = user.deposit(json!({ "wallet": { "id": user.wallet }, "amount": "2" })).await;
                    for done in [deposit, user.pay(&next, "1").await] {
                        match errors(&done).as_slice() {
                            [] => {
                                let reference = done["transaction"]["reference"].as_str().unwrap();
                                acknowledged.lock().unwrap().push(reference.to_owned());
                            }
                            refused => assert_eq!(refused, ["TRY_AGAIN"]),
                        }
                    }
                }
            })
        });
        let tasks = tasks.collect();
        Self { users: registered, acknowledged, stopped, tasks }
    }

    /// The references of what was acknowledged so far.
    pub fn acknowledged(&self) -> Vec<String> {
        self.acknowledged.lock().unwrap().clone()
    }

    /// Waits until some more is acknowledged than there was.
    pub async fn grow_by(&self, more: usize) {
        let (enough, began) = (self.acknowledged.lock().unwrap().len() + more, Instant::now());
        while self.acknowledged.lock().unwrap().len() < enough {
            assert!(began.elapsed() < Duration::from_mins(1), "the load stands still");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Lets the tasks end; none of them may have failed.
    pub async fn stop(self) {
        self.stopped.store(true, Ordering::SeqCst);
        for task in self.tasks {
            task.await.unwrap();
        }
    }
}
