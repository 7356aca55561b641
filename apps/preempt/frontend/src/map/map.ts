import { say } from '../announce.ts';
import type { Location } from '../api.ts';
import { html } from '../element.ts';
import { project } from '../equal-earth.ts';
import { severities, sign } from '../severity.ts';
import { countryName } from '../words.ts';
import { type Dot, drawScene, type Land } from './draw.ts';
import { addGestures } from './gestures.ts';
import { createView } from './view.ts';

declare const LAND_URL: string;
declare const LAND_GRID: number;

export interface WorldMap {
  readonly setLocations: (locations: readonly Location[]) => void;
  /** Marks a location, and brings it into view. */
  readonly select: (id: number | undefined) => void;
  readonly tell: (message: string | undefined) => void;
}

const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The map of all locations; `open` is called with the one that is chosen. */
export function createMap(section: HTMLElement, open: (id: number) => void): WorldMap {
  const canvas = html('canvas', {
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'map',
    'aria-labelledby': 'map-title',
    'aria-describedby': 'map-help',
  });
  const tip = html('div', { class: 'tip', 'aria-hidden': 'true', hidden: true });
  const notice = html('p', { class: 'notice', role: 'status' }, 'Loading the map ...');
  const button = (label: string, text: string, act: () => void) => {
    const made = html('button', { type: 'button', 'aria-label': label, title: label }, text);
    made.addEventListener('click', act);
    return made;
  };
  const view = createView();
  let locations: readonly Location[] = [];
  let dots: readonly Dot[] = [];
  let land: Land | undefined;
  let selected: number | undefined;
  let pointed: number | undefined;
  let isDue = false;
  const redraw = () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      drawScene(canvas, view, { land, dots, selected, pointed }, devicePixelRatio);
    });
  };
  const size = () => [canvas.clientWidth, canvas.clientHeight] as const;
  const zoom = (factor: number) => {
    const [width, height] = size();
    view.zoomAt(factor, width / 2, height / 2);
    redraw();
  };
  const whole = () => {
    view.reset();
    redraw();
  };
  const nearest = (x: number, y: number, reach: number) => {
    let best: { readonly dot: Dot; readonly away: number } | undefined;
    for (const dot of dots) {
      const [dotX, dotY] = view.toScreen(dot.point);
      // A worse one is meant more often, where they lie close.
      const away = Math.hypot(dotX - x, dotY - y) - (dot.severity === null ? 0 : 3);
      if (away < reach && (best === undefined || away < best.away)) best = { dot, away };
    }
    return best?.dot;
  };
  const nameOf = (id: number) => {
    const found = locations.find((one) => one.id === id);
    if (found === undefined) return '';
    const what = found.severity === null ? 'nothing unusual' : `${found.severity} anomaly`;
    return `${found.name}, ${countryName(found.country)}: ${what}`;
  };
  const showTip = (dot: Dot | undefined) => {
    tip.hidden = dot === undefined;
    canvas.style.cursor = dot === undefined ? '' : 'pointer';
    if (dot === undefined) return;
    const [x, y] = view.toScreen(dot.point);
    tip.textContent = nameOf(dot.id);
    const left = Math.min(Math.max(4, x - tip.offsetWidth / 2), canvas.clientWidth - tip.offsetWidth - 4);
    tip.style.transform = `translate(${left}px, ${y > 50 ? y - 40 : y + 16}px)`;
  };
  const point = (dot: Dot) => {
    pointed = dot.id;
    const [x, y] = view.toScreen(dot.point);
    const [width, height] = size();
    if (x < 20 || y < 20 || x > width - 20 || y > height - 20) view.show(dot.point, view.zoom());
    showTip(dot);
    say(nameOf(dot.id));
    redraw();
  };
  const step = ([towardsX, towardsY]: readonly [number, number]) => {
    const from = dots.find(({ id }) => id === (pointed ?? selected))?.point ?? view.middle();
    let best: { readonly dot: Dot; readonly cost: number } | undefined;
    for (const dot of dots) {
      const [x, y] = [dot.point[0] - from[0], dot.point[1] - from[1]];
      const along = x * towardsX + y * towardsY;
      const aside = Math.abs(x * towardsY) + Math.abs(y * towardsX);
      if (along <= 1e-6 || aside > along * 1.5) continue;
      const cost = along + aside * 2;
      if (best === undefined || cost < best.cost) best = { dot, cost };
    }
    if (best !== undefined) point(best.dot);
  };
  canvas.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = directions[event.key];
    if (direction !== undefined) step(direction);
    else if (event.key === '+' || event.key === '=') zoom(1.6);
    else if (event.key === '-') zoom(1 / 1.6);
    else if (event.key === '0') whole();
    else if ((event.key === 'Enter' || event.key === ' ') && pointed !== undefined) open(pointed);
    else if (event.key === 'Escape') leave();
    else return;
    event.preventDefault();
  });
  const leave = () => {
    pointed = undefined;
    showTip(undefined);
    redraw();
  };
  canvas.addEventListener('blur', leave);
  addGestures(canvas, view, {
    changed: redraw,
    picked(x, y, isTouch) {
      const found = nearest(x, y, isTouch ? 24 : 13);
      if (found !== undefined) open(found.id);
    },
    hovered: (x, y) => showTip(nearest(x, y, 13)),
    left: () => showTip(undefined),
  });
  const legend = html(
    'ul',
    { class: 'legend', 'aria-label': 'Signs of the map' },
    ...severities.map((one) => html('li', {}, sign(one), one)),
    html('li', {}, html('span', { class: 'calm-sign', 'aria-hidden': 'true' }), 'nothing unusual'),
    html('li', {}, html('span', { class: 'calm-sign unknown', 'aria-hidden': 'true' }), 'not collected yet'),
  );
  const help = html(
    'p',
    { id: 'map-help', class: 'unseen' },
    'Arrow keys go from location to location, Enter opens one, plus and minus zoom, 0 shows the whole world.',
  );
  const zooms = html(
    'div',
    { class: 'zooms', role: 'group', 'aria-label': 'Zoom' },
    button('Zoom in', '+', () => zoom(1.6)),
    button('Zoom out', '−', () => zoom(1 / 1.6)),
    button('Whole world', '⤢', whole),
  );
  section.append(html('div', { class: 'world' }, canvas, tip, zooms, notice), legend, help);
  new ResizeObserver(() => {
    const [width, height] = size();
    [canvas.width, canvas.height] = [
      Math.round(width * devicePixelRatio),
      Math.round(height * devicePixelRatio),
    ];
    view.resize(width, height);
    redraw();
  }).observe(canvas);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
  fetch(LAND_URL)
    .then((answer) => answer.json() as Promise<{ land: string; borders: string }>)
    .then(({ land: outline, borders }) => {
      land = { land: new Path2D(outline), borders: new Path2D(borders) };
      redraw();
    })
    // The signs stand where they should without it, too.
    .catch(() => {});
  return {
    setLocations(next) {
      locations = next;
      dots = next.map(({ id, longitude, latitude, severity, collectedAt }) => {
        const isKnown = collectedAt !== null || severity !== null;
        return { id, point: project(longitude, latitude), severity, isKnown };
      });
      redraw();
    },
    select(id) {
      selected = id;
      const dot = dots.find((one) => one.id === id);
      if (dot !== undefined) {
        const [x, y] = view.toScreen(dot.point);
        const [width, height] = size();
        if (x < 0 || y < 0 || x > width || y > height || view.zoom() < 1.5) view.show(dot.point, 2.2);
      }
      redraw();
    },
    tell(message) {
      notice.hidden = message === undefined;
      notice.textContent = message ?? '';
    },
  };
}
