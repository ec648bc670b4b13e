//! Where connections come from, as far as a proxy can be believed, and how many from one place. Knows no people.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::http::HeaderMap;
use tokio::sync::Notify;

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
    per_address: usize,
    all: usize,
    crowd: Mutex<Crowd>,
}

/// Those that have not signed in, by where they come from and in the order in which they came.
#[derive(Default, Debug)]
struct Crowd {
    places: HashMap<IpAddr, BTreeMap<u64, Arc<Notify>>>,
    count: usize,
    /// The number of the next one.
    next: u64,
}

/// The place of a connection that has not signed in; free for another once it is dropped.
#[derive(Debug)]
pub(crate) struct StrangersPlace {
    strangers: Arc<Strangers>,
    place: IpAddr,
    number: u64,
    taken: Arc<Notify>,
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

    /// Whether every address of its kind is in it.
    pub(crate) fn holds_all(&self) -> bool {
        self.bits == 0
    }

    /// Whether addresses of this machine are in it.
    pub(crate) fn holds_loopback(&self) -> bool {
        self.address.is_loopback()
            || [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()]
                .into_iter()
                .any(|address| self.contains(address))
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
        let place = place_of(address);
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
        Arc::new(Self { per_address, all, crowd: Mutex::default() })
    }

    /// Takes one more connection that has not signed in.
    ///
    /// Where there are too many in all, the oldest of those from the place with the most gives way: whoever fills the
    /// server keeps nobody out who comes from elsewhere and is quicker.
    pub(crate) fn enter(
        self: &Arc<Self>,
        address: IpAddr,
        metrics: &Metrics,
    ) -> Result<StrangersPlace, Full> {
        let address = address.to_canonical();
        let place = place_of(address);
        let mut crowd = self.crowd.lock().unwrap_or_else(PoisonError::into_inner);
        let here = crowd.places.get(&place).map_or(0, BTreeMap::len);
        // Those of this machine as in `Addresses::enter`.
        if here >= self.per_address && !address.is_loopback() {
            report_strangers(address, metrics);
            return Err(Full);
        }
        if crowd.count >= self.all
            && let Some((crowded, oldest)) = crowd.oldest_of_most()
            && let Some(taken) = crowd.remove(crowded, oldest)
        {
            report_strangers(crowded, metrics);
            taken.notify_one();
        }
        let (number, taken) = (crowd.next, Arc::<Notify>::default());
        crowd.next += 1;
        crowd.count += 1;
        crowd.places.entry(place).or_default().insert(number, taken.clone());
        Ok(StrangersPlace { strangers: self.clone(), place, number, taken })
    }
}

impl Crowd {
    /// Finds the oldest connection of the place with the most; where several have as many, of all these.
    fn oldest_of_most(&self) -> Option<(IpAddr, u64)> {
        let places = self.places.iter().filter_map(|(place, connections)| {
            connections.keys().next().map(|oldest| (connections.len(), *oldest, *place))
        });
        let most = places.max_by_key(|(count, oldest, _)| (*count, Reverse(*oldest)));
        most.map(|(_, oldest, place)| (place, oldest))
    }

    fn remove(&mut self, place: IpAddr, number: u64) -> Option<Arc<Notify>> {
        let connections = self.places.get_mut(&place)?;
        let taken = connections.remove(&number)?;
        self.count -= 1;
        if connections.is_empty() {
            self.places.remove(&place);
        }
        Some(taken)
    }
}

impl StrangersPlace {
    /// Waits until the place has been given to another.
    pub(crate) async fn taken(&self) {
        self.taken.notified().await;
    }
}

impl Drop for StrangersPlace {
    fn drop(&mut self) {
        let mut crowd = self.strangers.crowd.lock().unwrap_or_else(PoisonError::into_inner);
        // It may have been given to another.
        crowd.remove(self.place, self.number);
    }
}

/// Counts, and tells the operator: once, and then ever more rarely.
fn report_strangers(address: IpAddr, metrics: &Metrics) {
    let refused = metrics.refuse(Refused::Strangers);
    if refused.is_power_of_two() {
        tracing::warn!(
            %address,
            refused,
            "too many connections that do not sign in; see --connections-per-address, and --trusted-proxy where the \
             address is a proxy's"
        );
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

/// Returns as what an address counts: whoever has one IPv6 address has all of its network (RFC 6177 §2).
fn place_of(address: IpAddr) -> IpAddr {
    if address.is_ipv6() { first_bits(address, 64) } else { address }
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
    fn the_oldest_from_where_most_are_gives_way() {
        let metrics = Metrics::default();
        let strangers = Strangers::new(3, 5);
        let enter = |address: &str| strangers.enter(ip(address), &metrics);
        let quiet = enter("192.0.2.1").unwrap();
        let crowd: Vec<_> = (0..3).map(|_| enter("192.0.2.2").unwrap()).collect();
        assert_eq!(enter("192.0.2.2").unwrap_err(), Full);
        let _local = enter("::1").unwrap();
        let is_taken = |place: &StrangersPlace| {
            let taken = std::pin::pin!(place.taken());
            let mut context = std::task::Context::from_waker(std::task::Waker::noop());
            taken.poll(&mut context).is_ready()
        };
        assert!(!is_taken(&crowd[0]));
        let newcomer = enter("192.0.2.3").unwrap();
        assert!(is_taken(&crowd[0]) && !is_taken(&crowd[1]) && !is_taken(&quiet));
        drop(crowd);
        drop(newcomer);
        let places: Vec<_> =
            (4..7).map(|last| enter(&format!("192.0.2.{last}")).unwrap()).collect();
        assert!(!is_taken(&quiet));
        let _last = enter("192.0.2.9").unwrap();
        assert!(is_taken(&quiet) && !places.iter().any(is_taken), "of as many each, the oldest");
        assert_eq!(strangers.crowd.lock().unwrap().count, 5);
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
