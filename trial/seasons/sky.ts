import type { Place } from './weather.ts';

const degree = Math.PI / 180;
const day = 86_400_000;

/** How high the sun stands (the sine of its height), by the place and the time; below 0 at night. */
export function sunHeight({ latitude, longitude }: Place, at: number): number {
  const turn = (2 * Math.PI * dayOfYear(at)) / 365.25;
  const declination = -23.44 * degree * Math.cos(turn + (2 * Math.PI * 10) / 365.25);
  const hourAngle = (2 * Math.PI * (at % day)) / day + longitude * degree - Math.PI;
  const [sine, cosine] = [Math.sin(latitude * degree), Math.cos(latitude * degree)];
  return sine * Math.sin(declination) + cosine * Math.cos(declination) * Math.cos(hourAngle);
}

/** From 0 at the first of January, in days. */
export const dayOfYear = (at: number): number => (at / day) % 365.25;

/** 1 in the middle of the place's summer, -1 in that of its winter; the land follows the sun by four weeks. */
export function summer({ latitude }: Place, at: number): number {
  return (latitude < 0 ? -1 : 1) * -Math.cos((2 * Math.PI * (dayOfYear(at) - 20)) / 365.25);
}

/** Pressure falls with height as in the standard atmosphere. */
export const pressureAt = (seaLevel: number, elevation: number): number =>
  seaLevel * (1 - (0.0065 * elevation) / 288.15) ** 5.2559;

/** Percent, of a temperature and a dew point (Magnus' formula). */
export function humidityOf(temperature: number, dewPoint: number): number {
  const vapour = (celsius: number) => Math.exp((17.625 * celsius) / (243.04 + celsius));
  return Math.min(100, (100 * vapour(Math.min(dewPoint, temperature))) / vapour(temperature));
}
