//! Asks sigma-rust of every event, from its JSON text, whether each of some rules matches. The question comes as JSON on standard input, the answer
//! goes to standard output the same way: how many matches there are in one round, and how many events a second the best round did.
use serde::{Deserialize, Serialize};
use std::io::{Read, stdin};
use std::time::{Duration, Instant};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    rules: Vec<String>,
    events: Vec<String>,
    rounds: u32,
    round_ms: u64,
}

#[derive(Serialize)]
struct Answer {
    matches: usize,
    rate: f64,
}

fn main() {
    let mut text = String::new();
    stdin().read_to_string(&mut text).expect("standard input is text");
    let question: Question = serde_json::from_str(&text).expect("the question is as agreed");
    let rules: Vec<_> = question
        .rules
        .iter()
        .map(|rule| sigma_rust::rule_from_yaml(rule).expect("each rule is one"))
        .collect();
    let matches_of = |text: &String| {
        let event = sigma_rust::event_from_json(text).expect("each event is JSON");
        rules.iter().filter(|rule| rule.is_match(&event)).count()
    };
    let matches = question.events.iter().map(matches_of).sum();
    let mut rate: f64 = 0.0;
    for _ in 0..question.rounds {
        let (begin, until) = (Instant::now(), Duration::from_millis(question.round_ms));
        let mut asked = 0_usize;
        while begin.elapsed() < until {
            for text in &question.events {
                std::hint::black_box(matches_of(text));
                asked += 1;
            }
        }
        rate = rate.max(asked as f64 / begin.elapsed().as_secs_f64());
    }
    println!("{}", serde_json::to_string(&Answer { matches, rate }).expect("figures are JSON"));
}
