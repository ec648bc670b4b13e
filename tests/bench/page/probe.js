// Runs in each page before anything of it: looks at every frame what its dots show, and notes when that was painted.

/** Returns the source of the script. `count` dots are awaited, which then all show `word`. */
export function probe({ dots, shown, live }, count, word) {
  return `(${watch})(() => ${dots}, ${shown}, ${live}, ${count}, ${JSON.stringify(word)})`;
}

function watch(dots, isShown, isLive, count, word) {
  const bench = { first: undefined, live: undefined, shift: 0 };
  Object.defineProperty(globalThis, "bench", { value: bench });
  const painted = (what) => {
    // A message that is sent from a frame's callback arrives after the frame.
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      bench[what] ??= performance.now();
      port1.close();
    };
    port2.postMessage(undefined);
  };
  let found = [];
  let done = 0;
  const look = () => {
    if (found.length < count) {
      found = dots();
    }
    // The first one stands for all: looking at a thousand in every frame would be a load of its own.
    if (bench.first === undefined && found.length > 0 && isShown(found[0])) {
      painted("first");
    }
    // Who is live stays so until all are.
    while (done < count && found[done] && isLive(found[done], word)) {
      done += 1;
    }
    if (done < count) {
      requestAnimationFrame(look);
    } else {
      painted("live");
    }
  };
  requestAnimationFrame(look);
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput } of list.getEntries()) {
      bench.shift += hadRecentInput ? 0 : value;
    }
  }).observe({ type: "layout-shift", buffered: true });
  bench.allLive = () => dots().filter((dot) => isLive(dot, word)).length === count;

  // A frame is due sixty times a second.
  const FRAME_MS = 1_000 / 60;
  let dropped = 0;
  let isCounting = false;
  bench.count = () => {
    dropped = 0;
    isCounting = true;
    let last;
    const frame = (now) => {
      dropped += last === undefined ? 0 : Math.max(0, Math.round((now - last) / FRAME_MS) - 1);
      last = now;
      if (isCounting) {
        requestAnimationFrame(frame);
      }
    };
    requestAnimationFrame(frame);
  };
  /** Ends the count; returns how many frames were not there when they were due. */
  bench.dropped = () => {
    isCounting = false;
    return dropped;
  };
}
