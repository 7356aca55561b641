import { type Limits, partsOfDay, type SeriesModel, signalNames } from '../judgement/index.ts';
import { format, type Header, type LocationModels } from './format.ts';

/** @throws Error that names what of a header is not right. A checksum says who wrote it, not that it was written well. */
export function headerOf(content: unknown): Header {
  const header = record(content, 'header');
  if (header.format !== format) {
    throw new Error(`its format is ${String(header.format)}, and this program reads ${format}`);
  }
  if (typeof header.trainedAt !== 'string' || Number.isNaN(Date.parse(header.trainedAt))) {
    throw new Error(`trainedAt is ${JSON.stringify(header.trainedAt)}, which is no time`);
  }
  for (const name of ['version', 'locations'] as const) numberAt(header, name, 'header', 0);
  if (header.series !== undefined) numberAt(header, 'series', 'header', 0);
  const limits = record(header.limits, 'limits');
  for (const [field, own] of Object.entries(limits)) checkLimits(own, `limits.${field}`);
  return header as unknown as Header;
}

/** @throws Error that names what of a location's models is not right. */
export function locationModelsOf(content: unknown): LocationModels {
  const models = record(content, 'the line');
  for (const [field, model] of Object.entries(models)) checkModel(model, field);
  return models as LocationModels;
}

function checkLimits(value: unknown, where: string): asserts value is Limits {
  const own = record(value, where);
  checkSignals(own.limits, `${where}.limits`);
  checkSignals(own.tails, `${where}.tails`);
}

function checkModel(value: unknown, where: string): asserts value is SeriesModel {
  const model = record(value, where);
  if (model.curve !== undefined) {
    const curve = record(model.curve, `${where}.curve`);
    if (curve.shape !== 'year' && curve.shape !== 'season')
      throw wrong(`${where}.curve.shape`, 'year or season');
    for (const name of ['from', 'until'] as const) numberAt(curve, name, `${where}.curve`);
    numbers(curve.coefficients, `${where}.curve.coefficients`);
  }
  const climate = record(model.climate, `${where}.climate`);
  for (const name of ['medians', 'deviations'] as const) {
    numbers(climate[name], `${where}.climate.${name}`, partsOfDay);
  }
  const persistence = record(model.persistence, `${where}.persistence`);
  for (const name of ['fadeHours', 'trendHours', 'noise', 'scale'] as const) {
    numberAt(persistence, name, `${where}.persistence`, 0);
  }
  numbers(model.partScales, `${where}.partScales`, partsOfDay);
  numberAt(model, 'spread', where, 0);
  const level = record(model.level, `${where}.level`);
  for (const name of ['centre', 'scale'] as const) numberAt(level, name, `${where}.level`);
  const repeats = record(model.repeats, `${where}.repeats`);
  for (const name of ['moving', 'resting'] as const) numberAt(repeats, name, `${where}.repeats`, 0);
  checkSignals(model.tails, `${where}.tails`);
  for (const name of ['samples', 'until'] as const) numberAt(model, name, where);
}

function checkSignals(value: unknown, where: string): void {
  const own = record(value, where);
  for (const name of signalNames) numberAt(own, name, where, 0);
}

function record(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(where, 'an object');
  return value as Record<string, unknown>;
}

function numberAt(of: Record<string, unknown>, name: string, where: string, least = -Infinity): void {
  const value = of[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least)
    throw wrong(`${where}.${name}`, 'a number');
}

function numbers(value: unknown, where: string, count?: number): void {
  const are = Array.isArray(value) && value.every((one) => typeof one === 'number' && Number.isFinite(one));
  if (!are || (count !== undefined && value.length !== count))
    throw wrong(where, `${count ?? 'a list of'} numbers`);
}

const wrong = (where: string, takes: string) => new Error(`${where} is not ${takes}`);
