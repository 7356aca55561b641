import type { Severity } from '../api.ts';
import { type Point, project } from '../equal-earth.ts';
import { rankOf, shapeOf } from '../severity.ts';
import type { View } from './view.ts';

declare const LAND_GRID: number;

export interface Land {
  readonly land: Path2D;
  readonly borders: Path2D;
}

/** A location on the map. */
export interface Dot {
  readonly id: number;
  readonly point: Point;
  readonly severity: Severity | null;
  /** False before its first collection. */
  readonly isKnown: boolean;
}

export interface Scene {
  readonly land: Land | undefined;
  readonly dots: readonly Dot[];
  readonly selected: number | undefined;
  /** Where the keyboard is. */
  readonly pointed: number | undefined;
}

const shapes = new Map((['minor', 'major', 'severe'] as const).map((one) => [one, new Path2D(shapeOf(one))]));

/** The edge of the world, and lines every 30 degrees. */
const [sphere, graticule] = (() => {
  const line = (path: Path2D, points: Point[]) =>
    points.forEach(([x, y], index) => {
      if (index === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    });
  const steps = (from: number, to: number, by: number) =>
    Array.from({ length: Math.round((to - from) / by) + 1 }, (_, index) => from + index * by);
  const outline = new Path2D();
  line(outline, [
    ...steps(-90, 90, 3).map((latitude) => project(-180, latitude)),
    ...steps(-90, 90, 3).map((latitude) => project(180, -latitude)),
  ]);
  outline.closePath();
  const lines = new Path2D();
  for (const longitude of steps(-150, 150, 30)) {
    line(
      lines,
      steps(-90, 90, 3).map((latitude) => project(longitude, latitude)),
    );
  }
  for (const latitude of steps(-60, 60, 30)) line(lines, [project(-180, latitude), project(180, latitude)]);
  return [outline, lines] as const;
})();

/** How large a sign is: more where one looks closely. */
const sizeAt = (zoom: number) => Math.min(1.7, 0.85 + Math.log2(zoom) * 0.16);

/** Paints everything anew. `ratio` is the screen's pixels for one of the page's. */
export function drawScene(canvas: HTMLCanvasElement, view: View, scene: Scene, ratio: number): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, canvas.width, canvas.height);
  const [originX, originY] = view.toScreen([0, 0]);
  const scale = view.scale();
  context.setTransform(scale * ratio, 0, 0, scale * ratio, originX * ratio, originY * ratio);
  context.fillStyle = colour('sea');
  context.fill(sphere);
  context.lineWidth = 0.6 / scale;
  context.strokeStyle = colour('graticule');
  context.stroke(graticule);
  if (scene.land !== undefined) {
    const step = (scale * ratio) / LAND_GRID;
    context.setTransform(step, 0, 0, step, originX * ratio, originY * ratio);
    context.fillStyle = colour('land');
    context.fill(scene.land.land);
    context.lineJoin = 'round';
    context.strokeStyle = colour('coast');
    context.lineWidth = (0.7 * ratio) / step;
    context.stroke(scene.land.land);
    context.strokeStyle = colour('border');
    context.lineWidth = (0.5 * ratio) / step;
    context.stroke(scene.land.borders);
  }
  // Signs of full size would cover a small map.
  const size = sizeAt(view.zoom()) * (canvas.width / ratio < 600 ? 0.75 : 1);
  const ordered = [...scene.dots].sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
  for (const dot of ordered) {
    const [x, y] = view.toScreen(dot.point);
    if (x < -20 || y < -20 || x > canvas.width / ratio + 20 || y > canvas.height / ratio + 20) continue;
    context.setTransform(size * ratio, 0, 0, size * ratio, x * ratio, y * ratio);
    drawDot(context, dot, colour);
  }
  for (const [id, name] of [
    [scene.selected, 'selected'],
    [scene.pointed, 'focus'],
  ] as const) {
    const dot = scene.dots.find((one) => one.id === id);
    if (dot === undefined) continue;
    const [x, y] = view.toScreen(dot.point);
    context.setTransform(ratio, 0, 0, ratio, x * ratio, y * ratio);
    context.beginPath();
    context.arc(0, 0, name === 'focus' ? 13 : 10, 0, 7);
    context.lineWidth = 5;
    context.strokeStyle = colour('halo');
    context.stroke();
    context.lineWidth = 2.5;
    context.strokeStyle = colour(name);
    context.stroke();
  }
}

function drawDot(
  context: CanvasRenderingContext2D,
  { severity, isKnown }: Dot,
  colour: (name: string) => string,
) {
  if (severity === null) {
    context.beginPath();
    context.arc(0, 0, 2.1, 0, 7);
    context.fillStyle = colour(isKnown ? 'calm' : 'sea');
    context.fill();
    if (isKnown) return;
    context.strokeStyle = colour('calm');
    context.lineWidth = 0.9;
    context.stroke();
    return;
  }
  const path = shapes.get(severity);
  if (path === undefined) return;
  context.lineWidth = 2.4;
  context.lineJoin = 'round';
  context.strokeStyle = colour('halo');
  context.stroke(path);
  context.fillStyle = colour(severity);
  context.fill(path);
}
