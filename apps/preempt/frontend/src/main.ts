import { type Location, readLocations, readSummary, type Summary } from './api.ts';
import { byId, html } from './element.ts';
import { createList, openText } from './list.ts';
import { listenLive } from './live.ts';
import { createMap } from './map/map.ts';
import { createPlace } from './place.ts';
import { addressOf, type Range, readRoute } from './route.ts';
import { createSearch } from './search.ts';
import { addSearchKey } from './search-key.ts';
import { severities, sign } from './severity.ts';
import { waitAfter } from './wait-after.ts';
import { agoText, countText } from './words.ts';

/** Whether the next change of the address is a person's, who wants to be led there. */
let isAsked = false;
const go = (location: number | undefined, range: Range = readRoute().range) => {
  isAsked = true;
  const address = addressOf({ location, range });
  if (address === location_.hash) follow();
  else location_.hash = address;
};
const location_ = window.location;

const map = createMap(byId('map'), (id) => go(id));
createSearch(byId('search'), (id) => go(id));
const list = createList(byId('anomalies'), (id) => addressOf({ location: id, range: readRoute().range }));
const place = createPlace(
  byId('place'),
  (range) => {
    location_.replace(addressOf({ location: readRoute().location, range }));
  },
  () => {
    const { location } = readRoute();
    go(undefined);
    const link = document.querySelector<HTMLElement>(`#anomalies a[href^="#/location/${location}"]`);
    (link ?? document.querySelector<HTMLElement>('#search-input'))?.focus();
  },
);
byId('anomalies').addEventListener('click', ({ target }) => {
  if (target instanceof HTMLAnchorElement) isAsked = true;
});

function follow(): void {
  const { location, range } = readRoute();
  map.select(location);
  byId('overview').hidden = location !== undefined;
  if (location === undefined) place.hide();
  else place.show(location, range, isAsked);
  isAsked = false;
}
window.addEventListener('hashchange', follow);
addSearchKey(byId('keys'), byId('search-input'));

let summary: Summary | undefined;
const freshness = html('span');
byId('state').prepend(freshness);
const showSummary = () => {
  if (summary === undefined) return;
  const { state, lastCollectionAt, open, locations } = summary;
  const when = lastCollectionAt === null ? '' : agoText(lastCollectionAt);
  const texts = {
    empty: 'no data yet: the first collection comes within five minutes',
    fresh: `${openText(open)} · collected ${when}`,
    stale: `${openText(open)} · the last collection was ${when}: it is late`,
  };
  freshness.textContent = locations === 0 ? 'no location yet: the seed has not run' : texts[state];
  freshness.className = state;
  byId('counts').replaceChildren(...counts(summary));
  list.setEmpty(
    state === 'empty'
      ? 'No data yet: the first collection comes within five minutes.'
      : `Nothing unusual is going on at ${countText(locations, 'location')}.`,
  );
};
function counts({ open, locations, affectedLocations }: Summary): HTMLElement[] {
  const tile = (value: string, label: string, mark?: Element) =>
    html('div', {}, html('dt', {}, mark, label), html('dd', {}, value));
  return [
    ...severities.map((one) => tile(String(open[one]), one, sign(one))),
    tile(`${affectedLocations} of ${locations}`, 'affected places'),
  ];
}
const takeSummary = (next: Summary) => {
  const isFirst = summary === undefined;
  const collected = summary?.lastCollectionAt !== next.lastCollectionAt;
  summary = next;
  showSummary();
  if (collected && !isFirst) {
    refreshMap();
    place.refresh();
  }
};
setInterval(showSummary, 30_000);

let pause = 0;
async function loadMap(failures = 0): Promise<void> {
  let locations: readonly Location[];
  try {
    locations = await readLocations();
  } catch (error) {
    map.tell(`${(error as Error).message} Trying again soon.`);
    setTimeout(() => void loadMap(failures + 1), waitAfter(failures + 1));
    return;
  }
  map.setLocations(locations);
  map.tell(locations.length === 0 ? 'No location yet: the seed has not run.' : undefined);
  map.select(readRoute().location);
}
/** After changes, once they are in what the API holds; not more often than every few seconds. */
function refreshMap(): void {
  if (pause !== 0) return;
  pause = window.setTimeout(() => {
    pause = 0;
    readLocations().then(map.setLocations, () => {});
  }, 3000);
}

const live = byId('live');
const words = { connecting: 'connecting', live: 'live', away: 'not connected: trying again' } as const;
listenLive({
  anomaly(anomaly) {
    list.take(anomaly);
    place.refresh(anomaly.location.id);
    refreshMap();
  },
  summary: takeSummary,
  reset(isFirst) {
    list.reload();
    if (isFirst) return;
    refreshMap();
    place.refresh();
  },
  state(state) {
    live.className = `live ${state}`;
    live.textContent = words[state];
  },
});
readSummary().then(takeSummary, () => {
  freshness.textContent = 'the server does not answer';
});
void loadMap();
follow();
