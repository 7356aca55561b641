import type { View } from './view.ts';

export interface GestureHandlers {
  readonly changed: () => void;
  /** A click or a tap that moved nothing. */
  readonly picked: (x: number, y: number, isTouch: boolean) => void;
  readonly hovered: (x: number, y: number) => void;
  readonly left: () => void;
}

/** How far a finger may slip in a tap, pixels. */
const slip = 6;

/** Pan by dragging, zoom by the wheel and by two fingers. */
export function addGestures(canvas: HTMLCanvasElement, view: View, handlers: GestureHandlers): void {
  const held = new Map<number, { x: number; y: number }>();
  let moved = 0;
  const at = (event: PointerEvent | WheelEvent) => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const update = () => {
    // The whole world has nothing to pan: a finger scrolls the page over it.
    canvas.style.touchAction = view.zoom() > 1.01 ? 'none' : 'pan-y';
    handlers.changed();
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    if (held.size === 0) moved = 0;
    held.set(event.pointerId, at(event));
  });
  canvas.addEventListener('pointermove', (event) => {
    const before = held.get(event.pointerId);
    const now = at(event);
    if (before === undefined) return handlers.hovered(now.x, now.y);
    const [first, second] = [...held.values()];
    held.set(event.pointerId, now);
    moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (moved < slip) return;
    if (first !== undefined && second !== undefined) {
      const [nextFirst = first, nextSecond = second] = [...held.values()];
      const apart = (a: { x: number; y: number }, b: { x: number; y: number }) =>
        Math.hypot(a.x - b.x, a.y - b.y);
      const [x, y] = [(nextFirst.x + nextSecond.x) / 2, (nextFirst.y + nextSecond.y) / 2];
      view.pan(x - (first.x + second.x) / 2, y - (first.y + second.y) / 2);
      view.zoomAt(apart(nextFirst, nextSecond) / Math.max(1, apart(first, second)), x, y);
    } else view.pan(now.x - before.x, now.y - before.y);
    update();
  });
  const release = (event: PointerEvent) => {
    const { x, y } = at(event);
    if (held.delete(event.pointerId) && event.type === 'pointerup' && moved < slip && held.size === 0)
      handlers.picked(x, y, event.pointerType === 'touch');
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', handlers.left);
  canvas.addEventListener(
    'wheel',
    (event) => {
      // Nothing is farther than the whole world: the page scrolls.
      if (event.deltaY > 0 && view.zoom() <= 1) return;
      event.preventDefault();
      const { x, y } = at(event);
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
      view.zoomAt(Math.exp(Math.max(-80, Math.min(80, -event.deltaY * lines)) / 240), x, y);
      update();
    },
    { passive: false },
  );
  update();
}
