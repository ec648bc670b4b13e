//! Where connections come from, as far as a proxy can be believed, and how many from one place. Knows no people.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::HeaderMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::metrics::{Metrics, Refused};

/// A range of addresses, as in `10.0.0.0/8`; one address is a range too.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Network {
    address: IpAddr,
    bits: u8,
}

/// Counts connections by where they come from.
#[derive(Debug)]
pub(crate) struct Addresses {
    max: usize,
    counts: Mutex<HashMap<IpAddr, usize>>,
}

/// A permit that a connection holds for as long as it is counted.
#[derive(Debug)]
pub(crate) struct Place(Option<(Arc<Addresses>, IpAddr)>);

/// Bounds the connections that have not signed in.
#[derive(Debug)]
pub(crate) struct Strangers {
    addresses: Arc<Addresses>,
    all: Arc<Semaphore>,
}

/// The place of a connection that has not signed in; free for another once it is dropped.
#[derive(Debug)]
pub(crate) struct StrangersPlace {
    _address: Place,
    _all: OwnedSemaphorePermit,
}

/// The bound that a stranger reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum TooManyStrangers {
    /// That of the address.
    Address,
    /// That of the server.
    All,
}

/// Tells that there are as many connections from one place as are allowed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Full;

impl Network {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("`{text}` is not an address; it must be like 192.0.2.7 or 10.0.0.0/8");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let address = address.parse::<IpAddr>().map_err(|_| wrong())?.to_canonical();
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        if bits > most {
            return Err(wrong());
        }
        Ok(Self { address, bits })
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        first_bits(address.to_canonical(), self.bits) == first_bits(self.address, self.bits)
    }
}

impl Addresses {
    pub(crate) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self { max, counts: Mutex::default() })
    }

    /// Takes one more connection from an address.
    ///
    /// Those of this machine do not count: they are the operator's own, or those of a proxy that was not declared,
    /// which would lock everybody out.
    pub(crate) fn enter(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let address = address.to_canonical();
        if address.is_loopback() {
            return Ok(Place::uncounted());
        }
        // Whoever has one IPv6 address has all of its network (RFC 6177 §2).
        let place = if address.is_ipv6() { first_bits(address, 64) } else { address };
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(place).or_default();
        if *count >= self.max {
            return Err(Full);
        }
        *count += 1;
        Ok(Place(Some((self.clone(), place))))
    }
}

impl Strangers {
    pub(crate) fn new(per_address: usize, all: usize) -> Arc<Self> {
        let all = Arc::new(Semaphore::new(all.min(Semaphore::MAX_PERMITS)));
        Arc::new(Self { addresses: Addresses::new(per_address), all })
    }

    /// Takes one more connection that has not signed in.
    pub(crate) fn enter(&self, address: IpAddr) -> Result<StrangersPlace, TooManyStrangers> {
        let address = self.addresses.enter(address).map_err(|Full| TooManyStrangers::Address)?;
        let all = self.all.clone().try_acquire_owned().map_err(|_| TooManyStrangers::All)?;
        Ok(StrangersPlace { _address: address, _all: all })
    }
}

impl Full {
    /// Counts, and tells the operator: once, and then ever more rarely.
    pub(crate) fn report(self, address: IpAddr, metrics: &Metrics) {
        let refused = metrics.refuse(Refused::Address);
        if refused.is_power_of_two() {
            tracing::warn!(
                %address,
                refused,
                "too many connections from one address; see --connections-per-address, and --trusted-proxy where \
                 it is a proxy's"
            );
        }
    }
}

impl Place {
    pub(crate) const fn uncounted() -> Self {
        Self(None)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some((addresses, place)) = self.0.take() else { return };
        let mut counts = addresses.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&place) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&place);
            }
        }
    }
}

/// Returns who stands behind a connection: its peer, or, where that is a proxy of ours, whom the proxy names.
///
/// Everybody may write `X-Forwarded-For`, so it is read from its end, where the proxies append, and only for as long
/// as these are ours.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[Network]) -> IpAddr {
    let ours = |address: IpAddr| proxies.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    let rows: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    let named = rows.iter().rev().flat_map(|row| row.to_str().unwrap_or_default().rsplit(','));
    for name in named {
        if !ours(client) {
            break;
        }
        let Some(address) = parse_forwarded(name.trim()) else { break };
        client = address;
    }
    client
}

