import type { Point } from '../equal-earth.ts';

/** Half the world's height, where half its width is 1. */
const halfHeight = 0.4867;
const farthest = 40;

/** What part of the world a rectangle of pixels shows. */
export interface View {
  /** Pixels for one unit of the map. */
  readonly scale: () => number;
  /** How much nearer than the whole world: 1 to 40. */
  readonly zoom: () => number;
  readonly toScreen: (point: Point) => Point;
  readonly resize: (width: number, height: number) => void;
  /** Moves by pixels. */
  readonly pan: (x: number, y: number) => void;
  /** Zooms by a factor, so that what is at a pixel stays there. */
  readonly zoomAt: (factor: number, x: number, y: number) => void;
  /** Shows a place in the middle, at least so near. */
  readonly show: (point: Point, zoom: number) => void;
  readonly reset: () => void;
  readonly middle: () => Point;
}

export function createView(): View {
  let [width, height] = [1, 1];
  let [centreX, centreY] = [0, 0];
  let zoom = 1;
  const scale = () => Math.min(width / 2.04, height / (2.04 * halfHeight)) * zoom;
  const bound = () => {
    zoom = Math.min(farthest, Math.max(1, zoom));
    const [roomX, roomY] = [width / 2 / scale(), height / 2 / scale()];
    const within = (value: number, most: number) =>
      Math.min(Math.max(value, -Math.max(0, most)), Math.max(0, most));
    centreX = within(centreX, 1.02 - roomX);
    centreY = within(centreY, halfHeight * 1.02 - roomY);
  };
  return {
    scale,
    zoom: () => zoom,
    middle: () => [centreX, centreY],
    toScreen: ([x, y]) => [(x - centreX) * scale() + width / 2, (y - centreY) * scale() + height / 2],
    resize(nextWidth, nextHeight) {
      [width, height] = [nextWidth, nextHeight];
      bound();
    },
    pan(x, y) {
      centreX -= x / scale();
      centreY -= y / scale();
      bound();
    },
    zoomAt(factor, x, y) {
      const [fromX, fromY] = [(x - width / 2) / scale(), (y - height / 2) / scale()];
      zoom = Math.min(farthest, Math.max(1, zoom * factor));
      centreX += fromX - (x - width / 2) / scale();
      centreY += fromY - (y - height / 2) / scale();
      bound();
    },
    show(point, least) {
      zoom = Math.max(zoom, least);
      [centreX, centreY] = point;
      bound();
    },
    reset() {
      [zoom, centreX, centreY] = [1, 0, 0];
      bound();
    },
  };
}
