//! What arrives: messages of the editor, and what was found out meanwhile.

use std::collections::VecDeque;
use std::thread;

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::{ErrorCode, Message, RequestId, Response};

use crate::outside::Described;

/// Something that has arrived.
#[derive(Debug)]
pub(crate) enum Event {
    Message(Message),
    Described(Described),
    /// The editor has gone.
    Closed,
}

/// Everything that waits to be dealt with, in order.
pub(crate) struct Inbox {
    sender: Sender<Event>,
    receiver: Receiver<Event>,
    waiting: VecDeque<Event>,
}

impl Inbox {
    /// Takes in all messages as they come, so that one can be taken back while it waits.
    pub(crate) fn new(messages: Receiver<Message>) -> Self {
        let (sender, receiver) = unbounded();
        let forward = sender.clone();
        thread::spawn(move || {
            let events = messages.into_iter().map(Event::Message).chain([Event::Closed]);
            // With the session over, nobody reads them.
            for event in events {
                if forward.send(event).is_err() {
                    return;
                }
            }
        });
        Self { sender, receiver, waiting: VecDeque::new() }
    }

    /// Where others put in what they find out.
    pub(crate) fn sender(&self) -> &Sender<Event> {
        &self.sender
    }

    /// The next event, or none if none has arrived. Requests that were cancelled meanwhile are answered by `refuse`.
    pub(crate) fn try_next(&mut self, refuse: impl Fn(Response)) -> Option<Event> {
        while let Ok(event) = self.receiver.try_recv() {
            self.take(event, &refuse);
        }
        self.waiting.pop_front()
    }

    /// Waits until something arrives.
    pub(crate) fn wait(&mut self, refuse: impl Fn(Response)) {
        if self.waiting.is_empty() {
            let event = self.receiver.recv().unwrap_or(Event::Closed);
            self.take(event, &refuse);
        }
    }

    fn take(&mut self, event: Event, refuse: &impl Fn(Response)) {
        let Some(id) = cancelled(&event) else {
            self.waiting.push_back(event);
            return;
        };
        let waits = |event: &Event| matches!(event, Event::Message(Message::Request(request)) if request.id == id);
        if let Some(at) = self.waiting.iter().position(waits) {
            self.waiting.remove(at);
            let message = "the request was cancelled".to_owned();
            refuse(Response::new_err(id, ErrorCode::RequestCanceled as i32, message));
        }
    }
}

/// The request that is not wanted any more.
fn cancelled(event: &Event) -> Option<RequestId> {
    let Event::Message(Message::Notification(notification)) = event else { return None };
    let id = (notification.method == "$/cancelRequest").then(|| notification.params.get("id"))??;
    serde_json::from_value(id.clone()).ok()
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use lsp_server::{Notification, Request};
    use serde_json::json;

    use super::*;

    #[test]
    fn a_request_that_waits_can_be_taken_back() {
        let mut inbox = Inbox::new(unbounded().1);
        let refused = RefCell::new(Vec::new());
        let refuse = |response: Response| refused.borrow_mut().push(response.id.to_string());
        let request = |id: i32| Event::Message(Request::new(id.into(), "x".to_owned(), json!(null)).into());
        let cancel = |id: serde_json::Value| {
            Event::Message(Notification::new("$/cancelRequest".to_owned(), json!({ "id": id })).into())
        };
        for event in [request(1), request(2), cancel(json!(1)), cancel(json!("1")), cancel(json!(3)), cancel(json!({}))]
        {
            inbox.take(event, &refuse);
        }
        let waiting: Vec<String> = inbox.waiting.iter().map(|event| format!("{event:?}")).collect();
        assert_eq!(*refused.borrow(), ["1"]);
        assert_eq!(waiting.len(), 2, "{waiting:?}");
    }
}
