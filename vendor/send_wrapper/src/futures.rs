//! Futures and streams in a wrapper are futures and streams.

use std::{
    future::Future,
    ops::DerefMut as _,
    pin::Pin,
    task::{Context, Poll},
};

use futures_core::Stream;

use super::SendWrapper;

impl<F: Future> Future for SendWrapper<F> {
    type Output = F::Output;

    #[track_caller]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        inner(self).poll(context)
    }
}

impl<S: Stream> Stream for SendWrapper<S> {
    type Item = S::Item;

    #[track_caller]
    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        inner(self).poll_next(context)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (**self).size_hint()
    }
}

#[track_caller]
fn inner<T>(wrapper: Pin<&mut SendWrapper<T>>) -> Pin<&mut T> {
    // SAFETY: the value is never moved out of a pinned wrapper, which has no method for that behind a reference.
    unsafe { wrapper.map_unchecked_mut(|wrapper| wrapper.deref_mut()) }
}
