//! An answer that is read from the database piece by piece while it is sent.
//! No content: whoever begins it says what the next piece is.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    body::{BodySize, MessageBody},
    web::Bytes,
};

use super::{Shared, block, problem::Problem};
use crate::app::service::{Fault, Service};

/// What is read piece by piece, on a thread that may block.
pub trait Pieces: Send + Sized + 'static {
    /// # Errors
    /// When the database does not answer.
    fn next(&mut self, service: &Service) -> Result<Option<String>, Fault>;
}

type Turn<P> = Pin<Box<dyn Future<Output = Result<(P, Option<String>), Problem>>>>;

/// The body of an answer. If a piece cannot be read the transfer breaks off without its end, so
/// that nobody takes a part for the whole.
pub struct Body<P> {
    state: Shared,
    turn: Option<Turn<P>>,
}

impl<P: Pieces> Body<P> {
    #[must_use]
    pub fn new(state: Shared, pieces: P) -> Self {
        let turn = Some(turn(state.clone(), pieces));
        Self { state, turn }
    }
}

fn turn<P: Pieces>(state: Shared, mut pieces: P) -> Turn<P> {
    Box::pin(async move {
        block(&state, move |service| {
            let piece = pieces.next(service)?;
            Ok((pieces, piece))
        })
        .await
    })
}

impl<P: Pieces> MessageBody for Body<P> {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, io::Error>>> {
        loop {
            let Some(current) = self.turn.as_mut() else { return Poll::Ready(None) };
            let Poll::Ready(done) = current.as_mut().poll(context) else { return Poll::Pending };
            self.turn = None;
            match done {
                Err(problem) => {
                    let cause = io::Error::other(problem.reason());
                    return Poll::Ready(Some(Err(cause)));
                }
                Ok((_, None)) => return Poll::Ready(None),
                Ok((pieces, Some(piece))) => {
                    self.turn = Some(turn(self.state.clone(), pieces));
                    // An empty one would end the body.
                    if !piece.is_empty() {
                        return Poll::Ready(Some(Ok(Bytes::from(piece))));
                    }
                }
            }
        }
    }
}
