const labels: Readonly<Record<string, string>> = {
  temperature_2m: 'Temperature',
  relative_humidity_2m: 'Relative humidity',
  precipitation: 'Precipitation',
  surface_pressure: 'Surface pressure',
  wind_speed_10m: 'Wind speed',
  wind_gusts_10m: 'Wind gusts',
  cloud_cover: 'Cloud cover',
};

/** A field's name for people; one that is new is written out. */
export function fieldLabel(field: string): string {
  const plain = field.replaceAll('_', ' ');
  return labels[field] ?? plain.charAt(0).toUpperCase() + plain.slice(1);
}

const countries = new Intl.DisplayNames(['en'], { type: 'region' });

export function countryName(code: string): string {
  try {
    return countries.of(code) ?? code;
  } catch {
    return code;
  }
}

const utc = { timeZone: 'UTC' } as const;
const exact = new Intl.DateTimeFormat('en-GB', {
  ...utc,
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const whole = new Intl.DateTimeFormat('en-GB', { ...utc, day: 'numeric', month: 'short', year: 'numeric' });
const clock = new Intl.DateTimeFormat('en-GB', { ...utc, hour: '2-digit', minute: '2-digit' });
const dayOf = new Intl.DateTimeFormat('en-GB', { ...utc, day: 'numeric', month: 'short' });
const monthOf = new Intl.DateTimeFormat('en-GB', { ...utc, month: 'short', year: 'numeric' });

export const timeText = (time: number | string) => `${exact.format(new Date(time))} UTC`;
export const dateText = (time: number | string) => whole.format(new Date(time));
export const clockText = (time: number) => clock.format(time);
export const dayText = (time: number) => dayOf.format(time);
export const monthText = (time: number) => monthOf.format(time);

/** As `3 min ago`, `5 h ago`, `12 Nov 2026`. */
export function agoText(time: string, now = Date.now()): string {
  const minutes = Math.max(0, Math.round((now - Date.parse(time)) / 60_000));
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  if (hours < 24 * 14) return `${Math.round(hours / 24)} days ago`;
  return dateText(time);
}

/** How long, as `45 min`, `3 h`, `2 days`. */
export function durationText(from: string, to: string): string {
  const minutes = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

const number = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const many = new Intl.NumberFormat('en-GB');

export const numberText = (value: number) => number.format(value).replace('-', '−');
export const countText = (value: number, one: string, more = `${one}s`) =>
  `${many.format(value)} ${value === 1 ? one : more}`;
export const valueText = (value: number, unit: string) =>
  `${numberText(value)}${unit === '' || unit === '%' ? unit : ` ${unit}`}`;

export const coordinateText = (latitude: number, longitude: number) =>
  `${Math.abs(latitude).toFixed(2)}° ${latitude < 0 ? 'S' : 'N'}, ${Math.abs(longitude).toFixed(2)}° ${longitude < 0 ? 'W' : 'E'}`;

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
