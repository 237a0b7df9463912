import type { Window } from './api.ts';
import type { StateList } from './types.ts';

/** Draws a machine's states over a window: one coloured stretch each, unobserved time as hatching. */
export function drawTimeline(canvas: HTMLCanvasElement, list: StateList, window: Window): void {
  const scale = globalThis.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context || width === 0) return;
  context.clearRect(0, 0, width, height);
  const start = window.from.getTime();
  const pixelsPerMs = width / (window.to.getTime() - start);
  const palette = getComputedStyle(canvas);
  for (const stretch of list.states) {
    const left = (new Date(stretch.from).getTime() - start) * pixelsPerMs;
    const right = (new Date(stretch.to).getTime() - start) * pixelsPerMs;
    const colour = palette.getPropertyValue(`--state-${stretch.state}`).trim();
    context.fillStyle = stretch.state === 'unobserved' ? hatching(context, colour) : colour;
    // A micro-stop is narrower than a pixel on a day's width; it still has to be seen.
    context.fillRect(left, 0, Math.max(right - left, stretch.state === 'unobserved' ? 0 : 1), height);
  }
}

function hatching(context: CanvasRenderingContext2D, colour: string): CanvasPattern | string {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 8;
  const pen = tile.getContext('2d');
  if (!pen) return colour;
  pen.strokeStyle = colour;
  pen.beginPath();
  for (const shift of [-8, 0, 8]) {
    pen.moveTo(shift, 8);
    pen.lineTo(shift + 8, 0);
  }
  pen.stroke();
  return context.createPattern(tile, 'repeat') ?? colour;
}