/// Whether a request was passed on by somebody.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    [FORWARDED_FOR, "forwarded", "via"].iter().any(|name| headers.contains_key(*name))
}

/// Some proxies add the port.
fn parse_forwarded(text: &str) -> Option<IpAddr> {
    let address = text
        .parse::<IpAddr>()
        .or_else(|_| text.parse::<std::net::SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

fn first_bits(address: IpAddr, bits: u8) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            IpAddr::V4((address.to_bits() & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            IpAddr::V6((address.to_bits() & mask).into())
        }
    }
}

const FORWARDED_FOR: &str = "x-forwarded-for";

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[track_caller]
    fn check(peer: &str, rows: &[&str], proxies: &[&str], expected: &str) {
        let mut headers = HeaderMap::new();
        for row in rows {
            headers.append(FORWARDED_FOR, row.parse().unwrap());
        }
        let proxies: Vec<_> = proxies.iter().map(|text| Network::parse(text).unwrap()).collect();
        assert_eq!(client(ip(peer), &headers, &proxies), ip(expected));
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        check("203.0.113.9", &["198.51.100.1"], &[], "203.0.113.9");
        check("203.0.113.9", &["198.51.100.1"], &["10.0.0.1"], "203.0.113.9");
        check("10.0.0.1", &["198.51.100.1"], &["10.0.0.1"], "198.51.100.1");
        check("10.0.0.1", &[], &["10.0.0.1"], "10.0.0.1");
        check("::ffff:10.0.0.1", &["2001:db8::1"], &["10.0.0.0/8"], "2001:db8::1");
    }

    #[test]
    fn what_the_client_wrote_itself_is_not_believed() {
        check("10.0.0.1", &["127.0.0.1, 198.51.100.1"], &["10.0.0.1"], "198.51.100.1");
        check("10.0.0.1", &["127.0.0.1", "198.51.100.1"], &["10.0.0.1"], "198.51.100.1");
        check("10.0.0.1", &["1.1.1.1, 198.51.100.1, 10.0.0.2"], &["10.0.0.0/24"], "198.51.100.1");
        check("10.0.0.1", &["198.51.100.1, nonsense"], &["10.0.0.1"], "10.0.0.1");
        check("10.0.0.1", &["198.51.100.1:4711"], &["10.0.0.1"], "198.51.100.1");
    }

    #[test]
    fn a_place_is_free_again_once_its_connection_has_gone() {
        let addresses = Addresses::new(2);
        let first = addresses.enter(ip("192.0.2.1")).unwrap();
        let _second = addresses.enter(ip("::ffff:192.0.2.1")).unwrap();
        assert_eq!(addresses.enter(ip("192.0.2.1")).unwrap_err(), Full);
        let _other = addresses.enter(ip("192.0.2.2")).unwrap();
        drop(first);
        let _third = addresses.enter(ip("192.0.2.1")).unwrap();
        assert_eq!(addresses.enter(ip("192.0.2.1")).unwrap_err(), Full);
        let _one = addresses.enter(ip("2001:db8::1")).unwrap();
        let _two = addresses.enter(ip("2001:db8::2")).unwrap();
        assert_eq!(addresses.enter(ip("2001:db8::3")).unwrap_err(), Full, "one network, one place");
        for _ in 0..9 {
            std::mem::forget(addresses.enter(ip("127.0.0.1")).unwrap());
        }
    }

    #[test]
    fn networks_are_checked() {
        for wrong in ["", "proxy", "10.0.0.0/33", "10.0.0.0/x", "::/129", "10.0.0.1:80"] {
            assert!(Network::parse(wrong).unwrap_err().contains("10.0.0.0/8"), "{wrong}");
        }
        assert!(Network::parse("0.0.0.0/0").unwrap().contains(ip("203.0.113.9")));
        assert!(!Network::parse("0.0.0.0/0").unwrap().contains(ip("2001:db8::1")));
    }
}
